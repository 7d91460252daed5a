"""The tables of the producers, column by column, filled with what was drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from maillage.demo.apl import Apl
from maillage.demo.places import Floats, Ints, Places, Texts

LABEL_FR = {
    "D265": "médecin généraliste",
    "D281": "infirmier",
    "D279": "masseur-kinésithérapeute",
    "D278": "sage-femme",
    "D277": "chirurgien-dentiste",
    "D307": "pharmacie",
    "D106": "urgences",
    "D108": "centre de santé",
    "D113": "maison de santé",
}
_APL_HEADERS = {
    ("mg", 0): "APL aux médecins généralistes (sans borne d'âge)",
    ("mg", 65): "APL aux médecins généralistes de 65 ans et moins",
    ("mg", 62): "APL aux médecins généralistes de 62 ans et moins",
    ("inf", 65): "APL 2021 aux infirmières de 65 ans et moins",
    ("mk", 65): "APL 2021 aux masseuses-kinésithérapeutes de 65 ans et moins",
    ("sf", 0): "APL 2021 aux sages-femmes",
    ("cd", 65): "APL 2021 aux chirurgiens-dentistes de 65 ans et moins",
}
_STANDARDISED = "Population standardisée par la consommation de soins par tranche d'âge"


def apl_workbook(places: Places, apl: Apl) -> pl.DataFrame:
    """DREES' workbook of a profession: empty cells where nothing is known, no name for the arrondissements."""
    known, name = places.censused, np.where(places.arrondissement, "", places.name)
    scores = {_APL_HEADERS[apl.profession, limit]: _decimals(score) for limit, score in apl.by_limit.items()}
    frame = pl.DataFrame(
        {
            "Code commune": _texts(places.code),
            "Libellé de la commune": _texts(name),
            "Population totale": np.where(known, places.inhabitants, np.nan),
            **scores,
            _STANDARDISED: _decimals(np.where(known, apl.standardised, np.nan)),
        }
    ).fill_nan(None)
    return frame.with_columns(pl.col("Population totale").cast(pl.Int64))


def apl_2022(places: Places, scores: Mapping[str, Apl]) -> pl.DataFrame:
    """The derived table of 2022: the censused communes only."""
    columns: dict[str, Texts | Floats | Ints] = {
        "apl_mg": scores["mg"].by_limit[0],
        "apl_mg_65ans": scores["mg"].by_limit[65],
        **{f"apl_{p}": next(iter(scores[p].by_limit.values())) for p in ("inf", "mk", "sf", "cd")},
        **{f"popstd_{p}": scores[p].standardised for p in ("inf", "mk", "sf", "cd")},
    }
    frame = pl.DataFrame({name: np.round(values, 3) for name, values in columns.items()})
    head = pl.DataFrame({"code_commune": _texts(places.code), "annee": np.full(len(places), 2022)})
    return pl.concat([head, frame], how="horizontal").filter(pl.Series(places.censused))


def bpe(places: Places, counts: Mapping[str, Ints]) -> pl.DataFrame:
    """The derived table of the BPE: one row for each commune and equipment it holds."""
    frames = [
        pl.DataFrame(
            {
                "code_commune": _texts(places.code),
                "typequ_bpe2024": code,
                "nombre": count,
                "libelle_du_depot_ATTENTION": f"simulé : {LABEL_FR[code]}",
            }
        )
        for code, count in sorted(counts.items())
    ]
    return pl.concat(frames).filter(pl.col("nombre") > 0).sort("code_commune", "typequ_bpe2024")


def zoning(places: Places, zones: Texts) -> pl.DataFrame:
    """The ARS zoning; the rural revitalisation zoning is not simulated and stays empty."""
    columns = {"code_insee": places.code, "Nom_commune": places.name, "cp": places.postcode, "Zonage": zones}
    return pl.DataFrame({name: _texts(values) for name, values in columns.items()}).with_columns(
        pl.lit("").alias("Zonage_RR")
    )


def cpts(places: Places, names: Texts) -> pl.DataFrame:
    """The CPTS perimeters: the covered communes only, without a remark."""
    columns = {"code_insee": places.code, "nom_commune_cog2026": places.name, "dep": places.departement, "cpts": names}
    frame = pl.DataFrame({name: _texts(values) for name, values in columns.items()})
    return frame.filter(pl.col("cpts") != "").with_columns(pl.lit("").alias("remarque"))


def bassins_de_vie(towns: Places, basin: Texts) -> pl.DataFrame:
    """The bassin de vie of each whole commune; the arrondissement (arr24) is not simulated and stays empty."""
    return pl.DataFrame({"code_insee24": _texts(towns.code), "arr24": "", "bv2022": _texts(basin)})


def _decimals(values: Floats) -> pl.Series:
    return pl.Series(np.round(values, 3))


def _texts(values: Texts) -> pl.Series:
    return pl.Series([str(value) for value in values], dtype=pl.String)
