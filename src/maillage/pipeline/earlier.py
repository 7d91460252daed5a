"""What was made public before: versions of a store that a new one must not undo when set beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from maillage.catalog.store import FORMAT, Version, open_version, sha256_file
from maillage.catalog.tables import MEMBERSHIP, OBSERVATION
from maillage.disclosure.policy import public_sources
from maillage.disclosure.protect import EarlierRelease, subject_of
from maillage.errors import StoreError, UsageError
from maillage.indicators.registry import load_indicators
from maillage.territory.levels import BASE_LEVEL

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class EarlierVersions:
    """The versions handed to a run: what of them must not be undone, and what the manifest says of each."""

    release: EarlierRelease | None = None
    manifest: Sequence[dict[str, str]] = field(default_factory=tuple)


def read_earlier(paths: Sequence[Path], millesime: int) -> EarlierVersions:
    """Read what was published of records in earlier versions; each is a store (its version in force) or a version.

    Levels of the second version are named apart from those of the first, since perimeters may have moved in between.
    Raises StoreError when one is absent, or is not what its manifest says; UsageError when it is in the geography of
    another year, whose communes are not those of the run.
    """
    observations, memberships, told = [], [], []
    for rank, path in enumerate(paths, 1):
        version = _open(path)
        if version.manifest["millesime"] != millesime:
            raise UsageError(
                f"An earlier version in the geography of {millesime} was expected at {path}, found"
                f" {version.manifest['millesime']}.",
                hint=f"Run with --millesime {version.manifest['millesime']}.",
            )
        seen, membership = _published(version), _checked(version, MEMBERSHIP.name)
        upper = pl.when(pl.col("level") == BASE_LEVEL).then("level").otherwise(pl.lit(f"{rank}:") + pl.col("level"))
        observations.append(seen.with_columns(level=upper))
        memberships.append(membership.with_columns(parent_level=pl.lit(f"{rank}:") + pl.col("parent_level")))
        told.append({"version": version.id, "sha256": _sha256(version)})
    if not paths:
        return EarlierVersions()
    return EarlierVersions(EarlierRelease(pl.concat(observations), pl.concat(memberships)), told)


def _open(path: Path) -> Version:
    """A folder that holds a manifest is a version; else it is a store."""
    if not (path / MANIFEST).is_file():
        return open_version(path)
    try:
        manifest = json.loads((path / MANIFEST).read_text("utf-8"))
    except ValueError as problem:
        raise StoreError(f"The manifest of the earlier version {path} is damaged.") from problem
    if manifest.get("format") != FORMAT:
        raise StoreError(f"A version of format {FORMAT} was expected at {path}, found {manifest.get('format')}.")
    return Version(path, manifest)


def _published(version: Version) -> pl.DataFrame:
    """The figures published of indicators made from records; those of public sources give nothing away."""
    subjects = (subject_of(indicator) for indicator in load_indicators().values())
    protected = [s.indicator for s in subjects if not public_sources() >= set(s.sources)]
    counted = pl.col("numerator").is_not_null() | pl.col("denominator").is_not_null()
    rows = _checked(version, OBSERVATION.name).filter(pl.col("status") == "published", counted)
    return rows.filter(pl.col("indicator").is_in(protected))


def _checked(version: Version, table: str) -> pl.DataFrame:
    """A table, once its bytes are those that the manifest tells."""
    told = {t["name"]: t["sha256"] for t in version.manifest["tables"]}
    path = version.tables / f"{table}.parquet"
    if not path.is_file() or sha256_file(path) != told.get(table):
        raise StoreError(
            f"The table {table!r} of the earlier version {version.folder} is not the one that its manifest tells."
        )
    return version.read(table)


def _sha256(version: Version) -> str:
    return hashlib.sha256((version.folder / MANIFEST).read_bytes()).hexdigest()
