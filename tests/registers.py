"""Small register files in the documented layouts, and what a run makes of them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from maillage.catalog.layout import FileLayout
from maillage.sources.registers.sources import LAYOUTS

BY_ID: dict[str, FileLayout] = {layout.id: layout for layout in LAYOUTS}
CONTRACT = {
    **{"id_contrat_assistant": "A1", "id_medecin": "m1", "code_commune": "08001", "specialite": "mg"},
    **{"zone_signature": "ZIP", "quotite": "0.5", "date_signature": "2021-06-15", "patients_mt_initial": "900"},
}
COMMUNITY = {
    **{"id_cpts": "C1", "nom": "CPTS du Vouzinois", "departement": "08", "date_lettre_intention": "2019-11-04"},
    **{"date_signature_aci": "2021-02-15", "taille": "2"},
}
INSIDE = {"id_cpts": "C1", "code_commune": "08001", "part": "", "date_debut": "2021-02-15", "date_fin": ""}
PAID = {
    **{"id_paiement": "P1", "dispositif": "cpts", "payeur": "ASSURANCE_MALADIE", "niveau": "DEPARTEMENT"},
    **{"code": "08", "annee": "2022", "montant_eur": "12500.50"},
}
ROWS = {"assistants_medicaux": CONTRACT, "cpts": COMMUNITY, "cpts_perimetre": INSIDE, "paiements": PAID}


def write_register(path: Path, layout: str, *rows: dict[str, str], known_on: date | None = None) -> Path:
    """A file of the layout, each row being the usual one with some cells changed; its folder says when it was known."""
    whole = [{**ROWS[layout], **row} for row in rows]
    names = [c.name for c in BY_ID[layout].columns if any(c.name in row for row in whole)]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(names)
        writer.writerows([row.get(name, "") for name in names] for row in whole)
    if known_on:
        (path.parent / "origine.toml").write_text(f"[folder]\nknown_on = {known_on}\n", "utf-8")
    return path
