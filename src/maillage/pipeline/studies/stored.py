"""A protocol on the store: units, outcome, dates of the register and what is known of the units, in one table."""

from __future__ import annotations

import polars as pl

from maillage.catalog.store import Version
from maillage.evaluation.protocol import Protocol
from maillage.indicators.definition import Indicator
from maillage.indicators.registry import load_indicators
from maillage.measures.definition import Measure
from maillage.measures.registry import load_measures
from maillage.pipeline.studies.about import groups, running_score
from maillage.pipeline.studies.adoption import beneficiary_dates, placed, route_of, unit_dates
from maillage.pipeline.studies.assigned import assigned_to, clusters
from maillage.pipeline.studies.cohorts import first_years
from maillage.pipeline.studies.concurrent import concurrent
from maillage.pipeline.studies.covariates import constants_of
from maillage.pipeline.studies.dose import dose_of
from maillage.pipeline.studies.ground import Ground, read_ground
from maillage.pipeline.studies.neighbours import neighbouring
from maillage.pipeline.studies.outcome import OUTCOME, counted_again, published
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.sources import origins_of, rests_on_simulated
from maillage.pipeline.studies.table import CELLS, NEVER, UNITS, Table, kept_years, outcome_words
from maillage.pipeline.studies.units import Units, find_units
from maillage.pipeline.studies.words import measure_words
from maillage.text import Text

# Intervals of indicators that count events or people over a denominator.
_COUNTS = ("wilson", "byar")


def stored_table(protocol: Protocol, version: Version, said: Said) -> Table:
    """The table of a protocol whose outcome is an indicator of the store; refusals of any part are collected."""
    ground = read_ground(version)
    units = find_units(ground, protocol, said)
    known = load_indicators().get(protocol.outcome.indicator)
    found = pl.DataFrame(schema=OUTCOME) if known is None else outcome_of(ground, known, protocol, units, said)
    label, unit, decimals, scale = outcome_words(protocol)
    rows, dose = adopted(ground, units, protocol, said)
    return Table(
        label=label,
        unit=unit,
        decimals=decimals,
        scale=scale,
        cells=found.select(pl.col(c).cast(t) for c, t in CELLS.items()),
        counts=known is not None and known.aggregation.kind == "ratio" and known.interval in _COUNTS,
        volume_unit=known.denominator if known else None,
        apart=concurrent(ground, units, rows, protocol, said),
        units=rows,
        about=groups(ground, units, protocol),
        constants=constants_of(ground, units, protocol, first_adoption(rows), said),
        dose=dose,
        running=running_score(ground, units, protocol, said),
        pairs=neighbouring(ground, units, protocol, said),
        others=_others(ground, protocol, units, said),
        origins=origins_of(version, protocol, ground),
        simulated=rests_on_simulated(ground, found, protocol),
    )


def first_adoption(rows: pl.DataFrame) -> int | None:
    """The first year in which any unit of UNITS is treated."""
    found = rows.filter(pl.col("cohort") != NEVER).get_column("cohort").min()
    return None if found is None else int(str(found))


def outcome_of(ground: Ground, indicator: Indicator, protocol: Protocol, units: Units, said: Said) -> pl.DataFrame:
    """Rows of OUTCOME of the units, from observations or counted again."""
    asked, years = protocol.outcome, kept_years(protocol)
    if asked.source == "records":
        said.note(
            "Le résultat est recalculé sur les enregistrements, avant secret statistique : seules des moyennes d’effets"
            " sortent de l’évaluation, jamais la valeur d’une unité.",
            "The outcome is computed again from records, before confidentiality: only average effects leave the "
            "evaluation, never the figure of a unit.",
        )
        as_then = protocol.population.perimeter == "as_then"
        rows = counted_again(ground, indicator, asked.slice, units, years, as_then=as_then)
    else:
        rows = published(ground.version, indicator.id, asked.slice, units.level, years)
    return rows.join(units.rows, on="code", how="semi")


def adopted(ground: Ground, units: Units, protocol: Protocol, said: Said) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Rows of UNITS with the years of the register, and ``code, dose`` where the protocol asks for one."""
    measure = load_measures().get(protocol.treatment.measure)
    rows = units.rows.select("code", "name", weight=pl.col("population"), cohort=pl.lit(NEVER, pl.Int64))
    dose = None
    if measure is not None and protocol.design != "discontinuity":
        dates = beneficiary_dates(ground.events, measure, protocol.treatment, said)
        since = _since(ground, units, dates, measure, protocol)
        years = first_years(since, protocol, said)
        rows = rows.drop("cohort").join(years, on="code", how="left", maintain_order="left")
        _say_lives(ground, units, measure, dates, protocol, said)
        _refuse_late_statements(ground, units, measure, protocol, said)
        dose = dose_of(ground, units, measure, dates, protocol, said)
    assigned = assigned_to(ground, units, measure)
    told = rows.with_columns(pl.col("cohort").fill_null(NEVER)).join(assigned, on="code", maintain_order="left")
    told = told.join(clusters(units, assigned, protocol.inference.cluster), on="code", maintain_order="left")
    return told.select(pl.col(c).cast(t) for c, t in UNITS.items()).sort("code"), dose


def _since(ground: Ground, units: Units, dates: pl.DataFrame, measure: Measure, protocol: Protocol) -> pl.DataFrame:
    first = dates.get_column("since").dt.year().min()
    start = protocol.outcome.first if first is None else int(str(first))
    years = range(start, protocol.outcome.last + 2 + protocol.estimator.anticipation)
    return unit_dates(ground, units, dates, measure, protocol.treatment, years)


def _say_lives(
    ground: Ground, units: Units, measure: Measure, dates: pl.DataFrame, protocol: Protocol, said: Said
) -> None:
    last = protocol.outcome.last
    over = dates.filter(pl.col("ended").dt.year() <= last).height
    if over:
        said.note(
            f"La mesure est tenue pour acquise une fois commencée ; bénéficiaires qui l’avaient quittée fin {last} : "
            f"{over} sur {dates.height}.",
            f"Treatment is taken to stay once begun; beneficiaries that had left it by the end of {last}: {over} of "
            f"{dates.height}.",
        )
    if route_of(measure, units.level) == "place":
        known = placed(ground, _whole(ground), measure).get_column("beneficiary")
        astray = dates.filter(~pl.col("beneficiary").is_in(known.implode())).height
        if astray:
            said.note(
                f"Bénéficiaires sans commune connue, qui ne comptent nulle part : {astray}.",
                f"Beneficiaries without a known commune, who count nowhere: {astray}.",
            )
    if route_of(measure, units.level) == "own":
        told = ground.told(measure.id).filter(pl.col("attribute") == "status")
        silent = units.rows.join(told, left_on="code", right_on="beneficiary", how="anti").height
        if silent and dates.height:
            said.note(
                f"Unités sans statut au registre, comptées comme jamais traitées : {silent}. L’effet s’en rapproche de "
                "zéro si elles l’ont été.",
                f"Units without a status in the register, counted as never treated: {silent}. It draws the effect "
                "towards zero if they were.",
            )


def _whole(ground: Ground) -> Units:
    links = ground.links("commune")
    return Units("commune", links.select("code"), links)


def _refuse_late_statements(ground: Ground, units: Units, measure: Measure, protocol: Protocol, said: Said) -> None:
    """Refuse where all that is known of the measure is observed after the outcome."""
    mine = ground.told(measure.id)
    if route_of(measure, units.level) == "own":
        mine = mine.join(units.rows, left_on="beneficiary", right_on="code", how="semi")
    days = mine.get_column("event_date").to_list()
    first = min(days, default=None)
    if first is None or first.year <= protocol.outcome.last:
        return
    name = measure_words(measure.id)
    said.refuse(
        "treatment_after_outcome",
        Text(
            f"Tout ce que le registre dit de la mesure {name.fr} date du {first:%d/%m/%Y} ou d’après ; le résultat "
            f"s’arrête en {protocol.outcome.last} : la mesure est observée après lui.",
            f"All that the register says of the measure {name.en} dates from {first} or later; the outcome stops in "
            f"{protocol.outcome.last}: the measure is observed after it.",
        ),
        Text(
            "Un registre daté, qui remonte avant la dernière année du résultat, ou des années de résultat plus récentes"
            f", au-delà de {first.year}.",
            "A dated register that goes back before the last year of the outcome, or later years of outcome, past "
            f"{first.year}.",
        ),
    )


def _others(ground: Ground, protocol: Protocol, units: Units, said: Said) -> dict[str, pl.DataFrame]:
    """Placebo outcomes and those of the family, from the source of the outcome."""
    named = dict.fromkeys((*protocol.sensitivity.placebo_outcomes, *protocol.outcome.family))
    found = {}
    for name in named:
        indicator = load_indicators().get(name)
        if indicator is not None:
            asked = protocol.model_copy(
                update={"outcome": protocol.outcome.model_copy(update={"indicator": name, "slice": ""})}
            )
            rows = outcome_of(ground, indicator, asked, units, said)
            found[name] = rows.filter(pl.col("status") == "published").select("code", "period", "value")
    return found


__all__ = ["adopted", "first_adoption", "outcome_of", "stored_table"]
