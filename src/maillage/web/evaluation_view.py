"""What the pages show of a protocol: where it stands, what it chose, what was found, and its documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from maillage.errors import StoreError
from maillage.evaluation.study import Study
from maillage.indicators.registry import load_indicators
from maillage.pipeline.evaluations import FOLDER, Dossier, dossier
from maillage.report.document import NO_UNIT, plain_text
from maillage.report.evaluation.choices import DEFAULT, choices_table
from maillage.report.evaluation.figures import Figures
from maillage.report.evaluation.verdict import SHORT
from maillage.text import Lang, Text, both_ways, format_number, format_quantity

FORMS = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
KINDS = ("summary", "report", "check")


@dataclass(frozen=True, slots=True)
class Kept:
    """A protocol of the register, or why it cannot be read."""

    id: str
    dossier: Dossier | None
    problem: Text | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that can be opened: its kind, language, form and file name."""

    kind: str
    lang: str
    form: str
    name: str


def register_of(store: Path) -> list[Kept]:
    """Every protocol beside a store, by identifier; one that was altered is listed with the reason."""
    return [_kept(store, path.parent.name) for path in sorted((store / FOLDER).glob("*/registrations"))]


def _kept(store: Path, identifier: str) -> Kept:
    try:
        return Kept(identifier, dossier(store, identifier))
    except StoreError as problem:
        return Kept(identifier, None, both_ways(problem))


def found_words(kept: Dossier, lang: Lang) -> str:
    """The conclusion of a run in force, in a few words; empty before."""
    verdict = kept.result.get("decision", "") if kept.state == "run" else ""
    return SHORT[verdict][lang] if verdict in SHORT else ""


def study_of(kept: Dossier) -> Study:
    """The protocol in force with the words of its outcome, without data."""
    protocol = kept.last.protocol
    found = load_indicators().get(protocol.outcome.indicator)
    name = Text(protocol.outcome.indicator, protocol.outcome.indicator)
    label, unit, decimals = (found.label, found.unit, found.decimals) if found else (name, NO_UNIT, 1)
    return Study(protocol=protocol, label=label, unit=unit, decimals=decimals)


def choices_of(kept: Dossier, lang: Lang) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The choices by part: label, what was chosen, the mark of what was left to its default."""
    rows = choices_table(Figures(study=study_of(kept), day=kept.last.registered_on)).rows
    parts: list[tuple[str, list[tuple[str, str, str]]]] = []
    for heading, group in groupby(rows, lambda row: row.kind == "total"):
        told = [tuple(plain_text(cell, lang) for cell in row.cells) for row in group]
        if heading:
            parts.append((told[-1][0], []))
        else:
            parts = parts or [("", [])]
            parts[-1][1].extend((label, chosen, mark if mark == DEFAULT[lang] else "") for label, chosen, mark in told)
    return parts


def effect_words(kept: Dossier, lang: Lang) -> dict[str, str]:
    """The effect of a run in force in the unit of the outcome, with its interval where it has one; empty before."""
    headline: Mapping[str, Any] = kept.result.get("headline") or {}
    if kept.state != "run" or headline.get("att") is None:
        return {}
    figures = Figures(study=study_of(kept), day=kept.last.registered_on)
    unit, one = figures.effect_unit
    signed = format_quantity(headline["att"], figures.effect_decimals, unit, lang, unit_one=one)
    told = {"effect": f"+{signed}" if headline["att"] > 0 else signed}
    if headline.get("low") is None or headline.get("high") is None:
        return told
    level = 100 * kept.last.protocol.inference.level
    ends = {name: format_number(headline[name], figures.effect_decimals, lang) for name in ("low", "high")}
    return {**told, **ends, "level": format_number(level, 0, lang)}


def detectable_words(kept: Dossier, lang: Lang) -> str:
    """The smallest effect that a check in force says would be seen; empty where it does not say."""
    value = kept.check.get("detectable") if kept.check.get("digest") == kept.last.digest else None
    if value is None:
        return ""
    figures = Figures(study=study_of(kept), day=kept.last.registered_on)
    unit, one = figures.effect_unit
    return format_quantity(value, figures.effect_decimals, unit, lang, unit_one=one)


def papers_of(kept: Dossier, lang: Lang) -> dict[str, list[Paper]]:
    """The documents that were written, by kind; those in the reader’s language first."""
    found: dict[str, list[Paper]] = {kind: [] for kind in KINDS}
    for name in kept.documents:
        kind, _, rest = name.partition(".")
        said, _, form = rest.partition(".")
        if kind in found and form in FORMS:
            found[kind].append(Paper(kind, said, form, name))
    for papers in found.values():
        papers.sort(key=lambda paper: (paper.lang != lang, paper.form))
    return {kind: papers for kind, papers in found.items() if papers}
