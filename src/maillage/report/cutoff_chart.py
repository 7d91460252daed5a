"""The drawing of a discontinuity: means by score on both sides of a cutoff, and the line of each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maillage.report.charts import ACCENT, BROWN, SOFT, Spec, chart_frame
from maillage.report.document import Number
from maillage.report.effect_charts import SILENT
from maillage.text import LANGS, Lang, Text

SIDES: Mapping[bool, Text] = {
    True: Text("unités que le seuil ouvre à la mesure", "units that the cutoff opens to the measure"),
    False: Text("autres unités", "other units"),
}


@dataclass(frozen=True, slots=True)
class CutoffMark:
    """A mean of the outcome at a score; ``line`` marks the end of a line."""

    score: float
    number: Number
    eligible: bool
    line: bool = False


def cutoff_chart(marks: Sequence[CutoffMark], cutoff: float, axes: tuple[Text, Text]) -> Spec:
    """Points for means and a line on each side, a dashed rule at the cutoff; ``axes``: the score, the outcome."""
    return {lang: _cutoff(marks, cutoff, axes, lang) for lang in LANGS}


def _cutoff(marks: Sequence[CutoffMark], cutoff: float, axes: tuple[Text, Text], lang: Lang) -> dict[str, Any]:
    values = [
        {
            "score": m.score,
            "value": m.number.fact.value * m.number.scale,
            "side": SIDES[m.eligible][lang],
            "line": m.line,
        }
        for m in marks
    ]
    kinds = [SIDES[each][lang] for each in (True, False)]
    shared = {
        "x": {
            "field": "score",
            "type": "quantitative",
            "title": axes[0][lang],
            "axis": {"grid": False, "tickCount": 7},
            "scale": {"zero": False, "nice": False, "padding": 10},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": axes[1][lang],
            "axis": {"tickCount": 6},
            "scale": {"zero": False},
        },
        "color": {"field": "side", "type": "nominal", "scale": {"domain": kinds, "range": [ACCENT, BROWN]}},
    }
    rule = {**SILENT, "type": "rule", "color": SOFT, "strokeDash": [3, 3]}
    line, point = {"type": "line", "strokeWidth": 2.2}, {"type": "point", "filled": True, "size": 60, "opacity": 0.75}
    layers = [
        {"mark": rule, "encoding": {"x": {"datum": cutoff}}},
        {"transform": [{"filter": "datum.line"}], "mark": {**SILENT, **line}, "encoding": shared},
        {"transform": [{"filter": "!datum.line"}], "mark": {**SILENT, **point}, "encoding": shared},
    ]
    return {**chart_frame(values), "height": 260, "layer": layers}
