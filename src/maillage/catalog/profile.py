"""Everything the store holds on one territory, and the alerts of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from maillage.catalog.origin import origin_sentences
from maillage.catalog.store import Version
from maillage.errors import NotFoundError, UsageError
from maillage.text import Lang

# Where one code names territories of several levels, the first of these wins: 84 is Vaucluse before it is a région.
PREFERENCE = ("france", "departement", "region", "commune", "ville", "epci", "cpts", "bassin_vie", "iris")


@dataclass(frozen=True, slots=True)
class Profile:
    """A territory with its observations (OBSERVATION rows, origin in words) and alerts (ALERT rows)."""

    code: str
    name: str
    level: str
    observations: pl.DataFrame
    alerts: pl.DataFrame


def find_territory(version: Version, code: str, level: str | None = None) -> tuple[str, str, str]:
    """``(code, name, level)`` of a territory.

    Without a level, the most usual of those that bear the code. Paris, Lyon and Marseille answer at the level
    ``commune`` too. Raises NotFoundError when no territory bears the code, with the nearest ones.
    """
    territory = pl.scan_parquet(version.tables / "territory.parquet")
    known = (
        territory.filter(pl.col("code").str.to_uppercase() == code.upper()).select("code", "name", "level").collect()
    )
    wanted = {None: PREFERENCE, "commune": ("commune", "ville")}.get(level, (level,))
    for candidate in wanted:
        row = known.filter(pl.col("level") == candidate)
        if row.height:
            found: tuple[str, str, str] = row.row(0)
            return found
    of_level = f" of level {level!r}" if level else ""
    raise NotFoundError(f"No territory{of_level} has the code {code!r}.", hint=_near(territory, code))


def check_level(version: Version, level: str) -> None:
    """Raises UsageError when the store has no territory of this level."""
    levels = pl.read_parquet(version.tables / "territory.parquet", columns=["level"])["level"].unique().sort().to_list()
    if level not in levels:
        raise UsageError(f"Level {level!r} is not in this store; it has {', '.join(levels)}.")


def read_profile(version: Version, code: str, level: str | None = None, lang: Lang = "fr") -> Profile:
    """The profile of a territory; raises NotFoundError as ``find_territory`` does."""
    code, name, level = find_territory(version, code, level)
    here = (pl.col("code") == code) & (pl.col("level") == level)
    origin = origin_sentences(version.read("origin"), lang)
    observations = (
        read_observations(version, [(level, code)])
        .join(origin, on="origin", how="left", maintain_order="left")
        .with_columns(pl.coalesce("sentence", "origin").alias("origin"))
        .drop("sentence")
    )
    alerts = pl.scan_parquet(version.tables / "alert.parquet").filter(here).collect()
    return Profile(code=code, name=name, level=level, observations=observations, alerts=alerts)


def read_observations(version: Version, places: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """OBSERVATION rows of some territories, each ``(level, code)``."""
    wanted = pl.DataFrame(places, schema={"level": pl.String, "code": pl.String}, orient="row").lazy()
    rows = pl.scan_parquet(version.tables / "observation.parquet")
    return rows.join(wanted, on=["level", "code"], how="semi", maintain_order="left").collect()


def read_alerts(version: Version, *, level: str | None = None, within: str | None = None) -> pl.DataFrame:
    """ALERT rows with the territory's name; ``within`` keeps the territories inside another.

    Raises NotFoundError when ``within`` is no territory, UsageError when the level is not in the store.
    """
    alerts = version.read("alert")
    if level is not None:
        check_level(version, level)
        alerts = alerts.filter(pl.col("level") == level)
    if within is not None:
        alerts = alerts.join(inside(version, within), on=["level", "code"], how="semi")
    names = version.read("territory").select("level", "code", "name")
    return alerts.join(names, on=["level", "code"], how="left", maintain_order="left")


def inside(version: Version, code: str, level: str | None = None) -> pl.DataFrame:
    """``level, code`` of the territories wholly inside another, by their communes; the territory itself included.

    Raises NotFoundError as ``find_territory`` does.
    """
    code, _, level = find_territory(version, code, level)
    member = version.read("membership").filter(pl.col("child_level") == "commune")
    if level == "commune":
        communes = pl.Series([code])
    else:
        communes = member.filter((pl.col("parent_level") == level) & (pl.col("parent_code") == code))["child_code"]
    within = pl.col("child_code").is_in(communes.implode())
    parents = member.group_by("parent_level", "parent_code").agg(held=within.all()).filter("held")
    return pl.concat(
        [
            parents.select(pl.col("parent_level").alias("level"), pl.col("parent_code").alias("code")),
            pl.DataFrame({"level": ["commune"] * communes.len(), "code": communes}),
        ]
    )


def _near(territory: pl.LazyFrame, code: str) -> str:
    near: Sequence[tuple[str, str, str]] = (
        territory.filter(pl.col("code").str.to_uppercase().str.starts_with(code.upper()[:4]))
        .select("code", "name", "level")
        .sort("code")
        .head(3)
        .collect()
        .rows()
    )
    if not near:
        return "Search by name in the observatory, or use FRA for the country."
    return "Near it: " + ", ".join(f"{c} ({n}, {lv})" for c, n, lv in near) + "."
