"""What an evaluation recovers of the effects planted in the demonstration, which no reader of its files sees."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.catalog.store import Version, open_version
from maillage.demo.write import truth_folder
from maillage.errors import ArrayInputError, NotFoundError
from maillage.evaluation.aggregate import aggregate
from maillage.evaluation.checks import question_of
from maillage.evaluation.group_time import GroupTime
from maillage.evaluation.heterogeneity import by_group
from maillage.evaluation.panel import FloatArray, Panel
from maillage.evaluation.protocol import parse_protocol
from maillage.evaluation.staggered import Estimates, estimate
from maillage.evaluation.study import Study
from maillage.pipeline.protocols import example
from maillage.pipeline.studies.build import build_study
from maillage.territory.levels import BASE_LEVEL
from maillage.territory.people import totals
from maillage.text import Text

TRUTH = {
    "demo_cpts_passages": "cpts_demo",
    "demo_assistants_psmt": "assistants_demo",
    "demo_temoin_passages": "temoin_demo",
}
ACCESS = "access"


@dataclass(frozen=True, slots=True)
class Recovered:
    """One thing that was planted, and what the evaluation found of it, in the unit of the outcome.

    ``within``: the interval at 95 % holds what was planted (the simultaneous band, for ``delay``); ``told``: it leaves
    out zero.
    """

    protocol: str
    what: Text
    key: str
    planted: float
    found: float
    low: float
    high: float

    @property
    def within(self) -> bool:
        """Whether the interval holds what was planted."""
        return self.low <= self.planted <= self.high

    @property
    def told(self) -> bool:
        """Whether an effect is told from none."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted: ``measures`` as they were drawn, and ``effects`` of communes by year and indicator."""

    measures: dict[str, Any]
    effects: pl.DataFrame


def recover_all(store: Path) -> list[Recovered]:
    """What the protocols of the demonstration recover on a store, in the order of TRUTH.

    Raises NotFoundError for a store that is no demonstration with records, StoreError where there is none, and
    ArrayInputError, with its refusals, for a protocol that cannot be answered.
    """
    version = open_version(store)
    truth = read_truth(truth_folder(store / "demo"))
    found: list[Recovered] = []
    for name in TRUTH:
        study = build_study(parse_protocol(example(name), where=name), version, Path())
        if study.refusals:
            reasons = " ".join(each.words.en for each in study.refusals)
            raise ArrayInputError(
                f"The protocol {name} of the demonstration cannot be answered: {reasons}",
                hint="Draw more records: `maillage run --demo --events 4e6`.",
            )
        planted = felt(study, truth, residents(version, study.protocol.population.level))
        found += recovered(study, estimate(study), planted)
    return found


def read_truth(folder: Path) -> Truth:
    """The truth told beside the files of a demonstration; raises NotFoundError where there is none."""
    told, effects = folder / "truth.json", folder / "effects.parquet"
    missing = [path.name for path in (told, effects) if not path.is_file()]
    if missing:
        raise NotFoundError(
            f"There is no truth to compare with in {folder}: {' and '.join(missing)} missing.",
            hint="Build a demonstration with records: `maillage run --demo --events 4e6`.",
            fr=f"Il n’y a pas de vérité à laquelle comparer dans {folder}. Construire une démonstration avec des"
            " relevés : `maillage run --demo --events 4e6`.",
        )
    measures = json.loads(told.read_text("utf-8"))["measures"]
    return Truth({each["id"]: each for each in measures}, pl.read_parquet(effects))


def felt(study: Study, truth: Truth, links: pl.DataFrame) -> FloatArray:
    """What the planted measures add to the outcome of each unit and period (n, T) of a study's panel.

    ``links``: ``commune, code, people``, the residents of a unit in each commune; units are means over residents.
    Zero for a measure planted without effect. Raises ArrayInputError for a study without a panel.
    """
    panel = _panel(study)
    protocol = study.protocol
    if truth.measures[TRUTH[protocol.id]]["decoy"]:
        return np.zeros(panel.outcome.shape)
    mine = truth.effects.filter(pl.col("indicator") == protocol.outcome.indicator)
    rows = links.join(mine, left_on="commune", right_on="code_commune")
    total = pl.col("people").sum()
    means = rows.group_by("code", "year").agg(effect=(pl.col("people") * pl.col("effect")).sum() / total)
    wide = np.zeros(panel.outcome.shape)
    at = {str(unit): row for row, unit in enumerate(panel.units)}
    when = {int(period): column for column, period in enumerate(panel.periods)}
    for code, year, effect in means.iter_rows():
        if code in at and year in when and effect is not None:
            wide[at[code], when[year]] = effect
    return wide


def recovered(study: Study, estimates: Estimates, planted: FloatArray) -> list[Recovered]:
    """What ``estimates`` found of the effects ``planted`` (n, T) in the units of a study, by the same averages."""
    panel = _panel(study)
    kept = np.isin(panel.units, estimates.panel.units)
    true = _true_cells(estimates.cells, estimates.panel, planted[kept])
    head, asked = estimates.headline, study.protocol
    whole, spilled = aggregate(true, asked.estimand.over, longest=asked.estimand.longest).overall, 0.0
    if estimates.spillover is not None:
        whole, spilled = _reached(estimates, panel, planted)
    found = [
        Recovered(asked.id, Text("Effet moyen", "Mean effect"), "", whole, head.att, head.low, head.high),
        *_by_delay(asked.id, estimates, true, asked.estimand.longest),
    ]
    if estimates.spillover is not None:
        part = estimates.spillover.spilled
        label = Text("Débordement chez les voisins", "Spillover on neighbours")
        found.append(Recovered(asked.id, label, "", spilled, part.att, part.low, part.high))
    if "heterogeneity" in asked.sensitivity.checks:
        found += _by_access(study, estimates, planted)
    return found


def _true_cells(cells: GroupTime, panel: Panel, planted: FloatArray) -> GroupTime:
    """The cells of an estimate with the planted effect in the place of what was estimated."""
    weight = panel.weight[:, 0] if cells.comparison.weighted else np.ones(panel.units.size)
    column = np.searchsorted(panel.periods, cells.period)
    att = [
        np.average(planted[panel.cohort == g, at], weights=weight[panel.cohort == g])
        for g, at in zip(cells.cohort, column, strict=True)
    ]
    return replace(cells, att=np.asarray(att))


def _by_delay(protocol: str, estimates: Estimates, true: GroupTime, longest: int | None) -> list[Recovered]:
    """Each time since treatment, against the simultaneous band."""
    event, band = estimates.event, estimates.event_band
    planted = aggregate(true, "event", longest=longest)
    label = Text("Années depuis l’entrée", "Years since entry")
    return [
        Recovered(
            protocol,
            label,
            str(int(time)),
            float(planted.att[at]),
            float(event.att[at]),
            float(band.all_lower[at]),
            float(band.all_upper[at]),
        )
        for at, time in enumerate(event.at)
        if time >= 0
    ]


def _by_access(study: Study, estimates: Estimates, planted: FloatArray) -> list[Recovered]:
    """The effect where access is low and where it is not; groups of which nothing can be told are left out."""
    panel = estimates.panel
    kept = np.isin(_panel(study).units, panel.units)
    labels, asked = study.groups[ACCESS][kept], study.protocol
    lines = by_group(panel, labels, question_of(study, estimates)).lines
    label = Text("Selon l’accès", "By access")
    return [
        Recovered(asked.id, label, line.key, _true_within(estimates, labels == line.key, planted[kept]), *told)
        for line in lines
        if np.isfinite(told := (line.att, line.low, line.high)).all()
    ]


def _true_within(estimates: Estimates, inside: NDArray[np.bool_], planted: FloatArray) -> float:
    """The planted effect on the treated units that are ``inside``, by cohorts as the estimate averages them."""
    panel, weighted = estimates.panel, estimates.comparison.weighted
    weight = np.where(inside & (panel.cohort > 0), panel.weight[:, 0] if weighted else 1.0, 0.0)
    total, whole = 0.0, 0.0
    for g in panel.cohorts.tolist():
        own = weight * (panel.cohort == g)
        if own.sum() > 0:
            total += float(own @ planted[:, panel.periods >= g].mean(axis=1))
            whole += float(own.sum())
    return total / whole


def _reached(estimates: Estimates, panel: Panel, planted: FloatArray) -> tuple[float, float]:
    """The planted effect on units while treated, and while exposed and untreated, as a spillover averages them."""
    reach, spillover = estimates.exposure, estimates.spillover
    if reach is None or spillover is None:
        raise ArrayInputError("No spillover was estimated.")
    treated = (panel.cohort[:, None] > 0) & (panel.cohort[:, None] <= panel.periods)
    own = np.where(panel.cohort > 0, panel.cohort - estimates.comparison.anticipation, np.iinfo(np.int64).max)
    exposed = (reach.onset[:, None] > 0) & (reach.onset[:, None] <= panel.periods) & (panel.periods < own[:, None])
    weight = panel.weight[:, :1] if estimates.comparison.weighted else np.ones((panel.units.size, 1))
    known = weight * spillover.units[:, None]
    direct, spilled = (np.average(planted, weights=known * here) for here in (treated, exposed))
    return float(direct), float(spilled)


def _panel(study: Study) -> Panel:
    if study.panel is None:
        raise ArrayInputError("A study without a panel cannot be compared with the truth.", hint="See its refusals.")
    return study.panel


def residents(version: Version, level: str) -> pl.DataFrame:
    """``commune, code, people``: the residents that each territory of a level takes of each commune."""
    people = totals(version.read("population").filter(level=BASE_LEVEL)).select("code", people="population")
    if level == BASE_LEVEL:
        return people.select(pl.col("code").alias("commune"), "code", "people")
    inside = version.read("membership").filter(child_level=BASE_LEVEL, parent_level=level)
    rows = inside.join(people, left_on="child_code", right_on="code")
    return rows.select(commune="child_code", code="parent_code", people=pl.col("people") * pl.col("share"))
