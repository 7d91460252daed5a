"""Contracts of medical assistants: how many, where, for whom, and how many more patients they brought."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from maillage.disclosure.policy import Policy
from maillage.disclosure.primary import Reason, count_reasons
from maillage.measures.events import STATUS, Moment, heard
from maillage.measures.perimeters import Country
from maillage.measures.registry import load_measures

MEASURE = "assistants_medicaux"
WORDS = ("place", "zone_at_signature", "specialty")
NUMBERS = ("fte", "commitment_patients_mt", "commitment_patients_seen")
# Attributes observed again each year, and the commitment that answers each.
OBSERVED = {"mt": "patients_mt", "seen": "patients_seen"}
UNDER_DENSE = ("ZIP", "ZAC")


def contracts(events: pl.DataFrame, moment: Moment, *, measure: str = MEASURE) -> pl.DataFrame:
    """One row a contract signed up to a moment, as known then, in the order of their names.

    ``beneficiary, status, signed_on, in_force``, then ``WORDS`` and ``NUMBERS`` as last stated, and for each of
    ``OBSERVED`` (``mt``, ``seen``) the patients ``initial_`` (the first count stated, that of the signature) and
    ``latest_`` (the last, where another day had one). What nobody stated is empty.
    """
    mine = heard(events.filter(pl.col("measure") == measure), moment.known_on)
    told = mine.select("beneficiary", "attribute", "event_date", "content")
    past = told.filter(pl.col("event_date") <= moment.true_on).sort("event_date")
    active = load_measures()[measure].active
    lives = (
        past.filter(pl.col("attribute") == STATUS)
        .group_by("beneficiary", maintain_order=True)
        .agg(
            status=pl.col("content").last(),
            signed_on=pl.col("event_date").filter(pl.col("content").is_in(active)).min(),
        )
        .with_columns(in_force=pl.col("status").is_in(active))
        .sort("beneficiary")
    )
    wide = lives
    for name in WORDS:
        wide = wide.join(_last(past, name, pl.String), on="beneficiary", how="left", maintain_order="left")
    for name in NUMBERS:
        wide = wide.join(_last(past, name, pl.Float64), on="beneficiary", how="left", maintain_order="left")
    for short, name in OBSERVED.items():
        wide = wide.join(_first_and_last(past, name, short), on="beneficiary", how="left", maintain_order="left")
    return wide


def placed(rows: pl.DataFrame, place: Country, level: str = "departement") -> pl.DataFrame:
    """The contracts with the territory of a level that holds their commune, in a column of its name; empty if none."""
    homes = place.within(level).sort("code", "share", "parent").unique("code", keep="last", maintain_order=True)
    return rows.join(homes.select(place="code", **{level: "parent"}), on="place", how="left", maintain_order="left")


def tally(rows: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Contracts by any of their columns (``zone_at_signature``, ``specialty``, ``departement``…); in order.

    ``signed`` (ever) and ``in_force``; ``fte`` of those in force, and ``fte_told``, how many stated it. For each of
    ``OBSERVED``, of those in force: ``committed_`` is the sum of commitments less what there was at first and
    ``committed_contracts_`` how many stated both; ``found_`` the sum of the last count less the first, and
    ``found_contracts_`` how many had two counts. Sums over no contract are empty. A contract whose column is empty
    stands in the group of the empty.
    """
    promised = {s: pl.col(f"commitment_{name}") - pl.col(f"initial_{s}") for s, name in OBSERVED.items()}
    found = {s: pl.col(f"latest_{s}") - pl.col(f"initial_{s}") for s in OBSERVED}
    held = pl.col("in_force")
    kept: dict[str, pl.Expr] = {"fte": _sum(pl.col("fte").filter(held)), "fte_told": _count(pl.col("fte").filter(held))}
    for short in OBSERVED:
        for word, gain in (("committed", promised[short].filter(held)), ("found", found[short].filter(held))):
            kept |= {f"{word}_{short}": _sum(gain), f"{word}_contracts_{short}": _count(gain)}
    ordered = rows.sort(*by, "beneficiary")
    counts = [pl.len().cast(pl.Int64).alias("signed"), held.sum().cast(pl.Int64).alias("in_force")]
    sums = [expr.alias(name) for name, expr in kept.items()]
    if not by:
        return ordered.select(*counts, *sums)
    return ordered.group_by(list(by), maintain_order=True).agg(*counts, *sums)


def need(zoning: pl.DataFrame, place: Country, *, level: str = "departement") -> pl.DataFrame:
    """``code, population, under_dense`` of territories: residents, and those of communes in ZIP or ZAC.

    ``zoning`` are rows of the table ``zoning``; its last year counts.
    """
    last = zoning.filter(pl.col("year") == pl.col("year").max())
    homes = place.within(level).join(place.communes, on="code").join(last.select("code", "zone"), on="code", how="left")
    people = pl.col("population").fill_null(0.0) * pl.col("share")
    short = pl.col("zone").is_in(UNDER_DENSE).fill_null(value=False)
    return (
        homes.sort("parent", "code")
        .group_by("parent", maintain_order=True)
        .agg(population=people.sum(), under_dense=people.filter(short).sum())
        .rename({"parent": "code"})
    )


def ranking(counted: pl.DataFrame, doctors: pl.DataFrame, needed: pl.DataFrame) -> pl.DataFrame:
    """Territories by contracts per GP and against need, the best served against need first.

    ``counted`` is a tally by one territory, renamed ``code``; ``doctors`` has ``code, headcount``; ``needed`` is what
    ``need`` gives. Returns ``code, in_force, fte, gps, per_100_gps, under_dense, share_under_dense, expected, ratio,
    rank_per_gp, rank_against_need``: ``expected`` are the contracts that the territory would hold if all were
    spread as the residents of under-dense communes are, and ``ratio`` what it holds over that (empty where nobody
    lives in one). Territories without any contract are there. Equal figures share a rank.
    """
    rows = (
        needed.join(doctors.select("code", gps="headcount"), on="code", how="left", maintain_order="left")
        .join(counted.select("code", "in_force", "fte"), on="code", how="left", maintain_order="left")
        .with_columns(pl.col("in_force").fill_null(0))
    )
    spread = pl.col("under_dense") / pl.col("under_dense").sum() * pl.col("in_force").sum()
    ranked = rows.with_columns(
        per_100_gps=pl.when(pl.col("gps") > 0).then(100 * pl.col("in_force") / pl.col("gps")),
        share_under_dense=pl.when(pl.col("population") > 0).then(pl.col("under_dense") / pl.col("population")),
        expected=spread,
    ).with_columns(ratio=pl.when(pl.col("expected") > 0).then(pl.col("in_force") / pl.col("expected")))
    return (
        ranked.with_columns(
            rank_per_gp=pl.col("per_100_gps").rank("min", descending=True),
            rank_against_need=pl.col("ratio").rank("min", descending=True),
        )
        .drop("population")
        .select(
            *("code", "in_force", "fte", "gps", "per_100_gps", "under_dense", "share_under_dense", "expected", "ratio"),
            *("rank_per_gp", "rank_against_need"),
        )
        .sort("rank_against_need", "code", nulls_last=True)
    )


def withhold_small(counted: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """A tally whose gains of patients are empty where they are of fewer people than the least count.

    Contracts are public administrative counts and stay. Where gains of a column fall, the smallest others fall with
    them until there are two at least, of the least count together, so that the sum of the column does not tell them.
    Suited to one tally published with its total; figures that cut the same contracts several ways go through
    ``disclosure.protect`` as any other.
    """
    columns = [f"{word}_{short}" for word in ("committed", "found") for short in OBSERVED]
    return counted.with_columns(_kept(counted.get_column(name), policy) for name in columns)


def _kept(values: pl.Series, policy: Policy) -> pl.Series:
    told = values.is_not_null().to_numpy()
    sizes = np.abs(values.fill_null(0.0).to_numpy())
    small = told & (count_reasons(sizes, policy) != Reason.NONE)
    if small.any():
        others = np.flatnonzero(told & ~small & (sizes > 0))
        for one in others[np.argsort(sizes[others], kind="stable")]:
            if small.sum() > 1 and sizes[small].sum() >= policy.count_min:
                break
            small[one] = True
    return pl.Series(values.name, np.where(told & ~small, values.fill_null(0.0).to_numpy(), np.nan), nan_to_null=True)


def _last(past: pl.DataFrame, name: str, kind: type[pl.DataType]) -> pl.DataFrame:
    mine = past.filter(pl.col("attribute") == name)
    return mine.group_by("beneficiary", maintain_order=True).agg(
        pl.col("content").last().cast(kind, strict=False).alias(name)
    )


def _first_and_last(past: pl.DataFrame, name: str, short: str) -> pl.DataFrame:
    number = pl.col("content").cast(pl.Float64, strict=False)
    mine = past.filter(pl.col("attribute") == name).group_by("beneficiary", maintain_order=True)
    return mine.agg(
        number.first().alias(f"initial_{short}"),
        pl.when(pl.len() > 1).then(number.last()).alias(f"latest_{short}"),
    )


def _sum(values: pl.Expr) -> pl.Expr:
    return pl.when(values.is_not_null().sum() > 0).then(values.sum())


def _count(values: pl.Expr) -> pl.Expr:
    return values.is_not_null().sum().cast(pl.Int64)
