"""A small invented country for the demonstration's tests: two régions of towns and villages on a grid."""

from __future__ import annotations

import numpy as np

from maillage.demo.places import Places


def grid_country(side: int = 24, *, seed: int = 5) -> Places:
    """``side`` × ``side`` communes 4 km apart, four départements in two régions, one commune without a census."""
    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    size = np.round(rng.lognormal(6.5, 1.3, size=side * side)) + 20
    ages = rng.dirichlet([24.0, 55.0, 21.0], size=side * side)
    departement = np.where(row < side // 2, np.where(column < side // 2, "18", "28"), "83")
    departement = np.where((row >= side // 2) & (column < side // 2), "13", departement)
    code = np.array([f"{d}{k:03d}" for k, d in enumerate(departement)], dtype=object)
    order = np.argsort(code)
    censused = np.ones(side * side, dtype=np.bool_)
    censused[7] = False
    country = Places(
        code=code,
        name=np.array([f"Le Bourg {k}" if k % 3 else f"Ormes {k}" for k in range(side * side)], dtype=object),
        town=code,
        departement=departement.astype(object),
        region=np.where(np.isin(departement, ["18", "28"]), "24", "93").astype(object),
        epci=np.array([f"2000{r // 4:02d}{c // 4:03d}" for r, c in zip(row, column, strict=True)], dtype=object),
        postcode=np.array([f"{d}000" for d in departement], dtype=object),
        longitude=2.0 + column * 0.052,
        latitude=47.5 - row * 0.036,
        population=size[:, None] * ages,
        censused=censused,
    )
    return country.take(order)
