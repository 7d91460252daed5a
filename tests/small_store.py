"""A store of a dozen communes written by hand: two départements, every level, alerts, origins, tiles.

Communes are squares of 0.1 degree in three rows of four: the two on the left of each row lie in the Ardennes (08), the
two on the right in the Marne (51). Some words are hostile on purpose: pages and exports must neutralise them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from shapely import MultiPolygon, box, to_wkb, union_all
from shapely.geometry.base import BaseGeometry

from maillage.catalog.store import Version, open_draft, publish
from maillage.catalog.table import Table
from maillage.catalog.tables import (
    ALERT,
    MEASURE_EVENT,
    MEMBERSHIP,
    OBSERVATION,
    ORIGIN,
    PAYMENT,
    POPULATION,
    POSTCODE,
    QUARANTINE,
    SHAPE,
    SOURCE_FILE,
    TERRITORY,
)
from maillage.pipeline.alert_life import record_alerts
from maillage.pipeline.tiles import build_tiles

SIDE = 0.1
NAMES = (
    ("08001", "Acy-Romance"),
    ("08002", "Saint-Étienne-à-Arnes"),
    ("51001", "L'Épine"),
    ("51002", "Œuilly"),
    ("08003", "Sainte-Vaubourg"),
    ("08004", "=2+3 <b>Hostile</b>"),
    ("51003", "Saint-Étienne-au-Temple"),
    ("51004", "Reims"),
    ("08005", "Rethel"),
    ("08006", "Vouziers"),
    ("51005", "Sedan-sur-Marne"),
    ("51006", "Les Istres-et-Bury"),
)
POPULATIONS = dict(zip([c for c, _ in NAMES], range(100, 1300, 100), strict=True)) | {"51004": 180_000}
# One commune has no value, as in the published file.
APL_2022 = {code: None if code == "08006" else round(0.8 + 0.35 * rank, 2) for rank, (code, _) in enumerate(NAMES)}
UPPER: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("epci", "200000001", "CC du Rethélois", ("08001", "08003", "08005")),
    ("epci", "200000002", "CC de l'Argonne", ("08002", "08004", "08006")),
    ("epci", "200000003", "CU du Grand Reims", ("51001", "51002", "51003", "51004", "51005", "51006")),
    ("bassin_vie", "08005", "Rethel", ("08001", "08002", "08003", "08004", "08005", "08006")),
    ("bassin_vie", "51004", "Reims", ("51001", "51002", "51003", "51004", "51005", "51006")),
    ("cpts", "08-cpts-du-vouzinois", "CPTS du Vouzinois", ("08002", "08004")),
    ("departement", "08", "Ardennes", tuple(c for c, _ in NAMES if c.startswith("08"))),
    ("departement", "51", "Marne", tuple(c for c, _ in NAMES if c.startswith("51"))),
    ("region", "44", "Grand Est", tuple(c for c, _ in NAMES)),
    ("france", "FRA", "France", tuple(c for c, _ in NAMES)),
)


# A district of the first commune.
IRIS = "080010000"


def square(rank: int) -> BaseGeometry:
    """The outline of the commune of a rank."""
    west, south = 4.0 + SIDE * (rank % 4), 49.0 + SIDE * (rank // 4)
    return MultiPolygon([box(west, south, west + SIDE, south + SIDE)])


OUTLINES = {code: square(rank) for rank, (code, _) in enumerate(NAMES)}


def tables() -> dict[str, tuple[Table, pl.DataFrame]]:
    """Every table that the observatory reads."""
    return {
        "territory": _frame(TERRITORY, _territories()),
        "membership": _frame(MEMBERSHIP, _memberships()),
        "postcode": _frame(POSTCODE, [{"postcode": f"{c[:2]}{i % 2}00", "code": c} for i, (c, _) in enumerate(NAMES)]),
        "shape": _frame(SHAPE, _shapes()),
        "population": _frame(POPULATION, _population()),
        "observation": _frame(OBSERVATION, list(_observations())),
        "origin": _frame(ORIGIN, _origins()),
        "alert": _frame(ALERT, _alerts()),
        "source_file": _frame(SOURCE_FILE, _files()),
        "quarantine": _frame(QUARANTINE, _quarantine()),
        "measure_event": _frame(MEASURE_EVENT, _events()),
        "payment": _frame(PAYMENT, _payments()),
    }


def build_store(store: Path) -> Version:
    """Publish the small store."""
    made = tables()
    with open_draft(store) as draft:
        for table, frame in made.values():
            draft.write(table, frame)
        build_tiles(made["shape"][1], made["territory"][1], draft.folder / "tiles")
        version = publish(draft, store, {"simulated": True})
    record_alerts(store, version.read("alert"), date(2026, 5, 3))
    return version


def _frame(table: Table, rows: Iterable[Mapping[str, Any]]) -> tuple[Table, pl.DataFrame]:
    return table, pl.DataFrame(list(rows), schema=table.schema)


def _territories() -> list[dict[str, Any]]:
    communes = [("commune", code, name, (code,)) for code, name in NAMES]
    rows = []
    for level, code, name, inside in (*communes, *UPPER):
        centre = union_all([OUTLINES[c] for c in inside]).centroid
        departements = {c[:2] for c in inside}
        rows.append(
            {
                "code": code,
                "level": level,
                "name": name,
                "millesime": 2025,
                "code_departement": departements.pop() if len(departements) == 1 and level != "france" else None,
                "code_region": None if level == "france" else "44",
                "longitude": centre.x,
                "latitude": centre.y,
                "simulated": False,
            }
        )
    district = {**rows[0], "code": IRIS, "level": "iris", "name": f"{rows[0]['name']} (0000)"}
    return [*rows, district]


def _memberships() -> list[dict[str, Any]]:
    return [
        {
            "child_code": commune,
            "child_level": "iris" if level == "commune" else "commune",
            "parent_code": code,
            "parent_level": level,
            "millesime": 2025,
            "share": 0.5 if commune == "08004" and level == "cpts" else 1.0,
            "simulated": False,
        }
        for level, code, _, inside in (*UPPER, ("commune", NAMES[0][0], "", (IRIS,)))
        for commune in inside
    ]


def _shapes() -> list[dict[str, Any]]:
    rows = [("commune", code, OUTLINES[code]) for code, _ in NAMES]
    rows += [(level, code, union_all([OUTLINES[c] for c in inside])) for level, code, _, inside in UPPER]
    return [{"code": code, "level": level, "geometry_wkb": to_wkb(shape)} for level, code, shape in rows]


def _population() -> list[dict[str, Any]]:
    return [
        {"code": c, "level": "commune", "year": 2021, "sex": "all", "age_band": "all", "population": float(p)}
        for c, p in POPULATIONS.items()
    ] + [
        {"code": IRIS, "level": "iris", "year": 2021, "sex": "all", "age_band": band, "population": people}
        for band, people in (("0-19", 25.0), ("20-64", 50.0), ("65+", 25.0))
    ]


def _observations() -> Iterable[dict[str, Any]]:
    for period, shift in (("2021", 0.4), ("2022", 0.0)):
        values = {c: None if v is None else round(v + shift, 2) for c, v in APL_2022.items()}
        yield from _at_every_level("apl_mg", period, values, f"drees:{period}")
        if period == "2022":
            yield from _at_every_level("apl_mg_65", period, values, f"drees:{period}")
    minutes = {code: float(2 * rank) for rank, (code, _) in enumerate(NAMES)}
    yield from _at_every_level("minutes_mg", "2024", minutes, "access:2024")
    zones = {code: 100.0 if rank < 5 else 0.0 for rank, (code, _) in enumerate(NAMES)}
    yield from _at_every_level("part_zip", "2025", zones, "zoning:2025")
    yield from _at_every_level("population", "2021", {c: float(p) for c, p in POPULATIONS.items()}, "census:2021")


def _at_every_level(
    indicator: str, period: str, values: Mapping[str, float | None], origin: str
) -> Iterable[dict[str, Any]]:
    for code, value in values.items():
        yield _observation(indicator, "commune", code, period, value, origin)
    for level, code, _, inside in UPPER:
        known = [(v, POPULATIONS[c]) for c in inside if (v := values[c]) is not None]
        mean = sum(v * p for v, p in known) / sum(p for _, p in known)
        yield _observation(indicator, level, code, period, round(mean, 3), origin)


def _observation(
    indicator: str, level: str, code: str, period: str, value: float | None, origin: str
) -> dict[str, Any]:
    bounds = (value * 0.9, value * 1.1) if value is not None and indicator == "minutes_mg" else (None, None)
    return {
        "indicator": indicator,
        "code": code,
        "level": level,
        "period": period,
        "slice": "",
        "value": value,
        "low": bounds[0],
        "high": bounds[1],
        "numerator": None,
        "denominator": None,
        "status": "missing" if value is None else "published",
        "origin": origin,
    }


def _origins() -> list[dict[str, Any]]:
    words = (
        ("drees:2021", "drees_apl", "DREES, APL 2021", "DREES, APL 2021", False),
        ("drees:2022", "drees_apl_2022", "DREES, APL 2022", "DREES, APL 2022", False),
        ("access:2024", "access", "Calcul de Maillage, 2024", "Computed by Maillage, 2024", True),
        ("zoning:2025", "ars_zonage", "ARS, zonage 2025", "ARS, zoning 2025", False),
        ("census:2021", "insee_iris_population", "INSEE, recensement 2021", "INSEE, census 2021", False),
    )
    return [
        {
            "origin": origin,
            "source": source,
            "label_fr": fr,
            "label_en": en,
            "warning_fr": "Une valeur manque." if origin == "drees:2022" else "",
            "warning_en": "One value is missing." if origin == "drees:2022" else "",
            "simulated": simulated,
        }
        for origin, source, fr, en, simulated in words
    ]


def _alerts() -> list[dict[str, Any]]:
    raised = (("bassin_vie", "08005", 3), ("departement", "08", 2), ("commune", "08001", 1), ("commune", "08004", 3))
    return [
        {
            "rule": "apl_mg_65_sous_dense",
            "indicator": "apl_mg",
            "code": code,
            "level": level,
            "period": "2022",
            "degree": degree,
            "since": "2021",
            "trend": "worsening",
            "stability": 0.98,
            "value": 1.2,
            "reference": 2.5,
            "reason_fr": "1,2 consultation par an et par habitant, sous le seuil de 2,5 <i>.",
            "reason_en": "1.2 consultations a year per inhabitant, under the threshold of 2.5 <i>.",
            "simulated": False,
        }
        for level, code, degree in raised
    ]


def _files() -> list[dict[str, Any]]:
    return [
        {
            "source": source,
            "file": file,
            "sha256": "ab" * 32,
            "size_bytes": 1000,
            "vintage": vintage,
            "rows_in": 13,
            "rows_out": 12,
            "rows_quarantined": 1,
            "simulated": simulated,
        }
        for source, file, vintage, simulated in (
            ("drees_apl", "APL_mg_2021.xlsx", "2021", False),
            ("insee_bpe", "<script>alert(1)</script>.csv", "2024", True),
        )
    ]


def _quarantine() -> list[dict[str, Any]]:
    reason = "several rows of this key contradict each other: keep the right one"
    return [
        {
            "source": "drees_apl",
            "file": "APL_mg_2021.xlsx",
            "line": 7,
            "field": "code_commune",
            "found": "08004 / 2021",
            "reason": reason,
        }
    ]


# Two CPTS: one signs in 2022 and holds a commune whole and half of another, the other claims the same half and more.
VOUZINOIS, NEIGHBOUR = "08-cpts-du-vouzinois", "08-cpts-voisine"
KNOWN = date(2024, 6, 30)


def _events() -> list[dict[str, Any]]:
    told = (
        ("cpts", VOUZINOIS, "name", "", date(2020, 1, 1), "CPTS du Vouzinois"),
        ("cpts", VOUZINOIS, "status", "", date(2020, 1, 1), "letter_of_intent"),
        ("cpts", VOUZINOIS, "status", "", date(2022, 2, 1), "aci_signed"),
        ("cpts", VOUZINOIS, "perimeter", "08002", date(2020, 1, 1), "1"),
        ("cpts", VOUZINOIS, "perimeter", "08004", date(2020, 1, 1), "0.5"),
        ("cpts", VOUZINOIS, "mission", "acces_soins", date(2022, 2, 1), "active"),
        ("cpts", NEIGHBOUR, "name", "", date(2021, 3, 1), "CPTS <b>voisine</b>"),
        ("cpts", NEIGHBOUR, "status", "", date(2021, 3, 1), "pre_project"),
        ("cpts", NEIGHBOUR, "status", "", date(2023, 5, 1), "aci_signed"),
        ("cpts", NEIGHBOUR, "perimeter", "08004", date(2021, 3, 1), "0.5"),
        ("assistants_medicaux", "AM-1", "status", "", date(2021, 5, 3), "signed"),
        ("assistants_medicaux", "AM-1", "place", "", date(2021, 5, 3), "51004"),
        ("assistants_medicaux", "AM-1", "zone_at_signature", "", date(2021, 5, 3), "ZIP"),
        ("assistants_medicaux", "AM-1", "specialty", "", date(2021, 5, 3), "mg"),
        ("assistants_medicaux", "AM-1", "fte", "", date(2021, 5, 3), "0.5"),
    )
    names = ("measure", "beneficiary", "attribute", "item", "event_date", "content")
    shared = {"known_date": KNOWN, "source": "register", "reliability": "observed", "simulated": True}
    rows = [{**dict(zip(names, row, strict=True)), **shared} for row in told]
    return sorted(rows, key=lambda row: tuple(str(row[name]) for name in MEASURE_EVENT.key))


def _payments() -> list[dict[str, Any]]:
    told = (
        ("P-1", "cpts", "assurance_maladie", VOUZINOIS, "fonctionnement", "cpts", VOUZINOIS, 2022, 50_000.0),
        ("P-2", "cpts", "ars", VOUZINOIS, "demarrage", "cpts", VOUZINOIS, 2022, 20_000.0),
        ("P-3", "assistants_medicaux", "assurance_maladie", "AM-1", "aide", "commune", "51004", 2022, 18_000.0),
        ("P-4", "assistants_medicaux", "assurance_maladie", "AM-1", "aide", "commune", "51004", 2023, 10_500.0),
    )
    names = ("payment_id", "measure", "payer", "beneficiary", "payment_kind", "level", "code", "year", "amount_eur")
    shared = {
        "profession": None,
        "reliability": "observed",
        "known_date": KNOWN,
        "source": "paiements",
        "citation": "By hand",
        "simulated": True,
    }
    return [{**dict(zip(names, row, strict=True)), **shared} for row in told]
