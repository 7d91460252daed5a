"""Find a territory by name, code or postcode, as people type them."""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

from maillage.web.atlas import Atlas

# Upper levels first among equals: whoever types a région's name wants the région.
_LEVEL_ORDER = {"france": 0, "region": 1, "departement": 2, "ville": 3, "cpts": 5, "epci": 6, "bassin_vie": 7}
_SHORT_FORMS = {"st": "saint", "ste": "sainte", "sts": "saints"}
_LIGATURES = str.maketrans({"’": " ", "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
LIMIT_MAX = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A territory found, and the postcode that led to it if any."""

    level: str
    code: str
    name: str
    departement: str | None
    population: float
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Sorted words of names, each with the rank of its territory in ``hits`` (best first)."""

    hits: tuple[Hit, ...]
    folded: tuple[str, ...]
    words: tuple[tuple[str, int], ...]
    codes: dict[str, tuple[int, ...]]
    postcodes: dict[str, tuple[str, ...]]

    def find(self, query: str, limit: int = 10) -> list[Hit]:
        """Territories that match, best first: exact name, then its beginning, then a word's; larger places first."""
        wanted = fold(query)
        if not wanted:
            return []
        if re.fullmatch(r"\d{2,5}|2[ab]\d{0,3}|\d{9}", wanted.replace(" ", "")):
            by_number = self._by_number(wanted.replace(" ", "").upper())
            if by_number:
                return by_number[:limit]
        return [self.hits[rank] for rank in self._by_words(wanted)[:limit]]

    def _by_number(self, number: str) -> list[Hit]:
        found = [self.hits[rank] for rank in self.codes.get(number, ())]
        for postcode in sorted(p for p in self.postcodes if p.startswith(number)) if len(number) >= 4 else ():
            for code in self.postcodes[postcode]:
                hit = next((self.hits[r] for r in self.codes.get(code, ()) if self.hits[r].level == "commune"), None)
                if hit is not None:
                    found.append(Hit(hit.level, hit.code, hit.name, hit.departement, hit.population, postcode))
        unique = {(hit.level, hit.code): hit for hit in reversed(found)}
        return sorted(unique.values(), key=lambda hit: (hit.code != number, -hit.population, hit.code))

    def _by_words(self, wanted: str) -> list[int]:
        ranks: set[int] | None = None
        for word in wanted.split():
            matching = self._starting_with(word)
            ranks = matching if ranks is None else ranks & matching
        return sorted(ranks or (), key=lambda rank: (self._closeness(rank, wanted), rank))

    def _starting_with(self, word: str) -> set[int]:
        found, place = set(), bisect_left(self.words, (word, -1))
        while place < len(self.words) and self.words[place][0].startswith(word):
            found.add(self.words[place][1])
            place += 1
        return found

    def _closeness(self, rank: int, wanted: str) -> int:
        name = self.folded[rank]
        bare = re.sub(r"^(?:l|le|la|les) ", "", name)
        if wanted in (name, bare):
            return 0
        return 1 if name.startswith(wanted) or bare.startswith(wanted) else 2


def fold(text: str) -> str:
    """Small letters without accents, hyphens, apostrophes; ``st`` and ``ste`` written in full."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).encode("ascii", "ignore").decode().lower()
    return " ".join(_SHORT_FORMS.get(word, word) for word in re.findall(r"[a-z0-9]+", plain))


def build_index(atlas: Atlas) -> SearchIndex:
    """Index every territory of every level that has a page, larger places first."""
    hits = [
        Hit(level.id, code, name, departement, 0.0 if math.isnan(population) else float(population))
        for level in atlas.levels.values()
        for code, name, departement, population in zip(
            level.codes, level.names, level.departements, level.population, strict=True
        )
    ]
    hits.sort(key=lambda hit: (_LEVEL_ORDER.get(hit.level, 4), -hit.population, hit.code))
    hits.sort(key=lambda hit: -hit.population if _LEVEL_ORDER.get(hit.level, 4) > 3 else float("-inf"))
    folded = tuple(fold(hit.name) for hit in hits)
    codes: dict[str, list[int]] = {}
    for rank, hit in enumerate(hits):
        codes.setdefault(hit.code.upper(), []).append(rank)
    words = sorted({(word, rank) for rank, name in enumerate(folded) for word in name.split()})
    return SearchIndex(
        hits=tuple(hits),
        folded=folded,
        words=tuple(words),
        codes={code: tuple(ranks) for code, ranks in codes.items()},
        postcodes=dict(atlas.postcodes),
    )
