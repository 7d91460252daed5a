"""What must be protected, from whom, and how far: a dated policy for each source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from maillage.catalog.parameters import load_parameters
from maillage.errors import DefinitionError

Zeros = Literal["published", "withheld"]
Weight = Literal["cells", "log", "value"]
Denominator = Literal["public", "protected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules of primary suppression and the protection that must hold.

    A count from 1 to ``count_min`` − 1 is withheld; a count of 0 is published or withheld as ``zeros`` says; where
    ``unanimity`` is "withheld", a share of none or of all is withheld. An amount is withheld where fewer than
    ``count_min`` contribute or the largest of them holds more than ``dominance_max`` of it.
    ``interval_min`` is the least width of what an attacker may deduce of a withheld count (persons); ``amount_margin``
    the least relative distance to a withheld amount, on both sides, and ``amount_floor`` the least absolute one.
    ``denominator`` says whether denominators are public anyway (a census). ``weight`` is what is lost with a cell.
    Nothing is published at ``levels_withheld``, nor at a level of whose territories that have anybody too many would be
    withheld by themselves: more than ``sparse_max`` and more than ``sparse_number`` of them, or more than
    ``sparse_most`` whatever their number. ``levels_kept`` are not withheld for the sake of others, unless they give a
    small count away whatever else is withheld. ``seconds`` caps the search and the audit together.
    Raises DefinitionError for a rule that protects nothing.
    """

    count_min: int = 11
    zeros: Zeros = "published"
    unanimity: Zeros = "withheld"
    dominance_max: float = 0.85
    interval_min: int = 5
    amount_margin: float = 0.1
    amount_floor: float = 1.0
    denominator: Denominator = "protected"
    weight: Weight = "log"
    levels_withheld: tuple[str, ...] = ()
    levels_kept: tuple[str, ...] = ()
    sparse_max: float = 1.0
    sparse_number: int = 0
    sparse_most: float = 1.0
    seconds: float = 600.0

    def __post_init__(self) -> None:
        if self.count_min < 2:
            raise DefinitionError(f"A least count to publish is 2 or more, found {self.count_min}.")
        hidden = self.count_min - 1 if self.zeros == "withheld" else self.count_min - 2
        if not 1 <= self.interval_min <= hidden:
            raise DefinitionError(
                f"The width left to an attacker is from 1 to {hidden} with a least count of {self.count_min}, "
                f"found {self.interval_min}."
            )
        if not (0 < self.dominance_max <= 1 and self.amount_margin > 0 and self.amount_floor > 0):
            raise DefinitionError("A dominance is a share above 0 up to 1; margins of amounts are above 0.")


def load_policy(source: str = "") -> Policy:
    """The policy of a source: ``definitions/parameters/disclosure.toml``, an entry ``NAME__SOURCE`` first."""
    entries = load_parameters("disclosure")

    def value(name: str) -> object:
        return entries.get(f"{name}__{source}", entries[name]).value

    rules = ("count_min", "zeros", "unanimity", "dominance_max", "interval_min", "amount_margin", "amount_floor")
    others = ("sparse_max", "sparse_number", "sparse_most", "denominator", "weight", "seconds")
    chosen = {name: value(name) for name in (*rules, *others)}
    levels = {name: tuple(str(level) for level in _list(value(name))) for name in ("levels_withheld", "levels_kept")}
    return Policy(**{**chosen, **levels})  # type: ignore[arg-type]


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise DefinitionError(f"A list of levels was expected in disclosure.toml, found {value!r}.")
    return value


def strictest(policies: Iterable[Policy]) -> Policy:
    """The policy of a figure made from several sources: of each rule, the one that withholds most."""
    every = list(policies)
    if not every:
        raise DefinitionError("A figure to protect should name at least one source.")
    return Policy(
        count_min=max(p.count_min for p in every),
        zeros="withheld" if any(p.zeros == "withheld" for p in every) else "published",
        unanimity="withheld" if any(p.unanimity == "withheld" for p in every) else "published",
        dominance_max=min(p.dominance_max for p in every),
        interval_min=max(p.interval_min for p in every),
        amount_margin=max(p.amount_margin for p in every),
        amount_floor=max(p.amount_floor for p in every),
        denominator="public" if all(p.denominator == "public" for p in every) else "protected",
        weight=every[0].weight,
        sparse_max=min(p.sparse_max for p in every),
        sparse_number=min(p.sparse_number for p in every),
        sparse_most=min(p.sparse_most for p in every),
        levels_kept=tuple(level for level in every[0].levels_kept if all(level in p.levels_kept for p in every)),
        levels_withheld=tuple(sorted({level for p in every for level in p.levels_withheld})),
        seconds=min(p.seconds for p in every),
    )


def public_sources() -> frozenset[str]:
    """Sources whose figures their producer has already published: nothing is left to protect in them."""
    return frozenset(load_parameters("disclosure")["already_published"].value)
