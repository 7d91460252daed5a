"""The command line: thin commands over the pipeline and the store.

What only one command needs is imported by that command, so that the others answer at once.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding

from maillage import __version__
from maillage.catalog.export import as_bytes, observation_rows
from maillage.catalog.profile import read_alerts, read_profile
from maillage.catalog.store import open_version
from maillage.errors import MaillageError
from maillage.pipeline.request import DEFAULT_MILLESIME, RunRequest
from maillage.settings import load_settings
from maillage.terminal import Bars, err, out, plain_table, stage_table
from maillage.text import Lang, Text

app = typer.Typer(
    name="maillage",
    help="Access to primary care in France: from published files to indicators, alerts and an observatory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """Formats of an export."""

    csv = "csv"
    parquet = "parquet"
    json = "json"


class EngineName(StrEnum):
    """Engines that indicators are computed on."""

    duckdb = "duckdb"
    spark = "spark"


class Language(StrEnum):
    """Languages of what is printed."""

    fr = "fr"
    en = "en"


IMPORT_COLUMNS = Text("fichier|source|lues|gardées|quarantaine|résultat", "file|source|rows|kept|quarantined|result")
IMPORT_NEXT = Text(
    "Lancer `maillage run` pour reconstruire le magasin avec ces fichiers.",
    "Run `maillage run` to rebuild the store with these files.",
)
Store = Annotated[Path | None, typer.Option("--store", help="Folder of the store.", show_default="var/store")]
Json = Annotated[bool, typer.Option("--json", help="Print the data as JSON.")]
LangOption = Annotated[Language, typer.Option("--lang", help="Language of labels and sentences.")]


def main() -> None:
    """Run the command line; a problem is one sentence on the error stream and a non-zero exit."""
    try:
        app()
    except MaillageError as problem:
        err.print(f"maillage: {problem}", style="red", markup=False, soft_wrap=True)
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:  # noqa: FBT002
    """Access to primary care in France."""
    if show:
        out.print(f"maillage {__version__}")
        raise typer.Exit


@app.command(epilog="Example: maillage run --sources ../files --store var/store")
def run(
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Build on the embedded, simulated default.")] = False,
    events: Annotated[float, typer.Option("--events", help="Event records to simulate besides, as 1e6.")] = 0,
    sources: Annotated[Path | None, typer.Option("--sources", help="Folder of published files.")] = None,
    travel: Annotated[
        Path | None, typer.Option("--travel", help="File of travel times between communes: CSV, Parquet or OMX.")
    ] = None,
    roads: Annotated[Path | None, typer.Option("--roads", help="Road network to travel on: an .osm.pbf.")] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--earlier",
            help="Store, or folder of a version, made public before: no figure is given away by setting the new ones"
            " beside it. Once for each.",
        ),
    ] = None,
    store: Store = None,
    millesime: Annotated[int, typer.Option("--millesime", help="Geography of the results.")] = DEFAULT_MILLESIME,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="Engine of the indicators; spark needs its extra and Java.")
    ] = EngineName.duckdb,
    as_json: Json = False,
    lang: LangOption = Language.fr,
) -> None:
    """Run the whole pipeline: files, territories, access, indicators, alerts, map.

    Without --demo or --sources, runs on the imported files, or on the embedded default where nothing was imported.
    Without --travel or --roads, travel times are those of the car model on distances as the crow flies.
    """
    from maillage.pipeline.run import run_pipeline

    settings = load_settings()
    request = RunRequest(
        store=store or settings.store,
        sources=sources,
        demo=demo,
        millesime=millesime,
        carriers=settings.carriers,
        events=round(events),
        engine=engine.value,
        times=travel,
        roads=roads,
        earlier=tuple(earlier or ()),
    )
    with Bars(_lang(lang)) as bars:
        report = run_pipeline(request, bars)
    if as_json:
        _print_json(report.as_dict())
        return
    out.print(stage_table(report.stages, _lang(lang)))
    for line in report.summary(_lang(lang)):
        out.print(line, soft_wrap=True)


@app.command(epilog="Example: maillage sources --json")
def sources(store: Store = None, as_json: Json = False, lang: LangOption = Language.fr) -> None:  # noqa: FBT002
    """List every known source: producer, licence, address, layout, what it feeds, present or not."""
    from maillage.pipeline.imports import list_sources

    rows = list_sources(store or load_settings().store, _lang(lang))
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        mark = "[green]●[/]" if row["present"] else "[dim]○[/]"
        out.print(f"{mark} [bold]{row['source']}[/]  {row['title']}")
        feeds = f"→ {', '.join(row['feeds'])}"
        where = f"maillage run {row['option']} …" if row["option"] else row["address"]
        lines = (f"{row['producer']} · {row['vintage']} · {row['licence']}", row["layout"], feeds, where)
        out.print(Padding("\n".join(escape(line) for line in lines), (0, 0, 1, 4)), style="dim")


@app.command("import", epilog="Example: maillage import rpu.csv --mapping rpu.csv.mapping.toml")
def import_(
    path: Path,
    mapping: Annotated[Path | None, typer.Option("--mapping", help="Columns of a file of records, in TOML.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a file of this name.")] = False,  # noqa: FBT002
    known_on: Annotated[
        datetime | None,
        typer.Option(
            "--known-on", formats=["%Y-%m-%d"], help="Day on which a register was made known; today by default."
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Report only: keep nothing.")] = False,  # noqa: FBT002
    store: Store = None,
    as_json: Json = False,  # noqa: FBT002
    lang: LangOption = Language.fr,
) -> None:
    """Check a file, or every file of a folder, and keep the good ones for the next run.

    A file of event records (RPU, PMSI, beneficiaries ...) gets a report of what was understood.
    """
    from maillage.pipeline.imports import ImportOptions, import_path

    settings = load_settings()
    options = ImportOptions(
        _lang(lang),
        mapping,
        replace,
        settings.carriers,
        keeps=not check,
        known_on=known_on.date() if known_on else None,
    )
    results = import_path(path, store or settings.store, options)
    if as_json:
        _print_json([r.as_dict() for r in results])
    else:
        columns = IMPORT_COLUMNS[_lang(lang)].split("|")
        out.print(plain_table(columns, [r.cells(_lang(lang)) for r in results], right=columns[2:5]))
        for r in results:
            for line in r.quarantine_lines():
                out.print(f"  {line}", soft_wrap=True, markup=False)
    if not any(r.accepted for r in results):
        raise typer.Exit(3)
    if not (as_json or check):
        out.print(IMPORT_NEXT[_lang(lang)])


@app.command(epilog="Example: maillage schemas rpu > rpu.json")
def schemas(
    name: Annotated[str | None, typer.Argument(help="Layout to print; all are listed by default.")] = None,
    lang: LangOption = Language.fr,
) -> None:
    """List the documented layouts of records and registers, or print one as a Table Schema (frictionless JSON)."""
    from maillage.catalog.schema import as_json, table_schema
    from maillage.sources.registry import LAYOUTS, layout_named

    if name is None:
        out.print(plain_table(("schema", "title"), [(layout.id, layout.title[_lang(lang)]) for layout in LAYOUTS]))
        return
    sys.stdout.write(as_json(table_schema(layout_named(name), __version__)))


@app.command(epilog="Example: maillage validate cpts.csv --schema cpts --html report.html")
def validate(
    file: Path,
    schema: Annotated[str | None, typer.Option("--schema", help="Layout; told from the columns by default.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the report as a page, too.")] = None,
    store: Store = None,
    as_json: Json = False,  # noqa: FBT002
    lang: LangOption = Language.fr,
) -> None:
    """Check a file against a schema and say what is to be mended, line by line; nothing is kept of it.

    Exit code 0 where every row would be imported, 3 otherwise.
    """
    from maillage.pipeline.record_import import known_communes
    from maillage.pipeline.register_validation import layout_for, validate_file
    from maillage.report.validation import as_lines, as_page

    settings = load_settings()
    found = validate_file(file, layout_for(file, schema), known_communes(store or settings.store, settings.carriers))
    if html:
        html.write_text(as_page(found, _lang(lang)), "utf-8")
    if as_json:
        _print_json(found.as_dict(_lang(lang)))
    else:
        for line in as_lines(found, _lang(lang)):
            out.print(line, soft_wrap=True, markup=False)
    if not found.valid:
        raise typer.Exit(3)


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
    profile = read_profile(version, code, level, _lang(lang))
    if as_json:
        head = {"code": profile.code, "name": profile.name, "level": profile.level}
        data = {"observations": profile.observations.to_dicts(), "alerts": profile.alerts.to_dicts()}
        _print_json({**head, **data})
        return
    out.print(portrait(version, profile, _lang(lang)))


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
        _print_json(rows.to_dicts())
        return
    if version.manifest["simulated"]:
        out.print(SIMULATED[_lang(lang)], style="yellow")
    shown = rows.select("degree", "state", "level", "code", "name", f"reason_{lang.value}")
    words = [(row[0], EVENT_WORDS[row[1]][_lang(lang)], *row[2:]) for row in shown.iter_rows()]
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
    done = EVENT_WORDS[events[step]][_lang(lang)]
    out.print(Text(f"Noté au journal : alerte {done}.", f"Written in the journal: alert {done}.")[_lang(lang)])


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
        happened = f"{EVENT_WORDS[row['event']][_lang(lang)]:<18} {'▲' * row['degree']:<3}"
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
    data = as_bytes(observation_rows(version, indicator, level, period, lang=_lang(lang)), form.value)
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
    data = render(document, form.value, _lang(lang))
    if output:
        output.write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


@app.command(epilog="Example: maillage serve --port 8080")
def serve(
    store: Store = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on.")] = None,
    uploads: Annotated[
        bool | None,
        typer.Option(
            "--uploads/--no-uploads",
            help="Take files of records from whoever reaches the observatory, or from nobody."
            " By default from this machine alone, when it listens to it alone.",
        ),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the observatory in a browser.")] = False,  # noqa: FBT002
) -> None:
    """Serve the observatory."""
    from maillage.web.serve import serve as serve_store

    settings = load_settings()
    serve_store(
        store or settings.store,
        host=host or settings.host,
        port=port or settings.port,
        uploads=uploads,
        open_browser=open_browser,
    )


def _lang(language: Language) -> Lang:
    return "en" if language is Language.en else "fr"


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n")
