"""Protocols that read their own file: the text and its table, written in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from maillage.evaluation.panel import Panel
from maillage.evaluation.protocol import Design
from tests.evaluation_studies import seen
from tests.protocol_texts import TEXT
from tests.special_studies import CUT, special_study

COLUMNS = '\n[file]\npath = "rows.csv"\nunit = "who"\nperiod = "year"\noutcome = "y"\n'


def on_file(folder: Path, design: Design = "staggered", more: str = "") -> Path:
    """The protocol of ``design`` in ``folder``, beside the table of a study drawn from a seed; with ``more`` text."""
    study = seen(-2.0, 0.4, TEXT) if design == "staggered" else special_study(design)
    assert study.panel is not None
    panel, dated = study.panel, design != "discontinuity"
    table = rows(panel, study.running)
    table.write_csv(folder / "rows.csv")
    text = TEXT.replace('"records"', '"file"').replace('level = "cpts"', 'level = "gp"')
    text = text.replace("first = 2019", f"first = {panel.periods[0]}").replace(
        "last = 2024", f"last = {panel.periods[-1]}"
    )
    text = text.replace("[title]", f'design = "{design}"\n\n[title]', 1)
    columns = COLUMNS + ('cohort = "from"\n' if dated else 'running = "score"\n')
    path = folder / "protocol.toml"
    path.write_text(text + columns + ("" if dated else CUT) + more, "utf-8")
    return path


def rows(panel: Panel, running: np.ndarray | None) -> pl.DataFrame:
    """A row a unit and year of a panel."""
    units, years = panel.outcome.shape
    score = np.zeros(units) if running is None else running
    return pl.DataFrame(
        {
            "who": np.repeat([f"u{unit:04d}" for unit in range(units)], years),
            "year": np.tile(panel.periods, units),
            "y": panel.outcome.ravel(),
            "from": np.repeat(panel.cohort, years),
            "score": np.repeat(score, years),
        }
    )
