"""What stands at the head of each document of an evaluation: the question, the answerable part, the hashes."""

from __future__ import annotations

from collections.abc import Sequence

from maillage.pipeline.evaluation_figures import versions
from maillage.report.document import Block, Bullets, Column, Day, Name, Row, Section, Sentence, Table, listed, say
from maillage.report.evaluation.choice_words import LEVELS
from maillage.report.evaluation.choices import known_words
from maillage.report.evaluation.figures import Figures, named, plain_names, year
from maillage.text import Text

LONG = 24
BITS = Name(Text("256", "256"))
VERSIONS = Text("Versions et empreintes", "Versions and hashes")


def subtitle(figures: Figures, kind: Text) -> Sentence:
    """The kind of document and the question that the protocol asks."""
    return say(
        "{kind}. {question}", "{kind}. {question}", kind=kind, question=named(figures.study.protocol.question.text)
    )


def scope(figures: Figures) -> Sentence:
    """What is compared, on what, when, in one sentence."""
    protocol = figures.study.protocol
    return say(
        "Mesure : {measure}. Indicateur : {label} ({unit}), de {first} à {last}. Unités comparées : {level}{within}.",
        "Measure: {measure}. Outcome: {label} ({unit}), {first} to {last}. Units compared: {level}{within}.",
        measure=named(known_words(protocol.treatment.measure)),
        label=named(figures.study.label),
        unit=named(figures.study.unit),
        first=year(protocol.outcome.first),
        last=year(protocol.outcome.last),
        level=LEVELS[protocol.population.level],
        within=_within(figures),
    )


def _within(figures: Figures) -> Sentence:
    inside = figures.study.protocol.population.within
    codes = [code for _, held in sorted(inside.items()) for code in held]
    if not codes:
        return say("", "")
    levels = listed([named(LEVELS[level]) for level in sorted(inside)])
    return say(", {levels} {codes}", ", {levels} {codes}", levels=levels, codes=plain_names(codes))


def versions_section(figures: Figures, more: Sequence[Sentence] = ()) -> Section:
    """The hash of the protocol, its authors, what each source is, and ``more``."""
    protocol = figures.study.protocol
    items = [
        say(
            "Protocole {id}, écrit le {day} par {who}. Empreinte SHA-{bits} de son texte : {digest}.",
            "Protocol {id}, written on {day} by {who}. SHA-{bits} of its text: {digest}.",
            id=Name(Text(protocol.id, protocol.id)),
            day=Day(protocol.written),
            who=plain_names(protocol.authors),
            bits=BITS,
            digest=Name(Text(protocol.digest, protocol.digest)),
        ),
        *more,
    ]
    if figures.data:
        items.append(say("Données : {data}.", "Data: {data}.", data=Name(Text(figures.data, figures.data))))
    if figures.study.simulated:
        items.append(
            say(
                "Des données sont simulées : ce document éprouve la méthode, il ne dit rien de la France.",
                "Some data are simulated: this document tests the method, it says nothing of France.",
            )
        )
    return Section(id="versions", title=VERSIONS, blocks=(Bullets(tuple(items)), *_origins(figures)))


def _origins(figures: Figures) -> tuple[Block, ...]:
    """Each source with the beginning of its hash, or its version."""
    origins = sorted(figures.study.origins.items())
    if not origins:
        return ()
    table = Table(
        id="origins",
        caption=say("Ce qui a été lu", "What was read"),
        columns=(
            Column(Text("Source", "Source"), 2.2),
            Column(Text("Empreinte ou version", "Hash or version"), 1),
        ),
        rows=tuple(Row((Name(Text(name, name)), Name(Text(mark[:LONG], mark[:LONG])))) for name, mark in origins),
        notes=(
            say(
                "Début des empreintes SHA-{bits} ; entières dans le manifeste de la version des données.",
                "Beginnings of SHA-{bits} hashes; whole in the manifest of the version of the data.",
                bits=BITS,
            ),
        ),
    )
    return (table,)


def libraries() -> tuple[Sentence, ...]:
    """The versions of what estimates."""
    told = [Name(Text(f"{name} {mark}", f"{name} {mark}")) for name, mark in versions().items()]
    return (say("Logiciels : {what}.", "Software: {what}.", what=listed(told)),)
