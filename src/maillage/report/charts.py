"""Charts as Vega-Lite: one specification for the screen and for paper."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

import vl_convert

from maillage.report.document import Number
from maillage.text import LANGS, Lang, Text

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VEGALITE = "6.4"
WIDTH = 560
INK, SOFT, HAIR = "#14202b", "#4d5b67", "#e8ecee"
ACCENT, BROWN, ALERT = "#0b5a55", "#8c510a", "#9d2f0c"
LOCALES: Mapping[Lang, Literal["fr-FR", "en-US"]] = {"fr": "fr-FR", "en": "en-US"}
CONFIG: Mapping[str, Any] = {
    "font": "Libertinus Serif",
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 11.5,
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "labelColor": SOFT,
        "titleColor": SOFT,
        "gridColor": HAIR,
        "domainColor": "#b6c0c7",
        "tickColor": "#b6c0c7",
        "labelLimit": 300,
    },
    "legend": {
        "labelFontSize": 11.5,
        "titleFontSize": 11.5,
        "labelColor": INK,
        "orient": "top",
        "title": None,
        "labelLimit": 320,
        "symbolOpacity": 1,
    },
    "text": {"fontSize": 11.5, "color": INK},
}

Spec = Mapping[Lang, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class BarMark:
    """One bar: its label and its figure."""

    label: Text
    number: Number


@dataclass(frozen=True, slots=True)
class PointMark:
    """A figure at a date, ``earliest`` and ``latest`` where it has bounds; ``kind`` tells counts from promises."""

    day: date
    number: Number
    kind: Literal["observed", "target", "projected"]
    earliest: date | None = None
    latest: date | None = None


def bars(marks: Sequence[BarMark], axis: Text) -> Spec:
    """Horizontal bars in the order given, each with its figure at its end."""
    return {lang: _bars(marks, axis, lang) for lang in LANGS}


def _bars(marks: Sequence[BarMark], axis: Text, lang: Lang) -> dict[str, Any]:
    values = [
        {"label": m.label[lang], "value": m.number.fact.value * m.number.scale, "said": m.number.printed(lang)}
        for m in marks
    ]
    place = {
        "field": "label",
        "type": "nominal",
        "sort": [m.label[lang] for m in marks],
        "title": None,
        "axis": {"labelColor": INK, "ticks": False, "domain": False},
    }
    length = {
        "field": "value",
        "type": "quantitative",
        "title": axis[lang],
        "axis": {"tickCount": 5},
        # Room for the figure at the end of the longest bar.
        "scale": {"domainMax": 1.18 * max(m.number.fact.value * m.number.scale for m in marks)},
    }
    layers = [
        {"mark": {"type": "bar", "height": {"band": 0.66}}, "encoding": {"color": {"value": ACCENT}}},
        {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": {"text": {"field": "said"}}},
    ]
    return {**chart_frame(values), "height": {"step": 27}, "encoding": {"x": length, "y": place}, "layer": layers}


def timeline(marks: Sequence[PointMark], axis: Text) -> Spec:
    """Figures over time: what was counted, joined by a line; what was promised; what the pace gives, with its band."""
    return {lang: _timeline(marks, axis, lang) for lang in LANGS}


KINDS: Mapping[str, Text] = {
    "observed": Text("compté", "counted"),
    "target": Text("objectif annoncé", "announced target"),
    "projected": Text("au rythme observé", "at the observed pace"),
}


COLOURS = {"observed": ACCENT, "target": ALERT, "projected": BROWN}
SHAPES = {"observed": "circle", "target": "diamond", "projected": "triangle-up"}


def _timeline(marks: Sequence[PointMark], axis: Text, lang: Lang) -> dict[str, Any]:
    values = [
        {
            "day": m.day.isoformat(),
            "value": m.number.fact.value,
            "kind": KINDS[m.kind][lang],
            "said": m.number.bare(lang),
            "earliest": m.earliest.isoformat() if m.earliest else None,
            "latest": m.latest.isoformat() if m.latest else None,
        }
        for m in marks
    ]
    x = {
        "field": "day",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%Y", "tickCount": "year", "grid": False},
        "scale": {"nice": "year"},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "title": axis[lang],
        "axis": {"tickCount": 5},
        "scale": {"domain": [0, 1.12 * max(m.number.fact.value for m in marks)]},
    }
    layers = _layers([k for k in KINDS if any(m.kind == k for m in marks)], lang)
    return {**chart_frame(values), "height": 240, "encoding": {"x": x, "y": y}, "layer": layers}


def _layers(present: Sequence[str], lang: Lang) -> list[dict[str, Any]]:
    """The line of counts, the bounds of what is projected, the points and their figures."""
    kinds = [KINDS[k][lang] for k in present]
    colour = {
        "field": "kind",
        "type": "nominal",
        "sort": kinds,
        "scale": {"domain": kinds, "range": [COLOURS[k] for k in present]},
    }
    shape = {**colour, "scale": {"domain": kinds, "range": [SHAPES[k] for k in present]}}
    only = {kind: [{"filter": {"field": "kind", "equal": KINDS[kind][lang]}}] for kind in KINDS}
    bounds = {"x": {"field": "earliest", "type": "temporal"}, "x2": {"field": "latest"}, "color": colour}
    return [
        {"transform": only["observed"], "mark": {"type": "line", "strokeWidth": 2}, "encoding": {"color": colour}},
        {
            "transform": only["projected"],
            "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35},
            "encoding": bounds,
        },
        {
            "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
            "encoding": {"color": colour, "shape": shape},
        },
        {
            "mark": {"type": "text", "align": "center", "dy": -13},
            "encoding": {"text": {"field": "said"}, "color": {"value": INK}},
        },
    ]


def chart_frame(values: list[dict[str, Any]]) -> dict[str, Any]:
    """What every chart has: schema, width, look and values."""
    return {"$schema": SCHEMA, "width": WIDTH, "config": dict(CONFIG), "data": {"values": values}}


def svg_of(spec: Mapping[str, Any], lang: Lang) -> str:
    """The drawing of a specification, as SVG with real text; the same specification gives the same bytes."""
    return _svg(json.dumps(spec, ensure_ascii=False, sort_keys=True), lang)


@cache
def _svg(spec: str, lang: Lang) -> str:
    svg: str = vl_convert.vegalite_to_svg(
        spec, vl_version=VEGALITE, format_locale=LOCALES[lang], time_format_locale=LOCALES[lang]
    )
    return svg
