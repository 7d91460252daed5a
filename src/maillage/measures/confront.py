"""Territory by territory, on one sheet: alerts, measures at work, money received, and what moved in the indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from maillage.indicators.compare import has_sampling_error
from maillage.indicators.difference import Estimate, difference
from maillage.indicators.registry import load_indicators
from maillage.measures.claims import PERIMETER, share_of
from maillage.measures.events import STATUS, Moment, state
from maillage.measures.perimeters import Country
from maillage.measures.registry import load_measures
from maillage.territory.levels import BASE_LEVEL, COUNTRY

PLACE = ("level", "code")
HOME = "place"
SHEET = (
    *("level", "code", "population", "in_alert", "alerts", "degree", "measures", "beneficiaries"),
    *("amount_eur", "per_head_eur", "better", "worse", "unchanged"),
)
# What each level may be summed into; none is ever split into smaller ones.
CLIMBS: dict[str, tuple[str, ...]] = {
    "commune": ("ville", "epci", "bassin_vie", "cpts", "departement", "region", "france"),
    "ville": ("departement", "region", "france"),
    "epci": ("departement", "region", "france"),
    "bassin_vie": ("departement", "region", "france"),
    "cpts": ("departement", "region", "france"),
    "departement": ("region", "france"),
    "region": ("france",),
    "france": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a store knows: rows of ALERT, OBSERVATION and MEASURE_EVENT, and the lines of PAYMENT that count once."""

    alert: pl.DataFrame
    observation: pl.DataFrame
    measure_event: pl.DataFrame
    payment: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Confrontation:
    """Four tables by territory (``level, code``), and the sheet that has them side by side.

    ``alerts``: how many hold (``alerts``) and the worst ``degree``. ``measures``: by ``measure``, the ``beneficiaries``
    at work there. ``money``: by ``measure, payer, year``, ``amount_eur``. ``moves``: by ``indicator``, the figures
    ``before`` and ``after`` of the periods ``since`` and ``until``, and the ``verdict`` of the test: 1 better, -1
    worse, 0 no change established, empty where the indicator bears no test. ``sheet``: every territory of the levels
    asked, with ``population``, ``in_alert`` (residents of communes where an alert holds), ``alerts`` and ``degree`` of
    its own, ``measures``, ``beneficiaries``, ``amount_eur``, ``per_head_eur``, and how many indicators went ``better``,
    ``worse`` or ``unchanged``.
    """

    alerts: pl.DataFrame
    measures: pl.DataFrame
    money: pl.DataFrame
    moves: pl.DataFrame
    sheet: pl.DataFrame


def confront(evidence: Evidence, place: Country, moment: Moment, levels: Sequence[str]) -> Confrontation:
    """The sheet of each territory of some levels at a moment, as known then.

    Money of every year up to the moment counts where it was paid and in what holds it, never in what is smaller: an
    amount known for a département is not shared among its communes. A beneficiary is present in each territory that its
    perimeter or its place touches.
    """
    alerts = _alerts(evidence.alert)
    measures = _measures(evidence.measure_event, place, moment, levels)
    money = _money(evidence.payment, place, moment, levels)
    moves = _moves(evidence.observation, levels)
    sheet = _sheet((alerts, measures, money, moves), place, levels)
    return Confrontation(alerts.filter(pl.col("level").is_in(list(levels))), measures, money, moves, sheet)


def _alerts(alert: pl.DataFrame) -> pl.DataFrame:
    """The alerts of the last period of each rule, at every level."""
    held = alert.filter(pl.col("degree") > 0)
    last = held.filter(pl.col("period") == pl.col("period").max().over("rule"))
    return last.group_by(PLACE).agg(alerts=pl.len().cast(pl.Int64), degree=pl.col("degree").max()).sort(PLACE)


def _measures(events: pl.DataFrame, place: Country, moment: Moment, levels: Sequence[str]) -> pl.DataFrame:
    """Beneficiaries at work by territory and measure, each counted once in a territory."""
    now = state(events, moment)
    active = {(name, status) for name, m in load_measures().items() for status in m.active}
    working = now.filter(
        pl.col("attribute") == STATUS,
        pl.struct("measure", "content").is_in([{"measure": m, "content": s} for m, s in sorted(active)]),
    ).select("measure", "beneficiary")
    homes = now.filter(pl.col("attribute") == HOME).select("measure", "beneficiary", home="content")
    drawn = now.filter(pl.col("attribute") == PERIMETER, share_of(pl.col("content")) > 0).select(
        "measure", "beneficiary", home="item"
    )
    spots = pl.concat([homes, drawn]).unique().join(working, on=("measure", "beneficiary"), how="semi")
    frames = [
        spots.join(_holders(place, source, level), left_on="home", right_on="child")
        .select("measure", "beneficiary", pl.lit(level).alias("level"), code="parent")
        .unique()
        for level in levels
        for source in (BASE_LEVEL, "departement")
        if level == source or level in CLIMBS[source]
    ]
    counted = pl.concat(frames).unique().group_by(*PLACE, "measure").agg(beneficiaries=pl.len().cast(pl.Int64))
    return counted.sort(*PLACE, "measure")


def _money(payment: pl.DataFrame, place: Country, moment: Moment, levels: Sequence[str]) -> pl.DataFrame:
    """Amounts by territory, measure, payer and year, each amount in its territory and in those that hold it."""
    paid = payment.filter(pl.col("year") <= moment.true_on.year)
    if moment.known_on is not None:
        paid = paid.filter(pl.col("known_date") <= moment.known_on)
    frames = []
    for source in sorted(CLIMBS):
        mine = paid.filter(pl.col("level") == source)
        for level in levels:
            if mine.height and (level == source or level in CLIMBS[source]):
                climbed = mine.join(_holders(place, source, level), left_on="code", right_on="child")
                frames.append(
                    climbed.select(
                        "measure",
                        "payer",
                        "year",
                        pl.lit(level).alias("level"),
                        code="parent",
                        cents=(pl.col("amount_eur") * pl.col("part") * 100),
                    )
                )
    empty = {"level": pl.String, "code": pl.String, "measure": pl.String, "payer": pl.String, "year": pl.Int32}
    if not frames:
        return pl.DataFrame(schema={**empty, "amount_eur": pl.Float64})
    keys = (*PLACE, "measure", "payer", "year")
    summed = pl.concat(frames).sort(*keys, "cents").group_by(keys, maintain_order=True).agg(pl.col("cents").sum())
    return summed.select(*keys, amount_eur=(pl.col("cents") / 100).round(2)).sort(keys)


def _holders(place: Country, source: str, level: str) -> pl.DataFrame:
    """``child, parent, part``: which territories of a level hold those of another, and what part of their residents."""
    if level == source:
        codes = place.places.filter(level=source).select(child="code", parent="code")
        return codes.with_columns(part=pl.lit(1.0))
    if level == "france":
        return (
            place.places.filter(level=source)
            .select(child="code")
            .with_columns(parent=pl.lit(COUNTRY), part=pl.lit(1.0))
        )
    above = place.within(level).select("code", "parent", "share")
    if source == BASE_LEVEL:
        return above.select("parent", child="code", part="share").select("child", "parent", "part")
    below = place.within(source).select("code", child="parent", held="share")
    people = pl.col("held") * pl.col("population").fill_null(0.0)
    joined = below.join(above, on="code").join(place.communes, on="code")
    parts = joined.group_by("child", "parent").agg(people=(people * pl.col("share")).sum()).sort("child", "parent")
    whole = pl.col("people").sum().over("child")
    return parts.filter(pl.col("people") > 0).select("child", "parent", part=pl.col("people") / whole)


def _moves(observation: pl.DataFrame, levels: Sequence[str]) -> pl.DataFrame:
    """The last published figure of each indicator against the one of a year before, or the nearest earlier one."""
    known = load_indicators()
    sided = {name: i.direction for name, i in known.items() if i.direction != "none"}
    figures = observation.filter(
        pl.col("slice") == "",
        pl.col("level").is_in(list(levels)),
        pl.col("status") == "published",
        pl.col("value").is_not_null(),
        pl.col("indicator").is_in(list(sided)),
    ).with_columns(quarter=pl.col("period").str.extract(r"-T(\d)", 1).fill_null(""))
    series = (*PLACE, "indicator")
    last = figures.sort(*series, "period").group_by(series, maintain_order=True).last()
    earlier = figures.join(last.select(*series, "quarter", until="period"), on=[*series, "quarter"]).filter(
        pl.col("period") < pl.col("until")
    )
    before = earlier.sort(*series, "period").group_by(series, maintain_order=True).last()
    pairs = last.join(before, on=list(series), suffix="_before", maintain_order="left")
    broken = [
        (pl.col("indicator") == name) & (pl.col("period_before") <= b.after) & (pl.col("period") > b.after)
        for name, i in known.items()
        for b in i.breaks
    ]
    kept = pairs.filter(~pl.any_horizontal(broken)) if broken else pairs
    return _judged(kept, sided).sort(series)


def _judged(pairs: pl.DataFrame, sided: Mapping[str, str]) -> pl.DataFrame:
    """The pairs with the verdict of the difference of their intervals, better being the good side."""
    limits = ("low", "value", "high", "low_before", "value_before", "high_before")
    tested = pl.col("indicator").is_in([name for name in sided if has_sampling_error(name)])
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in limits)
    apart = pl.col("value").is_between("low", "high") & pl.col("value_before").is_between("low_before", "high_before")
    marked = pairs.with_columns(tested=(tested & whole & apart).fill_null(value=False)).with_row_index("row")
    rows = marked.filter("tested")
    found = np.zeros(0, np.int8)
    if rows.height:
        now, then = (
            Estimate(*(rows.get_column(name + suffix).to_numpy() for name in ("value", "low", "high")))
            for suffix in ("", "_before")
        )
        found = difference(now, then).verdict
    side = pl.when(pl.col("indicator").replace_strict(sided) == "low").then(1).otherwise(-1)
    verdicts = rows.select("row").with_columns(sign=pl.Series(found, dtype=pl.Int8))
    return marked.join(verdicts, on="row", how="left", maintain_order="left").select(
        *PLACE,
        "indicator",
        since="period_before",
        until="period",
        before="value_before",
        after="value",
        verdict=(pl.col("sign") * side).cast(pl.Int8),
    )


def _sheet(tables: tuple[pl.DataFrame, ...], place: Country, levels: Sequence[str]) -> pl.DataFrame:
    """Every territory of the levels, one line each, counts being 0 and amounts empty where nothing is known."""
    alerts, measures, money, moves = tables
    residents = place.communes.get_column("population").fill_null(0.0)
    alerted = alerts.filter(level=BASE_LEVEL).get_column("code").implode()
    held = residents * place.communes.get_column("code").is_in(alerted)
    counted = place.places.select("code", "level").with_columns(
        population=pl.Series(place.shares @ residents.to_numpy()), in_alert=pl.Series(place.shares @ held.to_numpy())
    )
    people = counted.filter(pl.col("level").is_in(list(levels)))
    told = measures.group_by(PLACE).agg(measures=pl.len().cast(pl.Int64), beneficiaries=pl.col("beneficiaries").sum())
    paid = money.sort(money.columns).group_by(PLACE, maintain_order=True).agg(pl.col("amount_eur").sum().round(2))
    judged = moves.group_by(PLACE).agg(
        better=(pl.col("verdict") == 1).sum().cast(pl.Int64),
        worse=(pl.col("verdict") == -1).sum().cast(pl.Int64),
        unchanged=(pl.col("verdict") == 0).sum().cast(pl.Int64),
    )
    sheet = people
    for frame in (alerts, told, paid, judged):
        sheet = sheet.join(frame, on=list(PLACE), how="left", maintain_order="left")
    counts = ("alerts", "degree", "measures", "beneficiaries", "better", "worse", "unchanged")
    per_head = pl.when(pl.col("population") > 0).then(pl.col("amount_eur") / pl.col("population"))
    return sheet.with_columns(pl.col(counts).fill_null(0), per_head_eur=per_head).select(SHEET).sort(PLACE)
