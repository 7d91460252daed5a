"""Events of measures for tests, stated in few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from maillage.catalog.tables import MEASURE_EVENT, MEMBERSHIP, POPULATION
from maillage.measures.perimeters import Country, country

Said = tuple[str, str, str, str, "str | None"]


def stated(rows: Iterable[Said], *, measure: str = "cpts", known: str | None = None) -> pl.DataFrame:
    """Rows of MEASURE_EVENT from ``beneficiary, attribute, item, ISO day, content``; known that day or ``known``."""
    return pl.DataFrame(
        [
            {
                "measure": measure,
                "beneficiary": who,
                "attribute": attribute,
                "item": item,
                "event_date": date.fromisoformat(day),
                "known_date": date.fromisoformat(known or day),
                "content": content,
                "source": "test",
                "reliability": "observed",
                "simulated": False,
            }
            for who, attribute, item, day, content in rows
        ],
        schema=MEASURE_EVENT.schema,
    )


# Four communes of two départements of one région; residents.
COMMUNES = {"08105": 1000.0, "08362": 500.0, "08480": 300.0, "51454": 200.0}


def small_country(people: Mapping[str, float] = COMMUNES) -> Country:
    """The country of ``COMMUNES``: département, région, France."""
    rows = [
        (code, parent, level)
        for code in people
        for parent, level in ((code[:2], "departement"), ("44", "region"), ("FRA", "france"))
    ]
    membership = pl.DataFrame(
        [
            {"child_code": c, "child_level": "commune", "parent_code": p, "parent_level": level}
            | {"millesime": 2025, "share": 1.0, "simulated": False}
            for c, p, level in rows
        ],
        schema=MEMBERSHIP.schema,
    )
    population = pl.DataFrame(
        [
            {"code": code, "level": "commune", "year": 2021, "sex": "all", "age_band": "all", "population": number}
            for code, number in people.items()
        ],
        schema=POPULATION.schema,
    )
    return country(membership, population)
