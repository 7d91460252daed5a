"""What the store adds to a protocol's own file: where its units are, and the dates that the file lacks."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from maillage.catalog.store import Version
from maillage.evaluation.protocol import Protocol
from maillage.measures.definition import Measure
from maillage.measures.events import heard
from maillage.measures.registry import load_measures
from maillage.pipeline.studies.about import groups
from maillage.pipeline.studies.adoption import beneficiary_dates
from maillage.pipeline.studies.cohorts import first_years
from maillage.pipeline.studies.ground import HOMES, Ground, read_ground
from maillage.pipeline.studies.neighbours import neighbouring
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.stored import adopted
from maillage.pipeline.studies.table import NEVER, Table
from maillage.pipeline.studies.units import Units, find_units
from maillage.text import Text

DOCTOR = "doctor"


def located(table: Table, protocol: Protocol, version: Version | None, said: Said) -> Table:
    """The table with the groups, clusters and names of its territories, and the dates of the register.

    Dates come from the register where the file names no column of cohorts: by territory, or by the pseudonym of the
    doctor who signed. Without a store, nothing is added, and what needs one is refused.
    """
    dated = bool(protocol.file and protocol.file.cohort) or protocol.design == "discontinuity"
    if version is None:
        if not dated:
            _refuse_undated(said)
        _refuse_neighbours(protocol, said)
        return table
    ground = read_ground(version)
    if protocol.population.level == "gp":
        _refuse_neighbours(protocol, said)
        return table if dated else _by_doctor(table, ground, protocol, said)
    units = find_units(ground, protocol, said).keep(table.units.get_column("code"))
    lost = table.units.height - units.rows.height
    if lost:
        said.note(
            f"Unités du fichier qui ne sont pas du magasin, ou pas de `within`, sans groupe ni voisin : {lost}.",
            f"Units of the file that are not of the store, or not of `within`, without group or neighbour: {lost}.",
        )
    if protocol.population.within:
        table = replace(table, units=table.units.join(units.rows, on="code", how="semi", maintain_order="left"))
    return _placed(table, ground, units, protocol, said, dated=dated)


def _placed(table: Table, ground: Ground, units: Units, protocol: Protocol, said: Said, *, dated: bool) -> Table:
    rows, dose = table.units, table.dose
    names = units.rows.select("code", known="name")
    rows = rows.join(names, on="code", how="left", maintain_order="left").with_columns(
        name=pl.coalesce("known", "name")
    )
    if not dated:
        found, dose = adopted(ground, units, protocol, said)
        rows = rows.drop("cohort", "assigned", "cluster").join(
            found.select("code", "cohort", "assigned", "cluster"), on="code", how="left", maintain_order="left"
        )
        rows = rows.with_columns(
            pl.col("cohort").fill_null(NEVER), *(pl.coalesce(c, "code").alias(c) for c in ("assigned", "cluster"))
        )
    elif protocol.inference.cluster in HOMES:
        homes = units.rows.select("code", home=protocol.inference.cluster)
        rows = rows.join(homes, on="code", how="left", maintain_order="left").with_columns(
            cluster=pl.coalesce("home", "cluster")
        )
    about = groups(ground, units, protocol)
    about = table.units.select("code").join(about, on="code", how="left", maintain_order="left")
    return replace(
        table,
        units=rows.select(table.units.columns),
        about=about.join(table.about, on="code", how="left", maintain_order="left"),
        dose=dose if table.dose is None else table.dose,
        pairs=neighbouring(ground, units, protocol, said),
        origins={**table.origins, "store": ground.version.id},
    )


def _by_doctor(table: Table, ground: Ground, protocol: Protocol, said: Said) -> Table:
    measure: Measure | None = load_measures().get(protocol.treatment.measure)
    if measure is None:
        return table
    dates = beneficiary_dates(ground.events, measure, protocol.treatment, said)
    told = heard(ground.told(measure.id).filter(pl.col("attribute") == DOCTOR), None)
    mine = told.select("beneficiary", code="content").unique().join(dates, on="beneficiary")
    since = mine.group_by("code").agg(pl.col("since").min()).sort("code")
    years = first_years(since, protocol, said)
    rows = table.units.drop("cohort").join(years, on="code", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("cohort").fill_null(NEVER)).select(table.units.columns)
    return replace(table, units=rows, origins={**table.origins, "store": ground.version.id})


def _refuse_neighbours(protocol: Protocol, said: Said) -> None:
    """Neighbours are those of territories that the store knows."""
    if protocol.spillover.by != "none":
        said.refuse(
            "no_neighbours",
            Text(
                "Le voisinage des unités du fichier n’est pas connu : ce ne sont pas des territoires d’un magasin.",
                "The neighbourhood of the units of the file is not known: they are no territories of a store.",
            ),
            Text('Écrire `by = "none"`, ou donner un magasin.', 'Write `by = "none"`, or give a store.'),
        )


def _refuse_undated(said: Said) -> None:
    said.refuse(
        "no_adoption_dates",
        Text(
            "Le fichier ne nomme aucune colonne de dates d’adoption et aucun magasin n’est donné, dont le registre les"
            " aurait.",
            "The file names no column of adoption dates and no store is given, whose register would have them.",
        ),
        Text(
            "Nommer dans [file] la colonne `cohort` (première année traitée, 0 pour jamais), ou donner un magasin.",
            "Name the column `cohort` in [file] (first year treated, 0 for never), or give a store.",
        ),
    )
