"""What the records of events allow: who delivered them, which periods are complete, where too many were bad."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.engine import Engine
from maillage.indicators.definition import Indicator
from maillage.period import parse_period
from maillage.territory.aggregate import aggregate
from maillage.territory.levels import COUNTRY, UPPER_LEVELS

SERIES = ("indicator", "period")
QUALITY = "record_quality"


def has_records(indicator: Indicator, engine: Engine) -> bool:
    """Whether the engine holds a record that the indicator counts; True for one that counts none."""
    if indicator.records is None:
        return True
    present = [name for name in indicator.records.tables if engine.has(name)]
    return any(engine.frame(engine.table(name).limit(1).count().name("rows")).item() for name in present)


def settle(
    rows: pl.DataFrame, indicators: Iterable[Indicator], membership: pl.DataFrame, people: pl.DataFrame
) -> pl.DataFrame:
    """Tell "no event" from "no records" where a territory has none; ``rows`` are a complete grid of communes.

    In a département that delivered its records, a commune without any has a numerator and a denominator of zero. In
    one that did not, every figure is missing and ``coverage`` says ``absent``: those few that came from elsewhere
    would pass for a small number. ``people`` has ``code, population`` by commune.
    """
    counting = [i for i in indicators if i.records is not None]
    plain = rows.with_columns(coverage=pl.lit(""))
    if not counting:
        return plain
    mine = pl.col("indicator").is_in([i.id for i in counting])
    events = plain.filter(mine)
    placed = events.join(_departements(membership), on="code", how="left", maintain_order="left")
    everywhere = pl.col("indicator").is_in([i.id for i in counting if i.records and i.records.everywhere])
    silent = _undelivered(placed, counting, people).with_columns(silent=pl.lit(value=True))
    told = placed.join(silent, on=[*SERIES, "departement"], how="left", maintain_order="left").with_columns(
        silent=pl.col("silent").fill_null(value=False) & ~everywhere
    )
    blank = ~pl.col("silent") & (pl.col("status") == "missing") & pl.col("denominator").is_null()
    filled = told.with_columns(
        *(_instead(c, silent=None, blank=0.0, where=blank) for c in ("numerator", "denominator")),
        *(pl.when("silent").then(None).otherwise(c).alias(c) for c in ("value", "low", "high")),
        pl.when("silent")
        .then(pl.lit("missing"))
        .when(blank)
        .then(pl.lit("not_applicable"))
        .otherwise("status")
        .alias("status"),
        pl.when("silent").then(pl.lit("absent")).otherwise("coverage").alias("coverage"),
    )
    return pl.concat([plain.filter(~mine), filled.select(plain.columns)])


def _instead(column: str, *, silent: float | None, blank: float, where: pl.Expr) -> pl.Expr:
    return pl.when("silent").then(silent).when(where).then(blank).otherwise(column).alias(column)


def _departements(membership: pl.DataFrame) -> pl.DataFrame:
    inside = (pl.col("child_level") == "commune") & (pl.col("parent_level") == "departement")
    return membership.filter(inside).select(code="child_code", departement="parent_code").unique("code", keep="any")


def _undelivered(placed: pl.DataFrame, indicators: Sequence[Indicator], people: pl.DataFrame) -> pl.DataFrame:
    """The départements (``indicator, period, departement``) whose records did not come, by indicator and period."""
    least = load_parameters("completeness")["delivered_share"].value
    top = [i.id for i in indicators if i.records and i.records.counted == "numerator"]
    counted = pl.when(pl.col("indicator").is_in(top)).then("numerator").otherwise("denominator").fill_null(0.0)
    by_slice = placed.group_by(*SERIES, "slice", "departement").agg(counted.sum().alias("records"))
    volume = by_slice.group_by(*SERIES, "departement").agg(pl.col("records").max())
    inhabitants = placed.select("code", "departement").unique().join(people, on="code", how="left")
    held = inhabitants.group_by("departement").agg(pl.col("population").sum())
    rate = volume.join(held, on="departement", how="left", nulls_equal=True).with_columns(
        rate=pl.col("records") / pl.col("population")
    )
    ranked = rate.filter(pl.col("rate").is_finite()).sort(*SERIES, "rate", "departement")
    half = pl.col("records").cum_sum().over(SERIES) * 2 >= pl.col("records").sum().over(SERIES)
    usual = ranked.filter(half & (pl.col("records") > 0)).group_by(SERIES).agg(usual=pl.col("rate").min())
    judged = rate.join(usual, on=list(SERIES), how="left")
    few = (pl.col("records") == 0) | (pl.col("rate") < least * pl.col("usual"))
    return judged.filter(few.fill_null(value=False)).select(*SERIES, "departement")


def last_record(indicator: Indicator, engine: Engine) -> date | None:
    """The date of the last record that the indicator counts; None without any, or where records need no date."""
    records = indicator.records
    if records is None or not records.date:
        return None
    found = [engine.largest(name, records.date) for name in records.tables if engine.has(name)]
    return max((f.date() if isinstance(f, datetime) else f for f in found if f is not None), default=None)


def completeness(indicator: Indicator, last: date | None, periods: Iterable[str]) -> dict[str, str]:
    """``incomplete`` or ``provisional`` by period, from the date of the last record; the other periods are final."""
    if last is None or indicator.records is None:
        return {}
    within = timedelta(days=load_parameters("completeness")["end_within_days"].value)
    found = {}
    for period in periods:
        if last < period_end(period) - within:
            found[period] = "incomplete"
        elif last < period_end(period, months_later=indicator.records.delay_months):
            found[period] = "provisional"
    return found


def period_end(period: str, *, months_later: int = 0) -> date:
    """The last day of a period, or of the month so many months later."""
    found = parse_period(period)
    month = (3 * found.quarter or 12) + months_later
    year = found.year + (month - 1) // 12
    month = (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def unsound(indicators: Iterable[Indicator], engine: Engine, membership: pl.DataFrame) -> pl.DataFrame:
    """The territories where too many records were put in quarantine: ``indicator, level, code, period``.

    Records whose commune is not known are spread over the communes of their département, or of France, as the others
    are: they may have come from any of them.
    """
    schema = dict.fromkeys(("indicator", "level", "code", "period"), pl.String)
    parts = [pl.DataFrame(schema=schema)]
    counting = [(i, i.records) for i in indicators if i.records is not None]
    quality = engine.frame(engine.table(QUALITY)) if counting and engine.has(QUALITY) else pl.DataFrame()
    most = load_parameters("observation")["quarantined_share_max"].value
    for indicator, records in counting if quality.height else ():
        mine = quality.filter(pl.col("event_table").is_in(records.tables))
        if mine.get_column("records_quarantined").sum():
            sums = aggregate(_by_commune(mine, membership), membership, ("commune", *UPPER_LEVELS))
            bad = sums.filter(pl.col("numerator") > most * pl.col("denominator"))
            parts.append(bad.with_columns(indicator=pl.lit(indicator.id)).select(list(schema)))
    return pl.concat(parts)


def _by_commune(quality: pl.DataFrame, membership: pl.DataFrame) -> pl.DataFrame:
    """Records in quarantine (``numerator``) over records read (``denominator``) by ``code, period``."""
    sums = quality.group_by("level", "code", "period").agg(
        numerator=pl.col("records_quarantined").sum(), denominator=pl.col("records_in").sum()
    )
    placed = sums.filter(pl.col("level") == "commune").drop("level").join(_departements(membership), on="code")
    known = placed.sort("period", "code").with_columns(pl.lit(COUNTRY).alias("country"), known="denominator")
    for level, above in (("departement", "departement"), ("france", "country")):
        astray = sums.filter(pl.col("level") == level).select("period", "numerator", "denominator", place="code")
        part = pl.col("known") / pl.col("known").sum().over("period", above)
        shared = known.join(
            astray, left_on=["period", above], right_on=["period", "place"], how="left", maintain_order="left"
        )
        known = shared.with_columns(
            pl.col(c) + (pl.col(f"{c}_right") * part).fill_null(0.0) for c in ("numerator", "denominator")
        ).drop("numerator_right", "denominator_right")
    return known.select("code", "period", "numerator", "denominator")


def withhold(rows: pl.DataFrame, bad: pl.DataFrame, periods: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    """Take away the figures that the records do not allow, and say why in ``coverage``.

    ``bad`` comes from ``unsound``, ``periods`` from ``completeness`` by indicator and period. Words of ``coverage`` are
    joined by a point.
    """
    if bad.is_empty() and not periods:
        return rows
    state = pl.DataFrame(
        [(*key, word) for key, word in sorted(periods.items())],
        schema=dict.fromkeys((*SERIES, "state"), pl.String),
        orient="row",
    )
    told = rows.join(state, on=list(SERIES), how="left", maintain_order="left").join(
        bad.with_columns(unsound=pl.lit(value=True)),
        on=["indicator", "level", "code", "period"],
        how="left",
        maintain_order="left",
    )
    word = pl.when("unsound").then(pl.lit("unsound")).otherwise("state")
    gone = pl.col("unsound").fill_null(value=False) | (pl.col("state") == "incomplete").fill_null(value=False)
    said = pl.concat_str(pl.col("coverage").replace("", None), word, separator=".", ignore_nulls=True)
    kept = [pl.when(~gone).then(c).alias(c) for c in ("numerator", "denominator", "value", "low", "high")]
    missing = pl.when(gone).then(pl.lit("missing")).otherwise("status").alias("status")
    return told.with_columns(*kept, missing, said.alias("coverage")).select(rows.columns)
