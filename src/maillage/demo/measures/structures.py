"""Simulated structures: maisons de santé where the simulated supply has them, access-to-care services, a decoy."""

from __future__ import annotations

import numpy as np
import polars as pl

from maillage.demo.draw import Drawn
from maillage.demo.events.effects import NEVER, Adoption
from maillage.demo.measures.common import Days, along, as_days, codes, day_column, measured, path, texts, within_quarter
from maillage.demo.perimeters import of

MSP = "D113"


def msp_table(country: Drawn, rng: np.random.Generator) -> pl.DataFrame:
    """The maisons de santé of the simulated supply, opened along the published counts; some sign the agreement."""
    counts = country.counts[MSP]
    place = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    whole = path("msp_open")[1][-1]
    opened = along("msp_open", (np.arange(len(place)) + 0.5) / max(len(place), 1) * whole)
    forms = rng.choice(["UN_SITE", "PLUSIEURS_SITES", "HORS_LES_MURS"], len(place), p=[0.7, 0.25, 0.05])
    names = [f"Maison de santé simulée {of(str(name))}" for name in country.places.name[place]]
    return pl.DataFrame(
        {
            "id_msp": codes("MSP", len(place)),
            "nom": texts(names),
            "type_msp": texts(forms),
            "code_commune": texts(country.places.code[place]),
            "date_projet": day_column(opened - rng.integers(300, 1000, len(place)).astype("timedelta64[D]")),
            "date_ouverture": day_column(opened),
            "date_signature_accord": day_column(_agreements(opened, rng)),
            "date_fermeture": pl.Series([None] * len(place), dtype=pl.Date),
        }
    )


def _agreements(opened: Days, rng: np.random.Generator) -> Days:
    """Days of the agreements, in the published numbers: each goes to one that is open by then; ``opened`` is sorted."""
    days, levels = path("msp_agreements")
    wanted = round(levels[-1] / np.interp(days[-1], *path("msp_open")) * np.searchsorted(opened, as_days(days)[-1]))
    signed = np.full(len(opened), np.datetime64("NaT", "D"))
    chosen = np.sort(rng.permutation(int((opened <= as_days(days)[-1]).sum()))[:wanted])
    earliest = np.maximum(opened[chosen], as_days(days)[0]).astype(np.int64)
    signed[chosen] = as_days(earliest + rng.random(len(chosen)) * (days[-1] - earliest + 1))
    return signed


def sas_table(country: Drawn, rng: np.random.Generator) -> pl.DataFrame:
    """One access-to-care service a département, the pilots first."""
    departements = np.unique(country.places.departement.astype(str))
    span = {name: np.datetime64(day).astype(np.int64) for name, day in measured("sas_dates").items()}
    order = rng.permutation(len(departements))
    pilot = order < round(country.scale * measured("sas_pilots"))
    begins = as_days(rng.integers(span["pilot_first"], span["pilot_last"] + 1, len(departements)))
    begins[~pilot] = np.datetime64("NaT")
    opened = as_days(rng.integers(span["open_first"], span["open_last"] + 1, len(departements)))
    empty = pl.Series([None] * len(departements), dtype=pl.Date)
    return pl.DataFrame(
        {
            "id_sas": texts([f"SAS-SIM-{code}" for code in departements]),
            "nom": texts([f"SAS simulé ({code})" for code in departements]),
            "departement": texts(departements),
            "date_projet": empty,
            "date_pilote": day_column(begins),
            "date_mise_en_service": day_column(opened),
            "date_fermeture": empty,
        }
    )


def protocol_table(country: Drawn, adoption: Adoption, rng: np.random.Generator) -> pl.DataFrame:
    """The decoy: a protocol without any effect in the chief commune of each CPTS that takes it, from its quarter on."""
    unit = adoption.unit.astype(str)
    order = np.lexsort((country.places.code.astype(str), -country.places.inhabitants, unit))
    chief = order[np.unique(unit[order], return_index=True)[1]]
    chief = chief[(adoption.start[chief] != NEVER) & (unit[chief] != "")]
    return pl.DataFrame(
        {
            "id_protocole": codes("PC", len(chief)),
            "nom": texts([f"Protocole simulé {of(str(name))}" for name in country.places.name[chief]]),
            "type_protocole": pl.Series([None] * len(chief), dtype=pl.String),
            "code_commune": texts(country.places.code[chief]),
            "date_debut": day_column(within_quarter(adoption.start[chief], rng)),
            "date_fin": pl.Series([None] * len(chief), dtype=pl.Date),
        }
    )
