"""The state of measures at any date, as it was known at any date, from events in any order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import polars as pl

SUBJECT = ("measure", "beneficiary", "attribute", "item")
STATUS = "status"
_SAID = (*SUBJECT, "event_date")
_AGAIN = "_said_again"

_Frame = TypeVar("_Frame", pl.DataFrame, pl.LazyFrame)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day in the life of measures, and the day whose knowledge of it is meant: ``known`` is the last by default."""

    true_on: date
    known_on: date | None = None


def as_known(events: _Frame, known_on: date | None) -> _Frame:
    """The statements that held on a day of knowledge: rows of MEASURE_EVENT, one a subject and day, none withdrawn.

    Of what was stated of a subject for one day the last made known holds; an empty ``content`` withdraws it. Two
    statements made known the same day do not both enter a store (they are one key); should they be here, the greater
    ``content`` holds, so that the order of rows never decides.
    """
    return heard(events, known_on).sort(*SUBJECT, "event_date")


def state(events: _Frame, moment: Moment) -> _Frame:
    """What held of every subject at a moment: the rows of MEASURE_EVENT in force, in the order of subjects.

    A corrected or late event changes the answers to questions asked with its knowledge, never those asked before it.
    """
    told = heard(events, moment.known_on).filter(pl.col("event_date") <= moment.true_on)
    return told.filter(pl.col("event_date") == pl.col("event_date").max().over(SUBJECT)).sort(*SUBJECT)


def history(events: _Frame, known_on: date | None = None) -> _Frame:
    """Every statement with the day it ceases to hold: MEASURE_EVENT columns and ``until`` (empty: in force)."""
    return spans(events, known_on).sort(*SUBJECT, "event_date")


def spans(events: _Frame, known_on: date | None = None) -> _Frame:
    """What ``history`` gives, in no order."""
    told = heard(events, known_on).sort("event_date", maintain_order=True)
    return told.with_columns(pl.col("event_date").shift(-1).over(SUBJECT).alias("until"))


def heard(events: _Frame, known_on: date | None) -> _Frame:
    """What ``as_known`` gives, in no order: sorting a million rows by their words costs more than all the rest."""
    told = events if known_on is None else events.filter(pl.col("known_date") <= known_on)
    # Equal hashes are only looked at twice: what is said once needs no sorting.
    marked = told.with_columns(pl.struct(*_SAID).hash().is_duplicated().alias(_AGAIN))
    last = (
        marked.filter(_AGAIN)
        .sort(*_SAID, "known_date", "content", "source")
        .unique([*_SAID], keep="last", maintain_order=True)
    )
    held = pl.concat([marked.filter(~pl.col(_AGAIN)), last]).drop(_AGAIN)
    return held.filter(pl.col("content").is_not_null())
