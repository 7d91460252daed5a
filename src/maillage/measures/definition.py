"""What a measure is: its statuses, its attributes, who signs it, its legal base, its aid and what it should move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Literal

from maillage.errors import DefinitionError
from maillage.text import Text

Family = Literal["coordination", "support_jobs", "installation", "practice", "hospital", "regulation"]
START = ""

FAMILIES: dict[Family, Text] = {
    "coordination": Text("Exercice coordonné et organisation du territoire", "Coordinated practice and organisation"),
    "support_jobs": Text("Emplois de soutien aux médecins", "Jobs that support doctors"),
    "installation": Text("Installation et maintien", "Settling and staying"),
    "practice": Text("Nouvelles pratiques et délégations", "New practices and delegation"),
    "hospital": Text("Concours de l’hôpital", "Help from hospitals"),
    "regulation": Text("Régulation de la demande", "Regulation of demand"),
}


@dataclass(frozen=True, slots=True)
class Status:
    """A stage in the life of a beneficiary; ``after`` names the statuses it may follow (START: it may come first).

    ``active`` tells whether the measure is at work in it.
    """

    id: str
    label: Text
    after: tuple[str, ...]
    active: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """What else may be stated of a beneficiary.

    ``items`` says what tells several statements apart (a commune, a profession), empty where there is but one, and
    ``item_words`` gives those that are understood. ``allowed`` gives the contents that are understood, by their
    words; both are empty where any is. An attribute with a ``unit`` has numbers from 0 to ``maximum`` as contents.
    """

    id: str
    label: Text
    items: Text | None = None
    unit: Text | None = None
    allowed: Mapping[str, Text] = field(default_factory=dict)
    item_words: Mapping[str, Text] = field(default_factory=dict)
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class LegalBase:
    """A text on which the measure rests, and the day from which it applies."""

    text: Text
    since: date
    citation: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a beneficiary undertakes in return for the aid; ``attribute`` states the level, where it is recorded."""

    id: str
    label: Text
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """An indicator that the measure is expected to move, on which side, and who says so."""

    indicator: str
    side: Literal["up", "down"]
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure, complete by itself.

    ``beneficiary`` says what one is (a CPTS, a contract, a structure). ``statuses`` come in the order of a life.
    ``schedule`` names the file of dated parameters that holds the aid (``definitions/parameters/measures/``), empty
    where no text in hand gives one. ``expectations`` may be empty: the measure then says in ``limits`` what it lacks.

    Raises DefinitionError when a word is missing, a status follows one that is unknown, or none can come first.
    """

    id: str
    name: Text
    short: Text
    family: Family
    beneficiary: Text
    why: Text
    statuses: tuple[Status, ...]
    attributes: tuple[Attribute, ...] = ()
    signers: tuple[Text, ...]
    legal: tuple[LegalBase, ...]
    schedule: str = ""
    commitments: tuple[Commitment, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    limits: Text
    author: str
    reviewer: str
    next_review: date

    def __post_init__(self) -> None:
        blank = [f.name for f in fields(self) if _is_blank(getattr(self, f.name), f.name)]
        if blank:
            raise DefinitionError(f"Measure {self.id!r} lacks {', '.join(blank)}.")
        known = {START, *(s.id for s in self.statuses)}
        astray = sorted({name for s in self.statuses for name in s.after} - known)
        if astray:
            raise DefinitionError(f"Measure {self.id!r}: statuses follow {astray}, which it does not have.")
        if not any(START in s.after for s in self.statuses):
            raise DefinitionError(f"Measure {self.id!r}: one status at least should be able to come first.")

    def status(self, name: str) -> Status:
        """The status called ``name``; raises DefinitionError when there is none."""
        found = next((s for s in self.statuses if s.id == name), None)
        if found is None:
            raise DefinitionError(f"Measure {self.id!r} has no status {name!r}: {[s.id for s in self.statuses]}.")
        return found

    def allows(self, before: str, after: str) -> bool:
        """Whether a beneficiary may go from a status (START for none yet) to another."""
        return before in self.status(after).after

    @property
    def active(self) -> frozenset[str]:
        """The statuses in which the measure is at work."""
        return frozenset(s.id for s in self.statuses if s.active)


def _is_blank(value: object, name: str) -> bool:
    if isinstance(value, Text):
        return not (value.fr.strip() and value.en.strip())
    return name in ("id", "statuses", "signers", "legal", "author", "reviewer") and not value
