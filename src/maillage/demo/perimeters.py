"""Simulated CPTS: whole EPCI put together when small, cut up when large, some left uncovered."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from maillage.demo.field import smooth_field
from maillage.demo.fill import fill_to
from maillage.demo.groups import totals
from maillage.demo.parameters import assumed, target
from maillage.demo.places import Floats, Ints, Places, Texts
from maillage.demo.poles import assign, choose_poles


def draw_cpts(places: Places, rng: np.random.Generator) -> Texts:
    """The name of the CPTS of each place, empty where there is none.

    Groups of about ``cpts_size`` inhabitants are formed within each département; those that a smooth random surface
    favours are kept, up to the published share of the population.
    """
    group = group_communes(places, float(assumed("cpts_size")))
    people = totals(group, places.inhabitants)
    luck = smooth_field(rng, places.position_km, float(assumed("smooth_range_km")))
    favour = totals(group, luck * places.inhabitants) / np.maximum(people, 1.0)
    order = np.argsort(-(favour + rng.normal(size=len(people))), kind="stable")
    kept = fill_to(order, people, target("cpts_population_share") * people.sum())
    return np.where(kept[group], _names(places, group)[group], "")


def group_communes(places: Places, size: float) -> Ints:
    """Number of the group of each place: parts of large EPCI, or small EPCI of a département put together."""
    atom = _atoms(places, size)
    people = totals(atom, places.inhabitants)
    weight = np.maximum(places.inhabitants, 1.0)
    centre = np.column_stack([totals(atom, c * weight) for c in places.position_km.T])
    centre /= totals(atom, weight)[:, None]
    departement = places.departement[np.unique(atom, return_index=True)[1]].astype(str)
    merged = np.arange(len(people))
    for name in np.unique(departement):
        rows = np.flatnonzero(departement == name)
        merged[rows] = rows[_merge(centre[rows], people[rows], 0.6 * size)]
    return np.unique(merged[atom], return_inverse=True)[1].astype(np.int64)


def of(name: str) -> str:
    """A place's name after the French « de »: ``du Mans``, ``des Abymes``, ``d'Apt``, ``de La Rochelle``."""
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    return f"d'{name}" if name[:1] in "AEIOUÉÈÊÎÔÂŒÆ" else f"de {name}"


def _atoms(places: Places, size: float) -> Ints:
    """EPCI within a département, the large ones cut around as many of their communes as they hold CPTS."""
    key = np.char.add(np.char.add(places.departement.astype(str), "/"), places.epci.astype(str))
    names, epci = np.unique(key, return_inverse=True)
    people, position = totals(epci, places.inhabitants), places.position_km
    atom, following = np.zeros(len(places), dtype=np.int64), 0
    by_epci = np.split(np.argsort(epci, kind="stable"), np.cumsum(np.bincount(epci))[:-1])
    for one in range(len(names)):
        rows = by_epci[one]
        parts = min(round(people[one] / size), len(rows))
        if parts < 2:
            atom[rows] = following
            following += 1
            continue
        poles = choose_poles(position[rows], places.inhabitants[rows], parts)
        atom[rows] = following + assign(position[rows], poles, np.ones(len(poles)))
        following += len(poles)
    return atom


def _merge(centre: Floats, people: Floats, least: float) -> Ints:
    """Join the least populated atom to its nearest neighbour until each group holds ``least`` inhabitants."""
    label, total = np.arange(len(people)), people.copy()
    point = centre.copy()
    alive = np.ones(len(people), dtype=np.bool_)
    while alive.sum() > 1:
        rows = np.flatnonzero(alive)
        small = rows[np.argmin(total[rows])]
        if total[small] >= least:
            break
        others = rows[rows != small]
        near = others[int(cKDTree(point[others]).query(point[small])[1])]
        share = total[small] / max(total[small] + total[near], 1.0)
        point[near] = point[near] * (1 - share) + point[small] * share
        total[near] += total[small]
        alive[small] = False
        label[label == small] = near
    return label


def _names(places: Places, group: Ints) -> Texts:
    """« CPTS simulée de » the most populated place of each group; the département tells homonyms apart."""
    order = np.lexsort((places.code.astype(str), -places.inhabitants, group))
    chief = order[np.unique(group[order], return_index=True)[1]]
    names = np.array([f"CPTS simulée {of(places.name[row])}" for row in chief], dtype=object)
    inverse, times = np.unique(names.astype(str), return_inverse=True, return_counts=True)[1:]
    twice = times[inverse] > 1
    return np.array([f"{n} ({places.departement[c]})" if t else n for n, c, t in zip(names, chief, twice, strict=True)])
