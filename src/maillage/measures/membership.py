"""Who joined: members of CPTS against the professionals of their perimeters, and the missions that they took."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from maillage.measures.coverage import SIGNED
from maillage.measures.events import STATUS, Moment, state
from maillage.measures.perimeters import Country, Perimeters
from maillage.territory.levels import COUNTRY
from maillage.territory.perimeters import main_parent

ALL = ""
FRANCE = "france"
JOINED: dict[str, type[pl.DataType]] = {
    "level": pl.String,
    "code": pl.String,
    "profession": pl.String,
    "members": pl.Float64,
    "active_members": pl.Float64,
    "professionals": pl.Float64,
    "share": pl.Float64,
    "active_share": pl.Float64,
    "year": pl.Int32,
    "method": pl.String,
}
_WHO = ("beneficiary", "profession")


def professionals_by_commune(
    professional: pl.DataFrame, professional_departement: pl.DataFrame, place: Country, year: int
) -> pl.DataFrame:
    """``code, profession, headcount, year, method``: professionals of communes, in the year asked or before.

    Of a profession that the table ``professional`` lacks, the count of each département is shared among its communes
    by residents (``method`` ``departement``, an approximation; else ``commune``). Where no year is old enough, the
    first is taken.
    """
    direct = _of_year(professional, year).select(
        "code", "profession", "headcount", "year", method=pl.lit("commune", pl.String)
    )
    known = direct.get_column("profession").unique().implode()
    counted = _of_year(professional_departement, year).filter(~pl.col("profession").is_in(known))
    homes = (
        place.within("departement")
        .join(place.communes, on="code", maintain_order="left")
        .with_columns(people=pl.col("population").fill_null(0.0) * pl.col("share"))
        .with_columns(part=pl.col("people") / pl.col("people").sum().over("parent"))
    )
    spread = homes.select("code", "parent", "part").join(
        counted.drop_nulls("headcount"), left_on="parent", right_on="code", maintain_order="left_right"
    )
    shared = spread.select(
        "code",
        "profession",
        "year",
        headcount=pl.col("headcount") * pl.col("part"),
        method=pl.lit("departement", pl.String),
    )
    return pl.concat([direct, shared.select(direct.columns)]).sort("profession", "code")


def membership_rates(
    events: pl.DataFrame,
    professionals: pl.DataFrame,
    moment: Moment,
    *,
    groups: pl.DataFrame | None = None,
    statuses: Collection[str] = SIGNED,
    measure: str = "cpts",
) -> pl.DataFrame:
    """Members of each profession over the professionals of perimeters: rows of JOINED, by CPTS, group and country.

    ``professionals`` is what ``professionals_by_commune`` gives. Only CPTS that told their members of a profession
    count, above and below the line. ``groups`` (``beneficiary, level, code``, such as ``homes`` gives) adds them up. A
    shared commune gives its share of professionals; a group and the country count a commune claimed by several once.
    ``profession`` is empty for all those told together. ``share`` may pass 1 where members practise outside the
    perimeter; ``active_share`` is that of members who are active, where both were told.
    """
    drawn = Perimeters(events, measure, moment.known_on)
    claimed = drawn.claimed(statuses, moment.true_on, moment.true_on)
    told = _members(events, moment, measure).join(drawn.members(statuses, moment.true_on), on="beneficiary", how="semi")
    held = told.select(_WHO).join(claimed, on="beneficiary").sort("beneficiary", "profession", "code")
    each = told.join(_within(held, professionals, _WHO), on=list(_WHO), how="left")
    rows = pl.concat(
        [
            _with_all(each.with_columns(level=pl.lit("cpts"), code="beneficiary")),
            _with_all(_together(told, held, professionals, _groups(told, groups))),
        ],
        how="diagonal",
    )
    return (
        rows.with_columns(
            share=pl.when(pl.col("professionals") > 0).then(pl.col("members") / pl.col("professionals")),
            active_share=pl.when(pl.col("both") > 0).then(pl.col("active_members") / pl.col("both")),
        )
        .select(pl.col(name).cast(kind) for name, kind in JOINED.items())
        .sort("level", "code", "profession")
    )


def homes(
    events: pl.DataFrame,
    place: Country,
    moment: Moment,
    *,
    level: str = "departement",
    statuses: Collection[str] = SIGNED,
    measure: str = "cpts",
) -> pl.DataFrame:
    """``beneficiary, level, code``: the territory of a level that holds most of the residents of each perimeter."""
    claimed = Perimeters(events, measure, moment.known_on).claimed(statuses, moment.true_on, moment.true_on)
    residents = place.communes.select("code", people=pl.col("population").fill_null(0.0))
    units = place.within(level).sort("code", "share", "parent").unique("code", keep="last").join(residents, on="code")
    found = main_parent(
        claimed.rename({"beneficiary": "parent"}), units.select("code", "people", home="parent"), "home"
    )
    return found.select(beneficiary="parent", level=pl.lit(level), code="home").sort("beneficiary")


def missions(events: pl.DataFrame, moment: Moment, *, measure: str = "cpts") -> pl.DataFrame:
    """Who took each mission: ``status, mission, cpts, told, active, share``, by status and for all of them (empty).

    ``cpts`` counts those in the status, ``told`` those that stated any mission, ``active`` those for which this one is
    active; the share is that of those that told, so that a silent file does not pass for a refusal.
    """
    now = state(events.filter(pl.col("measure") == measure), moment)
    lives = now.filter(pl.col("attribute") == STATUS).select("beneficiary", status="content")
    lives = pl.concat([lives, lives.with_columns(status=pl.lit(ALL))])
    said = now.filter(pl.col("attribute") == "mission").select("beneficiary", mission="item", content="content")
    tellers = lives.join(said, on="beneficiary", how="semi").group_by("status").agg(told=pl.len())
    counted = lives.group_by("status").agg(cpts=pl.len()).join(tellers, on="status", how="left")
    taken = (
        lives.join(said.filter(pl.col("content") == "active"), on="beneficiary")
        .group_by("status", "mission")
        .agg(active=pl.len())
    )
    grid = counted.join(said.select("mission").unique(), how="cross").join(taken, on=["status", "mission"], how="left")
    return (
        grid.with_columns(pl.col("told", "active").fill_null(0))
        .with_columns(share=pl.when(pl.col("told") > 0).then(pl.col("active") / pl.col("told")))
        .select("status", "mission", "cpts", "told", "active", "share")
        .sort("status", "mission")
    )


def _of_year(rows: pl.DataFrame, year: int) -> pl.DataFrame:
    """The rows of each profession in the last year not after ``year``, or in its first."""
    past = pl.when(pl.col("year") <= year).then("year").max()
    return rows.filter(pl.col("year") == pl.coalesce(past, pl.col("year").min()).over("profession"))


def _members(events: pl.DataFrame, moment: Moment, measure: str) -> pl.DataFrame:
    """``beneficiary, profession, members, both, active_members``; ``both``: members where the active were told too."""
    wanted = ("members", "active_members")
    now = state(events.filter(pl.col("measure") == measure, pl.col("attribute").is_in(wanted)), moment)
    wide = now.select(
        "beneficiary", "attribute", profession="item", number=pl.col("content").cast(pl.Float64, strict=False)
    ).pivot("attribute", index=list(_WHO), values="number", aggregate_function="first")
    lacking = [pl.lit(None, pl.Float64).alias(name) for name in wanted if name not in wide.columns]
    return (
        wide.with_columns(lacking)
        .drop_nulls("members")
        .with_columns(both=pl.when(pl.col("active_members").is_not_null()).then("members"))
        .select(*_WHO, "members", "both", "active_members")
        .sort(_WHO)
    )


def _groups(told: pl.DataFrame, groups: pl.DataFrame | None) -> pl.DataFrame:
    country = told.select("beneficiary").unique().with_columns(level=pl.lit(FRANCE), code=pl.lit(COUNTRY))
    return country if groups is None else pl.concat([country, groups.select(country.columns)])


def _together(
    told: pl.DataFrame, held: pl.DataFrame, professionals: pl.DataFrame, groups: pl.DataFrame
) -> pl.DataFrame:
    """The CPTS of a group that told as one, each commune once: ``level, code, profession`` and the counts."""
    named = groups.rename({"code": "group"})
    keys = ["level", "group", "profession"]
    grouped = told.join(named, on="beneficiary").sort(*keys, "beneficiary")
    sums = grouped.group_by(keys, maintain_order=True).agg(pl.col("members", "both", "active_members").sum())
    union = (
        held.join(named, on="beneficiary")
        .sort(*keys, "code", "beneficiary")
        .group_by(*keys, "code", maintain_order=True)
        .agg(pl.col("share").sum().clip(0, 1))
    )
    found = _within(union, professionals, keys)
    return sums.join(found, on=keys, how="left").rename({"group": "code"})


def _within(held: pl.DataFrame, professionals: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """``keys, professionals, year, method``: the professionals of what is held of communes."""
    found = held.join(professionals, on=["profession", "code"], maintain_order="left")
    return found.group_by(keys, maintain_order=True).agg(
        professionals=(pl.col("headcount") * pl.col("share")).sum(),
        year=pl.col("year").max(),
        method=pl.col("method").first(),
    )


def _with_all(rows: pl.DataFrame) -> pl.DataFrame:
    """With one row a territory for all the professions of which both members and professionals are known."""
    keys = ["level", "code"]
    known = rows.filter(pl.col("professionals") > 0).sort(*keys, "profession")
    everyone = known.group_by(keys, maintain_order=True).agg(
        pl.col("members", "both", "active_members", "professionals").sum(),
        year=pl.col("year").max(),
        method=pl.when((pl.col("method") == "commune").all()).then(pl.lit("commune")).otherwise(pl.lit("departement")),
    )
    return pl.concat([rows, everyone.with_columns(profession=pl.lit(ALL))], how="diagonal")
