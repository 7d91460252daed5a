"""Sums of records kept by batch: a day of new records updates a year without reading the year again.

    folder/STATE.json              the batches, the totals, and the files that hold them
    folder/<indicator>/*.parquet   sums of one batch, or of all of them, each file named by its content

The totals are whole numbers: adding a batch, or replacing one that was delivered again, gives the same as counting all
the records. A record found in two batches counts twice: imports refuse duplicates (``record_quality``).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from maillage.engine import Engine
from maillage.errors import DefinitionError, StoreError, UsageError
from maillage.indicators.definition import Counted, Indicator, Tally
from maillage.indicators.records import last_record

KEY = ("code", "period", "slice", "stratum")
SUMS = ("numerator", "denominator")
_SCHEMA = {**dict.fromkeys(KEY, pl.String), **dict.fromkeys(SUMS, pl.Int64)}
_BATCH = re.compile(r"[\w.-]{1,100}")


def count_batch(indicator: Indicator, engine: Engine) -> pl.DataFrame:
    """The sums of the records of ``engine``: KEY, ``numerator``, ``denominator`` (empty for a rate), by key.

    Raises DefinitionError for an indicator whose sums do not add up over records.
    """
    if not isinstance(indicator.compute, Tally):
        raise DefinitionError(f"The indicator {indicator.id!r} is no Tally: its records cannot be counted by batch.")
    found = engine.frame(indicator.compute.count(engine))
    return found.select(pl.col(c).cast(t) for c, t in _SCHEMA.items()).sort(KEY)


class Partials:
    """The sums of the batches delivered so far, in a folder; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._state = _read_state(folder / "STATE.json")

    def batches(self, indicator: str) -> tuple[str, ...]:
        """The batches counted for an indicator, in order of their names."""
        return tuple(sorted(self._state.get(indicator, {}).get("batches", {})))

    def total(self, indicator: str) -> Counted:
        """The sums of all the batches of an indicator, and the date of the last record among them."""
        known = self._state.get(indicator)
        if known is None:
            return Counted(pl.DataFrame(schema=_SCHEMA), None)
        days = [b["last"] for b in known["batches"].values() if b["last"]]
        return Counted(self._read(indicator, known["total"]), date.fromisoformat(max(days)) if days else None)

    def totals(self) -> dict[str, Counted]:
        """The totals of every indicator, as ``compute_observations`` takes them."""
        return {indicator: self.total(indicator) for indicator in sorted(self._state)}

    def deliver(self, batch: str, engine: Engine, indicators: Iterable[Indicator]) -> None:
        """Count the records of a batch (all those of ``engine``) and add them to the totals.

        A batch that was already there is replaced. A delivery cut off at any moment leaves the state it found.
        Raises UsageError for a name of batch that no file could bear.
        """
        if not _BATCH.fullmatch(batch):
            raise UsageError(f"A batch is named in letters, digits, points and dashes, found {batch!r}.")
        new = dict(self._state)
        for indicator in indicators:
            last = last_record(indicator, engine)
            new[indicator.id] = self._with_batch(indicator.id, batch, Counted(count_batch(indicator, engine), last))
        _replace(self.folder / "STATE.json", json.dumps(new, indent=1, sort_keys=True) + "\n")
        self._state = new
        self._remove_others()

    def _with_batch(self, indicator: str, batch: str, counted: Counted) -> dict[str, Any]:
        batches = self._state.get(indicator, {"batches": {}})["batches"]
        parts = [self.total(indicator).sums, counted.sums]
        if batch in batches:
            parts.append(self._read(indicator, batches[batch]["sums"]).with_columns(-pl.col(c) for c in SUMS))
        known = {"sums": self._write(indicator, counted.sums), "last": counted.last and counted.last.isoformat()}
        return {"batches": {**batches, batch: known}, "total": self._write(indicator, _added(parts))}

    def _read(self, indicator: str, name: str) -> pl.DataFrame:
        path = self.folder / indicator / name
        if not path.is_file():
            raise StoreError(f"The sums {path} are not there: count the batches of {indicator!r} again.")
        return pl.read_parquet(path)

    def _write(self, indicator: str, frame: pl.DataFrame) -> str:
        folder = self.folder / indicator
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f".{os.getpid()}"
        frame.write_parquet(aside, compression="zstd")
        name = f"{hashlib.sha256(aside.read_bytes()).hexdigest()[:32]}.parquet"
        aside.replace(folder / name)
        return name

    def _remove_others(self) -> None:
        """Remove what the state no longer names."""
        for indicator, known in self._state.items():
            named = {known["total"], *(b["sums"] for b in known["batches"].values())}
            for path in (self.folder / indicator).iterdir():
                if path.name not in named:
                    path.unlink()


def _added(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Sums by key; a key whose records were all taken back is gone. A denominator that none gives stays empty."""
    together = pl.concat(parts)
    given = pl.col("denominator").is_not_null().any()
    sums = together.group_by(KEY).agg(
        pl.col("numerator").sum(), pl.when(given).then(pl.col("denominator").sum()).alias("denominator")
    )
    gone = (pl.col("numerator") == 0) & (pl.col("denominator").fill_null(0) == 0)
    return sums.filter(~gone).select(list(_SCHEMA)).sort(KEY)


def _read_state(path: Path) -> Mapping[str, Any]:
    if not path.exists():
        return {}
    try:
        state: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as problem:
        raise StoreError(f"The list of batches {path} is damaged: remove its folder and count them again.") from problem
    return state


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, "utf-8")
    aside.replace(path)
