"""Whether a comparison can be made at all: who is treated, from when, and against whom."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from maillage.evaluation.panel import SMALLEST_COHORT
from maillage.evaluation.protocol import Protocol
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.words import measure_words
from maillage.text import Text

# Designs in which nobody untreated is needed, or where a threshold and no date decides.
ALONE, UNDATED = ("interrupted",), ("discontinuity",)


def check_design(cohorts: pl.DataFrame, early: int, years: Sequence[int], protocol: Protocol, said: Said) -> None:
    """Refuse (all that applies) a panel whose dates allow no comparison.

    ``cohorts`` has ``code, cohort, state, raw`` of the units of the panel, as `cohorts.on_panel` gives them; ``early``
    counts those treated from the first year, left out or not.
    """
    if protocol.design in UNDATED or not years or cohorts.is_empty():
        return
    last = years[-1]
    treated = cohorts.filter(pl.col("state") == "within")
    late = cohorts.filter(pl.col("state").is_in(["later", "about_to"]))
    if treated.is_empty() and not any(r.code in ("no_adoption_dates", "no_start_dates") for r in said.refusals):
        _refuse_none(late, early, years, protocol, said)
    never = cohorts.filter(pl.col("state").is_in(["never", "later"])).height
    dates = treated.get_column("cohort").unique().sort().to_list()
    lone = treated.group_by("cohort").agg(n=pl.len()).filter(pl.col("n") < SMALLEST_COHORT).sort("cohort")
    if lone.height and protocol.design not in ("single", *ALONE):
        _refuse_lone(lone.get_column("cohort").to_list(), said)
    alone = not never and (len(dates) == 1 or protocol.estimator.control == "never_treated")
    if dates and alone and protocol.design not in ALONE:
        _refuse_alone(dates, last, said)


def _refuse_none(late: pl.DataFrame, early: int, years: Sequence[int], protocol: Protocol, said: Said) -> None:
    first, last = years[0], years[-1]
    measure = measure_words(protocol.treatment.measure)
    if late.height:
        begins = min(late.get_column("raw").to_list())
        said.refuse(
            "treatment_after_end",
            Text(
                f"Aucune unité ne commence la mesure {measure.fr} avant la fin des données, {last} ; {late.height} "
                f"commencent plus tard, la première en {begins}.",
                f"No unit begins the measure {measure.en} before the end of the data, {last}; {late.height} begin "
                f"later, the first in {begins}.",
            ),
            Text(
                f"Des années de résultat jusqu’à {begins} au moins, et quelques-unes après.",
                f"Years of outcome up to {begins} at least, and some after.",
            ),
        )
    elif early:
        if protocol.population.incomplete == "refuse":
            return  # refused with the units that lack something
        said.refuse(
            "from_first_period",
            Text(
                f"Les {early} unités traitées le sont dès la première année, {first}, ou avant : rien n’en est connu "
                "sans la mesure.",
                f"The {early} treated units are so from the first year, {first}, or before: nothing is known of them "
                "without the measure.",
            ),
            Text("Des années de résultat plus anciennes.", "Earlier years of outcome."),
        )
    else:
        said.refuse(
            "no_treated",
            Text(
                f"Aucune unité n’est traitée par la mesure {measure.fr} entre {first} et {last}.",
                f"No unit is treated by the measure {measure.en} between {first} and {last}.",
            ),
            Text(
                "Changer de niveau, de seuil (`covered_share`, `minimum`) ou d’années, ou compléter le registre.",
                "Change the level, the threshold (`covered_share`, `minimum`) or the years, or complete the register.",
            ),
        )


def _refuse_lone(cohorts: list[int], said: Said) -> None:
    told = ", ".join(map(str, cohorts))
    said.refuse(
        "cohort_of_one",
        Text(
            f"Une cohorte a au moins {SMALLEST_COHORT} unités ; une seule commence en {told}.",
            f"A cohort has at least {SMALLEST_COHORT} units; only one begins in {told}.",
        ),
        Text(
            'Regrouper des années d’adoption voisines, laisser l’unité de côté, ou choisir `design = "single"` '
            "(contrôle synthétique) pour un seul territoire.",
            'Group neighbouring years of adoption, leave the unit out, or choose `design = "single"` (synthetic '
            "control) for one territory.",
        ),
    )


def _refuse_alone(dates: list[int], last: int, said: Said) -> None:
    if len(dates) == 1:
        words = Text(
            f"Toutes les unités commencent en {dates[0]} : il n’y a aucune comparaison.",
            f"All units begin in {dates[0]}: there is no comparison.",
        )
        later = Text("", "")
    else:
        words = Text(
            f"Toutes les unités commencent avant {last} : aucune n’est jamais traitée, alors que le protocole ne "
            "compare qu’à celles-là.",
            f"All units begin by {last}: none is never treated, and the protocol compares with those only.",
        )
        later = Text(
            ' comparer à celles qui ne l’ont pas encore (`control = "not_yet_treated"`),',
            ' compare with those that do not have it yet (`control = "not_yet_treated"`),',
        )
    said.refuse(
        "no_comparison",
        words,
        Text(
            f"Ajouter des unités sans la mesure,{later.fr} ou prendre une série interrompue "
            '(`design = "interrupted"`), qui répond à une question plus faible.',
            f"Add units without the measure,{later.en} or take an interrupted series "
            '(`design = "interrupted"`), which answers a weaker question.',
        ),
    )
