"""The life of alerts: raised by a run, acknowledged, explained and closed by people, lifted when the cause is gone.

Events are only ever added. The state of an alert on any day follows from its events up to that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from maillage.catalog.tables import ALERT_EVENT
from maillage.errors import NotFoundError, UsageError
from maillage.text import Text

Act = Literal["acknowledged", "explained", "closed"]
KEY = ("rule", "level", "code")
BY_RUN = "Maillage"
_OF_RUN = ("raised", "changed", "lifted")
# "Lever une alerte" means both to raise and to end it in French: neither sense is used.
EVENT_WORDS = {
    "raised": Text("déclenchée", "raised"),
    "changed": Text("changée de degré", "changed of degree"),
    "lifted": Text("terminée", "lifted"),
    "acknowledged": Text("prise en compte", "acknowledged"),
    "explained": Text("expliquée", "explained"),
    "closed": Text("close", "closed"),
}
# What a person may do next, from each state.
NEXT: dict[str, tuple[Act, ...]] = {
    "raised": ("acknowledged", "explained", "closed"),
    "acknowledged": ("explained", "closed"),
    "explained": ("explained", "closed"),
    "closed": (),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person does with an alert, under whose name, why, and on which day."""

    event: Act
    by: str
    note: str
    on: date


def current(events: pl.DataFrame, *, on: date | None = None) -> pl.DataFrame:
    """The state of each alert that was ever raised, on a day (now where none is given).

    Takes ALERT_EVENT rows. Returns one row an alert, by rule, level and code: the columns of its last event,
    ``state`` (raised, acknowledged, explained, closed), ``degree`` (that of the last run to speak of it), ``held``
    (whether the cause is still there) and ``raised_on``.
    """
    known = events if on is None else events.filter(pl.col("event_date") <= on)
    told, by_run = pl.col("event"), pl.col("event").is_in(_OF_RUN)
    spoken = pl.when(told == "lifted").then(pl.lit("closed")).when(told != "changed").then(told)
    last = [pl.col(c).last() for c in ("entry", "event_date", "event", "indicator", "author", "note")]
    run = [pl.col(c).filter(by_run).last() for c in ("period", "degree", "reason_fr", "reason_en", "simulated")]
    return (
        known.sort("entry")
        .group_by(KEY, maintain_order=True)
        .agg(
            *last,
            *run,
            state=spoken.drop_nulls().last(),
            held=told.filter(by_run).last() != "lifted",
            raised_on=pl.col("event_date").filter(told == "raised").last(),
        )
        .sort(KEY)
    )


def changes(events: pl.DataFrame, alert: pl.DataFrame, on: date) -> pl.DataFrame:
    """The events that a new ALERT table adds to a journal, by level, code and rule (``entry`` is left to the journal).

    A territory that comes into alert is ``raised``; one whose degree moves has ``changed``; one that is no longer in
    alert is ``lifted``. An alert that a person closed stays closed until its degree rises, or until it has been
    lifted and comes back.
    """
    before = current(events)
    past = before.select(*KEY, "state", "held", last="degree")
    both = alert.join(past, on=list(KEY), how="left")
    held, closed = pl.col("held").fill_null(value=False), pl.col("state") == "closed"
    moved, worse = pl.col("degree") != pl.col("last"), pl.col("degree") > pl.col("last")
    event = pl.when(~held | (closed & worse)).then(pl.lit("raised")).when(moved & ~closed).then(pl.lit("changed"))
    told = both.with_columns(event=event).filter(pl.col("event").is_not_null())
    gone = before.filter("held").join(alert, on=list(KEY), how="anti")
    lifted = gone.with_columns(event=pl.lit("lifted"), degree=pl.lit(0, pl.Int32))
    parts = [_events(part, on, BY_RUN, "") for part in (told, lifted)]
    return pl.concat(parts).sort("level", "code", "rule")


def state(events: pl.DataFrame, key: tuple[str, str, str], said: Statement) -> pl.DataFrame:
    """The event by which a person acknowledges, explains or closes the alert ``(rule, level, code)``.

    An explanation and a closing need a note, and every act an author. Raises NotFoundError when the alert was never
    raised, UsageError when its state does not allow the act or a word is missing.
    """
    rule, level, code = key
    found = current(events).filter(pl.col("rule") == rule, pl.col("level") == level, pl.col("code") == code)
    if found.is_empty():
        raise NotFoundError(
            f"No alert {rule!r} was ever raised on {level} {code}.", hint="`maillage alerts` lists those in force."
        )
    now, last = found.item(0, "state"), found.item(0, "event_date")
    if said.event not in NEXT[now]:
        allowed = ", ".join(NEXT[now]) or "nothing more until a run raises it again"
        raise UsageError(f"The alert {rule!r} on {level} {code} is {now}: it can be {allowed}, not {said.event}.")
    if not _one_line(said.by) or (said.event != "acknowledged" and not _one_line(said.note)):
        raise UsageError("An author is expected for every act (--by), and a note to explain or close (--note).")
    if said.on < last:
        raise UsageError(f"The act is dated {said.on}, before the last event of this alert ({last}).")
    return _events(found.with_columns(event=pl.lit(said.event)), said.on, _one_line(said.by), _one_line(said.note))


def _one_line(words: str) -> str:
    """What a feed and a table can hold: no line break, no control character."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _events(rows: pl.DataFrame, on: date, author: str, note: str) -> pl.DataFrame:
    told = rows.with_columns(event_date=pl.lit(on), author=pl.lit(author), note=pl.lit(note))
    return told.select(pl.col(c).cast(t) for c, t in ALERT_EVENT.schema.items() if c != "entry")
