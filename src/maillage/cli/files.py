"""Commands on the files that people bring: sources, imports, schemas, validation."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding

from maillage import __version__
from maillage.cli.common import Json, LangOption, Language, Store, app, lang_of, print_json
from maillage.settings import load_settings
from maillage.terminal import out, plain_table
from maillage.text import Text

IMPORT_COLUMNS = Text("fichier|source|lues|gardées|quarantaine|résultat", "file|source|rows|kept|quarantined|result")
IMPORT_NEXT = Text(
    "Lancer `maillage run` pour reconstruire le magasin avec ces fichiers.",
    "Run `maillage run` to rebuild the store with these files.",
)


@app.command(epilog="Example: maillage sources --json")
def sources(store: Store = None, as_json: Json = False, lang: LangOption = Language.fr) -> None:  # noqa: FBT002
    """List every known source: producer, licence, address, layout, what it feeds, present or not."""
    from maillage.pipeline.imports import list_sources

    rows = list_sources(store or load_settings().store, lang_of(lang))
    if as_json:
        print_json(rows)
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
        lang_of(lang),
        mapping,
        replace,
        settings.carriers,
        keeps=not check,
        known_on=known_on.date() if known_on else None,
    )
    results = import_path(path, store or settings.store, options)
    if as_json:
        print_json([r.as_dict() for r in results])
    else:
        columns = IMPORT_COLUMNS[lang_of(lang)].split("|")
        out.print(plain_table(columns, [r.cells(lang_of(lang)) for r in results], right=columns[2:5]))
        for r in results:
            for line in r.quarantine_lines():
                out.print(f"  {line}", soft_wrap=True, markup=False)
    if not any(r.accepted for r in results):
        raise typer.Exit(3)
    if not (as_json or check):
        out.print(IMPORT_NEXT[lang_of(lang)])


@app.command(epilog="Example: maillage schemas rpu > rpu.json")
def schemas(
    name: Annotated[str | None, typer.Argument(help="Layout to print; all are listed by default.")] = None,
    lang: LangOption = Language.fr,
) -> None:
    """List the documented layouts of records and registers, or print one as a Table Schema (frictionless JSON)."""
    from maillage.catalog.schema import as_json, table_schema
    from maillage.sources.registry import LAYOUTS, layout_named

    if name is None:
        out.print(plain_table(("schema", "title"), [(layout.id, layout.title[lang_of(lang)]) for layout in LAYOUTS]))
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
        html.write_text(as_page(found, lang_of(lang)), "utf-8")
    if as_json:
        print_json(found.as_dict(lang_of(lang)))
    else:
        for line in as_lines(found, lang_of(lang)):
            out.print(line, soft_wrap=True, markup=False)
    if not found.valid:
        raise typer.Exit(3)
