"""From core tables to the observations of every indicator, at every level, with their origins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.catalog.tables import OBSERVATION, ORIGIN
from maillage.engine import Engine
from maillage.indicators.base import Base, evaluate, evaluate_in_turn, status
from maillage.indicators.definition import Counted, Grain, Indicator
from maillage.indicators.intervals import poisson, wilson
from maillage.indicators.origins import is_simulated, origin_id, origin_rows, simulated_sources
from maillage.indicators.records import completeness, has_records, last_record, settle, unsound, withhold
from maillage.indicators.registry import load_indicators, unique_indicators
from maillage.indicators.rollup import climb, codes_of, complete_grid, strata_above
from maillage.indicators.strata import RESULT, combine
from maillage.sources.registry import SOURCES
from maillage.sources.source import Source

_COVERAGE, _SIMULATION = "coverage", "simulation"


@dataclass(frozen=True, slots=True)
class Observations:
    """The OBSERVATION and ORIGIN tables."""

    observation: pl.DataFrame
    origin: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _World:
    """What every indicator shares: who belongs where, how many live there, what was read and what was counted."""

    membership: pl.DataFrame
    people: Mapping[Grain, pl.DataFrame]
    files: pl.DataFrame
    counted: Mapping[str, Counted]
    slices: Mapping[str, Collection[str]]


def compute_observations(
    engine: Engine,
    indicators: Iterable[Indicator] | None = None,
    *,
    sources: Mapping[str, Source] | None = None,
    counted: Mapping[str, Counted] | None = None,
) -> Observations:
    """Compute indicators (all the known ones where none is given) from the core tables of ``engine``.

    Needs ``membership, population, source_file`` and the tables that the indicators read. Every territory of every
    level at or above an indicator's grain has a row for each period that the indicator knows: ``published`` where it
    has a value; ``missing`` where it has none, or where less than the parameter ``coverage_min`` of its population
    is covered; ``not_applicable`` over a denominator of zero. ``sources`` (the known ones) give the words of origins.
    An indicator on events gives nothing without records, and withholds what they do not allow (``indicators.records``);
    ``counted`` holds by indicator the sums of records counted before (``indicators.partials``), then not read again.

    Rows are sorted by the table's key; the same tables give the same bits.
    Raises DefinitionError for a computation that breaks its contract, BrokenInvariantError for an unknown code.
    """
    made = list(compute_in_turn(engine, indicators, sources=sources, counted=counted))
    observation = pl.concat([OBSERVATION.empty(), *(m.observation for m in made)]).sort(OBSERVATION.key)
    return Observations(observation, pl.concat([ORIGIN.empty(), *(m.origin for m in made)]).sort("origin"))


def compute_in_turn(
    engine: Engine,
    indicators: Iterable[Indicator] | None = None,
    *,
    sources: Mapping[str, Source] | None = None,
    counted: Mapping[str, Counted] | None = None,
    slices: Mapping[str, Collection[str]] | None = None,
) -> Iterator[Observations]:
    """The parts of ``compute_observations`` one after the other, each period of an indicator whole in one of them.

    Indicators on events come one by one, so that theirs, of which little is published, are never held together.
    ``slices`` names by indicator the only slices to give; the others still tell which records were delivered.
    """
    chosen = load_indicators() if indicators is None else unique_indicators(indicators)
    world = _world(engine, counted or {}, slices or {})
    words = sources if sources is not None else {s.id: s for s in SOURCES}
    for rows in (part for grain, mine in _batches(chosen.values()) for part in _observe(grain, mine, engine, world)):
        told = _with_simulation(rows, chosen, world).with_columns(
            origin=origin_id(), suppression=pl.lit(None, pl.String)
        )
        used = told.select("origin", "indicator", "period", _COVERAGE, _SIMULATION).unique()
        observation = told.select(pl.col(c).cast(t) for c, t in OBSERVATION.schema.items()).sort(OBSERVATION.key)
        yield Observations(observation, origin_rows(used, chosen, world.files, words))


def _world(engine: Engine, counted: Mapping[str, Counted], slices: Mapping[str, Collection[str]]) -> _World:
    membership = engine.frame(engine.table("membership"))
    population = engine.frame(engine.table("population"))
    latest = population.filter(pl.col("sex") == "all").filter(
        pl.col("year") == pl.col("year").max().over("level", "code")
    )
    totals = latest.group_by("level", "code").agg(pl.col("population").sum()).sort("level", "code")
    communes = _at("commune", totals)
    departement = membership.filter(pl.col("child_level") == "commune", pl.col("parent_level") == "departement")
    held = departement.join(communes, left_on="child_code", right_on="code").group_by("parent_code")
    return _World(
        membership=membership,
        people={
            "iris": _at("iris", totals),
            "commune": communes,
            "departement": held.agg(pl.col("population").sum()).rename({"parent_code": "code"}).sort("code"),
            "bassin_vie": communes.clear(),
        },
        files=engine.frame(engine.table("source_file")),
        counted=counted,
        slices=slices,
    )


def _at(level: str, totals: pl.DataFrame) -> pl.DataFrame:
    return totals.filter(pl.col("level") == level).select("code", "population")


def _batches(indicators: Iterable[Indicator]) -> list[tuple[Grain, list[Indicator]]]:
    """Indicators to compute together: those of a grain that count no event, then each of the others alone."""
    every = list(indicators)
    grouped: dict[Grain, list[Indicator]] = {}
    for indicator in every:
        if indicator.records is None:
            grouped.setdefault(indicator.grain, []).append(indicator)
    return [*sorted(grouped.items()), *((i.grain, [i]) for i in every if i.records is not None)]


def _observe(grain: Grain, indicators: Sequence[Indicator], engine: Engine, world: _World) -> Iterator[pl.DataFrame]:
    """The observations of the indicators of one grain, at that grain and above."""
    there = [i for i in indicators if i.id in world.counted or has_records(i, engine)]
    bad = unsound(there, engine, world.membership)
    for part in _parts(there, engine, world.counted):
        bases = [(i, b) for i, b in part if b.rows.height]
        if bases:
            rows = withhold(_rolled(grain, bases, world), bad, _states(bases, engine, world))
            yield _with_intervals(rows, [i for i, _ in bases])


def _parts(
    indicators: Sequence[Indicator], engine: Engine, counted: Mapping[str, Counted]
) -> Iterator[list[tuple[Indicator, Base]]]:
    """What is brought up together: indicators of one batch, or the parts of an indicator that is alone."""
    sums = {i: c.sums for i, c in counted.items()}
    if len(indicators) > 1:
        yield [(i, evaluate(i, engine, sums.get(i.id))) for i in indicators]
    for indicator in indicators if len(indicators) == 1 else ():
        yield from ([(indicator, base)] for base in evaluate_in_turn(indicator, engine, sums.get(indicator.id)))


def _rolled(grain: Grain, bases: Sequence[tuple[Indicator, Base]], world: _World) -> pl.DataFrame:
    known, found = [i for i, _ in bases], [b.rows.with_columns(indicator=pl.lit(i.id)) for i, b in bases]
    grid = complete_grid(pl.concat(found), codes_of(grain, world.membership), grain)
    base = _asked(settle(grid, known, world.membership, world.people[grain]), world)
    sums = climb(_known(base, known), grain, world.membership, world.people[grain])
    columns = [c for c in OBSERVATION.columns if c not in ("origin", "suppression")] + [_COVERAGE]
    own = base.with_columns(level=pl.lit(grain)).select(columns)
    upper = _combined(_divided(sums, known), bases, base, world).select(columns)
    return pl.concat([own, upper])


def _asked(rows: pl.DataFrame, world: _World) -> pl.DataFrame:
    """The rows of the slices that were asked for."""
    others = [
        (pl.col("indicator") == i) & ~pl.col("slice").is_in(list(names)) for i, names in sorted(world.slices.items())
    ]
    return rows.filter(~pl.any_horizontal(others)) if others else rows


def _known(base: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """A figure without a numerator (a median) is known where its denominator is: territories above count it."""
    mine = pl.col("indicator").is_in([i.id for i in indicators if i.combination is not None])
    return base.with_columns(
        pl.when(mine).then(pl.coalesce("numerator", "denominator")).otherwise("numerator").alias("numerator")
    )


def _combined(
    upper: pl.DataFrame, bases: Sequence[tuple[Indicator, Base]], base: pl.DataFrame, world: _World
) -> pl.DataFrame:
    """Replace the sums of summed territories by what the strata below them make, where an indicator combines strata."""
    confidence = load_parameters("observation")["confidence"].value
    silent = base.filter(pl.col(_COVERAGE) == "absent").select("indicator", "period", "slice", "code")
    for indicator, evaluated in bases:
        if indicator.combination is None:
            continue
        strata = _asked(evaluated.strata.with_columns(indicator=pl.lit(indicator.id)), world)
        above = strata_above(
            strata.join(silent, on=silent.columns, how="anti", maintain_order="left"), world.membership
        )
        made = combine(above, indicator.combination, scale=indicator.scale, confidence=confidence)
        keys = [c for c in made.columns if c not in RESULT]
        told = upper.join(made.rename({c: f"_{c}" for c in RESULT}), on=keys, how="left", maintain_order="left")
        mine = (pl.col("indicator") == indicator.id) & (pl.col(_COVERAGE) != "insufficient")
        upper = told.with_columns(pl.when(mine).then(f"_{c}").otherwise(c).alias(c) for c in RESULT).with_columns(
            status=pl.when(mine).then(pl.lit(None, pl.String)).otherwise("status")
        )
        upper = upper.with_columns(status=status()).drop(f"_{c}" for c in RESULT)
    return upper


def _states(bases: Sequence[tuple[Indicator, Base]], engine: Engine, world: _World) -> dict[tuple[str, str], str]:
    """By indicator and period, what the date of the last record says of the period."""
    states: dict[tuple[str, str], str] = {}
    for indicator, base in bases:
        periods = base.rows.get_column("period").unique().sort().to_list()
        known = world.counted.get(indicator.id)
        last = known.last if known else last_record(indicator, engine)
        states |= {(indicator.id, p): word for p, word in completeness(indicator, last, periods).items()}
    return states


def _divided(sums: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Values, bounds, status and coverage of summed territories."""
    parameters = load_parameters("observation")
    least, full = parameters["coverage_min"].value, parameters["coverage_full"].value
    words = pl.DataFrame(
        [(i.id, i.scale, i.aggregation.kind == "sum") for i in indicators],
        schema={"indicator": pl.String, "scale": pl.Float64, "added": pl.Boolean},
        orient="row",
    )
    enough, covered = pl.col("covered") >= least, pl.col("covered")
    ratio = pl.when(pl.col("denominator") > 0).then(pl.col("scale") / pl.col("denominator"))
    factor = pl.when("added").then("scale").otherwise(ratio)
    return (
        sums.join(words, on="indicator", how="left", maintain_order="left")
        .with_columns(pl.when(enough).then(c).alias(c) for c in ("numerator", "denominator", "low", "high"))
        .with_columns((factor * pl.col(c)).alias(c) for c in ("low", "high"))
        .with_columns(value=factor * pl.col("numerator"), status=pl.lit(None, pl.String))
        .with_columns(status=status())
        .with_columns(
            coverage=pl.when(~enough)
            .then(pl.lit("insufficient"))
            .when(covered < full)
            .then(pl.lit("partial"))
            .otherwise(pl.lit(""))
        )
    )


def _with_intervals(rows: pl.DataFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    confidence = load_parameters("observation")["confidence"].value
    low, high = rows.get_column("low").to_numpy().copy(), rows.get_column("high").to_numpy().copy()
    measured = rows.select("numerator", "denominator").cast(pl.Float64)
    top, bottom = (measured.get_column(c).fill_null(np.nan).to_numpy() for c in measured.columns)
    for indicator in indicators:
        if indicator.interval not in ("byar", "wilson"):
            continue
        at = np.flatnonzero((rows.get_column("indicator") == indicator.id).to_numpy() & (bottom > 0) & ~np.isnan(top))
        if indicator.interval == "wilson":
            limits = wilson(top[at], bottom[at], confidence=confidence)
        else:
            limits = tuple(limit / bottom[at] for limit in poisson(top[at], confidence=confidence))
        low[at], high[at] = (indicator.scale * limit for limit in limits)
    bounds = pl.DataFrame({"low": low, "high": high}).fill_nan(None)
    alone = [i.id for i in indicators if i.aggregation.kind == "sum"]
    lone = pl.when(pl.col("indicator").is_in(alone)).then(None).otherwise("denominator").alias("denominator")
    return rows.with_columns(bounds["low"], bounds["high"], lone)


def _with_simulation(rows: pl.DataFrame, indicators: Mapping[str, Indicator], world: _World) -> pl.DataFrame:
    """Add ``simulation``: ``simulated`` where an input is, ``perimeter`` where the territories of the level are."""
    simulated = simulated_sources(world.files)
    drawn = world.membership.filter(pl.col("simulated")).get_column("parent_level").unique().sort().to_list()
    pairs = rows.select("indicator", "period").unique().sort("indicator", "period")
    flags = [is_simulated(indicators[i], p, simulated) for i, p in pairs.iter_rows()]
    known = pairs.with_columns(pl.Series("_simulated", flags, dtype=pl.Boolean))
    return rows.join(known, on=["indicator", "period"], how="left", maintain_order="left").with_columns(
        simulation=pl.when("_simulated")
        .then(pl.lit("simulated"))
        .when(pl.col("level").is_in(drawn))
        .then(pl.lit("perimeter"))
        .otherwise(pl.lit(""))
    )
