"""Simulated GP zoning: the worst served areas first, within what each région may classify."""

from __future__ import annotations

import numpy as np

from maillage.demo.fill import fill_to
from maillage.demo.groups import totals
from maillage.demo.parameters import assumed, target
from maillage.demo.places import Floats, Ints, Places, Texts

ZONES = ("1_ZIP", "2_ZAC", "4_ZAR", "3_HZ")
UNKNOWN = "N/A - résultat non disponible"


def draw_zones(places: Places, apl_65: Floats, basin: Ints) -> Texts:
    """The zone of each place, in the words of the ARS release.

    Units are the basins, except for the communes large enough to stand alone. In each région they are ranked from the
    worst served; a région's quota lies between an equal share and its share of the badly served population. ZIP, then
    ZIP + ZAC, then ZAR are filled in that order up to their published shares of the censused population.
    """
    known, people = places.censused, np.where(places.censused, places.inhabitants, 0.0)
    unit = _units(places, basin)
    weight = totals(unit, people)
    served = totals(unit, np.nan_to_num(apl_65) * people) / np.maximum(weight, 1.0)
    region = _region_of_unit(places, unit)
    order = np.argsort(_priority(served, weight, region), kind="stable")
    zone_of_unit = np.full(len(weight), ZONES[-1], dtype=object)
    total, reached = weight.sum(), np.zeros(len(weight), dtype=np.bool_)
    for zone, name in zip(ZONES, ("zip_share", "zip_zac_share", "zip_zac_zar_share"), strict=False):
        left = target(name) * total - weight[reached].sum()
        new = fill_to(order[~reached[order]], weight, left)
        zone_of_unit[new] = zone
        reached |= new
    return np.where(known, zone_of_unit[unit], UNKNOWN)


def _units(places: Places, basin: Ints) -> Ints:
    alone = places.inhabitants >= float(assumed("zoned_alone_from"))
    label = np.where(alone, basin.max() + 1 + np.arange(len(places)), basin)
    region = np.unique(places.region.astype(str), return_inverse=True)[1]
    return np.unique(label * 1000 + region, return_inverse=True)[1].astype(np.int64)


def _region_of_unit(places: Places, unit: Ints) -> Ints:
    region = np.unique(places.region.astype(str), return_inverse=True)[1]
    first = np.unique(unit, return_index=True)[1]
    return region[first].astype(np.int64)


def _priority(served: Floats, weight: Floats, region: Ints) -> Floats:
    """Rank within the région (share of its population that is worse served) over the quota of the région."""
    share = target("zip_share")
    by_access = np.argsort(served, kind="stable")
    badly = np.cumsum(weight[by_access]) <= share * weight.sum()
    bad_weight = np.zeros(len(weight))
    bad_weight[by_access[badly]] = weight[by_access[badly]]
    people = totals(region, weight)
    need = totals(region, bad_weight) / np.maximum(people, 1.0)
    quota = share + float(assumed("quota_follows_need")) * (need - share)
    rank = np.zeros(len(weight))
    for one in range(len(people)):
        rows = by_access[region[by_access] == one]
        rank[rows] = (np.cumsum(weight[rows]) - weight[rows] / 2.0) / max(people[one], 1.0)
    return rank / np.maximum(quota[region], 1e-9)
