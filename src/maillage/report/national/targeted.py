"""Who got the measures and the euros of a store: the share of territories in alert and the concentration index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from maillage.measures.confront import Confrontation, confront
from maillage.measures.targeting import by_measure
from maillage.report.document import Block, Cell, Column, Number, Row, Sentence, Table, say
from maillage.report.national.book import measure_words, percent
from maillage.report.national.store import Register
from maillage.text import Text

# Territories small enough to tell places apart, large enough for a beneficiary to serve its own.
LEVEL, ACCESS = "bassin_vie", "apl_mg"
COLUMNS = (
    Column(Text("Mesure", "Measure"), 1.6),
    Column(Text("Compté", "Counted"), 1.1),
    Column(Text("Part en alerte", "Share in alert"), 1.4),
    Column(Text("Part des habitants", "Share of residents"), 0.9, "right"),
    Column(Text("Indice de concentration", "Concentration index"), 1.6),
)
NOTE = say(
    "« Part en alerte » : ce que reçoivent les bassins de vie où une alerte est levée, à comparer à la part des"
    " habitants qui y vivent. L’indice est négatif quand les bassins les moins bien servis en généralistes reçoivent"
    " plus que les autres. Entre parenthèses, l’intervalle ; il n’est pas donné quand les bassins sont trop peu"
    " nombreux.",
    "“Share in alert”: what bassins de vie with an alert get, to be set against the share of residents who live"
    " there. The index is negative where the bassins worst served by GPs get more than others. Between brackets, the"
    " interval; it is not given where there are too few bassins.",
)


def targeted(register: Register) -> Iterator[Block]:
    """The targeting of each measure and of its euros; nothing where access or both are unknown."""
    found = confront(register.evidence, register.place, register.moment, [LEVEL])
    places = _places(register, found)
    given = {
        "measure_event": found.measures.select("measure", "code", amount=pl.col("beneficiaries").cast(pl.Float64)),
        "payment": found.money.filter(pl.col("amount_eur") > 0).select("measure", "code", amount="amount_eur"),
    }
    if places.height < 2 or not any(frame.height for frame in given.values()):
        return
    rows = [
        _row(register, table, line)
        for table, frame in given.items()
        if frame.height
        for line in by_measure(frame, places).drop_nulls("index").iter_rows(named=True)
    ]
    if rows:
        caption = say(
            "Qui reçoit les mesures et les euros, d’après les données chargées",
            "Who gets the measures and the euros, by the data loaded",
        )
        yield Table(id="targeted", caption=caption, columns=COLUMNS, rows=tuple(rows), notes=(NOTE,))


def _places(register: Register, found: Confrontation) -> pl.DataFrame:
    """The territories whose access is known: ``code, access, population, in_alert``."""
    access = register.evidence.observation.filter(
        pl.col("indicator") == ACCESS, pl.col("level") == LEVEL, pl.col("slice") == "", pl.col("value").is_not_null()
    )
    last = access.filter(pl.col("period") == pl.col("period").max()).select("code", access="value")
    sheet = found.sheet.select("code", "population", in_alert=pl.col("alerts") > 0)
    return sheet.join(last, on="code").filter(pl.col("population") > 0)


def _row(register: Register, table: str, line: Mapping[str, Any]) -> Row:
    def told(name: str) -> Number:
        return percent(register.fact(table, line[name]))

    def index(name: str) -> Number:
        return Number(register.fact(table, line[name]), decimals=2, signed=True)

    what = Text("bénéficiaires", "beneficiaries") if table == "measure_event" else Text("euros", "euros")
    counted = say("{n} {what}", "{n} {what}", n=Number(register.fact(table, line["amount"])), what=what)
    share = _bounded(told("alert_share"), line["alert_low"], lambda: (told("alert_low"), told("alert_high")))
    concentration = _bounded(index("index"), line["index_low"], lambda: (index("index_low"), index("index_high")))
    cells: tuple[Cell, ...] = (measure_words(line["measure"]), counted, share, told("population_share"), concentration)
    return Row(cells)


def _bounded(number: Number, known: float | None, limits: Callable[[], tuple[Number, Number]]) -> Sentence:
    if known is None:
        return say("{n}", "{n}", n=number)
    low, high = limits()
    return say("{n} ({low} à {high})", "{n} ({low} to {high})", n=number, low=low, high=high)
