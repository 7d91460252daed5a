"""Commands that read the store: territories, alerts and their life, exports, the national assessment."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from maillage.catalog.export import as_bytes, observation_rows
from maillage.catalog.profile import read_alerts, read_profile
from maillage.catalog.store import open_version
from maillage.cli.common import Format, Json, LangOption, Language, Store, app, lang_of, print_json
from maillage.settings import load_settings
from maillage.terminal import out, plain_table
from maillage.text import Text


@app.command(epilog="Example: maillage territory 08105 --lang en")
def territory(
    code: str,
    level: Annotated[str | None, typer.Option("--level", help="Level, where a code names several.")] = None,
    store: Store = None,
    as_json: Json = False,  # noqa: FBT002
    lang: LangOption = Language.fr,
) -> None:
    """Print the profile of a territory; FRA is the country."""
    from maillage.portrait import portrait

    version = open_version(store or load_settings().store)
    profile = read_profile(version, code, level, lang_of(lang))
    if as_json:
        head = {"code": profile.code, "name": profile.name, "level": profile.level}
        data = {"observations": profile.observations.to_dicts(), "alerts": profile.alerts.to_dicts()}
        print_json({**head, **data})
        return
    out.print(portrait(version, profile, lang_of(lang)))


@app.command(epilog="Example: maillage alerts --level epci --in 08")
def alerts(
    level: Annotated[str | None, typer.Option("--level", help="Keep one level.")] = None,
    within: Annotated[str | None, typer.Option("--in", help="Keep what lies inside this territory.")] = None,
    store: Store = None,
    as_json: Json = False,  # noqa: FBT002
    lang: LangOption = Language.fr,
) -> None:
    """List the alerts, worst first."""
    from maillage.alerts.battery import by_priority
    from maillage.alerts.life import EVENT_WORDS
    from maillage.pipeline.alert_life import with_states
    from maillage.portrait import SIMULATED

    where = store or load_settings().store
    version = open_version(where)
    rows = with_states(where, by_priority(read_alerts(version, level=level, within=within)))
    if as_json:
        print_json(rows.to_dicts())
        return
    if version.manifest["simulated"]:
        out.print(SIMULATED[lang_of(lang)], style="yellow")
    shown = rows.select("degree", "state", "level", "code", "name", f"reason_{lang.value}")
    words = [(row[0], EVENT_WORDS[row[1]][lang_of(lang)], *row[2:]) for row in shown.iter_rows()]
    out.print(plain_table(("degree", "state", "level", "code", "name", "reason"), words, right=("degree",)))


class Step(StrEnum):
    """What a person does with an alert."""

    acknowledge = "acknowledge"
    explain = "explain"
    close = "close"


@app.command(epilog='Example: maillage alert explain apl_mg_65_sous_dense 08105 --by "DD 08" --note "Départ en juin."')
def alert(
    step: Step,
    rule: str,
    code: str,
    by: Annotated[str, typer.Option("--by", help="Who says it.")],
    note: Annotated[str, typer.Option("--note", help="What there is to say; needed to explain and to close.")] = "",
    level: Annotated[str | None, typer.Option("--level", help="Level, where a code names several.")] = None,
    store: Store = None,
    lang: LangOption = Language.fr,
) -> None:
    """Acknowledge, explain or close an alert, under your name, in the journal of alerts."""
    from maillage.alerts.life import EVENT_WORDS, Act, Statement
    from maillage.pipeline.alert_life import state_alert

    events: dict[Step, Act] = {Step.acknowledge: "acknowledged", Step.explain: "explained", Step.close: "closed"}
    where = store or load_settings().store
    state_alert(where, rule, code, level, Statement(events[step], by, note, date.today()))
    done = EVENT_WORDS[events[step]][lang_of(lang)]
    out.print(Text(f"Noté au journal : alerte {done}.", f"Written in the journal: alert {done}.")[lang_of(lang)])


@app.command(epilog="Example: maillage changes --in 08 --since 2026-01-01 --format csv > changes.csv")
def changes(
    within: Annotated[str | None, typer.Option("--in", help="Keep a territory and those inside it.")] = None,
    since: Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="From this day on.")] = None,
    form: Annotated[Format | None, typer.Option("--format", help="A file instead of a table.")] = None,
    store: Store = None,
    lang: LangOption = Language.fr,
) -> None:
    """List what happened to alerts, newest first: raised, changed, lifted, acknowledged, explained, closed."""
    from maillage.alerts.life import EVENT_WORDS
    from maillage.pipeline.alert_life import alert_changes

    rows = alert_changes(store or load_settings().store, within=within, since=since.date() if since else None)
    if form is not None:
        sys.stdout.buffer.write(as_bytes(rows, form.value))
        return
    for row in rows.iter_rows(named=True):
        place = f"{row['name']} ({row['level']} {row['code']})"
        said = f"{row['author']}: {row['note']}" if row["note"] else row[f"reason_{lang.value}"]
        happened = f"{EVENT_WORDS[row['event']][lang_of(lang)]:<18} {'▲' * row['degree']:<3}"
        out.print(f"{row['event_date']}  {happened} [bold]{escape(place)}[/]  {escape(said)}", soft_wrap=True)


@app.command(epilog="Example: maillage export apl_mg --level departement --format csv > apl.csv")
def export(
    indicator: str,
    level: Annotated[str, typer.Option("--level", help="Level of the territories.")],
    period: Annotated[str | None, typer.Option("--period", help="One period; all of them by default.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Format of the export.")] = Format.csv,
    output: Annotated[Path | None, typer.Option("--output", help="File to write; standard output by default.")] = None,
    store: Store = None,
    lang: LangOption = Language.fr,
) -> None:
    """Export the observations of an indicator."""
    version = open_version(store or load_settings().store)
    data = as_bytes(observation_rows(version, indicator, level, period, lang=lang_of(lang)), form.value)
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


class Document(StrEnum):
    """Formats of a document."""

    pdf = "pdf"
    html = "html"
    xlsx = "xlsx"


@app.command(epilog="Example: maillage bilan --date 2024-05-13 --format pdf --output bilan.pdf")
def bilan(
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day whose knowledge is meant; today.")
    ] = None,
    form: Annotated[Document, typer.Option("--format", help="Format of the document.")] = Document.pdf,
    output: Annotated[Path | None, typer.Option("--output", help="File to write; standard output by default.")] = None,
    level: Annotated[
        str, typer.Option("--level", help="One line a territory of this level, from the store: dep.")
    ] = "",
    store: Store = None,
    lang: LangOption = Language.fr,
) -> None:
    """Write the national assessment of CPTS, medical assistants and other measures, each figure with its source.

    Without a store it rests on the embedded reference ledger alone: published figures for France.
    """
    from maillage.measures.reference import load_reference
    from maillage.report.national.assessment import assessment
    from maillage.report.national.territories import assessed_level
    from maillage.report.render import render

    where = store or load_settings().store
    version = open_version(where) if store or level or where.exists() else None
    document = assessment(load_reference(), day.date() if day else date.today(), version, assessed_level(level))
    data = render(document, form.value, lang_of(lang))
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)
