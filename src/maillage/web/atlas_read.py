"""Read a version of the store into an atlas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import polars as pl

from maillage.alerts.battery import prioritise
from maillage.catalog.store import Version
from maillage.web.atlas import MAP_LEVELS, PAGE_LEVELS, STATUSES, Alert, Atlas, Floats, Level, Origin, Priority, Series

NO_OBSERVATION = 255


def read_atlas(version: Version) -> Atlas:
    """Read the tables that the screens need; raises StoreError when one is absent."""
    membership = version.read("membership").filter(pl.col("child_level") == "commune")
    population = _population(version.read("population"), membership)
    levels = _levels(version.read("territory"), population)
    origins = _origins(version.read("origin"))
    alerts = _alerts(version.read("alert"))
    shape = version.read("shape").filter(pl.col("level").is_in(MAP_LEVELS)).sort("level", "code")
    by_territory: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_territory[alert.level, alert.code].append(alert)
    alerts_of = {key: tuple(found) for key, found in by_territory.items()}
    return Atlas(
        id=version.id,
        manifest=version.manifest,
        tiles=version.tiles,
        levels=levels,
        series=_series(version.read("observation"), levels, origins),
        parents=_parents(membership),
        communes=_communes(membership),
        alerts=alerts,
        alerts_of=alerts_of,
        priorities=_priorities(prioritise(version.read("alert")), population, alerts_of),
        origins=origins,
        postcodes=_postcodes(version.read("postcode")),
        source_files=version.read("source_file"),
        quarantine=version.read("quarantine"),
        shapes={str(key[0]): rows for key, rows in shape.partition_by("level", as_dict=True).items()},
    )


def _population(population: pl.DataFrame, membership: pl.DataFrame) -> pl.DataFrame:
    """Residents by level and code, of the latest year that each commune has."""
    rows = population.filter((pl.col("level") == "commune") & (pl.col("sex") == "all"))
    rows = rows.filter(pl.col("year") == pl.col("year").max().over("code"))
    whole = pl.col("age_band") == "all"
    communes = rows.group_by("code").agg(
        pl.when(whole.any()).then(pl.col("population").filter(whole).sum()).otherwise(pl.col("population").sum())
    )
    upper = (
        membership.join(communes, left_on="child_code", right_on="code")
        .group_by(pl.col("parent_level").alias("level"), pl.col("parent_code").alias("code"))
        .agg((pl.col("population") * pl.col("share")).sum())
    )
    return pl.concat([communes.select(pl.lit("commune").alias("level"), "code", "population"), upper])


def _levels(territory: pl.DataFrame, population: pl.DataFrame) -> dict[str, Level]:
    rows = territory.filter(pl.col("level").is_in(PAGE_LEVELS)).join(population, on=("level", "code"), how="left")
    found = {str(key[0]): part.sort("code") for key, part in rows.partition_by("level", as_dict=True).items()}
    return {level: _level(level, found[level]) for level in PAGE_LEVELS if level in found}


def _level(level: str, rows: pl.DataFrame) -> Level:
    codes = tuple(rows.get_column("code"))
    return Level(
        id=level,
        codes=codes,
        names=tuple(rows.get_column("name")),
        departements=tuple(rows.get_column("code_departement")),
        regions=tuple(rows.get_column("code_region")),
        longitudes=_floats(rows, "longitude"),
        latitudes=_floats(rows, "latitude"),
        population=_floats(rows, "population"),
        simulated=rows.get_column("simulated").to_numpy(),
        position={code: position for position, code in enumerate(codes)},
    )


def _floats(rows: pl.DataFrame, column: str) -> Floats:
    return rows.get_column(column).cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _series(
    observation: pl.DataFrame, levels: Mapping[str, Level], origins: tuple[Origin, ...]
) -> dict[tuple[str, str], dict[str, Series]]:
    known_origins = {origin.id: rank for rank, origin in enumerate(origins)}
    statuses = {status: rank for rank, status in enumerate(STATUSES)}
    rows = observation.filter((pl.col("slice") == "") & pl.col("level").is_in(list(levels))).with_columns(
        pl.col("status").replace_strict(statuses, return_dtype=pl.UInt8),
        pl.col("origin").replace_strict(known_origins, default=-1, return_dtype=pl.Int32),
    )
    series: dict[tuple[str, str], dict[str, Series]] = defaultdict(dict)
    for key, part in rows.partition_by(["indicator", "level", "period"], as_dict=True).items():
        indicator, level, period = (str(k) for k in key)
        series[indicator, level][period] = _one_series(indicator, period, levels[level], part)
    return dict(series)


def _one_series(indicator: str, period: str, level: Level, part: pl.DataFrame) -> Series:
    places = pl.DataFrame({"code": level.codes})
    aligned = places.join(part, on="code", how="left", maintain_order="left")
    return Series(
        indicator=indicator,
        level=level.id,
        period=period,
        value=_floats(aligned, "value"),
        low=_floats(aligned, "low"),
        high=_floats(aligned, "high"),
        numerator=_floats(aligned, "numerator"),
        denominator=_floats(aligned, "denominator"),
        status=aligned.get_column("status").fill_null(NO_OBSERVATION).to_numpy(),
        origin=np.asarray(aligned.get_column("origin").fill_null(-1).to_numpy(), dtype=np.int32),
    )


def _parents(membership: pl.DataFrame) -> dict[tuple[str, str], tuple[tuple[str, str, float], ...]]:
    found: dict[tuple[str, str], list[tuple[str, str, float]]] = defaultdict(list)
    columns = membership.sort("child_code", "parent_level", "parent_code").select(
        "child_level", "child_code", "parent_level", "parent_code", "share"
    )
    for child_level, child, level, code, share in columns.iter_rows():
        found[child_level, child].append((level, code, share))
    return {key: tuple(parents) for key, parents in found.items()}


def _communes(membership: pl.DataFrame) -> dict[tuple[str, str], tuple[str, ...]]:
    groups = membership.sort("child_code").group_by("parent_level", "parent_code").agg("child_code")
    return {(level, code): tuple(children) for level, code, children in groups.iter_rows()}


def _origins(origin: pl.DataFrame) -> tuple[Origin, ...]:
    return tuple(
        Origin(
            id=row["origin"],
            source=row["source"],
            label={"fr": row["label_fr"], "en": row["label_en"]},
            warning={"fr": row["warning_fr"] or "", "en": row["warning_en"] or ""},
            simulated=row["simulated"],
        )
        for row in origin.sort("origin").iter_rows(named=True)
    )


def _alerts(alert: pl.DataFrame) -> tuple[Alert, ...]:
    rows = alert.filter(pl.col("degree") > 0).sort(["degree", "level", "code", "rule"], descending=[True] + [False] * 3)
    return tuple(
        Alert(
            rule=row["rule"],
            indicator=row["indicator"],
            level=row["level"],
            code=row["code"],
            period=row["period"],
            degree=row["degree"],
            since=row["since"],
            trend=row["trend"],
            stability=row["stability"],
            value=row["value"],
            reference=row["reference"],
            reason={"fr": row["reason_fr"], "en": row["reason_en"]},
            simulated=row["simulated"],
        )
        for row in rows.iter_rows(named=True)
    )


def _priorities(
    ranked: pl.DataFrame, population: pl.DataFrame, alerts_of: Mapping[tuple[str, str], tuple[Alert, ...]]
) -> dict[str, tuple[Priority, ...]]:
    """Territories in alert by level, the most pressing first; among equals, where more people live."""
    people = ranked.join(population, on=["level", "code"], how="left").with_columns(pl.col("population").fill_null(0))
    order = people.sort("degree", "volets", "rules", "population", "code", descending=[True, True, True, True, False])
    found: dict[str, list[Priority]] = defaultdict(list)
    for row in order.iter_rows(named=True):
        level, code = row["level"], row["code"]
        found[level].append(Priority(level, code, row["degree"], row["regime"], alerts_of[level, code]))
    return {level: tuple(rows) for level, rows in found.items()}


def _postcodes(postcode: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    groups = postcode.sort("postcode", "code").group_by("postcode", maintain_order=True).agg("code")
    return {code: tuple(communes) for code, communes in groups.iter_rows()}
