"""What was registered, what was changed since, and what was done otherwise than registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from maillage.pipeline.evaluation_ask import Deviations
from maillage.pipeline.evaluations import Dossier, Registration
from maillage.report.document import (
    Block,
    Cell,
    Column,
    Day,
    Name,
    Number,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    say,
)
from maillage.report.evaluation.choices import applied_label, choice_cell
from maillage.report.evaluation.figures import SHORT, Figures, named
from maillage.text import Text

TITLE = Text("Écarts au protocole enregistré", "Deviations from the registered protocol")
NOTHING = Text("rien", "nothing")
FIRST = Text("premier enregistrement", "first registration")


def deviations_section(figures: Figures, dossier: Dossier | None, told: Deviations | None) -> Section:
    """Registrations with their hashes, choices used that differ with the reason, and choices amended."""
    return Section(id="deviations", title=TITLE, blocks=tuple(_blocks(figures, dossier, told)))


def _blocks(figures: Figures, dossier: Dossier | None, told: Deviations | None) -> Iterator[Block]:
    if dossier is None:
        yield Paragraph(
            say(
                "Ce protocole n’a pas été enregistré avant le résultat : rien ne garantit que ses choix l’ont précédé.",
                "This protocol was not registered before the result: nothing warrants that its choices came first.",
            ),
            "warning",
        )
        return
    yield _history(figures, dossier)
    if any(each.after_result for each in dossier.registrations):
        yield Paragraph(AFTER_RESULT, "warning")
    if told is not None and told.amended:
        yield _table(figures, "amended", AMENDED, told.amended)
    if told is None or not told.choices:
        yield Paragraph(
            say(
                "Le protocole en vigueur a été suivi sans écart.",
                "The protocol in force was followed without deviation.",
            )
        )
        return
    why = say("Raison donnée : {why}", "Reason given: {why}", why=Name(Text(told.why, told.why)))
    yield Paragraph(why, "warning")
    yield _table(figures, "deviations", DEVIATED, told.choices)


AFTER_RESULT = say(
    "Un amendement au moins a été enregistré alors qu’un résultat avait déjà été vu : ce qui en dépend est à lire comme"
    " exploratoire.",
    "One amendment at least was registered once a result had been seen: what depends on it is to be read as"
    " exploratory.",
)
AMENDED = say("Choix changés par des amendements", "Choices changed by amendments")
DEVIATED = say("Choix qui s’écartent du protocole en vigueur", "Choices that deviate from the protocol in force")


def _history(figures: Figures, dossier: Dossier) -> Table:
    return Table(
        id="registrations",
        caption=say("Enregistrements du protocole", "Registrations of the protocol"),
        columns=(
            Column(Text("N°", "No.")),
            Column(Text("Date", "Date"), side="left"),
            Column(Text("Empreinte", "Hash"), side="left"),
            Column(Text("Raison", "Reason"), 2),
            Column(Text("Après un résultat", "After a result"), side="left"),
        ),
        rows=tuple(_registration(figures, each) for each in dossier.registrations),
        gathered=True,
    )


def _registration(figures: Figures, made: Registration) -> Row:
    mark = made.digest[:SHORT]
    return Row(
        (
            Number(figures.chosen(made.number)),
            Day(made.registered_on),
            Name(Text(mark, mark)),
            Name(Text(made.why, made.why)) if made.why else FIRST,
            Text("oui", "yes") if made.after_result else Text("non", "no"),
        )
    )


def _table(figures: Figures, name: str, caption: Sentence, changed: Mapping[str, tuple[Any, Any]]) -> Table:
    rows = [
        Row((named(applied_label(choice)), *(_value(figures, choice, value) for value in values)))
        for choice, values in changed.items()
    ]
    return Table(
        id=name,
        caption=caption,
        columns=(
            Column(Text("Choix", "Choice"), 1.3),
            Column(Text("Enregistré", "Registered"), 1.5),
            Column(Text("Appliqué", "Used"), 1.5),
        ),
        rows=tuple(rows),
        gathered=True,
    )


def _value(figures: Figures, choice: str, value: Any) -> Cell:
    if isinstance(value, str) and choice.endswith((".fr", ".en")):
        return Name(Text(value, value))
    return choice_cell(figures, choice, value) or (NOTHING if value in (None, "", [], {}) else named(_plain(value)))


def _plain(value: Any) -> Text:
    return Text(str(value), str(value))
