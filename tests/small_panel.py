"""A small country with CPTS that sign in turn, for studies: its tables as a version of a store, and protocols on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import shapely

from maillage.catalog.store import Version
from maillage.catalog.table import Table
from maillage.catalog.tables import TABLES
from maillage.evaluation.protocol import Protocol, parse_protocol
from tests.measure_events import Said, stated
from tests.protocol_texts import TEXT

YEARS = (2019, 2020, 2021, 2022, 2023)
# Eight CPTS of three communes; the first four are of the département 01, the others of 02.
CPTS = tuple(f"c{rank}" for rank in range(8))
COMMUNES: Mapping[str, str] = {
    f"{1 + rank // 4:02d}{rank}{place:02d}": f"c{rank}" for rank in range(8) for place in range(3)
}
SIGNED = {"c0": "2021-03-01", "c1": "2021-06-30", "c4": "2022-02-01", "c5": "2022-11-05"}


def statements(signed: Mapping[str, str] = SIGNED) -> list[Said]:
    """The life and perimeter of each CPTS: a letter in 2018, and an agreement for those that sign."""
    told: list[Said] = []
    for who in CPTS:
        told.append((who, "status", "", "2018-05-01", "letter_of_intent"))
        if who in signed:
            told.append((who, "status", "", signed[who], "aci_signed"))
        told += [(who, "perimeter", code, "2018-05-01", "1") for code, home in COMMUNES.items() if home == who]
    return told


def version(folder: Path, **tables: pl.DataFrame) -> Version:
    """The small country as a version of a store; ``tables`` take the place of the usual ones."""
    (folder / "tables").mkdir(parents=True)
    made = {"measure_event": stated(statements()), **_country(), **tables}
    for table in TABLES:
        frame = made.get(table.name, table.empty())
        frame.write_parquet(folder / "tables" / f"{table.name}.parquet")
    return Version(folder, {})


def protocol(**changes: Mapping[str, Any]) -> Protocol:
    """The short protocol on observations 2019 to 2023, with some choices changed, by part."""
    whole = parse_protocol(TEXT).model_dump()
    whole["outcome"] |= {"last": 2023, "source": "observations"}
    for part, values in changes.items():
        whole[part] = {**(whole.get(part) or {}), **values} if isinstance(values, Mapping) else values
    return Protocol.model_validate({**whole, "text": TEXT})


def observations(
    indicator: str = "part_ccmu1", years: Sequence[int] = YEARS, *, level: str = "cpts", codes: Iterable[str] = CPTS
) -> pl.DataFrame:
    """Rows of OBSERVATION: a level for each unit, a common trend, and one point less from signature on."""
    rows = []
    for rank, code in enumerate(codes):
        for year in years:
            treated = code in SIGNED and year >= int(SIGNED[code][:4])
            value = 15 + 0.3 * rank + 0.1 * (year - years[0]) - (1.0 if treated else 0.0)
            told = {"indicator": indicator, "code": code, "level": level, "period": str(year), "slice": ""}
            rows.append(told | {"value": value, "numerator": value * 10, "denominator": 1000.0, "status": "published"})
    return pl.DataFrame(rows, schema=_schema("observation")).with_columns(origin=pl.lit("o"))


def visits(years: Sequence[int] = YEARS) -> pl.DataFrame:
    """Ten emergency visits a commune and year, two of them light, one less from signature on."""
    rows = []
    for at, (code, home) in enumerate(COMMUNES.items()):
        for year in years:
            light = 1 if home in SIGNED and year >= int(SIGNED[home][:4]) else 2
            for number in range(10):
                entry = datetime(year, 1, 1, 12) + timedelta(days=36 * number + at % 30)
                rows.append(
                    {
                        "visit_id": f"{code}-{year}-{number}",
                        "site_id_finess": "010000001",
                        "code": code,
                        "entry_time": entry,
                        "exit_time": entry,
                        "age_years": 30,
                        "ccmu": "1" if number < light else "2",
                    }
                )
        rows.append({**rows[-1], "visit_id": f"{code}-end", "entry_time": datetime(years[-1], 12, 31, 12), "ccmu": "2"})
    return pl.DataFrame(rows, schema=_schema("emergency_visit"))


def _schema(name: str) -> Mapping[str, Any]:
    found: Table = next(table for table in TABLES if table.name == name)
    return found.schema


def _country() -> dict[str, pl.DataFrame]:
    homes = {
        code: {
            "cpts": home,
            "departement": code[:2],
            "region": "84",
            "france": "FRA",
            "epci": f"e{code[:3]}",
            "bassin_vie": f"b{code[:3]}",
        }
        for code, home in COMMUNES.items()
    }
    membership = [
        {
            "child_code": code,
            "child_level": "commune",
            "parent_code": parent,
            "parent_level": level,
            "millesime": 2025,
            "share": 1.0,
            "simulated": False,
        }
        for code, above in homes.items()
        for level, parent in above.items()
    ]
    names = {(level, parent) for above in homes.values() for level, parent in above.items()}
    names |= {("commune", code) for code in COMMUNES}
    territory = [{"code": code, "level": level, "name": f"Nom de {code}", "millesime": 2025} for level, code in names]
    people = [
        {
            "code": code,
            "level": "commune",
            "year": 2021,
            "sex": "all",
            "age_band": "all",
            "population": 100.0 * (1 + rank % 3),
        }
        for rank, code in enumerate(COMMUNES)
    ]
    # A row of squares: each commune touches the next.
    shapes = [
        {
            "code": code,
            "level": "commune",
            "geometry_wkb": shapely.to_wkb(shapely.box(4 + rank, 45, 5 + rank, 46)),
            "area_km2": 10.0,
        }
        for rank, code in enumerate(COMMUNES)
    ]
    files = [{"source": "rpu", "file": "rpu.csv", "sha256": "ab" * 32, "vintage": "2023", "simulated": True}]
    made = {
        "membership": membership,
        "territory": territory,
        "population": people,
        "shape": shapes,
        "source_file": files,
    }
    frames = {name: pl.DataFrame(rows, schema=_schema(name)) for name, rows in made.items()}
    return {**frames, "observation": observations()}


def signed_on(who: str) -> date:
    """The day on which a CPTS signs."""
    return date.fromisoformat(SIGNED[who])
