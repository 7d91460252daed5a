"""When beneficiaries, then units, begin a measure: from its statements, by the rule of the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import polars as pl

from maillage.evaluation.protocol import Treatment
from maillage.measures.claims import PERIMETER
from maillage.measures.definition import Measure
from maillage.measures.events import STATUS, heard
from maillage.pipeline.studies.ground import Ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.units import CPTS, Units
from maillage.pipeline.studies.words import measure_words
from maillage.text import Text

Route = Literal["own", "perimeter", "place"]

SIGNATURES = frozenset({"signed", "aci_signed", "renewed"})
PLACE, START_TOLD = "place", "fte"
# A commune that several units share counts for those that hold at least half of it.
_HALF = 0.5
_DATES = {"beneficiary": pl.String, "since": pl.Date, "ended": pl.Date}


def route_of(measure: Measure, level: str) -> Route:
    """How dates reach units: a CPTS its own, else through the perimeters of beneficiaries, else through their place."""
    if measure.id == CPTS == level:
        return "own"
    return "perimeter" if any(a.id == PERIMETER for a in measure.attributes) else "place"


def counted_statuses(measure: Measure, treatment: Treatment, said: Said) -> frozenset[str]:
    """The statuses in which a beneficiary counts as treated; empty where the register has no such date, refused.

    A signature is that of an agreement where the measure has one, else its active statuses; an actual start is an
    active status that is no signature.
    """
    if treatment.statuses:
        known = {status.id for status in measure.statuses}
        astray = sorted(set(treatment.statuses) - known)
        if astray:
            said.refuse(
                "unknown_status",
                Text(
                    f"La mesure {measure.id} n’a pas de statut {', '.join(astray)}.",
                    f"The measure {measure.id} has no status {', '.join(astray)}.",
                ),
                Text(f"Ses statuts : {', '.join(sorted(known))}.", f"Its statuses: {', '.join(sorted(known))}."),
            )
        return frozenset(treatment.statuses) & known
    if treatment.date == "signature":
        return measure.active & SIGNATURES or measure.active
    return measure.active - SIGNATURES


def beneficiary_dates(events: pl.DataFrame, measure: Measure, treatment: Treatment, said: Said) -> pl.DataFrame:
    """``beneficiary, since, ended``: the first day that counts, and the first day in a status at work no more.

    Refuses (``no_adoption_dates``, ``no_start_dates``) where the register cannot tell. What is known last holds.
    """
    told = heard(events.filter(pl.col("measure") == measure.id), None)
    statuses = counted_statuses(measure, treatment, said)
    lives = told.filter(pl.col("attribute") == STATUS)
    if lives.is_empty():
        _refuse_dateless(measure, told, said)
        return pl.DataFrame(schema=_DATES)
    if not statuses and not said.refusals:
        since = _told_starts(told, lives, measure, said)
    else:
        since = lives.filter(pl.col("content").is_in(list(statuses)))
    first = since.group_by("beneficiary").agg(since=pl.col("event_date").min()).sort("beneficiary")
    if first.is_empty() and not said.refusals:
        _refuse_dateless(measure, told, said)
    over = lives.join(first, on="beneficiary").filter(
        pl.col("event_date") > pl.col("since"), ~pl.col("content").is_in([*measure.active, *statuses])
    )
    ended = over.group_by("beneficiary").agg(ended=pl.col("event_date").min())
    return first.join(ended, on="beneficiary", how="left", maintain_order="left").select(
        pl.col(c).cast(t) for c, t in _DATES.items()
    )


def _told_starts(told: pl.DataFrame, lives: pl.DataFrame, measure: Measure, said: Said) -> pl.DataFrame:
    """Starts that a contract states apart from its signature: the day from which its share of a full time holds."""
    starts = told.filter(pl.col("attribute") == START_TOLD)
    signed = lives.filter(pl.col("content").is_in(list(SIGNATURES)))
    both = starts.join(signed.group_by("beneficiary").agg(signed=pl.col("event_date").min()), on="beneficiary")
    name = measure_words(measure.id)
    apart = both.filter(pl.col("event_date") > pl.col("signed")).get_column("beneficiary").n_unique()
    if not apart:
        said.refuse(
            "no_start_dates",
            Text(
                f"Le registre de la mesure {name.fr} ne donne que des signatures, aucun début effectif.",
                f"The register of the measure {name.en} gives signatures only, no actual start.",
            ),
            Text(
                'Écrire `date = "signature"` dans le protocole, ou importer un registre qui dit le jour du début.',
                'Write `date = "signature"` in the protocol, or import a register that tells the day of the start.',
            ),
        )
        return starts.clear()
    same = both.get_column("beneficiary").n_unique() - apart
    if same:
        said.note(
            f"Débuts effectifs : contrats qui ne disent que leur signature, qui en tient lieu : {same}.",
            f"Actual starts: contracts that tell their signature only, which stands for it: {same}.",
        )
    return starts


def _refuse_dateless(measure: Measure, told: pl.DataFrame, said: Said) -> None:
    known = told.get_column("beneficiary").n_unique()
    name = measure_words(measure.id)
    fr = f" (bénéficiaires connus, sans date d’entrée : {known})" if known else ""
    en = f" (beneficiaries known, without a date of entry: {known})" if known else ""
    remedy = {
        CPTS: Text(
            "Importer un registre des CPTS (fichiers `cpts` et `cpts_perimetre`) qui donne, CPTS par CPTS, le jour de "
            "signature de l’ACI (`date_signature_aci`) et le périmètre depuis quand.",
            "Import a register of CPTS (files `cpts` and `cpts_perimetre`) that gives, CPTS by CPTS, the day the ACI "
            "was signed (`date_signature_aci`) and the perimeter since when.",
        )
    }.get(
        measure.id,
        Text(
            "Importer un registre de la mesure, qui donne pour chaque bénéficiaire le jour de chaque statut.",
            "Import a register of the measure, which gives the day of each status of each beneficiary.",
        ),
    )
    said.refuse(
        "no_adoption_dates",
        Text(
            f"Le registre ne donne aucune date d’adoption de la mesure {name.fr}{fr}.",
            f"The register gives no adoption date of the measure {name.en}{en}.",
        ),
        remedy,
    )


def unit_dates(
    ground: Ground, units: Units, dates: pl.DataFrame, measure: Measure, treatment: Treatment, years: Sequence[int]
) -> pl.DataFrame:
    """``code, since``: the day from which each unit counts as treated; units that never do are absent.

    A CPTS has its own day. By place, it is the day of the ``minimum``-th beneficiary whose commune lies in the unit. By
    perimeter, it is 31 December of the first of ``years`` when ``covered_share`` of its residents are in perimeters,
    as they are that day, of beneficiaries that have begun.
    """
    route = route_of(measure, units.level)
    if route == "own":
        found = dates.select("since", code="beneficiary")
    elif route == "perimeter":
        found = _by_perimeter(ground, units, dates, measure, treatment.covered_share, years)
    else:
        found = _by_place(ground, units, dates, measure, treatment.minimum)
    mine = units.rows.select("code")
    return mine.join(found, on="code", maintain_order="left").select("code", "since")


def placed(ground: Ground, units: Units, measure: Measure) -> pl.DataFrame:
    """``beneficiary, code``: the units in which the commune last stated of each beneficiary lies."""
    told = heard(ground.events.filter(pl.col("measure") == measure.id, pl.col("attribute") == PLACE), None)
    last = told.sort("beneficiary", "event_date").unique("beneficiary", keep="last", maintain_order=True)
    held = units.links.filter(pl.col("share") >= _HALF).select("commune", "code")
    inside = last.join(held, left_on="content", right_on="commune").select("beneficiary", "code")
    return inside.sort("beneficiary", "code")


def _by_place(ground: Ground, units: Units, dates: pl.DataFrame, measure: Measure, minimum: int) -> pl.DataFrame:
    rows = placed(ground, units, measure).join(dates, on="beneficiary").sort("code", "since", "beneficiary")
    reached = rows.group_by("code", maintain_order=True).agg(since=pl.col("since").get(minimum - 1, null_on_oob=True))
    return reached.drop_nulls("since")


def _by_perimeter(
    ground: Ground, units: Units, dates: pl.DataFrame, measure: Measure, least: float, years: Sequence[int]
) -> pl.DataFrame:
    people = ground.communes.select(commune="code", people=pl.col("population").fill_null(0.0))
    homes = units.links.join(people, on="commune").with_columns(people=pl.col("people") * pl.col("share"))
    held = ground.claimed(measure.id).join(dates, on="beneficiary")
    found = []
    for year in years:
        day = date(year, 12, 31)
        now = held.filter(
            pl.col("since") <= day,
            pl.col("event_date") <= day,
            pl.col("until").is_null() | (pl.col("until") > day),
        )
        claimed = now.group_by(commune="item").agg(claimed=pl.col("share").sum().clip(0, 1))
        covered = homes.join(claimed, on="commune").sort("code", "commune").group_by("code", maintain_order=True)
        found.append(
            covered.agg(covered=(pl.col("people") * pl.col("claimed")).sum()).with_columns(since=pl.lit(day, pl.Date))
        )
    whole = homes.sort("code", "commune").group_by("code", maintain_order=True).agg(whole=pl.col("people").sum())
    rows = pl.concat([pl.DataFrame(schema={"code": pl.String, "covered": pl.Float64, "since": pl.Date}), *found])
    enough = rows.join(whole, on="code").filter(pl.col("covered") >= least * pl.col("whole"), pl.col("whole") > 0)
    return enough.group_by("code").agg(pl.col("since").min()).sort("code")
