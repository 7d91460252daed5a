"""Write down what a run changed in alerts, and what people say of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from maillage.alerts.life import KEY, Statement, changes, current, state
from maillage.catalog.journal import Journal
from maillage.catalog.profile import find_territory, inside
from maillage.catalog.store import open_version
from maillage.catalog.tables import ALERT_EVENT
from maillage.text import LANGS, Text, format_number


def alert_journal(store: Path) -> Journal:
    """The journal of alerts of a store."""
    return Journal(store, ALERT_EVENT)


def record_alerts(store: Path, alert: pl.DataFrame, on: date) -> Text:
    """Add to the journal what the ALERT table of a run changes; returns a sentence that counts it."""
    added = alert_journal(store).append(lambda events: changes(events, alert, on))
    counts = [added.filter(pl.col("event") == event).height for event in ("raised", "changed", "lifted")]
    fr, en = ([format_number(n, 0, lang) for n in counts] for lang in LANGS)
    return Text(
        f"Journal des alertes : {fr[0]} déclenchées, {fr[1]} changées de degré, {fr[2]} terminées.",
        f"Journal of alerts: {en[0]} raised, {en[1]} changed of degree, {en[2]} lifted.",
    )


def with_states(store: Path, alert: pl.DataFrame) -> pl.DataFrame:
    """Alerts with the ``state`` that the journal gives them (``raised`` where it says nothing yet)."""
    states = current(alert_journal(store).read()).select(*KEY, "state")
    told = alert.join(states, on=list(KEY), how="left", maintain_order="left")
    return told.with_columns(pl.col("state").fill_null("raised"))


def state_alert(store: Path, rule: str, code: str, level: str | None, said: Statement) -> None:
    """Write that a person acknowledges, explains or closes an alert.

    Raises NotFoundError for an unknown territory or an alert that was never raised, UsageError for an act that the
    state of the alert does not allow.
    """
    code, _, found = find_territory(open_version(store), code, level)
    alert_journal(store).append(lambda events: state(events, (rule, found, code), said))


def alert_changes(store: Path, *, within: str | None = None, since: date | None = None) -> pl.DataFrame:
    """The journal's entries with the names of territories, newest first.

    ``within`` keeps a territory and those inside it, ``since`` the entries of that day and after.
    Raises NotFoundError when ``within`` is no territory.
    """
    version = open_version(store)
    events = alert_journal(store).read()
    if since is not None:
        events = events.filter(pl.col("event_date") >= since)
    if within is not None:
        events = events.join(inside(version, within), on=["level", "code"], how="semi", maintain_order="left")
    names = version.read("territory").select("level", "code", "name")
    return events.join(names, on=["level", "code"], how="left").sort("entry", descending=True)
