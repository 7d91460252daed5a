"""Declared corrections of a producer's rows: what is matched, what becomes of it, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from maillage.catalog.check import ASIDE
from maillage.errors import DefinitionError
from maillage.sources.source import AppliedCorrection

_REMOVE, _REPLACE = "remove", "replace"


@dataclass(frozen=True, slots=True)
class Correction:
    """Rows whose fields have the values of ``match`` are put aside, or have the fields of ``replace`` set.

    ``replace`` is None for a removal. ``reference`` says what proves the reason.
    """

    id: str
    match: Mapping[str, str]
    replace: Mapping[str, str] | None
    reason: str
    reference: str


@cache
def load_corrections(source_id: str) -> tuple[Correction, ...]:
    """Read ``definitions/corrections/SOURCE.toml``; none where there is no such file.

    Raises DefinitionError when an entry lacks its match, its action, its reason in both languages or its reference.
    """
    path = files("maillage") / "definitions" / "corrections" / f"{source_id}.toml"
    if not path.is_file():
        return ()
    entries = tomllib.loads(path.read_text("utf-8")).get("correction", [])
    return tuple(_correction(source_id, entry) for entry in entries)


def apply_corrections(
    raw: pl.DataFrame, corrections: tuple[Correction, ...]
) -> tuple[pl.DataFrame, tuple[AppliedCorrection, ...]]:
    """Apply each correction to the untyped rows, in order, and say how many rows it matched."""
    if corrections and ASIDE not in raw.columns:
        raw = raw.with_columns(pl.lit(None, pl.String).alias(ASIDE))
    applied = []
    for correction in corrections:
        fields = {**correction.match, **(correction.replace or {})}
        absent = [name for name in fields if name not in raw.columns]
        if absent:
            raise DefinitionError(f"Correction {correction.id!r} names fields that its source has not: {absent}.")
        chosen = pl.all_horizontal(pl.col(name).eq_missing(pl.lit(value)) for name, value in correction.match.items())
        matched = int(raw.select(chosen.sum()).item())
        changes = correction.replace if correction.replace is not None else {ASIDE: correction.reason}
        raw = raw.with_columns(
            pl.when(chosen).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in changes.items()
        )
        applied.append(AppliedCorrection(correction.id, matched, correction.reason))
    return raw, tuple(applied)


def _correction(source_id: str, entry: Mapping[str, Any]) -> Correction:
    lacking = [key for key in ("id", "match", "action", "reason", "reason_fr", "reference") if not entry.get(key)]
    action = entry.get("action")
    if lacking or action not in (_REMOVE, _REPLACE) or (action == _REPLACE) != bool(entry.get("replace")):
        raise DefinitionError(
            f"Correction {entry.get('id', '?')!r} of {source_id}.toml should have an id, a match, an action"
            f" ({_REMOVE}, or {_REPLACE} with its fields), a reason in English and French (reason_fr) and a reference;"
            f" it lacks {lacking or 'its fields'}."
        )
    return Correction(entry["id"], entry["match"], entry.get("replace"), entry["reason"], entry["reference"])
