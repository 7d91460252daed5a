"""What the command line shows: bars while it works, tables when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from maillage.pipeline.stages import Stage
from maillage.text import Lang, format_number

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class Bars:
    """A progress bar per stage, on the error stream so that data can be piped."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._bars = Progress(
            TextColumn("{task.description:<34}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[detail]}"),
            console=err,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def started(self, stage: Stage) -> None:
        """Open the bar of a stage."""
        self._tasks[stage.name] = self._bars.add_task(stage.label[self._lang], total=1.0, detail="")

    def advanced(self, stage: Stage, share: float, detail: str) -> None:
        """Move the bar of a stage."""
        self._bars.update(self._tasks[stage.name], completed=share, detail=escape(detail))

    def ended(self, stage: Stage) -> None:
        """Fill the bar of a stage."""
        self._bars.update(self._tasks[stage.name], completed=1.0, detail="")


def stage_table(stages: Sequence[Stage], lang: Lang) -> Table:
    """The closing table of a run: rows in, rows out, quarantined, seconds and peak memory by stage."""
    words = {
        "fr": ("étape", "lues", "écrites", "quarantaine", "secondes", "mémoire (Mio)"),
        "en": ("stage", "rows in", "rows out", "quarantined", "seconds", "peak (MiB)"),
    }[lang]
    table = Table(box=None, pad_edge=False, show_footer=True)
    footers = (
        "total",
        "",
        "",
        format_number(sum(s.quarantined for s in stages), 0, lang),
        format_number(sum(s.seconds for s in stages), 1, lang),
        format_number(max((s.peak_mib for s in stages), default=0), 0, lang),
    )
    for position, (word, footer) in enumerate(zip(words, footers, strict=True)):
        table.add_column(word, justify="right" if position else "left", footer=footer, no_wrap=True)
    for s in stages:
        counts = (format_number(n, 0, lang) for n in (s.rows_in, s.rows_out, s.quarantined))
        table.add_row(s.label[lang], *counts, format_number(s.seconds, 1, lang), format_number(s.peak_mib, 0, lang))
    return table


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[str] = ()) -> Table:
    """A table of texts; the columns named in ``right`` are aligned on the right."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    return table
