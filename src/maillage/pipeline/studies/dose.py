"""How much of the measure each unit has: members, euros, contracts for a GP."""

from __future__ import annotations

from datetime import date

import polars as pl

from maillage.evaluation.protocol import Protocol
from maillage.measures.definition import Measure
from maillage.measures.events import Moment, state
from maillage.pipeline.studies.adoption import placed, route_of
from maillage.pipeline.studies.ground import Ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.units import Units
from maillage.pipeline.studies.words import measure_words
from maillage.text import Text

MEMBERS_FOR = 1000.0


def dose_of(
    ground: Ground, units: Units, measure: Measure, dates: pl.DataFrame, protocol: Protocol, said: Said
) -> pl.DataFrame | None:
    """``code, dose`` of every unit, 0 without the measure; None where the protocol asks for no dose.

    ``members``: members for 1,000 residents, as last told up to the end of the outcome. ``euros``: euros a year for a
    resident, at the prices of the day, over the years in which something was paid. ``contracts_per_gp``: contracts
    begun and not ended at the end of the outcome for a GP of the unit. Refuses (``dose_unknown``) where the register
    does not tell.
    """
    kind = protocol.treatment.dose
    if kind == "none":
        return None
    last = protocol.outcome.last
    if kind == "contracts_per_gp":
        found = _contracts(ground, units, measure, dates, last)
    else:
        found = (_members if kind == "members" else _euros)(ground, units, measure, last)
    if found.is_empty():
        name = measure_words(measure.id)
        said.refuse(
            "dose_unknown",
            Text(
                f"Le magasin ne permet pas de compter la dose « {kind} » de la mesure {name.fr} à ce niveau.",
                f"The store does not allow the dose “{kind}” of the measure {name.en} to be counted at this level.",
            ),
            Text(
                'Importer les adhésions, les paiements ou les contrats, ou écrire `dose = "none"`.',
                'Import members, payments or contracts, or write `dose = "none"`.',
            ),
        )
    _say(kind, said)
    whole = units.rows.select("code").join(found, on="code", how="left", maintain_order="left")
    return whole.select("code", pl.col("dose").fill_null(0.0))


def _say(kind: str, said: Said) -> None:
    words = {
        "members": ("adhérents pour 1 000 habitants", "members for 1,000 residents"),
        "euros": ("euros courants par an et par habitant", "euros a year for a resident, at the prices of the day"),
        "contracts_per_gp": ("contrats en cours par généraliste", "contracts in force for a GP"),
    }[kind]
    said.note(f"La dose est comptée en {words[0]}.", f"The dose is counted in {words[1]}.")


def _members(ground: Ground, units: Units, measure: Measure, last: int) -> pl.DataFrame:
    told = ground.events.filter(pl.col("measure") == measure.id, pl.col("attribute") == "members")
    now = state(told, Moment(date(last, 12, 31)))
    counts = now.select("beneficiary", members=pl.col("content").cast(pl.Float64, strict=False)).drop_nulls()
    if route_of(measure, units.level) == "place":
        counts = counts.join(placed(ground, units, measure), on="beneficiary").drop("beneficiary")
    else:
        counts = counts.rename({"beneficiary": "code"})
    sums = counts.group_by("code").agg(pl.col("members").sum())
    return _for_people(sums.select("code", amount=pl.col("members") * MEMBERS_FOR), units)


def _euros(ground: Ground, units: Units, measure: Measure, last: int) -> pl.DataFrame:
    told = ground.version.read("payment").filter(pl.col("measure") == measure.id)
    latest = told.sort("payment_id", "known_date").unique("payment_id", keep="last", maintain_order=True)
    paid = latest.filter(pl.col("year") <= last, pl.col("amount_eur") != 0)
    direct = paid.filter(pl.col("level") == units.level).select("code", "year", "amount_eur")
    inside = paid.filter(pl.col("level") == "commune", pl.lit(units.level != "commune"))
    held = inside.select("year", "amount_eur", commune="code").join(units.links, on="commune")
    shared = held.select("code", "year", amount_eur=pl.col("amount_eur") * pl.col("share"))
    sums = pl.concat([direct, shared.select(direct.columns)]).sort("code", "year", "amount_eur")
    by_unit = sums.group_by("code", maintain_order=True).agg(
        amount=pl.col("amount_eur").sum() / pl.col("year").n_unique()
    )
    return _for_people(by_unit, units)


def _contracts(ground: Ground, units: Units, measure: Measure, dates: pl.DataFrame, last: int) -> pl.DataFrame:
    day = date(last, 12, 31)
    held = dates.filter(pl.col("since") <= day, pl.col("ended").is_null() | (pl.col("ended") > day))
    counts = placed(ground, units, measure).join(held, on="beneficiary", how="semi").group_by("code").agg(n=pl.len())
    doctors = ground.version.read("professional").filter(pl.col("profession") == "mg")
    year = pl.when(pl.col("year") <= last).then("year").max()
    of_year = doctors.filter(pl.col("year") == pl.coalesce(year, pl.col("year").min()))
    inside = units.links.join(of_year, left_on="commune", right_on="code").sort("code", "commune")
    gps = inside.group_by("code", maintain_order=True).agg(gps=(pl.col("headcount") * pl.col("share")).sum())
    both = counts.join(gps, on="code").filter(pl.col("gps") > 0)
    return both.select("code", dose=pl.col("n") / pl.col("gps"))


def _for_people(amounts: pl.DataFrame, units: Units) -> pl.DataFrame:
    people = units.rows.select("code", "population").filter(pl.col("population") > 0)
    return amounts.join(people, on="code").select("code", dose=pl.col("amount") / pl.col("population"))
