"""What every benchmark shares: its options, and its figures as one JSON object on the last line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def options(description: str | None) -> argparse.ArgumentParser:
    """``--data DIR`` and ``--json``, to which a benchmark adds its own."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of the real public files")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object on the last line")
    return parser


def show(title: str, rows: list[Mapping[str, Any]]) -> None:
    """Print rows as a Markdown table, the way docs/performance.md holds it."""
    print(f"\n{title}\n")
    if rows:
        print("| " + " | ".join(rows[0]) + " |")
        print("|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(_cell(value) for value in row.values()) + " |")


def emit(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the figures on the last line when asked to."""
    if as_json:
        print(json.dumps(figures, ensure_ascii=False, sort_keys=True))


def _cell(value: object) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
