"""The travel that a run is given in the place of the car model: what is kept of it, and what is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from maillage.access import TravelMatrix
from maillage.catalog.tables import QUARANTINE
from maillage.pipeline.access_conventions import Places, TravelBuilder
from maillage.text import LANGS, Lang, Text, format_number

SHOWN_CODES = 6


@dataclass(slots=True)
class TravelNotes:
    """What a travel that was given turned out to be, filled in as the run goes.

    ``record`` says what it is (model, source, file, sha256, parameters), ``counts`` what it lacks and the like,
    ``examples`` the first codes of a count, ``aside`` rows of QUARANTINE.
    """

    record: dict[str, Any]
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, Sequence[str]] = field(default_factory=dict)
    aside: list[pl.DataFrame] = field(default_factory=list)

    def count(self, name: str, codes: pl.Series) -> None:
        """Count codes and keep the first ones."""
        self.counts[name] = codes.len()
        self.examples[name] = codes.head(SHOWN_CODES).to_list()

    def put_aside(self, codes: pl.Series, reason: str, *, column: str = "code_commune", lines: Any = None) -> None:
        """Rows of QUARANTINE for codes of one ``column``, with the lines where they stand."""
        rows = {"source": self.record["source"], "file": self.record["file"], "line": lines, "field": column}
        frame = pl.DataFrame({"found": codes}).with_columns(
            *(
                value.alias(name) if isinstance(value, pl.Series) else pl.lit(value).alias(name)
                for name, value in rows.items()
            ),
            pl.lit(reason).alias("reason"),
        )
        self.aside.append(frame.select(pl.col(c).cast(t) for c, t in QUARANTINE.schema.items()))

    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest of the run keeps."""
        return {**self.record, "parameters_sha256": _parameters_sha256(self.record["parameters"]), **self.counts}


@dataclass(frozen=True, slots=True)
class GivenTravel:
    """A travel that was read and now fits the territories of a run.

    ``territory`` lacks the communes of which the travel says nothing, so that they get no score rather than 0;
    ``sentences`` tell the counts that are not nil (``{n}``, ``{codes}``, ``{file}`` and what ``notes.record`` holds).
    """

    builder: TravelBuilder
    territory: pl.DataFrame
    notes: TravelNotes
    sentences: Mapping[str, Text]

    @property
    def quarantine(self) -> pl.DataFrame:
        """What was put aside of it once the territories were known."""
        return pl.concat([QUARANTINE.empty(), *self.notes.aside])

    def findings(self) -> list[Text]:
        """A sentence on what it is, and one for each count that is not nil."""
        told = [name for name in self.sentences if self.notes.counts.get(name, 1)]
        return [Text(*(self._sentence(name, lang) for lang in LANGS)) for name in told]

    def _sentence(self, name: str, lang: Lang) -> str:
        codes = self.notes.examples.get(name, ())
        more = "…" if len(codes) < self.notes.counts.get(name, 0) else ""
        numbers = {key: format_number(value, 0, lang) for key, value in self.notes.counts.items()}
        shown = {**self.notes.record, **numbers, "codes": ", ".join(codes) + more, "n": numbers.get(name, "")}
        return self.sentences[name][lang].format(**shown)


@dataclass(frozen=True, slots=True)
class TravelRead:
    """A travel that a run is given, read and not yet fitted to its territories.

    ``source_file`` (one row of SOURCE_FILE) and ``quarantine`` (rows of QUARANTINE) tell what was read; ``fit`` takes
    the table ``territory``, and raises UnreadableFileError when nothing of it lies there.
    """

    source_file: pl.DataFrame
    quarantine: pl.DataFrame
    fit: Callable[[pl.DataFrame], GivenTravel]


def default_travel() -> dict[str, Any]:
    """What the manifest keeps of a run to which no travel was given."""
    return TravelNotes({"model": "car model on distances as the crow flies", "parameters": "travel_car"}).manifest


def one_way_pairs(travel: TravelMatrix, homes: Places, practices: Places) -> int:
    """Pairs of communes with a practice, in reach one way and not on the way back."""
    rank = {code: k for k, code in enumerate(homes.codes)}
    at = np.array([rank[code] for code in practices.codes], dtype=np.int64)
    ones = np.ones(travel.indices.size, dtype=np.int8)
    there = csr_array((ones, travel.indices, travel.indptr), shape=travel.shape)[at]
    return int((there > there.T).nnz)


def _parameters_sha256(name: str) -> str:
    path = files("maillage") / "definitions" / "parameters" / f"{name}.toml"
    return hashlib.sha256(path.read_bytes()).hexdigest()
