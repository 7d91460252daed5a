"""Charts of effects: an event study with its two bands, and estimates side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from maillage.report.charts import ACCENT, ALERT, BROWN, INK, SOFT, Spec, chart_frame
from maillage.report.document import Number
from maillage.text import LANGS, Lang, Text

Role = Literal["main", "variant", "placebo"]
ROLES: Mapping[Role, Text] = {
    "main": Text("résultat principal", "main result"),
    "variant": Text("variante", "variant"),
    "placebo": Text("placebo : zéro attendu", "placebo: zero expected"),
}
ROLE_COLOURS: Mapping[Role, str] = {"main": ALERT, "variant": ACCENT, "placebo": BROWN}
SIDES = {
    False: Text("avant l’entrée", "before entry"),
    True: Text("à partir de l’entrée", "from entry on"),
}
SINCE = Text("années depuis l’entrée dans la mesure", "years since entry into the measure")
STEP = 16
LABELS = 215  # pixels, so that drawings one under the other have one scale
# A drawing is one image with a caption; its figures are in the table under it.
SILENT: Mapping[str, Any] = {"aria": False}


@dataclass(frozen=True, slots=True)
class EventMark:
    """An effect ``at`` years since entry, with its own interval and the band that holds all at once."""

    at: int
    number: Number
    low: float
    high: float
    all_low: float
    all_high: float


@dataclass(frozen=True, slots=True)
class ForestMark:
    """One estimate of the effect, by its label; without ends where it has no interval."""

    label: Text
    number: Number
    low: float | None
    high: float | None
    role: Role = "variant"


Path = Literal["observed", "fitted", "expected"]
PATHS: Mapping[Path, Text] = {
    "observed": Text("ce qui s’est passé", "what happened"),
    "fitted": Text("le modèle", "the model"),
    "expected": Text("ce qui était attendu sans la mesure", "what was expected without the measure"),
}


PATH_COLOURS: Mapping[Path, str] = {"observed": INK, "fitted": ACCENT, "expected": BROWN}


@dataclass(frozen=True, slots=True)
class PathMark:
    """The outcome of a year, as it was or as it was expected."""

    year: int
    number: Number
    kind: Path


def event_study(marks: Sequence[EventMark], axis: Text) -> Spec:
    """Effects by years since entry: thick ends for one year alone, thin ones for all years at once."""
    return {lang: _event_study(marks, axis, lang) for lang in LANGS}


def _event_study(marks: Sequence[EventMark], axis: Text, lang: Lang) -> dict[str, Any]:
    values = [
        {
            "at": m.at,
            "value": m.number.fact.value * m.number.scale,
            "low": m.low,
            "high": m.high,
            "all_low": m.all_low,
            "all_high": m.all_high,
            "side": SIDES[m.at >= 0][lang],
        }
        for m in marks
    ]
    sides = [SIDES[each][lang] for each in (False, True) if any((m.at >= 0) == each for m in marks)]
    colour = {
        "field": "side",
        "type": "nominal",
        "sort": sides,
        "scale": {"domain": [SIDES[False][lang], SIDES[True][lang]], "range": [BROWN, ACCENT]},
    }
    x = {
        "field": "at",
        "type": "quantitative",
        "title": SINCE[lang],
        "axis": {"tickMinStep": 1, "grid": False, "format": "d"},
        "scale": {"domain": [min(m.at for m in marks) - 0.5, max(m.at for m in marks) + 0.5], "nice": False},
    }
    y = {"type": "quantitative", "title": axis[lang], "axis": {"tickCount": 6}}
    layers = [
        _line({"y": {"datum": 0}}, INK, 1),
        _line({"x": {"datum": -0.5}}, SOFT, 1, dash=True),
        _ends("all_low", "all_high", y, {"x": x, "color": colour}, width=1.2),
        _ends("low", "high", y, {"x": x, "color": colour}, width=4),
        {
            "mark": {**SILENT, "type": "point", "filled": True, "size": 75, "opacity": 1},
            "encoding": {"x": x, "y": {**y, "field": "value"}, "color": colour},
        },
    ]
    return {**chart_frame(values), "height": 260, "layer": layers}


def forest(marks: Sequence[ForestMark], axis: Text) -> Spec:
    """Estimates one under the other, each with its interval; a dashed line goes down from the main one."""
    return {lang: _forest(marks, axis, lang) for lang in LANGS}


def _forest(marks: Sequence[ForestMark], axis: Text, lang: Lang) -> dict[str, Any]:
    values = [
        {
            "label": m.label[lang],
            "value": m.number.fact.value * m.number.scale,
            "low": m.low,
            "high": m.high,
            "role": ROLES[m.role][lang],
        }
        for m in marks
    ]
    present = [role for role in ROLES if any(m.role == role for m in marks)]
    colour = {
        "field": "role",
        "type": "nominal",
        "scale": {"domain": [ROLES[r][lang] for r in present], "range": [ROLE_COLOURS[r] for r in present]},
    }
    y = {
        "field": "label",
        "type": "nominal",
        "sort": [m.label[lang] for m in marks],
        "title": None,
        "axis": {"labelColor": INK, "ticks": False, "domain": False, "labelLimit": 330, "minExtent": LABELS},
    }
    x = {"type": "quantitative", "title": axis[lang], "axis": {"tickCount": 6}}
    main = [
        {"mark": {**SILENT, "type": "rule", "strokeDash": [4, 3], "color": ALERT}, "encoding": {"x": {"datum": at}}}
        for at in dict.fromkeys(m.number.fact.value * m.number.scale for m in marks if m.role == "main")
    ]
    layers = [
        _line({"x": {"datum": 0}}, INK, 1),
        *main,
        {
            "mark": {**SILENT, "type": "rule", "strokeWidth": 2.4},
            "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour},
        },
        {
            "mark": {**SILENT, "type": "point", "filled": True, "size": 60, "opacity": 1},
            "encoding": {"y": y, "x": {**x, "field": "value"}, "color": colour},
        },
    ]
    return {**chart_frame(values), "width": 380, "height": {"step": STEP}, "layer": layers}


def paths(marks: Sequence[PathMark], start: int, axis: Text) -> Spec:
    """Lines over the years, one a kind, with a dashed line where treatment starts."""
    return {lang: _paths(marks, start, axis, lang) for lang in LANGS}


def _paths(marks: Sequence[PathMark], start: int, axis: Text, lang: Lang) -> dict[str, Any]:
    values = [
        {"year": m.year, "value": m.number.fact.value * m.number.scale, "kind": PATHS[m.kind][lang]} for m in marks
    ]
    present = [kind for kind in PATHS if any(m.kind == kind for m in marks)]
    kinds = [PATHS[kind][lang] for kind in present]
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": kinds, "range": [PATH_COLOURS[kind] for kind in present]},
    }
    x = {
        "field": "year",
        "type": "quantitative",
        "title": None,
        "axis": {"tickMinStep": 1, "grid": False, "format": "d"},
        "scale": {"zero": False, "nice": False, "padding": 8},
    }
    y = {"field": "value", "type": "quantitative", "title": axis[lang], "scale": {"zero": False}}
    shared = {"x": x, "y": y, "color": colour}
    layers = [_line({"x": {"datum": start - 0.5}}, SOFT, 1, dash=True)]
    for kind in present:
        # A model is a line among the points that it was fitted on.
        bare = kind == "observed" and "fitted" in present
        dashed = {"strokeDash": [5, 4]} if kind == "expected" else {}
        line = {"type": "line", "strokeWidth": 2.2, **dashed}
        point = {"type": "point", "filled": True, "size": 42, "opacity": 1}
        marks_ = ([] if bare else [line]) + ([point] if kind == "observed" else [])
        only = [{"filter": {"field": "kind", "equal": PATHS[kind][lang]}}]
        layers += [{"transform": only, "mark": {**SILENT, **mark}, "encoding": shared} for mark in marks_]
    return {**chart_frame(values), "height": 240, "layer": layers}


def _line(where: Mapping[str, Any], colour: str, width: float, *, dash: bool = False) -> dict[str, Any]:
    dashed = {"strokeDash": [3, 3]} if dash else {}
    return {
        "mark": {**SILENT, "type": "rule", "color": colour, "strokeWidth": width, **dashed},
        "encoding": dict(where),
    }


def _ends(low: str, high: str, y: Mapping[str, Any], shared: Mapping[str, Any], *, width: float) -> dict[str, Any]:
    return {
        "mark": {**SILENT, "type": "rule", "strokeWidth": width},
        "encoding": {**shared, "y": {**y, "field": low}, "y2": {"field": high}},
    }
