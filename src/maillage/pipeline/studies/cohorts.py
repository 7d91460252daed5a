"""From the days on which units begin to the years of the panel in which they are first treated."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from maillage.evaluation.protocol import Protocol
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.table import NEVER


def first_years(dates: pl.DataFrame, protocol: Protocol, said: Said) -> pl.DataFrame:
    """``code, cohort`` from ``code, since``: the year of the day, or the first one that is whole."""
    year = pl.col("since").dt.year().cast(pl.Int64)
    if protocol.treatment.first_period == "same":
        return dates.select("code", cohort=year)
    said.note(
        "Une unité est traitée à partir de la première année entière : l’année de la date, en partie traitée, compte"
        " avant.",
        "A unit is treated from the first whole year: the year of the date, treated in part, counts as before.",
    )
    if not protocol.estimator.anticipation:
        said.note(
            "Le protocole ne déclare pas d’anticipation : l’année de la date sert de référence, ce qui rapproche "
            "l’effet de zéro si la mesure agit aussitôt.",
            "The protocol declares no anticipation: the year of the date serves as reference, which draws the effect "
            "towards zero if the measure acts at once.",
        )
    opens = (pl.col("since").dt.month() == 1) & (pl.col("since").dt.day() == 1)
    return dates.select("code", cohort=pl.when(opens).then(year).otherwise(year + 1))


def on_panel(units: pl.DataFrame, periods: Sequence[int], anticipation: int, said: Said) -> pl.DataFrame:
    """``code, cohort, state`` of UNITS on the years of a panel.

    ``cohort`` is the first of ``periods`` that is treated, NEVER where none is. ``state`` is ``never``, ``within``,
    ``from_first`` (nothing is known before the measure or its anticipation), ``later`` (after the last year: not
    treated within the data) or ``about_to`` (later, and may already anticipate).
    """
    first, last = min(periods), max(periods)
    raw = pl.col("cohort")
    next_kept = pl.lit(NEVER, pl.Int64)
    for period in sorted(periods, reverse=True):
        next_kept = pl.when(raw <= period).then(period).otherwise(next_kept)
    state = (
        pl.when(raw == NEVER)
        .then(pl.lit("never"))
        .when(raw - anticipation <= first)
        .then(pl.lit("from_first"))
        .when(raw <= last)
        .then(pl.lit("within"))
        .when(raw - anticipation <= last)
        .then(pl.lit("about_to"))
        .otherwise(pl.lit("later"))
    )
    found = units.select("code", raw=raw, cohort=pl.when(raw == NEVER).then(NEVER).otherwise(next_kept), state=state)
    moved = found.filter(pl.col("state") == "within", pl.col("cohort") != pl.col("raw")).height
    if moved:
        said.note(
            f"Unités qui commencent une année sans donnée : {moved}, traitées à partir de la suivante.",
            f"Units that begin in a year without data: {moved}, treated from the next one on.",
        )
    later = found.filter(pl.col("state") == "later").height
    if later:
        said.note(
            f"Unités qui commencent après {last} : {later}, comptées comme non traitées dans les données.",
            f"Units that begin after {last}: {later}, counted as not treated within the data.",
        )
    return found.select("code", "cohort", "state", "raw")
