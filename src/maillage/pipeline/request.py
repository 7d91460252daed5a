"""What is asked of a run, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from maillage.engine import Kind
from maillage.pipeline.stages import Stage
from maillage.text import Lang, Text

DEFAULT_MILLESIME = 2025
SHOWN_UNKNOWN = 6


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A run: where its files come from, where its store is, and the geography of its results.

    ``sources`` is a folder of published files; ``demo`` asks for the embedded default; with neither, the imported
    files are read, or the embedded default where nothing was imported. ``carriers`` holds communes and population.
    ``events`` is about how many event records the embedded default draws besides.
    ``times`` (a file of times between communes) or ``roads`` (an ``.osm.pbf``) takes the place of the car model.
    ``earlier`` are stores or versions that were made public before, which the new figures must not undo.
    ``engine`` is what the indicators are computed on.
    ``on`` dates what the run writes in the journal of alerts; nothing else in the store holds the day of a run.
    """

    store: Path
    carriers: Path
    sources: Path | None = None
    demo: bool = False
    millesime: int = DEFAULT_MILLESIME
    events: int = 0
    engine: Kind = "duckdb"
    times: Path | None = None
    roads: Path | None = None
    earlier: tuple[Path, ...] = ()
    on: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: its stages, the version it published, what it says of it, files it did not know."""

    stages: Sequence[Stage]
    version: str
    manifest: Mapping[str, Any]
    findings: Sequence[Text]
    unknown: Mapping[str, str]

    def summary(self, lang: Lang) -> list[str]:
        """Closing sentences."""
        lines = [finding[lang] for finding in self.findings]
        return [*lines, self._left_aside()[lang]] if self.unknown else lines

    def _left_aside(self) -> Text:
        shown = ", ".join(list(self.unknown)[:SHOWN_UNKNOWN])
        more = "…" if len(self.unknown) > SHOWN_UNKNOWN else ""
        return Text(
            fr=f"Fichiers non reconnus, laissés de côté : {len(self.unknown)} ({shown}{more}) ; `--json` dit pourquoi.",
            en=f"Files not recognised, left aside: {len(self.unknown)} ({shown}{more}); `--json` says why.",
        )

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        columns = ("name", "rows_in", "rows_out", "quarantined", "seconds", "peak_mib")
        return {
            "version": self.version,
            "millesime": self.manifest["millesime"],
            "simulated": self.manifest["simulated"],
            "stages": [{c: getattr(s, c) for c in columns} for s in self.stages],
            "travel": self.manifest["travel"],
            "checks": self.manifest["checks"],
            "unknown_files": dict(self.unknown),
        }
