"""Where a map opens, and the towns that are written on it: worked out once for a version of the store."""

from __future__ import annotations

import math

import numpy as np

from maillage.web.atlas import MAP_LEVELS, Atlas

# A level that holds less than this share of the communes opens on the part of the country that it covers.
PARTIAL_SHARE, MARGIN_DEG = 0.5, 0.1
# Towns written at low, middle and high zoom: how many in all, and how far apart in degrees.
CITY_TIERS = ((8, 2.0), (20, 1.1), (46, 0.6))


def extents(atlas: Atlas) -> dict[str, tuple[float, float, float, float]]:
    """West, south, east, north of each level that leaves most of the country out, from the communes that it holds."""
    whole, found = atlas.levels["commune"], {}
    for level in MAP_LEVELS:
        held = {code for (at, _), communes in atlas.communes.items() if at == level for code in communes}
        if not 0 < len(held) < PARTIAL_SHARE * len(whole.codes):
            continue
        inside = np.array([code in held for code in whole.codes]) & ~np.isnan(whole.longitudes)
        x, y = whole.longitudes[inside], whole.latitudes[inside]
        if x.size:
            west, south, east, north = (round(float(v), 2) for v in (x.min(), y.min(), x.max(), y.max()))
            found[level] = (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    return found


def cities(atlas: Atlas) -> list[tuple[str, float, float, int]]:
    """The largest towns, far enough from one another to be written on the map: (name, longitude, latitude, tier)."""
    inner = {commune for (level, _), children in atlas.communes.items() if level == "ville" for commune in children}
    towns = [
        (float(population), name, float(x), float(y))
        for level in ("ville", "commune")
        if level in atlas.levels
        for code, name, x, y, population in zip(
            atlas.levels[level].codes,
            atlas.levels[level].names,
            atlas.levels[level].longitudes,
            atlas.levels[level].latitudes,
            atlas.levels[level].population,
            strict=True,
        )
        if code not in inner and not math.isnan(population + x)
    ]
    kept: list[tuple[str, float, float, int]] = []
    for tier, (count, gap) in enumerate(CITY_TIERS, start=1):
        for _, name, x, y in sorted(towns, reverse=True):
            if len(kept) < count and all(abs(x - a) + abs(y - b) > gap for _, a, b, _ in kept):
                kept.append((name, round(x, 3), round(y, 3), tier))
    return kept
