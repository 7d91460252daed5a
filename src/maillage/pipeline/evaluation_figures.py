"""Figures of checks and results as they are kept beside a protocol: flat, in the unit of the outcome, without nan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from maillage.evaluation.aggregate import Band, Effects, band
from maillage.evaluation.decide import Decision
from maillage.evaluation.discontinuity import Jump
from maillage.evaluation.feasibility import Feasibility
from maillage.evaluation.footing import Footing
from maillage.evaluation.interrupted import Interrupted
from maillage.evaluation.result import Result
from maillage.evaluation.sensitivity import Estimate, Line
from maillage.evaluation.single import Single
from maillage.evaluation.special import Special
from maillage.evaluation.staggered import Headline
from maillage.evaluation.study import Study
from maillage.pipeline.evaluation_ask import Deviations
from maillage.text import Text


def check_figures(study: Study, found: Feasibility | None, ground: Footing | None = None) -> dict[str, Any]:
    """What a check found: refusals in words, units, cohorts, detectable effect, power of the test before treatment.

    ``ground`` is what another design stands on.
    """
    figures: dict[str, Any] = {
        "id": study.protocol.id,
        "digest": study.protocol.digest,
        "simulated": study.simulated,
        "origins": dict(study.origins),
        "units": study.units,
        "left_out": study.left_out,
        "refusals": [
            {"code": each.code, "words": asdict(each.words), "remedy": asdict(each.remedy)} for each in study.refusals
        ],
        "notes": [asdict(each) for each in study.notes],
        "coverage": [asdict(each) for each in study.coverage],
    }
    if found is not None:
        figures |= _feasible(found)
    if ground is not None:
        figures["footing"] = asdict(ground)
    return {key: plain(value) for key, value in figures.items()}


def _feasible(found: Feasibility) -> dict[str, Any]:
    table, power, trend = found.cohorts, found.power, found.pretrend
    return {
        "cohorts": [
            {"date": date, "units": units, "clusters": clusters, "people": people}
            for date, units, clusters, people in zip(table.date, table.units, table.clusters, table.people, strict=True)
        ],
        "detectable": None if power is None else power.detectable,
        "detectable_power": None if power is None else power.target,
        "false_positives": None if power is None else power.size,
        "pretrend_slope_half": None if trend is None else trend.slope_half,
        "pretrend_slope_most": None if trend is None else trend.slope_most,
        "reasons": [asdict(reason) for reason in found.reasons],
    }


def line_figures(line: Line) -> dict[str, Any]:
    """One line of a sensitivity table."""
    told = asdict(line)
    told["refused"] = asdict(Text(line.refused_fr, line.refused)) if line.refused else None
    del told["refused_fr"]
    return told


def plain(value: Any) -> Any:
    """The value as JSON has it: numbers of numpy as numbers, those that are missing or infinite as None."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "item"):
        return plain(value.item() if value.ndim == 0 else value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value


def result_figures(result: Result, told: Deviations) -> dict[str, Any]:
    """What a run found: effect, decision, event study, checks, deviations from what was registered."""
    estimates = result.estimates
    figures = {
        **_decided(result.study, result.decision, result.headline, told),
        "event": _event(estimates.event, estimates.event_band),
        "pretest_p": estimates.pretest.p_value if estimates.pretest else None,
        "lines": [line_figures(line) for line in result.checked.lines],
        "family": {name: line_figures(line) for name, line in result.family.items()},
        "breakdown_magnitude": result.checked.robust.breakdown_magnitude if result.checked.robust else None,
        "cost": asdict(result.cost) if result.cost else None,
    }
    return {key: plain(value) for key, value in figures.items()}


def special_figures(special: Special, told: Deviations) -> dict[str, Any]:
    """What a run of another design found: effect, decision, checks, and ``detail``, what is proper to the design."""
    figures = {
        **_decided(special.study, special.decision, special.headline, told),
        "design": special.study.protocol.design,
        "scope": asdict(special.scope),
        "detail": _detail(special),
        "footing": asdict(special.footing) if special.footing else None,
        "lines": [line_figures(line) for line in special.lines],
    }
    return {key: plain(value) for key, value in figures.items()}


def _decided(study: Study, decision: Decision, head: Headline | Estimate, told: Deviations) -> dict[str, Any]:
    return {
        "id": study.protocol.id,
        "digest": study.protocol.digest,
        "simulated": study.simulated,
        "origins": dict(study.origins),
        "decision": decision.verdict,
        "headline": asdict(head),
        "adjusted_p": decision.adjusted_p,
        "failed": list(decision.failed),
        "deviations": {name: list(pair) for name, pair in told.choices.items()},
        "deviation_why": told.why,
        "amended": {name: list(pair) for name, pair in told.amended.items()},
        "versions": versions(),
    }


def _event(event: Effects, band: Band) -> list[dict[str, Any]]:
    columns = (event.at, event.att, band.lower, band.upper, band.all_lower, band.all_upper)
    names = ("time", "att", "low", "high", "all_low", "all_high")
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _detail(special: Special) -> dict[str, Any]:
    """Flat figures of the design; paths and donors of few units taken from records stay out, as in the documents."""
    found = special.detail
    match found:
        case Jump():
            return asdict(found)
        case Interrupted():
            parts = {name: asdict(getattr(found, name)) for name in ("level", "slope", "average")}
            return {**parts, "memory": found.memory, "left_over": found.left_over, "statement": asdict(found.statement)}
        case Single():
            kept = ("att", "fit", "ratio", "p_value", "failed")
            return {**{name: getattr(found, name) for name in kept}, "placebos": len(found.placebo)}
    asked = special.study.protocol.inference
    limits = band(found.effects, level=asked.level, draws=asked.draws, seed=asked.seed)
    return {
        "asked": found.asked,
        "matched": found.matched,
        "outside": found.outside,
        "raw": float(found.raw[found.effects.at >= 0].mean()),
        "balance": [asdict(each) for each in found.balance],
        "event": _event(found.effects, limits),
    }


def versions() -> dict[str, str]:
    """The versions of what estimates: Maillage and the libraries whose numbers are part of its own."""
    return {name: version(name) for name in ("maillage", "diff-diff", "numpy", "scipy")}
