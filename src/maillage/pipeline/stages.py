"""What a stage of the run took in, gave out, put aside, and cost."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from maillage.text import Text

_CLEAR_PEAK = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


@dataclass(slots=True)
class Stage:
    """One stage: counts of rows, seconds of wall time, peak resident memory in MiB."""

    name: str
    label: Text
    rows_in: int = 0
    rows_out: int = 0
    quarantined: int = 0
    seconds: float = 0.0
    peak_mib: float = 0.0


class Progress(Protocol):
    """Who is told of the run as it goes."""

    def started(self, stage: Stage) -> None:
        """A stage begins."""

    def advanced(self, stage: Stage, share: float, detail: str) -> None:
        """A share (0 to 1) of the stage is done; ``detail`` names what was last done."""

    def ended(self, stage: Stage) -> None:
        """The stage is over; its figures are final."""


class Silence:
    """A listener that says nothing."""

    def started(self, stage: Stage) -> None:
        """Say nothing."""

    def advanced(self, stage: Stage, share: float, detail: str) -> None:
        """Say nothing."""

    def ended(self, stage: Stage) -> None:
        """Say nothing."""


@dataclass(slots=True)
class Recorder:
    """Runs stages one after the other and keeps their figures."""

    progress: Progress
    stages: list[Stage] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str, label: Text) -> Iterator[Stage]:
        """Time a stage and measure its peak memory."""
        stage = Stage(name=name, label=label)
        self.progress.started(stage)
        _reset_peak()
        start = time.perf_counter()
        yield stage
        stage.seconds = time.perf_counter() - start
        stage.peak_mib = _peak_mib()
        self.stages.append(stage)
        self.progress.ended(stage)

    def advance(self, stage: Stage, done: int, total: int, detail: str) -> None:
        """Tell how far the stage is."""
        self.progress.advanced(stage, done / total if total else 1.0, detail)


def _reset_peak() -> None:
    """Forget the peak so far, so that each stage has its own; where the system cannot, peaks only grow."""
    try:
        _CLEAR_PEAK.write_text("5")
    except OSError:
        return


def _peak_mib() -> float:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))
