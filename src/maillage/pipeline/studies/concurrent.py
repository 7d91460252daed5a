"""Other measures at work in the same units and years: told, or the units that have them left out."""

from __future__ import annotations

import polars as pl

from maillage.evaluation.protocol import Protocol, Treatment
from maillage.measures.registry import load_measures
from maillage.pipeline.studies.adoption import beneficiary_dates, unit_dates
from maillage.pipeline.studies.ground import Ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.table import NEVER
from maillage.pipeline.studies.units import Units
from maillage.pipeline.studies.words import measure_words
from maillage.text import Text


def concurrent(ground: Ground, units: Units, rows: pl.DataFrame, protocol: Protocol, said: Said) -> pl.DataFrame | None:
    """``code`` of the units to leave out for another measure; None where it is only told.

    A unit has another measure where one beneficiary at least began it there, or half of its residents are covered, by
    the last year of the outcome. ``rows`` are UNITS: how many of the treated and of the others have it is noted.
    """
    last, found = protocol.outcome.last, []
    for name in protocol.concurrent.measures:
        measure = load_measures().get(name)
        if measure is None or name == protocol.treatment.measure:
            continue
        told = measure_words(name)
        rule, aside = Treatment(measure=name, date="signature"), Said()
        dates = beneficiary_dates(ground.events, measure, rule, aside)
        if dates.is_empty():
            said.note(
                f"Mesure concurrente {told.fr} : le registre n’en donne aucune date, son rôle ne se voit pas.",
                f"Concurrent measure {told.en}: the register gives no date of it, its part cannot be seen.",
            )
            continue
        first = min(dates.get_column("since").to_list()).year
        since = unit_dates(ground, units, dates, measure, rule, range(first, last + 1))
        having = since.filter(pl.col("since").dt.year() <= last).select("code")
        _say_shared(told, having, rows, last, said)
        found.append(having)
    if protocol.concurrent.handling == "report" or not found:
        return None
    out = pl.concat(found).unique().sort("code")
    said.note(
        f"Unités laissées de côté pour leurs mesures concurrentes : {out.height}.",
        f"Units left out for their concurrent measures: {out.height}.",
    )
    return out


def _say_shared(told: Text, having: pl.DataFrame, rows: pl.DataFrame, last: int, said: Said) -> None:
    """Say how many of the treated units and of the others are ``having`` the other measure."""
    treated = rows.filter(pl.col("cohort") != NEVER)
    both = treated.join(having, on="code", how="semi").height
    others = rows.height - treated.height
    said.note(
        f"Mesure concurrente {told.fr}, fin {last} : {both} des {treated.height} unités qui prennent la mesure l’ont, "
        f"{having.height - both} des {others} autres.",
        f"Concurrent measure {told.en}, by the end of {last}: {both} of the {treated.height} units that take the "
        f"measure have it, {having.height - both} of the {others} others.",
    )
