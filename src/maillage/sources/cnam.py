"""Cnam: self-employed professionals by profession and département."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import ASIDE
from maillage.catalog.table import Table
from maillage.sources.layout import Columns, mapped, marks, padded_code
from maillage.sources.source import Source
from maillage.sources.text_cells import read_cells
from maillage.text import Text

# The producer's professions and their identifiers; the five of the APL first.
PROFESSIONS = {
    "Médecins généralistes (hors médecins à expertise particulière - MEP)": "mg",
    "Infirmiers": "inf",
    "Masseurs-kinésithérapeutes": "mk",
    "Sages-femmes": "sf",
    "Chirurgiens-dentistes (hors spécialistes d'orthopédie dento-faciale - ODF)": "cd",
    "Ensemble des médecins": "medecins",
    "Ensemble des médecins généralistes": "mg_ensemble",
    "Médecins généralistes à expertise particulière (MEP)": "mg_mep",
    "Ensemble des médecins spécialistes (hors généralistes)": "specialistes",
    "Ensemble des chirurgiens-dentistes": "cd_ensemble",
    "Chirurgiens-dentistes spécialistes d'orthopédie dento-faciale (ODF)": "cd_odf",
    "Ensemble des auxiliaires médicaux": "auxiliaires",
    "Allergologues": "allergologie",
    "Anesthésistes-réanimateurs": "anesthesie",
    "Autres médecins": "autres_medecins",
    "Cardiologues": "cardiologie",
    "Chirurgiens": "chirurgie",
    "Dermatologues": "dermatologie",
    "Endocrinologues": "endocrinologie",
    "Gynécologues médicaux et obstétriciens": "gynecologie",
    "Hépato-gastro-entérologues": "gastro_enterologie",
    "Médecins nucléaires": "medecine_nucleaire",
    "Médecins pathologistes": "anatomopathologie",
    "Médecins vasculaires": "medecine_vasculaire",
    "Neurologues": "neurologie",
    "Néphrologues": "nephrologie",
    "Ophtalmologues": "ophtalmologie",
    "Orthophonistes": "orthophonie",
    "Orthoptistes": "orthoptie",
    "Oto-rhino-laryngologistes": "orl",
    "Pneumologues": "pneumologie",
    "Psychiatres": "psychiatrie",
    "Pédiatres": "pediatrie",
    "Pédicures-podologues": "podologie",
    "Radiologues": "radiologie",
    "Radiothérapeutes": "radiotherapie",
    "Rhumatologues": "rhumatologie",
    "Stomatologues": "stomatologie",
}
# The code under which the producer writes the totals of régions and of France.
_ALL_DEPARTEMENTS = "999"


def _parse(path: Path) -> pl.DataFrame:
    raw = read_cells(path)
    departement = padded_code("departement", 2)
    total = (pl.col("classe_age") == "tout_age") & (pl.col("libelle_sexe").str.to_lowercase() == "tout sexe")
    aside = [
        pl.when(departement == _ALL_DEPARTEMENTS).then(pl.lit(reasons.LARGER_TOTAL.en)),
        pl.when(~total).then(pl.lit(reasons.PARTIAL_TOTAL.en)),
        pl.when(mapped("profession_sante", PROFESSIONS).is_null()).then(pl.lit(reasons.OTHER_PROFESSION.en)),
    ]
    return raw.select(
        departement.alias("code_departement"),
        pl.col("annee").alias("year"),
        mapped("profession_sante", PROFESSIONS).alias("profession"),
        pl.col("effectif").alias("headcount"),
        pl.col("densite").alias("density_per_100k"),
        *marks(raw),
        pl.coalesce(aside).alias(ASIDE),
    )


CNAM_PROFESSIONALS = Source(
    id="cnam_professionals",
    producer=Text("Cnam", "Cnam"),
    title=Text("Professionnels libéraux : effectifs et densités", "Self-employed professionals: numbers and densities"),
    licence=Text("Open Database License (ODbL)", "Open Database License (ODbL)"),
    address="https://data.ameli.fr/explore/dataset/demographie-effectifs-et-les-densites/",
    layout="Comma-separated, UTF-8 with BOM: year, profession, région, département, age class, sex, headcount, density;"
    " totals of régions and of France are mixed in under the département 999.",
    feeds=("professional_departement",),
    table=Table(
        "cnam_professionals",
        "Self-employed professionals by département, year and profession",
        ("code_departement", "year", "profession", "headcount", "density_per_100k"),
        ("code_departement", "year", "profession"),
        frozenset({"headcount", "density_per_100k"}),
    ),
    vintage="2024",
    geography=0,
    recognise=Columns(("text",), ("annee", "profession_sante", "departement", "classe_age", "effectif", "densite")),
    parse=_parse,
)
SOURCES = (CNAM_PROFESSIONALS,)
