"""Write the simulated registers and payments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from maillage.demo.draw import Drawn
from maillage.demo.events.effects import Adoption
from maillage.demo.files import write_csv
from maillage.demo.measures.common import adoption_of, measured
from maillage.demo.measures.contracts import assistant_table, draw_assistants, installation_table
from maillage.demo.measures.cpts import cpts_table, draw_communities, member_table, mission_table, perimeter_table
from maillage.demo.measures.payments import payment_table
from maillage.demo.measures.structures import msp_table, protocol_table, sas_table
from maillage.demo.origin import Declared
from maillage.text import Text

_STREAM = 505
_CDC = Text("Cour des comptes, mai 2024", "Cour des comptes, May 2024")
MATCHES: Mapping[str, Text] = {
    "cpts": Text(
        f"Au 31 mars 2023, les parts publiées : 427 ACI sur 803 CPTS, 35 en négociation, 155 lettres d’intention, 186"
        f" pré-projets ({_CDC.fr}).",
        f"On 31 March 2023 the published shares: 427 ACI among 803 CPTS, 35 negotiating, 155 letters of intent, 186"
        f" pre-projects ({_CDC.en}).",
    ),
    "cpts_perimetre": Text(
        "Les périmètres simulés ; quelques communes sont partagées ou arrivent après.",
        "The simulated perimeters; a few communes are shared or come later.",
    ),
    "cpts_missions": Text(
        f"Un peu plus d’un tiers des CPTS ont la mission de coopération ({_CDC.fr}).",
        f"A little over a third of the CPTS have the mission of cooperation ({_CDC.en}).",
    ),
    "adhesions": Text(
        f"30 % des professionnels du périmètre, 25 % des adhérents actifs ({_CDC.fr}).",
        f"30 % of the professionals of the perimeter, 25 % of the members active ({_CDC.en}).",
    ),
    "assistants_medicaux": Text(
        "Contrats publiés : 3 545 (octobre 2022, 1 797 en zone sous-dense), 5 355 (février 2024, 3 136), 6 300 (mai"
        " 2024), à 5 % près.",
        "Published contracts: 3 545 (October 2022, 1 797 in under-dense zones), 5 355 (February 2024, 3 136), 6 300"
        " (May 2024), within 5 %.",
    ),
    "contrats_installation": Text(
        f"1 713 CAIM, 2 676 COSCOM, 99 COTRAM et 124 CSTM fin 2020 ({_CDC.fr}).",
        f"1 713 CAIM, 2 676 COSCOM, 99 COTRAM and 124 CSTM at the end of 2020 ({_CDC.en}).",
    ),
    "msp": Text(
        f"2 251 maisons de santé fin 2022, dont 1 755 avec l’ACI ({_CDC.fr}).",
        f"2 251 maisons de santé at the end of 2022, 1 755 of them with the ACI ({_CDC.en}).",
    ),
    "sas": Text(
        f"22 pilotes ({_CDC.fr}), puis un service par département.",
        f"22 pilots ({_CDC.en}), then a service a département.",
    ),
    "protocoles_cooperation": Text(
        "Témoin : un protocole sans aucun effet dans une CPTS sur deux.",
        "A decoy: a protocol without any effect in one CPTS of two.",
    ),
    "paiements": Text(
        "Barèmes publiés appliqués aux registres simulés ; ce que les textes ne donnent pas est une hypothèse"
        " (demo_measures.toml).",
        "Published schedules applied to the simulated registers; what the texts do not give is an assumption"
        " (demo_measures.toml).",
    ),
}


def measure_files() -> dict[str, Declared]:
    """What each simulated register is."""
    return {_name(layout): Declared(layout, words, measured("known_on")) for layout, words in MATCHES.items()}


def write_measures(folder: Path, country: Drawn, adoptions: tuple[Adoption, ...], *, seed: int) -> dict[str, int]:
    """Write the registers and the payments in ``folder``; return the rows of each file.

    The same seed and adoptions write the same bytes: what is planted in event records and what registers tell agree.
    """
    tables = draw_tables(country, adoptions, seed)
    return {_name(layout): write_csv(tables[layout], folder / _name(layout)) for layout in MATCHES}


def draw_tables(country: Drawn, adoptions: tuple[Adoption, ...], seed: int) -> dict[str, pl.DataFrame]:
    """Every register and the payments, by identifier of layout; each table has its own stream of the seed."""
    rngs = {name: np.random.Generator(np.random.PCG64([seed, _STREAM, k])) for k, name in enumerate(MATCHES)}
    communities = draw_communities(country, adoption_of(adoptions, "cpts_demo"), rngs["cpts"])
    assistants = draw_assistants(country, adoption_of(adoptions, "assistants_demo"), rngs["assistants_medicaux"])
    tables = {
        "cpts": cpts_table(communities),
        "cpts_perimetre": perimeter_table(country, communities, rngs["cpts_perimetre"]),
        "cpts_missions": mission_table(communities, rngs["cpts_missions"]),
        "adhesions": member_table(country, communities, rngs["adhesions"]),
        "assistants_medicaux": assistant_table(country, assistants, rngs["assistants_medicaux"]),
        "contrats_installation": installation_table(country, rngs["contrats_installation"]),
        "msp": msp_table(country, rngs["msp"]),
        "sas": sas_table(country, rngs["sas"]),
        "protocoles_cooperation": protocol_table(
            country, adoption_of(adoptions, "temoin_demo"), rngs["protocoles_cooperation"]
        ),
    }
    return {**tables, "paiements": payment_table(tables, rngs["paiements"])}


def _name(layout: str) -> str:
    return f"SIMULE_registre_{layout}.csv"
