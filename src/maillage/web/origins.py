"""Where the figures of a series come from, in words; and arrays as JSON numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np

from maillage.sources.registry import SOURCES
from maillage.text import Lang
from maillage.web.atlas import Atlas, Floats, Origin, Series


def numbers(array: Floats, decimals: int) -> list[float | int | None]:
    """An array as JSON numbers, rounded, null for NaN, whole numbers without a point."""
    rounded = np.round(array, decimals)
    return [None if math.isnan(v) else (int(v) if v == int(v) else v) for v in rounded.tolist()]


def source_words(atlas: Atlas, series: Series, lang: str) -> list[str]:
    """The origins of a series, in words, the most frequent first."""
    return [origin.label[lang].rstrip(".") for origin in distinct_origins(origins_of(atlas, series), lang)]


def is_simulated(atlas: Atlas, series: Series) -> bool:
    """Whether any figure of a series comes from the demonstration model."""
    return any(origin.simulated for origin in origins_of(atlas, series))


def origins_of(atlas: Atlas, series: Series) -> list[Origin]:
    """The origins of a series, the most frequent first."""
    ranks, counts = np.unique(series.origin[series.origin >= 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [atlas.origins[int(ranks[i])] for i in order]


def producers(origin: Origin, lang: Lang) -> str:
    """Who made the sources of an origin, each once: ``DREES, INSEE``."""
    known = {source.id: source.producer[lang] for source in SOURCES}
    names = [name for source in origin.source.split(", ") for name in _apart(known.get(source, source))]
    return ", ".join(dict.fromkeys(names))


def _apart(producer: str) -> list[str]:
    """The producers that one name lists, without what it says of them between brackets."""
    return [name.strip() for name in re.split(r"[,;]", re.sub(r"\s*\([^)]*\)", "", producer))]


def distinct_origins(origins: Iterable[Origin], lang: str) -> list[Origin]:
    """One origin a label: those that differ by their warning alone are told once."""
    return list({origin.label[lang]: origin for origin in reversed(list(origins))}.values())[::-1]
