"""Where the money of the store went: measures against the territories in alert, at a level that people know."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.measures.targeting import by_measure
from maillage.web.atlas import Atlas
from maillage.web.money_view import store_ledger
from maillage.web.register import Register

# Fine enough to tell the badly served apart, and few enough for the intervals to be drawn while a page waits.
LEVELS = ("bassin_vie", "epci", "departement")


@dataclass(frozen=True, slots=True)
class Targeted:
    """The level, by measure what ``targeting.by_measure`` tells, and the measures of which nothing is placed there."""

    level: str
    rows: tuple[dict[str, float | str | None], ...]
    left_out: tuple[str, ...]


def targeted(register: Register, atlas: Atlas, indicator: str | None) -> Targeted | None:
    """How each measure's money lies over territories ranked by access; None where access or payments are not known."""
    level = next((at for at in LEVELS if indicator and atlas.periods(indicator, at)), None)
    if level is None or indicator is None or register.payments.is_empty():
        return None
    return register.once(("targeted", indicator, level), lambda: _targeted(register, atlas, indicator, level))


def _targeted(register: Register, atlas: Atlas, indicator: str, level: str) -> Targeted | None:
    table = atlas.levels[level]
    alerted = {alert.code for alert in atlas.alerts if alert.level == level}
    places = pl.DataFrame(
        {
            "code": table.codes,
            "access": atlas.get_series(indicator, level).value,
            "population": table.population,
            "in_alert": [code in alerted for code in table.codes],
        }
    ).fill_nan(None)
    amounts = _amounts(register, level)
    known = places.get_column("code").implode()
    somewhere = amounts.group_by("measure").agg(pl.col("amount").filter(pl.col("code").is_in(known)).sum())
    kept = somewhere.filter(pl.col("amount") > 0).get_column("measure").implode()
    left_out = somewhere.filter(pl.col("amount") <= 0).get_column("measure").sort().to_list()
    rows = by_measure(amounts.filter(pl.col("measure").is_in(kept)), places).sort("amount", descending=True)
    return Targeted(level, tuple(rows.to_dicts()), tuple(left_out)) if rows.height else None


def _amounts(register: Register, level: str) -> pl.DataFrame:
    """``measure, code, amount`` of every payment: its territory of the level, empty where it is known for no such."""
    lines, amount = store_ledger(register).lines, pl.col("amount_eur").alias("amount")
    homes = register.place.within(level)
    placed = lines.filter(pl.col("level") == "commune").join(homes, on="code", how="left", maintain_order="left")
    shared = placed.select("measure", pl.col("parent").alias("code"), amount * pl.col("share").fill_null(1.0))
    own = lines.filter(pl.col("level") == level).select("measure", "code", amount)
    wider = lines.filter(~pl.col("level").is_in(["commune", level])).select("measure", pl.lit("").alias("code"), amount)
    return pl.concat([shared.with_columns(pl.col("code").fill_null("")), own, wider])
