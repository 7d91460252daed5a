"""A figure and where it comes from: an entry as its source prints it, or arithmetic over named entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from maillage.text import Text

Reliability = Literal["observed", "estimated", "assumed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One figure of a source.

    ``value × scale`` is in ``unit``; ``day`` is what it is about, to its ``precision``, and ``known`` when it was said;
    ``document`` is where it is printed, at ``place``; ``caution`` says what is wrong with it, where something is;
    ``outside`` that it is reported by others than its producer. A ``dataset`` has no value of its own: figures are
    counted in it.
    """

    id: str
    words: Text
    value: float
    unit: Text
    day: date
    precision: Literal["day", "month", "year"] = "day"
    known: date
    document: Text
    place: Text
    reliability: Reliability = "observed"
    caution: Text | None = None
    simulated: bool = False
    outside: bool = False
    scale: float = 1.0
    dataset: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A value with the formula that gives it from entries.

    ``formula`` is the identifier of an entry between square brackets, or arithmetic over such: ``[a] / [b]``. Where
    no arithmetic says it, ``method`` names in words the computation over ``entries``, and ``formula`` is empty.
    """

    value: float
    formula: str
    entries: tuple[Entry, ...]
    method: Text | None = None

    @property
    def entry(self) -> Entry | None:
        """The entry that this fact repeats, or the dataset that it is counted in; None where it was computed."""
        alone = self.entries[0] if len(self.entries) == 1 else None
        return alone if alone is not None and (alone.dataset or self.formula == f"[{alone.id}]") else None

    @property
    def simulated(self) -> bool:
        """Whether something simulated enters it."""
        return any(e.simulated for e in self.entries)

    def __add__(self, other: Fact | float) -> Fact:
        return _joined(self, "+", other, self.value + _value(other))

    def __sub__(self, other: Fact | float) -> Fact:
        return _joined(self, "-", other, self.value - _value(other))

    def __mul__(self, other: Fact | float) -> Fact:
        return _joined(self, "*", other, self.value * _value(other))

    def __truediv__(self, other: Fact | float) -> Fact:
        return _joined(self, "/", other, self.value / _value(other))


def stated(entry: Entry) -> Fact:
    """The fact that an entry states."""
    return Fact(entry.value, f"[{entry.id}]", (entry,))


def counted_in(dataset: Entry, value: float) -> Fact:
    """A fact counted in a dataset."""
    return Fact(value, "", (dataset,), dataset.words)


def computed(value: float, method: Text, *origins: Fact) -> Fact:
    """A fact that a named method computes from others."""
    return Fact(value, "", _entries(*origins), method)


def total(facts: tuple[Fact, ...]) -> Fact:
    """The sum of facts, in their order."""
    first, *others = facts
    return sum(others, first)


def _value(operand: Fact | float) -> float:
    return operand.value if isinstance(operand, Fact) else float(operand)


def _joined(left: Fact, operator: str, right: Fact | float, value: float) -> Fact:
    facts = (left, right) if isinstance(right, Fact) else (left,)
    methods = [f.method for f in facts if f.method is not None]
    if methods:
        return Fact(value, "", _entries(*facts), methods[0])
    words = _operand(right, operator) if isinstance(right, Fact) else f"{right:g}"
    return Fact(value, f"{_operand(left, operator)} {operator} {words}", _entries(*facts))


def _operand(fact: Fact, operator: str) -> str:
    """The formula as an operand: in brackets where it is itself an operation that binds less."""
    bare = fact.entry is not None or (operator == "+" and "-" not in fact.formula)
    return fact.formula if bare else f"({fact.formula})"


def _entries(*facts: Fact) -> tuple[Entry, ...]:
    return tuple(dict.fromkeys(e for fact in facts for e in fact.entries))
