"""What a score is made of: the places that feed it, as a table and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.access.faults import FloatArray
from maillage.text import Lang, Text, format_number


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """The places that feed one score, greatest contribution first; every array has one entry a place.

    ``contribution`` = ``weight`` × ``ratio``, ``ratio`` = ``supply`` / ``weighted_demand`` (the supply itself where the
    method shares nothing out), and the contributions add up to ``score``.
    """

    score: float
    places: NDArray[np.int32]
    minutes: FloatArray
    weight: FloatArray
    ratio: FloatArray
    contribution: FloatArray
    supply: FloatArray
    weighted_demand: FloatArray


def in_words(found: Contributions, names: Sequence[str] | None = None) -> Text:
    """The score, how many places feed it and how far, and what the first one gives."""
    return Text(_french(found, names), _english(found, names))


def _french(found: Contributions, names: Sequence[str] | None) -> str:
    if found.places.size == 0:
        return "Score nul : aucun lieu doté d'une offre et d'un bassin de demande n'est à portée."
    n = _Numbers(found, "fr")
    places = "d'un seul lieu" if found.places.size == 1 else f"de {found.places.size} lieux"
    first = names[found.places[0]] if names else f"lieu {found.places[0]}"
    return (
        f"Score de {n.score}, venu {places} ({n.distances}). Le premier, {first}, en apporte {n.share}\u202f% :"
        f" à {n.minutes} minutes il pèse {n.weight}, et offre {n.supply} pour une demande pondérée de {n.demand}."
    )


def _english(found: Contributions, names: Sequence[str] | None) -> str:
    if found.places.size == 0:
        return "Score of 0: no place that has supply and demand around it is within reach."
    n = _Numbers(found, "en")
    places = "a single place" if found.places.size == 1 else f"{found.places.size} places"
    first = names[found.places[0]] if names else f"place {found.places[0]}"
    return (
        f"Score of {n.score}, from {places} ({n.distances}). The first, {first}, gives {n.share}% of it:"
        f" at {n.minutes} minutes it weighs {n.weight}, and offers {n.supply} for a weighted demand of {n.demand}."
    )


class _Numbers:
    """The figures of an explanation, written as people of the language do."""

    def __init__(self, found: Contributions, lang: Lang) -> None:
        def write(value: float, decimals: int) -> str:
            return format_number(float(value), decimals, lang)

        near, far = write(found.minutes.min(), 1), write(found.minutes.max(), 1)
        span = {"fr": f"entre {near} et {far} minutes", "en": f"{near} to {far} minutes away"}
        alone = {"fr": f"à {near} minutes", "en": f"{near} minutes away"}
        self.distances = (alone if near == far else span)[lang]
        self.score = write(found.score, 2)
        self.share = write(100 * found.contribution[0] / found.score, 0)
        self.minutes = write(found.minutes[0], 1)
        self.weight = write(found.weight[0], 2)
        self.supply = write(found.supply[0], 1)
        self.demand = write(found.weighted_demand[0], 1)
