"""The levels of territory: their names in two languages, their order, what lies within what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maillage.errors import UsageError
from maillage.text import Lang, Text

COUNTRY = "FRA"
BASE_LEVEL = "commune"
Gender = Literal["m", "f"]


@dataclass(frozen=True, slots=True)
class Level:
    """A level of territory.

    ``within`` are the levels of which each territory lies whole inside one; an inter-municipal group may straddle
    two départements, so its département is only the one that holds most of its population. ``partial`` levels may
    leave holes, overlap or take part of a commune. ``drawn`` levels have a layer of their own on the map.
    """

    id: str
    singular: Text
    plural: Text
    gender: Gender
    within: tuple[str, ...] = ()
    partial: bool = False
    drawn: bool = True

    def name(self, lang: Lang, *, count: int = 1) -> str:
        """The word that suits ``count`` territories; French says 0 commune and 1 commune, English 0 communes."""
        alone = count in (0, 1) if lang == "fr" else count == 1
        return (self.singular if alone else self.plural)[lang]

    def one(self, lang: Lang) -> str:
        """With the indefinite article: ``une commune``, ``un EPCI``, ``an inter-municipal group``."""
        word = self.singular[lang]
        if lang == "en":
            return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
        return f"{'une' if self.gender == 'f' else 'un'} {word}"

    def the(self, lang: Lang) -> str:
        """With the definite article: ``la commune``, ``l'EPCI``, ``le bassin de vie``."""
        word = self.singular[lang]
        if lang == "en":
            return f"the {word}"
        if self._elided:
            return f"l’{word}"
        return f"{'la' if self.gender == 'f' else 'le'} {word}"

    def of_the(self, lang: Lang) -> str:
        """With the preposition: ``de la commune``, ``de l'EPCI``, ``du bassin de vie``."""
        if lang == "en":
            return f"of {self.the(lang)}"
        return f"du {self.singular.fr}" if self.gender == "m" and not self._elided else f"de {self.the(lang)}"

    @property
    def _elided(self) -> bool:
        return self.singular.fr[0].lower() in "aeiouyéèêh"


_ALL = (
    Level(
        "iris",
        Text("IRIS", "IRIS"),
        Text("IRIS", "IRIS"),
        "m",
        within=("commune", "ville", "departement", "region", "france"),
        drawn=False,
    ),
    Level(
        "commune",
        Text("commune", "commune"),
        Text("communes", "communes"),
        "f",
        within=("departement", "region", "france"),
    ),
    Level(
        "ville",
        Text("ville à arrondissements", "city with arrondissements"),
        Text("villes à arrondissements", "cities with arrondissements"),
        "f",
        within=("departement", "region", "france"),
        partial=True,
        drawn=False,
    ),
    Level(
        "epci",
        Text("EPCI", "inter-municipal group (EPCI)"),
        Text("EPCI", "inter-municipal groups (EPCI)"),
        "m",
        within=("france",),
        partial=True,
    ),
    Level(
        "bassin_vie",
        Text("bassin de vie", "living area (bassin de vie)"),
        Text("bassins de vie", "living areas (bassins de vie)"),
        "m",
        within=("france",),
    ),
    Level(
        "cpts",
        Text("CPTS", "health community (CPTS)"),
        Text("CPTS", "health communities (CPTS)"),
        "f",
        within=("france",),
        partial=True,
    ),
    Level(
        "departement",
        Text("département", "département"),
        Text("départements", "départements"),
        "m",
        within=("region", "france"),
    ),
    Level("region", Text("région", "region"), Text("régions", "regions"), "f", within=("france",)),
    Level("france", Text("France", "France"), Text("France", "France"), "f", drawn=False),
)

LEVELS: dict[str, Level] = {level.id: level for level in _ALL}
UPPER_LEVELS: tuple[str, ...] = tuple(level.id for level in _ALL if level.id not in ("iris", BASE_LEVEL))
DRAWN_LEVELS: tuple[str, ...] = tuple(level.id for level in _ALL if level.drawn)


def find_level(name: str) -> Level:
    """The level called ``name``; raises UsageError that lists the known ones."""
    if name not in LEVELS:
        raise UsageError(f"A level is one of {', '.join(LEVELS)}, found {name!r}.")
    return LEVELS[name]


def order(name: str) -> int:
    """The rank of a level, the smallest territories first."""
    return list(LEVELS).index(find_level(name).id)
