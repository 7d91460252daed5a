"""Figures of checks and results as they are kept beside a protocol: flat, in the unit of the outcome, without nan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from maillage.evaluation.feasibility import Feasibility
from maillage.evaluation.result import Result
from maillage.evaluation.sensitivity import Line
from maillage.evaluation.study import Study
from maillage.pipeline.evaluation_ask import Deviations
from maillage.text import Text


def check_figures(study: Study, found: Feasibility | None) -> dict[str, Any]:
    """What a check found: refusals in words, units, cohorts, detectable effect, power of the test before treatment."""
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
    estimates, head = result.estimates, result.headline
    event, band = estimates.event, estimates.event_band
    figures = {
        "id": result.study.protocol.id,
        "digest": result.study.protocol.digest,
        "simulated": result.study.simulated,
        "origins": dict(result.study.origins),
        "decision": result.decision.verdict,
        "headline": asdict(head),
        "adjusted_p": result.decision.adjusted_p,
        "failed": list(result.decision.failed),
        "event": [
            {"time": time, "att": att, "low": low, "high": high, "all_low": all_low, "all_high": all_high}
            for time, att, low, high, all_low, all_high in zip(
                event.at, event.att, band.lower, band.upper, band.all_lower, band.all_upper, strict=True
            )
        ],
        "pretest_p": estimates.pretest.p_value if estimates.pretest else None,
        "lines": [line_figures(line) for line in result.checked.lines],
        "family": {name: line_figures(line) for name, line in result.family.items()},
        "breakdown_magnitude": result.checked.robust.breakdown_magnitude if result.checked.robust else None,
        "cost": asdict(result.cost) if result.cost else None,
        "deviations": {name: list(pair) for name, pair in told.choices.items()},
        "deviation_why": told.why,
        "amended": {name: list(pair) for name, pair in told.amended.items()},
        "versions": versions(),
    }
    return {key: plain(value) for key, value in figures.items()}


def versions() -> dict[str, str]:
    """The versions of what estimates: Maillage and the libraries whose numbers are part of its own."""
    return {name: version(name) for name in ("maillage", "diff-diff", "numpy", "scipy")}
