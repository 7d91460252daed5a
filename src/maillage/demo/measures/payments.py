"""Simulated payments: what the schedules give to the simulated beneficiaries, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.demo.measures.common import measured
from maillage.demo.places import Floats
from maillage.measures.schedule import CPTS, aid_due, assistants_schedule

_CITED = "Simulé : barème appliqué à un registre simulé"
_CNAM = "ASSURANCE_MALADIE"
_PAYMENT = ("dispositif", "payeur", "beneficiaire", "nature", "niveau", "code", "annee", "montant_eur", "fiabilite")


def payment_table(tables: Mapping[str, pl.DataFrame], rng: np.random.Generator) -> pl.DataFrame:
    """Every payment of the years drawn, from the simulated registers (by identifier of layout)."""
    parts = [
        _assistants(tables["assistants_medicaux"]),
        *_communities(tables["cpts"]),
        _installation(tables["contrats_installation"]),
        *_maisons(tables["msp"], rng),
    ]
    rows = pl.concat([part.select(_PAYMENT) for part in parts])
    kept = rows.filter(pl.col("annee").is_in(measured("payment_years"))).sort(_PAYMENT)
    identifier = pl.format("P-SIM-{}", pl.row_index() + 1)
    return kept.select(
        identifier.alias("id_paiement"),
        "dispositif",
        "payeur",
        "beneficiaire",
        "nature",
        pl.lit(None, pl.String).alias("profession"),
        "niveau",
        "code",
        "annee",
        pl.col("montant_eur").round(2),
        "fiabilite",
        pl.lit(_CITED).alias("source"),
    )


def _paid(rows: pl.DataFrame, measure: str | pl.Expr, payer: str, kind: str, sure: str = "OBSERVE") -> pl.DataFrame:
    """Payments from ``beneficiaire, niveau, code, annee, montant_eur``."""
    named = pl.lit(measure) if isinstance(measure, str) else measure
    return rows.with_columns(
        dispositif=named, payeur=pl.lit(payer), nature=pl.lit(kind), fiabilite=pl.lit(sure)
    ).filter(pl.col("montant_eur") > 0)


def _by_year(rows: pl.DataFrame, amounts: Sequence[float], *, lasts: bool) -> pl.DataFrame:
    """A row for each year of a contract, paid in the civil year in which that year begins.

    ``lasts`` goes on with the last amount. ``rows`` has ``beneficiaire, date_signature, code_commune``.
    """
    first = pl.col("date_signature").dt.year()
    years = max(measured("payment_years"))
    reach = pl.int_ranges(first, years + 1) if lasts else pl.int_ranges(first, first + len(amounts))
    rank = (pl.col("annee") - first).clip(0, len(amounts) - 1)
    paid = rows.with_columns(annee=reach).explode("annee", empty_as_null=False)
    return paid.with_columns(
        niveau=pl.lit("COMMUNE"),
        code=pl.col("code_commune"),
        montant_eur=rank.replace_strict(dict(enumerate(map(float, amounts))), return_dtype=pl.Float64),
    )


def _assistants(register: pl.DataFrame) -> pl.DataFrame:
    """The aid due by day of contract, under the schedule in force."""
    held = register.select(
        beneficiary="id_contrat_assistant", start="date_signature", end="date_fin", fte="quotite", code="code_commune"
    )
    due = aid_due(held, assistants_schedule(), measured("payment_years")).join(
        held.select("beneficiary", "code"), on="beneficiary"
    )
    named = due.select(
        "code",
        beneficiaire="beneficiary",
        niveau=pl.lit("COMMUNE"),
        annee=pl.col("year").cast(pl.Int64),
        montant_eur="amount_eur",
    )
    return _paid(named, "assistants_medicaux", _CNAM, "aide")


def _communities(register: pl.DataFrame) -> list[pl.DataFrame]:
    """Running costs by size and missions since the agreement, the first year by days; help from the ARS to start."""
    aid = load_parameters(CPTS)
    scale = {size: float(aid[f"running_size_{size}_eur"].value) for size in "1234"}
    signed = register.drop_nulls("date_signature_aci").with_columns(
        running=pl.col("taille").replace_strict(scale, return_dtype=pl.Float64)
    )
    missions = (
        float(aid["mean_aid_2022_eur"].value) / float(signed.select(pl.col("running").mean()).item() or 1.0) - 1.0
    )
    first = pl.col("date_signature_aci").dt.year()
    part = pl.when(pl.col("annee") > first).then(1.0).otherwise(1 - pl.col("date_signature_aci").dt.ordinal_day() / 366)
    years = signed.with_columns(annee=pl.int_ranges(first, max(measured("payment_years")) + 1))
    due = years.explode("annee", empty_as_null=False).with_columns(montant_eur=pl.col("running") * part)
    started = register.drop_nulls("date_lettre_intention").with_columns(
        annee=pl.col("date_lettre_intention").dt.year(), montant_eur=pl.lit(float(measured("cpts_start")))
    )
    return [
        _paid(_of_cpts(due), "cpts", _CNAM, "fonctionnement"),
        _paid(_of_cpts(due.with_columns(pl.col("montant_eur") * missions)), "cpts", _CNAM, "missions"),
        _paid(_of_cpts(started), "cpts", "ARS", "demarrage"),
    ]


def _of_cpts(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col("annee").cast(pl.Int64), beneficiaire="id_cpts", niveau=pl.lit("CPTS"), code=pl.col("id_cpts")
    )


def _installation(register: pl.DataFrame) -> pl.DataFrame:
    rows = register.with_columns(beneficiaire="id_contrat_installation")
    parts = [
        _by_year(rows.filter(pl.col("type_contrat") == kind.upper()), amounts, lasts=False)
        for kind, amounts in measured("installation_aid").items()
    ]
    return _paid(pl.concat(parts), pl.col("type_contrat").str.to_lowercase(), _CNAM, "aide")


def _maisons(register: pl.DataFrame, rng: np.random.Generator) -> list[pl.DataFrame]:
    """The agreement each year, more or less about the published mean; the communes' part in the buildings."""
    rows = register.with_columns(beneficiaire="id_msp", around=pl.Series(_around_one(register.height, rng)))
    signed = rows.drop_nulls("date_signature_accord").with_columns(date_signature="date_signature_accord")
    yearly = _by_year(signed, [float(measured("msp_mean"))], lasts=True)
    building = measured("msp_building")
    helped = rows.filter(pl.Series(rng.random(register.height) < building["share"])).with_columns(
        date_signature="date_ouverture"
    )
    opened = _by_year(helped, [1.0], lasts=False)
    share = pl.col("around") / pl.col("around").sum().over("annee")
    return [
        _paid(yearly.with_columns(pl.col("montant_eur") * pl.col("around")), "msp", _CNAM, "fonctionnement"),
        _paid(
            opened.with_columns(montant_eur=share * building["total"]), "msp", "COMMUNE", "investissement", "SUPPOSE"
        ),
    ]


def _around_one(count: int, rng: np.random.Generator) -> Floats:
    return np.asarray(np.clip(rng.gamma(16.0, 1 / 16.0, count), 0.4, 2.0), dtype=np.float64)
