"""What every part of a study reads of a version of the store, read once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.catalog.store import Version
from maillage.measures.claims import claims
from maillage.territory.levels import BASE_LEVEL
from maillage.territory.people import totals
from maillage.territory.perimeters import main_parent

_NO_END = pl.DataFrame(schema={"measure": pl.String, "beneficiary": pl.String, "ended": pl.Date})
# Larger territories that a unit is placed in, by most of its residents.
HOMES = ("epci", "bassin_vie", "departement", "region")


@dataclass(frozen=True, slots=True)
class Ground:
    """The version, its membership and the statements of measures; ``communes`` has ``code, population``, in order."""

    version: Version
    membership: pl.DataFrame
    communes: pl.DataFrame
    events: pl.DataFrame

    def links(self, level: str) -> pl.DataFrame:
        """``commune, code, share``: what each territory of a level takes of each commune."""
        if level == BASE_LEVEL:
            return self.communes.select("code", commune="code", share=pl.lit(1.0)).select("commune", "code", "share")
        inside = (pl.col("child_level") == BASE_LEVEL) & (pl.col("parent_level") == level)
        rows = self.membership.filter(inside).select(commune="child_code", code="parent_code", share="share")
        return rows.sort("commune", "code")

    def told(self, measure: str) -> pl.DataFrame:
        """What was stated of a measure: rows of MEASURE_EVENT."""
        return self.events.filter(pl.col("measure") == measure)

    def claimed(self, measure: str) -> pl.DataFrame:
        """``beneficiary, item, share, event_date, until``: perimeters through time, those of the ended included."""
        return claims(self.told(measure), _NO_END).drop("measure").sort("event_date", "beneficiary", "item")

    def homes(self, links: pl.DataFrame) -> pl.DataFrame:
        """``code`` of each unit of ``links`` and the territory of each of HOMES that holds most of its residents."""
        units = links.select("code").unique().sort("code")
        people = self.communes.select("code", people=pl.col("population").fill_null(0.0))
        for level in HOMES:
            placed = self.links(level).sort("commune", "share", "code").unique("commune", keep="last")
            known = people.join(placed.select(code="commune", home="code"), on="code")
            mine = links.select(code="commune", parent="code", share="share")
            found = main_parent(mine, known, "home").select(code="parent", **{level: "home"})
            units = units.join(found, on="code", how="left", maintain_order="left")
        return units


def read_ground(version: Version) -> Ground:
    """The ground of a version; without measures' statements where it holds none."""
    membership = version.read("membership")
    people = totals(version.read("population").filter(level=BASE_LEVEL)).select("code", "population")
    own = membership.filter(child_level=BASE_LEVEL).select(code="child_code").unique().sort("code")
    communes = own.join(people, on="code", how="left", maintain_order="left")
    return Ground(version, membership, communes, version.read("measure_event"))
