"""Random releases, and an attacker who shares no code with Maillage: exact elimination and SciPy's programmes.

The attacker sees what a reader sees: perimeters, published values, and the code of each withheld one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl
from scipy.optimize import linprog

from maillage.catalog.tables import MEMBERSHIP, OBSERVATION
from maillage.disclosure.policy import Policy
from maillage.disclosure.protect import Subject

LEAST, OPEN = 11, 5
# Communes are published too: the hardest case for whoever protects.
EVERY_LEVEL = {"events": Policy()}
COUNTS = Subject("visits", ("events",), "count")
SHARES = Subject("visits", ("events",), "share")


@dataclass(frozen=True)
class Country:
    """Members of each territory by (level, code), as sets of communes."""

    members: dict[tuple[str, str], frozenset[int]]
    size: int

    def membership(self) -> pl.DataFrame:
        rows = [
            {"child_code": f"{c:05d}", "child_level": "commune", "parent_code": code, "parent_level": level}
            for (level, code), communes in self.members.items()
            if level != "commune"
            for c in sorted(communes)
        ]
        return pl.DataFrame(
            [r | {"millesime": 2025, "share": 1.0, "simulated": True} for r in rows], schema=MEMBERSHIP.schema
        )


def country(size: int, seed: int) -> Country:
    """Communes in EPCI that may straddle départements, and CPTS that leave holes and cut across EPCI."""
    rng = np.random.default_rng(seed)
    departement = np.sort(rng.integers(0, 2, size))
    epci = np.clip(np.arange(size) // int(rng.integers(2, 6)), 0, 6)
    cpts = rng.integers(-1, 4, size) if rng.random() < 0.7 else np.arange(size) // 3 - 1
    members: dict[tuple[str, str], frozenset[int]] = {}
    for level, of in (("epci", epci), ("cpts", cpts), ("departement", departement), ("france", np.zeros(size, int))):
        for code in np.unique(of[of >= 0]).tolist():
            members[level, f"{level[0]}{code}"] = frozenset(np.flatnonzero(of == code).tolist())
    members |= {("commune", f"{c:05d}"): frozenset([c]) for c in range(size)}
    return Country(members, size)


def observations(land: Country, part: np.ndarray, whole: np.ndarray | None = None) -> pl.DataFrame:
    rows = []
    for (level, code), communes in land.members.items():
        at = sorted(communes)
        top, bottom = float(part[at].sum()), None if whole is None else float(whole[at].sum())
        value = top if bottom is None else (top / bottom if bottom else None)
        rows.append(
            {
                "indicator": "visits", "code": code, "level": level, "period": "2024", "slice": "", "numerator": top,
                "denominator": bottom, "value": value, "status": "published" if value is not None else "not_applicable",
                "origin": "o",
            }
        )  # fmt: skip
    return pl.DataFrame(rows, schema=OBSERVATION.schema)


@dataclass
class Attacker:
    """Equalities and inequalities about unknown commune counts: parts, then rests where there is a whole."""

    unknowns: int
    equal: list[tuple[np.ndarray, float]]
    within: list[tuple[np.ndarray, float, float]]

    @classmethod
    def reading(cls, land: Country, frame: pl.DataFrame, *, shares: bool) -> Attacker:
        size = land.size
        one = cls(2 * size if shares else size, [], [])
        for row in frame.iter_rows(named=True):
            part, whole = sums_of(land.members[row["level"], row["code"]], size, shares=shares)
            if row["numerator"] is not None:
                one.equal.append((part, row["numerator"]))
            if shares and row["denominator"] is not None:
                one.equal.append((whole, row["denominator"]))
            if row["suppression"] == "A" and not shares:
                one.within.append((part, 1, LEAST - 1))
            if row["suppression"] == "D":
                one.within.append((part, LEAST, np.inf))
                if shares:
                    one.within.append((whole - part, LEAST, np.inf))
        return one

    def deduced(self, target: np.ndarray) -> bool:
        """Whether exact elimination gives the target."""
        rows = [[Fraction(int(v)) for v in row] for row, _ in self.equal]
        return _rank([*rows, [Fraction(int(v)) for v in target]]) == _rank(rows)

    def width(self, target: np.ndarray) -> float:
        """Width of the interval of the target, by linear programming."""
        above = [(r, hi) for r, _, hi in self.within if np.isfinite(hi)] + [(-r, -lo) for r, lo, _ in self.within]
        rows = {
            "A_eq": np.array([r for r, _ in self.equal]) if self.equal else None,
            "b_eq": [v for _, v in self.equal] if self.equal else None,
            "A_ub": np.array([r for r, _ in above]) if above else None,
            "b_ub": [v for _, v in above] if above else None,
        }
        ends = []
        for sign in (1, -1):
            found = linprog(sign * target, bounds=(0, 10_000), method="highs", **rows)
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return ends[1] - ends[0]


def sums_of(communes: frozenset[int], size: int, *, shares: bool) -> tuple[np.ndarray, np.ndarray]:
    """The part and the whole of a territory, as rows over the unknowns."""
    at = np.isin(np.arange(size), sorted(communes)).astype(float)
    return (np.concatenate([at, 0 * at]), np.concatenate([at, at])) if shares else (at, at)


def _rank(rows: list[list[Fraction]]) -> int:
    rows, rank = [list(r) for r in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            if rows[i][column]:
                factor = rows[i][column] / rows[rank][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank
