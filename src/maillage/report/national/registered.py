"""The sections' parts that a register of measures gives: coverage, members, missions, contracts by zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from maillage.measures.contracts import contracts, tally
from maillage.measures.coverage import DEFINITIONS, coverage
from maillage.measures.membership import ALL, membership_rates, missions, professionals_by_commune
from maillage.measures.registry import load_measures
from maillage.measures.vocabulary import ZONES
from maillage.report.document import Block, Column, Day, Heading, Name, Number, Row, Sentence, Table, say
from maillage.report.national.book import percent
from maillage.report.national.store import Register
from maillage.text import Text

HEAD = Text("Ce que dit le registre", "What the register says")


def covered(register: Register) -> Iterator[Block]:
    """Every definition of coverage side by side, on the register of the store; nothing where it tells no status."""
    lines = _coverage(register)
    if not lines:
        return
    rows = []
    for definition in DEFINITIONS:
        line = lines[definition.id]
        share = percent(register.fact("measure_event", line["share"] or 0.0), 1)
        communes = percent(register.fact("measure_event", line["covered_communes"] / line["communes"]), 1)
        rows.append(Row((definition.label, share, communes)))
    yield Heading(HEAD)
    yield Table(
        id="covered",
        caption=say(
            "Couverture calculée sur le registre au {day}, selon la définition",
            "Coverage computed on the register on {day}, by definition",
            day=Day(register.moment.true_on),
        ),
        columns=(
            Column(Text("Définition", "Definition"), 3),
            Column(Text("Part de la population", "Share of people")),
            Column(Text("Part des communes", "Share of communes")),
        ),
        rows=tuple(rows),
    )


def covered_range(register: Register) -> tuple[Sentence, ...]:
    """The least and the most that the register gives, by definition; empty where it tells no status."""
    shares = [line["share"] or 0.0 for line in _coverage(register).values()]
    if not shares:
        return ()
    low, high = (percent(register.fact("measure_event", found), 1) for found in (min(shares), max(shares)))
    return (
        say(
            "Calculée sur le registre chargé dans Maillage, elle va de {low} à {high} selon la définition.",
            "Computed on the register loaded in Maillage, it goes from {low} to {high} by definition.",
            low=low,
            high=high,
        ),
    )


def _coverage(register: Register) -> dict[str, dict[str, Any]]:
    """The coverage of France by definition, empty where the register tells no status."""
    day, events = register.moment.true_on, register.evidence.measure_event
    found = coverage(events, register.place, [register.moment], now=day, levels=["france"])
    lines = {row["definition"]: row for row in found.iter_rows(named=True)}
    return lines if any(row["covered_communes"] for row in lines.values()) else {}


def joined(register: Register, professional: pl.DataFrame, by_departement: pl.DataFrame) -> Iterator[Block]:
    """Members by profession against the professionals of the perimeters, then the missions; nothing where untold."""
    events, moment = register.evidence.measure_event, register.moment
    people = professionals_by_commune(professional, by_departement, register.place, moment.true_on.year)
    rates = membership_rates(events, people, moment).filter(pl.col("level") == "france", pl.col("members") > 0)
    taken = missions(events, moment).filter(pl.col("status") == ALL, pl.col("told") > 0)
    if rates.height or taken.height:
        yield Heading(HEAD)
    if rates.height:
        yield Table(
            id="joined",
            caption=say(
                "Adhérents des CPTS et professionnels de leur périmètre",
                "Members of CPTS and professionals of their perimeter",
            ),
            columns=(
                Column(Text("Profession", "Profession"), 2),
                Column(Text("Adhérents", "Members")),
                Column(Text("Professionnels", "Professionals")),
                Column(Text("Part", "Share")),
                Column(Text("Dont actifs", "Of whom active")),
            ),
            rows=tuple(_member_row(register, row) for row in rates.iter_rows(named=True)),
        )
    if taken.height:
        yield Table(
            id="missions",
            caption=say("Missions prises par les CPTS qui en déclarent", "Missions taken by the CPTS that declare any"),
            columns=(
                Column(Text("Mission", "Mission"), 3),
                Column(Text("CPTS qui l’ont prise", "CPTS that took it")),
                Column(Text("Part", "Share")),
            ),
            rows=tuple(_mission_row(register, row) for row in taken.iter_rows(named=True)),
        )


def _member_row(register: Register, row: dict[str, Any]) -> Row:
    def told(name: str, scale: float = 1.0) -> Number | None:
        value = row[name]
        if value is None:
            return None
        fact = register.fact("measure_event", value)
        return percent(fact) if scale != 1.0 else Number(fact)

    profession = row["profession"]
    words = _item_words("members", profession) if profession else Text("Ensemble", "All together")
    cells = (words, told("members"), told("professionals"), told("share", 100.0), told("active_share", 100.0))
    return Row(cells, kind="plain" if profession else "total")


def _mission_row(register: Register, row: dict[str, Any]) -> Row:
    share, active = (register.fact("measure_event", row[name] or 0.0) for name in ("share", "active"))
    return Row((_item_words("mission", row["mission"]), Number(active), percent(share)))


def _item_words(attribute: str, item: str) -> Text | Name:
    """The words of a mission or of a profession, its code where it has none."""
    found = next(a for a in load_measures()["cpts"].attributes if a.id == attribute).item_words
    return found.get(item) or Name(Text(item, item))


def zoned(register: Register) -> Iterator[Block]:
    """Contracts of assistants by zone at signature; nothing where none is registered."""
    rows = tally(contracts(register.evidence.measure_event, register.moment), ["zone_at_signature"])
    if not rows.height:
        return
    whole = register.fact("measure_event", float(rows.get_column("signed").sum()))
    lines = []
    for zone, signed, in_force in rows.select("zone_at_signature", "signed", "in_force").iter_rows():
        fact = register.fact("measure_event", float(signed))
        words = ZONES.get(zone or "", Text("non dite", "not told"))
        lines.append(
            Row(
                (
                    words,
                    Number(fact),
                    Number(register.fact("measure_event", float(in_force))),
                    percent(register.fact("measure_event", fact.value / whole.value), 1),
                )
            )
        )
    yield Heading(HEAD)
    yield Table(
        id="zoned",
        caption=say(
            "Contrats d’assistants du registre, selon la zone à la signature",
            "Contracts of assistants in the register, by zone at signature",
        ),
        columns=(
            Column(Text("Zone", "Zone"), 2),
            Column(Text("Signés", "Signed")),
            Column(Text("En cours", "In force")),
            Column(Text("Part des signés", "Share of signed")),
        ),
        rows=tuple(lines),
    )
