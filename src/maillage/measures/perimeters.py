"""The communes of a country, and what perimeters hold of them through time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl
from scipy import sparse

from maillage.measures.claims import PERIMETER, share_of
from maillage.measures.events import STATUS, spans
from maillage.territory.aggregate import Ladder
from maillage.territory.levels import BASE_LEVEL, UPPER_LEVELS
from maillage.territory.people import totals

_SPAN = ("beneficiary", "event_date", "until")


@dataclass(frozen=True, slots=True, eq=False)
class Country:
    """The communes (``code, population``, in order), and the territories that they make.

    ``places`` has a row (``code, level``) for each row of ``shares``, the matrix (places × communes) of what each
    takes of a commune. The population is empty where no file gives it.
    """

    communes: pl.DataFrame
    places: pl.DataFrame
    shares: sparse.csr_array

    def within(self, level: str) -> pl.DataFrame:
        """``code, parent, share``: what each territory of a level takes of each commune."""
        rows = self.places.with_row_index("row").filter(level=level)
        taken = self.shares[rows.get_column("row").to_numpy()].tocoo()
        return pl.DataFrame(
            {
                "code": self.communes.get_column("code")[taken.col],
                "parent": rows.get_column("code")[taken.row],
                "share": taken.data,
            }
        ).sort("code", "parent")


def country(membership: pl.DataFrame, population: pl.DataFrame) -> Country:
    """The country of rows of MEMBERSHIP and POPULATION, all ages; made once, it serves every question."""
    ladder = Ladder(membership.filter(child_level=BASE_LEVEL), BASE_LEVEL)
    places, shares = ladder.stack([BASE_LEVEL, *UPPER_LEVELS])
    people = totals(population.filter(level=BASE_LEVEL)).select("code", "population")
    communes = ladder.codes.to_frame().join(people, on="code", how="left", maintain_order="left")
    return Country(communes, places.select("code", "level"), shares)


class Perimeters:
    """The statuses and perimeters of a measure through time, as known on a day: made once, asked for many dates."""

    def __init__(self, events: pl.DataFrame, measure: str, known_on: date | None) -> None:
        told = pl.col("attribute").is_in([STATUS, PERIMETER])
        held = spans(events.filter(pl.col("measure") == measure, told), known_on)
        self._lives = held.filter(pl.col("attribute") == STATUS).select(*_SPAN, "content")
        self._claims = (
            held.filter(pl.col("attribute") == PERIMETER)
            .select(*_SPAN, code="item", share=share_of(pl.col("content")))
            .filter(pl.col("share") > 0)
            .sort("code", "beneficiary", "event_date")
        )

    def members(self, statuses: Collection[str], day: date) -> pl.DataFrame:
        """Who is in one of the statuses on a day: ``beneficiary``."""
        return self._lives.filter(_on(day), pl.col("content").is_in(statuses)).select("beneficiary")

    def claimed(self, statuses: Collection[str], day: date, drawn_on: date) -> pl.DataFrame:
        """What they claim by the perimeters of ``drawn_on``: ``code, beneficiary, share``, in that order."""
        mine = self._claims.filter(_on(drawn_on)).join(
            self.members(statuses, day), on="beneficiary", how="semi", maintain_order="left"
        )
        return mine.select("code", "beneficiary", "share")


def _on(day: date) -> pl.Expr:
    return (pl.col("event_date") <= day) & (pl.col("until").is_null() | (pl.col("until") > day))
