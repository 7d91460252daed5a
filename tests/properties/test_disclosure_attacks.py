"""Nothing under the least count is recovered from a release, by an attacker who shares no code with Maillage."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maillage.disclosure.protect import EarlierRelease, protect
from tests.disclosure_adversary import (
    COUNTS,
    EVERY_LEVEL,
    LEAST,
    OPEN,
    SHARES,
    Attacker,
    Country,
    country,
    observations,
    sums_of,
)

QUICK = settings(max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
LONG = settings(max_examples=1000, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
seeds = st.integers(0, 10**6)


def groups(land: Country) -> dict[tuple[str, ...], frozenset[int]]:
    """Every territory, and what two of them share or differ by."""
    found: dict[tuple[str, ...], frozenset[int]] = dict(land.members)
    large = {name: communes for name, communes in land.members.items() if name[0] != "commune"}
    for (a, left), (b, right) in permutations(large.items(), 2):
        found["shared", *a, *b] = left & right
        found["less", *a, *b] = left - right
    return {name: communes for name, communes in found.items() if communes}


def attack_counts(land: Country, part: np.ndarray, attacker: Attacker, past: Attacker | None = None) -> None:
    """A sum of several communes that the past gives away by itself, before its perimeter existed, is no news."""
    for name, communes in groups(land).items():
        target, _ = sums_of(communes, land.size, shares=False)
        if 0 < part[sorted(communes)].sum() < LEAST:
            if past is not None and len(communes) > 1 and past.deduced(target):
                continue
            assert not attacker.deduced(target), f"{name} is recovered"
            if name[0] not in ("shared", "less"):
                assert attacker.width(target) >= OPEN - 1e-6, f"{name} is narrowed down"


def random_counts(size: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.round(rng.lognormal(rng.choice([1, 2, 3]), 1.0, size) * (rng.random(size) < 0.9))


def overlapping(seed: int) -> None:
    land = country(3 + seed % 8, seed)
    part = random_counts(land.size, seed)
    protected = protect(observations(land, part), land.membership(), [COUNTS], policies=EVERY_LEVEL)
    attack_counts(land, part, Attacker.reading(land, protected.frame, shares=False))


def part_and_whole(seed: int) -> None:
    land = country(3 + seed % 6, seed)
    rng = np.random.default_rng(seed)
    whole = np.round(rng.lognormal(3.2, 1.2, land.size))
    part = rng.binomial(whole.astype(int), rng.choice([0.0, 0.05, 0.2, 0.5, 1.0])).astype(float)
    protected = protect(observations(land, part, whole), land.membership(), [SHARES], policies=EVERY_LEVEL)
    attacker = Attacker.reading(land, protected.frame, shares=True)
    for name, communes in groups(land).items():
        of_part, of_whole = sums_of(communes, land.size, shares=True)
        at = sorted(communes)
        values = (part[at].sum(), whole[at].sum() - part[at].sum(), whole[at].sum())
        for target, value in zip((of_part, of_whole - of_part, of_whole), values, strict=True):
            if 0 < value < LEAST:
                assert not attacker.deduced(target), f"{name} is recovered"
        if values[2] > 0 and (values[0] == 0 or values[1] == 0) and name[0] not in ("shared", "less"):
            assert not (attacker.deduced(of_part) and attacker.deduced(of_whole)), f"{name} is known to be unanimous"


def two_releases(seed: int) -> None:
    """The second release redraws the CPTS, and revises some counts, on the communes of the first."""
    rng = np.random.default_rng(seed)
    size = 3 + seed % 7
    before, after = country(size, seed), country(size, seed + 1)
    old = random_counts(size, seed)
    revised = seed % 3 == 0
    new = np.maximum(old + rng.integers(-3, 4, size), 0) if revised else old
    first = protect(observations(before, old), before.membership(), [COUNTS], policies=EVERY_LEVEL)
    earlier = EarlierRelease(first.frame, before.membership())
    second = protect(observations(after, new), after.membership(), [COUNTS], policies=EVERY_LEVEL, earlier=earlier)
    attacker = Attacker.reading(after, second.frame, shares=False)
    if not revised:
        # The same people, so that everything ever published holds of the same unknowns.
        past = Attacker.reading(before, first.frame, shares=False)
        attacker.equal += past.equal
        attack_counts(after, new, attacker, past)
        return
    attack_counts(after, new, attacker)
    seen = {(r["level"], r["code"]): r["numerator"] for r in first.frame.iter_rows(named=True)}
    shown = second.frame.filter(pl.col("numerator").is_not_null())
    for row in shown.iter_rows(named=True):
        name = (row["level"], row["code"])
        if before.members.get(name) == after.members[name] and seen.get(name) is not None:
            assert not 0 < abs(row["numerator"] - seen[name]) < LEAST, f"{name} gives away a revision"


ATTACKS = {"overlapping": overlapping, "part_and_whole": part_and_whole, "two_releases": two_releases}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_small_is_recovered(attack):
    QUICK(given(seeds)(attack))()


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_small_is_recovered_from_a_thousand_releases(attack):
    LONG(given(seeds)(attack))()
