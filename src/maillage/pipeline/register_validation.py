"""Validate a file against a schema: everything that is to be mended in it, where, and how; nothing is kept."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from maillage.catalog.check import MONEY
from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.parameters import load_parameters
from maillage.errors import MaillageError, UnknownLayoutError, UsageError
from maillage.measures.registry import load_measures
from maillage.pipeline.record_import import RecordImport, columns_of, import_records
from maillage.pipeline.record_report import KnownCommunes, RecordReport
from maillage.sources.records.mapping import Declared, match, nearest_layout
from maillage.sources.registry import LAYOUTS, layout_named, recognise
from maillage.text import Lang

# Of each kind of fault, so many lines are shown one by one.
SHOWN_PLACES = 200
_MULTIPLES = {"k": 1_000, "m": 1_000_000}
_AMOUNT = re.compile(r"(?i)^([+-]?[\d.,]+)(k|m)?(?:€|euros?|eur)?$")


@dataclass(frozen=True, slots=True)
class Place:
    """A line at fault: what was found there, and what might be written instead (empty where it cannot be told)."""

    line: int
    found: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: in which column of the file, why, in how many rows, and where.

    ``blocks`` tells that its rows would not be imported; the others are kept, and are to be checked. ``column`` is the
    layout's, where one column is at fault.
    """

    name: str
    reason: str
    rows: int
    blocks: bool
    places: Sequence[Place]
    column: LayoutColumn | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Validation:
    """What there is to say of a file: what was understood, what is to be mended, whether it would be imported.

    ``missing`` are the columns that the file lacks, with those of its own that resemble them; ``problem`` is what
    keeps it from being read at all, or from being imported.
    """

    file: str
    layout: FileLayout
    report: RecordReport | None = None
    findings: Sequence[Finding] = ()
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problem: MaillageError | None = None

    @property
    def faults(self) -> list[Finding]:
        """The findings whose rows would not be imported."""
        return [f for f in self.findings if f.blocks]

    @property
    def doubts(self) -> list[Finding]:
        """The findings whose rows would be imported, and are to be checked."""
        return [f for f in self.findings if not f.blocks]

    @property
    def valid(self) -> bool:
        """Whether every row would be imported."""
        return not (self.faults or self.missing or self.problem)

    def words(self, finding: Finding, lang: Lang) -> str:
        """Why, and how to mend it, in a language."""
        return self.report.words(finding.reason, lang) if self.report else finding.reason

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """The same, for JSON."""
        findings = [
            {
                "field": f.name,
                "reason": self.words(f, lang),
                "rows": f.rows,
                "blocks": f.blocks,
                "places": [{"line": p.line, "found": p.found, "proposed": p.proposed} for p in f.places],
            }
            for f in self.findings
        ]
        report = self.report.as_dict() if self.report else None
        head = {"file": self.file, "schema": self.layout.id, "valid": self.valid, "problem": str(self.problem or "")}
        return {
            **head,
            "missing": {k: list(v) for k, v in self.missing.items()},
            "findings": findings,
            "report": report,
        }


def validate_file(path: Path, layout: FileLayout, known: KnownCommunes | None = None) -> Validation:
    """Check a file against a layout as an import would, keeping nothing.

    Communes are looked up in ``known``. Raises UnreadableFileError when it is no text, Parquet file or workbook.
    """
    if missing := _missing(path, layout):
        return Validation(path.name, layout, missing=missing)
    with tempfile.TemporaryDirectory(prefix="maillage-") as scratch:
        into = Path(scratch) / "imports" / layout.id
        findings: list[Finding] = []

        def look(report: RecordReport) -> None:
            for told, blocks in ((report.batch.faults(), True), (report.batch.notices(), False)):
                findings.extend(_findings(told, report, blocks=blocks))

        asked = RecordImport(path, layout, into, keeps=False, known=known, look=look)
        try:
            report, problem = import_records(asked)
        except MaillageError as refused:
            return Validation(path.name, layout, problem=refused)
    return Validation(path.name, layout, report, findings, problem=problem)


def layout_for(path: Path, name: str | None) -> FileLayout:
    """The layout called ``name``, else that of the file by its columns, else the nearest to it.

    Raises NotFoundError for a name that is none, UnreadableFileError for a file that cannot be one of records.
    """
    if name:
        return layout_named(name)
    try:
        if found := recognise(path).records:
            return found
    except UnknownLayoutError:
        return nearest_layout(LAYOUTS, columns_of(path))[0]
    raise UsageError(f"{path.name} has a layout of its own, which no schema describes.", hint="Name one with --schema.")


def bad_share_max() -> float:
    """Past this share of bad rows nothing of a file is imported."""
    return float(load_parameters("records")["bad_share_max"].value)


def _missing(path: Path, layout: FileLayout) -> dict[str, Sequence[str]]:
    if not (names := columns_of(path)):
        return {}
    met = match(layout, names, Declared())
    return {
        lacking: [n for name in lacking.split(" / ") for n in met.close.get(name, ())]
        for lacking in met.lacks(layout, {})
    }


def _findings(told: pl.LazyFrame, report: RecordReport, *, blocks: bool) -> list[Finding]:
    rows = told.unique().sort("line", "field", "reason").collect()
    by_name = {
        " ".join(report.batch.columns[c.name]): c for c in report.layout.columns if c.name in report.batch.columns
    }
    found = []
    for (name, reason), part in rows.group_by("field", "reason", maintain_order=True):
        column = by_name.get(str(name))
        cells = part.head(SHOWN_PLACES).select("line", "found").iter_rows()
        places = [Place(line, cell or "", proposal(cell or "", column)) for line, cell in cells]
        lines = part.get_column("line").n_unique()
        found.append(Finding(report.words(str(name), "fr"), str(reason), lines, blocks, places, column))
    return sorted(found, key=lambda f: (-f.rows, f.name, f.reason))


def proposal(found: str, column: LayoutColumn | None) -> str:
    """How a cell might be written instead, for a person to check; empty where it cannot be told."""
    text = re.sub(r"[\s\u00a0\u202f]", "", found)
    if column is None or not text:
        return ""
    meaning = column.meaning
    codes = list(load_measures()) if column.field == "measure" else [*(column.values or meaning.allowed), *column.also]
    if codes:
        by_capitals = {code.upper(): code for code in codes}
        near = get_close_matches(found.strip().upper(), by_capitals, 1, 0.5)
        return by_capitals[near[0]] if near else ""
    if meaning.dtype == pl.Date:
        return _date(text)
    return _number(text, money=meaning.unit == MONEY) if meaning.dtype.is_numeric() else ""


def _date(text: str) -> str:
    for form in ("%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%Y/%m/%d", "%d%m%Y"):
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return ""


def _number(text: str, *, money: bool) -> str:
    told = _AMOUNT.match(text)
    if not told:
        return ""
    digits, multiple = told[1], _MULTIPLES.get((told[2] or "").lower(), 1)
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", digits) and multiple == 1:
        return f"{digits.replace(',', '')} / {digits.replace(',', '.')}"
    last = max(digits.rfind(","), digits.rfind("."))
    whole = re.sub(r"[.,]", "", digits[:last]) if last >= 0 else digits
    value = float(f"{whole}.{digits[last + 1 :]}" if last >= 0 else whole) * multiple
    return f"{value:.2f}" if money else f"{value:g}"
