"""From a protocol to its study: the panel and what goes with it, or every reason why it cannot be answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.catalog.store import Version
from maillage.errors import ArrayInputError, UsageError
from maillage.evaluation.panel import SMALLEST_COHORT, FloatArray, Panel, Rows, UnitFlow, check_cluster, unit_flow
from maillage.evaluation.protocol import Protocol
from maillage.evaluation.study import Study
from maillage.pipeline.studies.cohorts import on_panel
from maillage.pipeline.studies.complete import lacking, settle_lacking
from maillage.pipeline.studies.contained import check_contained, check_moved_only
from maillage.pipeline.studies.covariates import refuse_late
from maillage.pipeline.studies.design import ALONE, UNDATED, check_design
from maillage.pipeline.studies.file import read_file_table
from maillage.pipeline.studies.ground import HOMES
from maillage.pipeline.studies.located import located
from maillage.pipeline.studies.names import check_names
from maillage.pipeline.studies.neighbours import on_units
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.series import check_breaks, coverage, panel_years
from maillage.pipeline.studies.stored import stored_table
from maillage.pipeline.studies.table import NEVER, Table
from maillage.pipeline.studies.words import indicator_words
from maillage.text import Text


def needs_store(protocol: Protocol) -> bool:
    """Whether a protocol reads a store: all but those whose own file says who is treated when, and where they are."""
    if protocol.file is None or not (protocol.file.cohort or protocol.design in UNDATED):
        return True
    placed = protocol.population.within or protocol.spillover.by != "none" or protocol.inference.cluster in HOMES
    return protocol.population.level != "gp" and bool(placed)


def build_study(protocol: Protocol, version: Version | None, folder: Path) -> Study:
    """The study of a protocol on a version of the store, or on its own file, whose path is relative to ``folder``.

    What stands in the way is collected as refusals. Raises UsageError where the protocol needs a store and none is
    given; NotFoundError or UnreadableFileError for a file that is not there or cannot be read.
    """
    said = Said()
    check_names(protocol, said)
    if protocol.file is not None:
        table = located(read_file_table(protocol, folder, said), protocol, version, said)
    elif version is None:
        raise UsageError(
            "This protocol takes its data from a store, and none is given.",
            hint="Name one with --store.",
            fr="Ce protocole prend ses données dans un magasin, et aucun n’est donné. En nommer un avec --store.",
        )
    else:
        table = stored_table(protocol, version, said)
    return _study(protocol, table, said)


def _study(protocol: Protocol, table: Table, said: Said) -> Study:
    years = panel_years(table, protocol, said)
    check_contained(protocol, said)
    if protocol.design in UNDATED:  # whoever entered, and when, the threshold alone decides
        table = replace(table, units=table.units.with_columns(cohort=pl.lit(NEVER, pl.Int64)))
    panel, left_out = _compared(protocol, table, years, said) if years and table.units.height else (None, 0)
    if panel is None and not said.refusals:
        said.refuse("no_units", Text("Il ne reste aucune unité à comparer.", "No unit is left to compare."))
    if said.refusals:
        panel = None
    told = {} if panel is None else _about(table, panel, said)
    return Study(
        protocol=protocol,
        label=table.label,
        unit=table.unit,
        decimals=table.decimals,
        scale=table.scale,
        panel=panel,
        refusals=tuple(said.refusals),
        notes=tuple(said.notes),
        names=dict(table.units.select("code", "name").iter_rows()),
        flow=_flow(table, years),
        coverage=coverage(table, years),
        units=table.units.height,
        left_out=left_out,
        breaks=tuple(said.breaks),
        origins=table.origins,
        simulated=table.simulated,
        **told,
    )


def _compared(protocol: Protocol, table: Table, years: Sequence[int], said: Said) -> tuple[Panel | None, int]:
    """The panel of the units that lack nothing, None where they cannot be compared, and how many are left out."""
    panel = None
    cohorts = on_panel(table.units, years, protocol.estimator.anticipation, said)
    lack = lacking(table, years, cohorts)
    settle_lacking(lack, table, protocol, said)
    kept = _kept(table, lack)
    whole = lack.is_empty() or protocol.population.incomplete == "leave_out"
    dated = cohorts.join(kept, on="code", how="semi", maintain_order="left") if whole and kept.height else cohorts
    check_breaks(protocol, years, dated, said)
    _check_covariates_of_file(protocol, dated, said)
    check_design(dated, cohorts.filter(pl.col("state") == "from_first").height, years, protocol, said)
    if whole and kept.height:
        panel = _panel(protocol, table, kept, dated, years, said)
        _say_lost_neighbours(table, kept, said)
    return panel, table.units.height - kept.height


def _kept(table: Table, lack: pl.DataFrame) -> pl.DataFrame:
    """The units that lack nothing and that the protocol does not leave out."""
    out = [lack.select("code"), *([] if table.apart is None else [table.apart])]
    return table.units.join(pl.concat(out), on="code", how="anti", maintain_order="left")


def _check_covariates_of_file(protocol: Protocol, dated: pl.DataFrame, said: Said) -> None:
    """Refuse covariates of a file that are measured once a unit of the panel is treated; of a store, they were."""
    starts = dated.filter(pl.col("state") == "within").get_column("cohort").to_list()
    for covariate in protocol.estimator.covariates if protocol.file and starts else ():
        year = covariate.period or protocol.outcome.first
        if year >= min(starts):
            refuse_late(covariate.indicator, year, min(starts), said)


def _say_lost_neighbours(table: Table, kept: pl.DataFrame, said: Said) -> None:
    lost = table.units.filter(pl.col("cohort") != NEVER).join(kept, on="code", how="anti").height
    if table.pairs is not None and lost:
        said.note(
            f"Unités traitées et laissées de côté, qui ne comptent pas dans le voisinage des autres : {lost}.",
            f"Treated units that are left out and do not count in the neighbourhood of the others: {lost}.",
        )


def _flow(table: Table, years: Sequence[int]) -> UnitFlow | None:
    there = table.cells.filter(pl.col("value").is_not_null(), pl.col("period").is_in(list(years)))
    mine = there.join(table.units, on="code", how="semi")
    if mine.is_empty():
        return None
    nothing = np.zeros(mine.height)
    return unit_flow(Rows(mine.get_column("code").to_numpy(), mine.get_column("period").to_numpy(), nothing, nothing))


def _panel(
    protocol: Protocol, table: Table, kept: pl.DataFrame, cohorts: pl.DataFrame, years: Sequence[int], said: Said
) -> Panel | None:
    dates = cohorts.select("code", cohort=pl.when(pl.col("state") == "within").then("cohort").otherwise(0))
    rows = (
        table.cells.filter(pl.col("period").is_in(list(years)))
        .join(kept.drop("cohort"), on="code")
        .join(dates, on="code")
        .join(table.constants, on="code", how="left")
        .sort("code", "period")
    )
    columns = {name: rows.get_column(name).to_numpy() for name in ("period", "cohort", "weight", "value")}
    check_moved_only(*_wide(columns["value"], columns["cohort"], years, rows.height), said)
    columns |= {"unit": rows.get_column("code").to_numpy().astype(str), "outcome": columns.pop("value")}
    columns["cluster"] = rows.get_column("cluster").to_numpy().astype(str)
    covariates = {c: rows.get_column(c).to_numpy() for c in table.constants.columns if c != "code"}
    try:
        made = Rows(**columns, covariates=covariates)
        if protocol.design in (*ALONE, *UNDATED):
            panel = Panel.balanced(made)
        else:
            panel = Panel.of(made, smallest_cohort=1 if protocol.design == "single" else SMALLEST_COHORT)
    except ArrayInputError as problem:
        if not said.refusals:
            said.refuse_error("panel", problem)
        return None
    _check_cluster(panel, kept, said)
    return panel


def _check_cluster(panel: Panel, kept: pl.DataFrame, said: Said) -> None:
    """Refuse errors clustered below the level at which dates were decided."""
    try:
        check_cluster(panel, kept.sort("code").get_column("assigned").to_numpy().astype(str))
    except ArrayInputError as problem:
        said.refuse(
            "cluster_below_assignment",
            Text(problem.fr, problem.message),
            Text(
                'Écrire `cluster = "assignment"`, ou un niveau plus large.',
                'Write `cluster = "assignment"`, or a larger level.',
            ),
        )


def _wide(
    value: NDArray[Any], cohort: NDArray[Any], years: Sequence[int], height: int
) -> tuple[FloatArray, NDArray[Any], NDArray[Any]]:
    shape = (height // len(years), len(years))
    return value.reshape(shape), cohort.reshape(shape)[:, 0], np.asarray(years)


def _about(table: Table, panel: Panel, said: Said) -> Mapping[str, Any]:
    """What goes with the panel, in the order of its units."""
    order = pl.DataFrame({"code": panel.units.tolist()}, schema={"code": pl.String})
    about = order.join(table.about, on="code", how="left", maintain_order="left")
    assigned = order.join(table.units.select("code", "assigned"), on="code", maintain_order="left")
    told: dict[str, Any] = {
        "assigned": assigned.get_column("assigned").to_numpy().astype(str),
        "groups": {c: about.get_column(c).fill_null("").to_numpy().astype(str) for c in about.columns if c != "code"},
        "others": _others(table, order, panel, said),
    }
    for name, known in (("dose", table.dose), ("running", table.running)):
        if known is not None:
            found = order.join(known, on="code", how="left", maintain_order="left").get_column(name)
            told[name] = found.fill_null(0.0 if name == "dose" else float("nan")).to_numpy().astype(np.float64)
    if table.pairs is not None:
        told["neighbours"] = on_units(table.pairs, order.get_column("code"))
    volume = _series(table.cells.select("code", "period", value="denominator"), order, panel)
    if np.isfinite(volume).all():
        told |= {"volume": volume, "volume_unit": table.volume_unit}
        told["counts"] = table.counts and bool((volume > 0).all())
    return told


def _others(table: Table, order: pl.DataFrame, panel: Panel, said: Said) -> dict[str, FloatArray]:
    """The other outcomes (n, T) that are known for all units and years; the rest is noted and left out."""
    found = {name: _series(rows, order, panel) for name, rows in table.others.items()}
    for name, values in found.items():
        unknown = int((~np.isfinite(values)).any(axis=1).sum())
        if unknown:
            told = indicator_words(name)
            said.note(
                f"Résultat {told.fr} laissé de côté : unités qui ne l’ont pas toutes les années, {unknown} sur "
                f"{len(values)}.",
                f"Outcome {told.en} left out: units that lack it in some year, {unknown} of {len(values)}.",
            )
    return {name: values for name, values in found.items() if np.isfinite(values).all()}


def _series(rows: pl.DataFrame, order: pl.DataFrame, panel: Panel) -> FloatArray:
    """Another outcome (n, T), NaN where it is not known."""
    grid = order.join(pl.DataFrame({"period": panel.periods}), how="cross")
    found = grid.join(rows, on=["code", "period"], how="left", maintain_order="left").get_column("value")
    return found.fill_null(float("nan")).to_numpy().reshape(panel.outcome.shape).astype(np.float64)
