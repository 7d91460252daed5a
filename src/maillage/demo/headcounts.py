"""Simulated self-employed professionals by département, in the layout of the Cnam."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from maillage.demo.groups import totals
from maillage.demo.parameters import PROFESSIONS, target
from maillage.demo.places import Floats, Ints, Places

# The producer's professions: the figure of demo_targets.toml, and the profession whose places they follow.
DRAWN = {
    "Médecins généralistes (hors médecins à expertise particulière - MEP)": ("cnam_mg_hors_mep", "mg"),
    "Médecins généralistes à expertise particulière (MEP)": ("cnam_mg_mep", "mg"),
    "Infirmiers": ("cnam_inf", "inf"),
    "Masseurs-kinésithérapeutes": ("cnam_mk", "mk"),
    "Sages-femmes": ("cnam_sf", "sf"),
    "Chirurgiens-dentistes (hors spécialistes d'orthopédie dento-faciale - ODF)": ("cnam_cd_hors_odf", "cd"),
    "Chirurgiens-dentistes spécialistes d'orthopédie dento-faciale (ODF)": ("cnam_cd_odf", "cd"),
}
SUMS = {
    "Ensemble des médecins généralistes": tuple(name for name in DRAWN if name.startswith("Médecins")),
    "Ensemble des chirurgiens-dentistes": tuple(name for name in DRAWN if name.startswith("Chirurgiens")),
}


def draw_headcounts(
    places: Places, counts: Mapping[str, Ints], scale: float, names: Mapping[str, str], rng: np.random.Generator
) -> pl.DataFrame:
    """Rows by profession and département, then the totals of régions and of France, as the producer mixes them.

    Departmental numbers are multinomial on the drawn counts of the communes; ``scale`` is the part of France drawn;
    ``names`` gives the name of each code, ``R`` before those of régions.
    """
    departements, where = np.unique(places.departement.astype(str), return_inverse=True)
    drawn: dict[str, Ints] = {}
    for profession, (figure, follows) in DRAWN.items():
        share = totals(where, counts[PROFESSIONS[follows]])
        drawn[profession] = rng.multinomial(round(scale * target(figure)), share / share.sum())
    for profession, parts in SUMS.items():
        drawn[profession] = np.sum([drawn[part] for part in parts], axis=0)
    inhabitants = totals(where, places.inhabitants)
    regions = places.region[np.unique(where, return_index=True)[1]].astype(str)
    women = _women_of_age(places, where, int(drawn["Sages-femmes"].sum()))
    frames = [
        _rows(profession, heads, women if profession == "Sages-femmes" else inhabitants, departements, regions)
        for profession, heads in sorted(drawn.items())
    ]
    return _laid_out(pl.concat(frames), names)


def _women_of_age(places: Places, where: Ints, midwives: int) -> Floats:
    """The base of the density of midwives: adults under 65, at the level that gives the published density."""
    adults = totals(where, places.population[:, 1])
    return np.asarray(adults * midwives / target("cnam_sf_density") * 1e5 / adults.sum(), dtype=np.float64)


def _rows(profession: str, heads: Ints, base: Floats, departements: np.ndarray, regions: np.ndarray) -> pl.DataFrame:
    rows = pl.DataFrame(
        {
            "profession_sante": profession,
            "region": regions,
            "departement": departements,
            "effectif": heads,
            "base": base,
        }
    )
    total = pl.lit("999").alias("departement")
    sums = (pl.col("effectif").sum(), pl.col("base").sum())
    of_region = rows.group_by("profession_sante", "region", maintain_order=True).agg(*sums).with_columns(total)
    of_france = rows.group_by("profession_sante").agg(*sums).with_columns(total, pl.lit("99").alias("region"))
    parts = [part.select(rows.columns) for part in (rows, of_region.sort("region"), of_france)]
    return pl.concat(parts)


def _laid_out(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    france = pl.col("region") == "99"
    region_name = (pl.lit("R") + pl.col("region")).replace_strict(dict(names), default="")
    departement_name = pl.col("departement").replace_strict(dict(names), default="Tout département")
    return rows.select(
        pl.lit("2024").alias("annee"),
        "profession_sante",
        "region",
        pl.when(france).then(pl.lit("FRANCE")).otherwise(region_name).alias("libelle_region"),
        "departement",
        pl.when(france).then(pl.lit("FRANCE")).otherwise(departement_name).alias("libelle_departement"),
        pl.lit("tout_age").alias("classe_age"),
        pl.lit("Tout âge").alias("libelle_classe_age"),
        pl.lit("tout sexe").alias("libelle_sexe"),
        "effectif",
        (1e5 * pl.col("effectif") / pl.col("base")).round(1).alias("densite"),
        pl.lit("oui").alias("vision_generale_all"),
        pl.lit("oui").alias("vision_generale_prescriptions"),
        pl.lit("oui").alias("vision_profession_territoire"),
    )
