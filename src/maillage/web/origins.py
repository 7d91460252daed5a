"""Where the figures of a series come from, in words; and arrays as JSON numbers."""

from __future__ import annotations

import math

import numpy as np

from maillage.web.atlas import Atlas, Floats, Origin, Series


def numbers(array: Floats, decimals: int) -> list[float | int | None]:
    """An array as JSON numbers, rounded, null for NaN, whole numbers without a point."""
    rounded = np.round(array, decimals)
    return [None if math.isnan(v) else (int(v) if v == int(v) else v) for v in rounded.tolist()]


def source_words(atlas: Atlas, series: Series, lang: str) -> list[str]:
    """The origins of a series, in words, the most frequent first."""
    return [origin.label[lang] for origin in origins_of(atlas, series)]


def is_simulated(atlas: Atlas, series: Series) -> bool:
    """Whether any figure of a series comes from the demonstration model."""
    return any(origin.simulated for origin in origins_of(atlas, series))


def origins_of(atlas: Atlas, series: Series) -> list[Origin]:
    """The origins of a series, the most frequent first."""
    ranks, counts = np.unique(series.origin[series.origin >= 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [atlas.origins[int(ranks[i])] for i in order]
