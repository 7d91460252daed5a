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
ACCENT, PALE, BROWN, ALERT = "#0b5a55", "#8fbab6", "#8c510a", "#9d2f0c"
PALETTE = (ACCENT, BROWN, "#4f7cac", "#b8a04a", "#7a5c8e", SOFT)
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
    """One bar: its label, its figure, and the group that colours it."""

    label: Text
    number: Number
    group: Text | None = None


@dataclass(frozen=True, slots=True)
class PointMark:
    """A figure at a date, ``earliest`` and ``latest`` where it has bounds; ``kind`` tells counts from promises."""

    day: date
    number: Number
    kind: Literal["observed", "target", "projected"]
    earliest: date | None = None
    latest: date | None = None


def bars(marks: Sequence[BarMark], axis: Text) -> Spec:
    """Horizontal bars in the order given, each with its figure; the groups of a bar stand end to end."""
    return {lang: _bars(marks, axis, lang) for lang in LANGS}


def _bars(marks: Sequence[BarMark], axis: Text, lang: Lang) -> dict[str, Any]:
    values: list[dict[str, Any]] = [
        {
            "label": m.label[lang],
            "value": m.number.fact.value * m.number.scale,
            "said": m.number.printed(lang),
            "group": m.group[lang] if m.group else "",
        }
        for m in marks
    ]
    groups = list(dict.fromkeys(v["group"] for v in values))
    order = list(dict.fromkeys(v["label"] for v in values))
    place = {
        "field": "label",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {"labelColor": INK, "ticks": False, "domain": False},
    }
    length = {"field": "value", "type": "quantitative", "title": axis[lang], "axis": {"tickCount": 5}}
    colour: dict[str, Any] = (
        {
            "field": "group",
            "type": "nominal",
            "sort": groups,
            "scale": {"domain": groups, "range": list(PALETTE[: len(groups)])},
        }
        if len(groups) > 1
        else {"value": ACCENT}
    )
    bar: dict[str, Any] = {
        "mark": {"type": "bar", "height": {"band": 0.66}},
        "encoding": {"x": {**length, "stack": "zero"} if len(groups) > 1 else length, "color": colour},
    }
    if len(groups) > 1:
        bar["encoding"]["order"] = {"field": "rank", "type": "quantitative"}
        for v in values:
            v["rank"] = groups.index(v["group"])
        layers = [bar]
    else:
        said = {
            "mark": {"type": "text", "align": "left", "dx": 5},
            "encoding": {"x": length, "text": {"field": "said"}},
        }
        bar["encoding"]["x"] = {**length, "scale": {"domainMax": 1.18 * max(v["value"] for v in values)}}
        layers = [bar, said]
    return {
        **_frame(values),
        "height": {"step": 27},
        "encoding": {"y": place},
        "layer": layers,
    }


def timeline(marks: Sequence[PointMark], axis: Text) -> Spec:
    """Figures over time: what was counted, joined by a line; what was promised; what the pace gives, with its band."""
    return {lang: _timeline(marks, axis, lang) for lang in LANGS}


KINDS: Mapping[str, Text] = {
    "observed": Text("compté", "counted"),
    "target": Text("objectif annoncé", "announced target"),
    "projected": Text("au rythme observé", "at the observed pace"),
}


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
    kinds = [KINDS[k][lang] for k in KINDS if any(m.kind == k for m in marks)]
    colours = {"observed": ACCENT, "target": ALERT, "projected": BROWN}
    colour = {
        "field": "kind",
        "type": "nominal",
        "sort": kinds,
        "scale": {"domain": kinds, "range": [colours[k] for k in KINDS if any(m.kind == k for m in marks)]},
    }
    shape = {**colour, "scale": {"domain": kinds, "range": ["circle", "diamond", "triangle-up"][: len(kinds)]}}
    x = {
        "field": "day",
        "type": "temporal",
        "title": None,
        "axis": {"format": "%Y", "tickCount": "year", "grid": False},
        "scale": {"nice": "year"},
    }
    top = 1.12 * max(m.number.fact.value for m in marks)
    y = {
        "field": "value",
        "type": "quantitative",
        "title": axis[lang],
        "axis": {"tickCount": 5},
        "scale": {"domain": [0, top]},
    }
    only = {kind: {"filter": {"field": "kind", "equal": KINDS[kind][lang]}} for kind in KINDS}
    layers: list[dict[str, Any]] = [
        {"transform": [only["observed"]], "mark": {"type": "line", "strokeWidth": 2}, "encoding": {"color": colour}},
        {
            "transform": [only["projected"]],
            "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35},
            "encoding": {"x": {"field": "earliest", "type": "temporal"}, "x2": {"field": "latest"}, "color": colour},
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
    return {**_frame(values), "height": 240, "encoding": {"x": x, "y": y}, "layer": layers}


def _frame(values: list[dict[str, Any]]) -> dict[str, Any]:
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
