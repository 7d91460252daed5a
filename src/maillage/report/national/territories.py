"""Measures, money and alerts face to face, territory by territory: what a store holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maillage.errors import UsageError
from maillage.indicators.registry import load_indicators
from maillage.measures.confront import Confrontation, confront
from maillage.report.document import (
    NO_UNIT,
    Block,
    Cell,
    Column,
    Name,
    Number,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    say,
)
from maillage.report.national.book import EUROS, measure_words, millions, percent
from maillage.report.national.store import Register
from maillage.territory.levels import COUNTRY, find_level
from maillage.text import Text

TITLE = Text("Territoire par territoire : alertes, mesures, argent", "Territory by territory: alerts, measures, money")
FRANCE = "france"
# Levels that a document can list, and their short names.
LISTED: Mapping[str, str] = {"dep": "departement", "reg": "region"}
LEVELS = ("region", "departement", "bassin_vie", "epci", "cpts", FRANCE)
VERDICTS: Mapping[int | None, Text] = {
    1: Text("mieux", "better"),
    0: Text("pas de changement établi", "no change established"),
    -1: Text("moins bien", "worse"),
    None: Text("non testé", "not tested"),
}


def assessed_level(name: str) -> str:
    """The level that a document lists by its name or its short name, empty for none; raises UsageError for others."""
    level = LISTED.get(name, name)
    if level and level not in LEVELS:
        raise UsageError(f"The assessment lists territories by {', '.join((*LISTED, *LEVELS))}, found {name!r}.")
    return level


def territories(register: Register | None = None, level: str = "") -> Section:
    """The section of confrontation; without a store it says what is needed, without a level it tells France alone."""
    if register is None:
        words = say(
            "Les chiffres publiés sont nationaux : ils ne permettent pas de dire ce que chaque département a reçu ni"
            " ce qui y a changé. Ce tableau se remplit dès que Maillage dispose d’un registre des mesures et des"
            " versements par commune.",
            "The published figures are national: they do not tell what each département got nor what changed there."
            " This table fills as soon as Maillage has a register of measures and payments by commune.",
        )
        return Section(id="territories", title=TITLE, blocks=(Paragraph(words),))
    levels = [FRANCE, *([level] if level and level != FRANCE else [])]
    found = confront(register.evidence, register.place, register.moment, levels)
    blocks: list[Block] = [Paragraph(_lead()), *_present(register, found), *_moved(register, found)]
    blocks += [_lines(register, found, one) for one in levels[1:]]
    return Section(id="territories", title=TITLE, blocks=tuple(blocks))


def _lead() -> Sentence:
    return say(
        "Ce qui suit vient des données chargées dans Maillage : ce qui est en alerte, ce qui est déployé, ce qui est"
        " payé, ce qui a bougé. Un indicateur « mieux » ou « moins bien » n’a changé que si le test statistique le"
        " dit ; rien ne dit ici que les mesures en soient la cause.",
        "What follows comes from the data loaded in Maillage: what is in alert, what is deployed, what is paid, what"
        " moved. An indicator is “better” or “worse” only if the statistical test says so; nothing here tells that"
        " the measures are the cause.",
    )


def _present(register: Register, found: Confrontation) -> Iterator[Block]:
    """The beneficiaries at work in the country, by measure."""
    mine = found.measures.filter(level=FRANCE, code=COUNTRY)
    if not mine.height:
        yield Paragraph(
            say(
                "Les données chargées ne contiennent aucun registre des mesures à cette date.",
                "The data loaded hold no register of measures on that day.",
            ),
            "note",
        )
        return
    rows = [
        Row((measure_words(name), Number(register.fact("measure_event", float(count)))))
        for name, count in mine.select("measure", "beneficiaries").iter_rows()
    ]
    yield Table(
        id="present",
        caption=say(
            "Mesures à l’œuvre en France selon le registre", "Measures at work in France, according to the register"
        ),
        columns=(Column(Text("Mesure", "Measure"), 3), Column(Text("Bénéficiaires", "Beneficiaries"))),
        rows=tuple(rows),
    )


def _moved(register: Register, found: Confrontation) -> Iterator[Block]:
    """The indicators of the country: before, after, and what the test says."""
    mine = found.moves.filter(level=FRANCE, code=COUNTRY)
    if not mine.height:
        return
    rows = []
    for row in mine.iter_rows(named=True):
        indicator = load_indicators()[row["indicator"]]
        unit = indicator.unit if indicator.unit.fr == "%" else NO_UNIT
        named = indicator.label if unit.fr or not indicator.unit.fr else _with_unit(indicator.label, indicator.unit)
        before, after = (
            Number(register.fact("observation", row[name]), unit, indicator.decimals) for name in ("before", "after")
        )
        since, until = (Name(Text(row[name], row[name])) for name in ("since", "until"))
        told = say("{before} ({since})", "{before} ({since})", before=before, since=since)
        now = say("{after} ({until})", "{after} ({until})", after=after, until=until)
        rows.append(Row((_label(named), told, now, VERDICTS[row["verdict"]])))
    yield Table(
        id="moves",
        caption=say(
            "Ce qui a bougé en France, indicateur par indicateur", "What moved in France, indicator by indicator"
        ),
        columns=(
            Column(Text("Indicateur", "Indicator"), 2.4),
            Column(Text("Avant", "Before"), 1),
            Column(Text("Après", "After"), 1),
            Column(Text("Selon le test", "By the test"), 1.1),
        ),
        rows=tuple(rows),
    )


def _with_unit(label: Text, unit: Text) -> Text:
    return Text(f"{label.fr} ({unit.fr})", f"{label.en} ({unit.en})")


def _label(words: Text) -> Cell:
    return Name(words) if any(c.isdigit() for c in words.fr + words.en) else words


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column of the sheet: its title, the field that it shows, and how a line of the sheet gives it."""

    column: Column
    field: str
    number: Callable[[Register, Mapping[str, float]], Number]


COLUMNS: tuple[_Shown, ...] = (
    _Shown(
        Column(Text("Habitants", "Residents")), "population", lambda r, v: Number(r.fact("population", v["population"]))
    ),
    _Shown(
        Column(Text("En commune en alerte", "In communes in alert"), 0.9, "right"),
        "in_alert",
        lambda r, v: percent(r.fact("alert", v["in_alert"] / v["population"])),
    ),
    _Shown(
        Column(Text("Mesures à l’œuvre", "Measures at work"), 0.8, "right"),
        "beneficiaries",
        lambda r, v: Number(r.fact("measure_event", v["beneficiaries"])),
    ),
    _Shown(Column(Text("Versé", "Paid")), "amount_eur", lambda r, v: millions(r.fact("payment", v["amount_eur"]), 1)),
    _Shown(
        Column(Text("Par habitant", "Per resident")),
        "per_head_eur",
        lambda r, v: Number(r.fact("payment", v["per_head_eur"]), EUROS, 1),
    ),
    _Shown(Column(Text("Mieux", "Better")), "better", lambda r, v: Number(r.fact("observation", v["better"]))),
    _Shown(Column(Text("Moins bien", "Worse")), "worse", lambda r, v: Number(r.fact("observation", v["worse"]))),
)


def _lines(register: Register, found: Confrontation, level: str) -> Table:
    """One line a territory, in the order of codes; a column of which nothing is known is left out."""
    sheet = found.sheet.filter(level=level)
    shown = [c for c in COLUMNS if sheet.get_column(c.field).fill_null(0).ne(0).any()]
    rows = []
    for line in sheet.iter_rows(named=True):
        name = register.names.get((level, line["code"]), line["code"])
        label = f"{name} ({line['code']})"
        numbers = [_number(register, c, line) for c in shown]
        rows.append(Row((Name(Text(label, label)), *numbers)))
    return Table(
        id="sheet",
        caption=say(
            "Une ligne par territoire : {level}", "One line per territory: {level}", level=find_level(level).plural
        ),
        columns=(Column(Text("Territoire", "Territory"), 1.8), *(c.column for c in shown)),
        rows=tuple(rows),
        notes=(
            say(
                "« Mieux » et « moins bien » : nombre d’indicateurs dont le changement est établi. « Versé » : ce"
                " qui est connu du territoire et de ce qu’il contient, toutes années jusqu’à la date du document."
                " Une case vide, une colonne absente : rien n’est connu, ce qui ne veut pas dire que rien n’existe.",
                "“Better” and “worse”: how many indicators whose change is established. “Paid”: what is known of the"
                " territory and of what it holds, every year up to the day of the document. An empty cell, an absent"
                " column: nothing is known, which does not mean that nothing exists.",
            ),
        ),
        gathered=True,
    )


def _number(register: Register, shown: _Shown, line: Mapping[str, Any]) -> Number | None:
    """A cell of the sheet, empty where nothing is known or nobody is counted."""
    needs_people = shown.field in ("population", "in_alert")
    if line[shown.field] is None or (needs_people and not line["population"]):
        return None
    return shown.number(register, {k: float(v) for k, v in line.items() if isinstance(v, int | float)})
