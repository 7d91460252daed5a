"""What a store says: the register of measures, the payments, the alerts and the observations, on one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from maillage.catalog.store import Version
from maillage.catalog.table import Table
from maillage.catalog.tables import ALERT, MEASURE_EVENT, OBSERVATION, PAYMENT
from maillage.measures.confront import Evidence
from maillage.measures.events import Moment
from maillage.measures.ledger import breakdowns_of, consolidate, members_of
from maillage.measures.perimeters import Country, country
from maillage.measures.reference import Reference
from maillage.report.document import NO_UNIT
from maillage.report.facts import Entry, Fact, counted_in
from maillage.text import Text

TABLES: Mapping[str, Text] = {
    "measure_event": Text("Registre des mesures", "Register of measures"),
    "payment": Text("Versements", "Payments"),
    "alert": Text("Alertes", "Alerts"),
    "observation": Text("Indicateurs", "Indicators"),
    "population": Text("Habitants par commune", "Residents by commune"),
}
STORE = Text("Données chargées dans Maillage", "Data loaded in Maillage")


@dataclass(frozen=True, slots=True)
class Register:
    """A version of a store as known on a day: its evidence, its territories and their names."""

    version: str
    moment: Moment
    place: Country
    evidence: Evidence
    names: Mapping[tuple[str, str], str]
    simulated: bool

    def fact(self, table: str, value: float) -> Fact:
        """A figure counted in a table of the store."""
        return counted_in(self.dataset(table), value)

    def dataset(self, table: str) -> Entry:
        """A table of the store as an entry."""
        return Entry(
            id=f"store/{table}",
            words=TABLES[table],
            value=float("nan"),
            unit=NO_UNIT,
            day=self.moment.true_on,
            known=self.moment.true_on,
            document=STORE,
            place=Text(f"version {self.version}, table {table}", f"version {self.version}, table {table}"),
            simulated=self.simulated,
            dataset=True,
        )


def open_register(version: Version, reference: Reference, day: date) -> Register:
    """What a version of a store knew on a day; tables that it lacks are empty."""
    payments = consolidate(
        _read(version, PAYMENT), breakdowns=breakdowns_of(reference), members=members_of(reference), known_on=day
    )
    evidence = Evidence(
        alert=_read(version, ALERT),
        observation=_read(version, OBSERVATION),
        measure_event=_read(version, MEASURE_EVENT),
        payment=payments.lines,
    )
    territory = version.read("territory").select("level", "code", "name")
    return Register(
        version=version.id,
        moment=Moment(day, day),
        place=country(version.read("membership"), version.read("population")),
        evidence=evidence,
        names={(level, code): name for level, code, name in territory.iter_rows()},
        simulated=bool(version.manifest["simulated"]),
    )


def _read(version: Version, table: Table) -> pl.DataFrame:
    path = version.tables / f"{table.name}.parquet"
    return pl.read_parquet(path) if path.exists() else table.empty()
