"""Money against people, in alert or not, and against extra patients; the way from a printed total to the ledger's."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.errors import UsageError
from maillage.measures.ledger import Ledger
from maillage.measures.reference import Reference
from maillage.measures.reference_identity import check_identity
from maillage.measures.schedule import AidSchedule, patients_list_before
from maillage.text import Text

PLACE = ("level", "code")


def per_head(amounts: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Amounts by territory per inhabitant and per inhabitant in alert.

    ``amounts``: ``level``, ``code``, ``amount_eur`` (as ``ledger.totals`` gives them) and any other column;
    ``people``: one row a territory, ``level``, ``code``, ``population``, ``population_in_alert``. Adds both
    populations, ``per_head_eur`` and ``per_head_in_alert_eur``, empty where nobody is counted.
    """
    joined = amounts.join(
        people.select(*PLACE, "population", "population_in_alert"), on=list(PLACE), how="left", maintain_order="left"
    )
    return joined.with_columns(
        _over("population").alias("per_head_eur"), _over("population_in_alert").alias("per_head_in_alert_eur")
    )


def per_extra_patient(amount_eur: float, full_times: float, *, patients_list: float, gain_percent: float) -> float:
    """Euros for one more patient: an amount over the patients that full-time assistants let doctors add.

    ``patients_list`` is a doctor's list before; ``gain_percent`` what one full time adds to it (13 in the report, 10
    in the answer to question 13895), whose base and delay those texts do not give. Raises UsageError unless positive.
    """
    extra = full_times * patients_list * gain_percent / 100
    if extra <= 0:
        raise UsageError(f"An amount per extra patient needs extra patients, found {extra:g}.")
    return amount_eur / extra


@dataclass(frozen=True, slots=True)
class PatientCost:
    """Euros a year for one more patient with a full-time assistant, by year of the contract; what it rests on."""

    gain_percent: float
    patients_list: float
    first_year_eur: float
    later_eur: float
    entries: tuple[str, ...]


# What one full-time assistant is said to add to a doctor's patients: the report, then the answer to question 13895.
_GAINS = ("am_effect_report", "am_effect_answer")


def assistant_costs(reference: Reference, schedule: AidSchedule) -> tuple[PatientCost, ...]:
    """The schedule's aid per extra patient under each published gain, on the parameter's list of patients."""
    patients = patients_list_before()
    found = []
    for name in _GAINS:
        gain = reference.entry(name).value
        first, later = (
            per_extra_patient(aid, 1.0, patients_list=patients, gain_percent=gain)
            for aid in (schedule.year_1_eur, schedule.later_eur)
        )
        found.append(PatientCost(gain, patients, first, later, (name,)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the printed total to the ledger's: what it adds or takes off, and the entries that say so."""

    amount_eur: float
    words: Text
    entries: tuple[str, ...]


# In the order of the annex; each identity's gap is what its rounding or its error added.
_GAPS = ("inst_rounding", "inst_payers", "inst_professions", "coord_cnam", "coord_ars")


def bridge(reference: Reference) -> tuple[Step, ...]:
    """From the 1 055 M€ of tables 5 and 14 to the lines that the annex establishes for 2020, 2021 and 2022.

    The first step is the printed total; the sum of all is what ``consolidate`` counts of the reference's payments of
    those years.
    """
    total, table, year = (reference.entry(n) for n in ("total_table", "emplois_total_table", "emplois_total_2022"))
    school = reference.entry("cesp_ars_2022")
    checks = [check_identity(reference, name) for name in _GAPS]
    return (
        Step(total.value, total.label, (total.id,)),
        *(Step(-(c.difference or 0.0), c.words, c.entries) for c in checks),
        Step(
            year.value - table.value,
            Text(
                "Les emplois de soutien de 2022, au lieu d’une projection pour fin 2024",
                "Support jobs of 2022, instead of a projection for the end of 2024",
            ),
            (table.id, year.id),
        ),
        Step(school.value, school.note, (school.id,)),
    )


def bridged_total(ledger: Ledger, years: tuple[int, ...] = (2020, 2021, 2022)) -> float:
    """The ledger's sum over the years that the report's total mixes."""
    return float(ledger.lines.filter(pl.col("year").is_in(years))["amount_eur"].sum())


def _over(people: str) -> pl.Expr:
    return pl.when(pl.col(people) > 0).then(pl.col("amount_eur") / pl.col(people))
