"""Events of measures for tests, stated in few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from maillage.catalog.tables import MEASURE_EVENT

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
