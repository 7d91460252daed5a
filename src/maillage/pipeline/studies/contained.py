"""Outcomes that contain the treatment: by definition, or because nothing but the treatment moves them."""

from __future__ import annotations

import numpy as np

from maillage.catalog.parameters import load_parameters
from maillage.evaluation.panel import FloatArray, IntArray
from maillage.evaluation.protocol import Protocol
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.words import indicator_words, measure_words
from maillage.text import Text

REMEDY = Text(
    "Choisir un résultat que la mesure peut changer sans en faire partie : recours, délais, patients sans médecin.",
    "Choose an outcome that the measure may change without being part of it: use, waiting times, patients without a "
    "family doctor.",
)


def check_contained(protocol: Protocol, said: Said) -> None:
    """Refuse an outcome in which the measure itself is counted (parameters ``evaluation``, ``contains_…``)."""
    entry = load_parameters("evaluation").get(f"contains_{protocol.treatment.measure}")
    if entry is None or protocol.outcome.indicator not in entry.value["indicators"]:
        return
    name, measure = indicator_words(protocol.outcome.indicator), measure_words(protocol.treatment.measure)
    said.refuse(
        "outcome_contains_treatment",
        Text(
            f"Le résultat {name.fr} contient la mesure {measure.fr} : {entry.value['fr']}.",
            f"The outcome {name.en} contains the measure {measure.en}: {entry.value['en']}.",
        ),
        REMEDY,
    )


def check_moved_only(outcome: FloatArray, cohort: IntArray, years: IntArray, said: Said) -> None:
    """Refuse an outcome (n, T) that is one same value wherever there is no treatment, and another where there is.

    ``cohort`` (n) is 0 for never. With fewer than two untreated cells nothing is said.
    """
    treated = (cohort[:, None] > 0) & (years[None, :] >= cohort[:, None])
    free, moved = outcome[~treated], outcome[treated]
    if free.size < 2 or not moved.size or not np.isfinite(outcome).all():
        return
    if np.ptp(free) == 0 and (moved != free[0]).any():
        said.refuse(
            "outcome_contains_treatment",
            Text(
                f"Le résultat vaut {free[0]:g} partout sans la mesure et ne bouge qu’avec elle : il la contient.",
                f"The outcome is {free[0]:g} everywhere without the measure and moves with it only: it contains it.",
            ),
            REMEDY,
        )
