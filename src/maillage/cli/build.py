"""The command that builds a store, and the one that serves it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from maillage.cli.common import Json, LangOption, Language, Store, app, lang_of, print_json
from maillage.pipeline.request import DEFAULT_MILLESIME, RunRequest
from maillage.settings import load_settings
from maillage.terminal import Bars, out, stage_table


class EngineName(StrEnum):
    """Engines that indicators are computed on."""

    duckdb = "duckdb"
    spark = "spark"


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
    with Bars(lang_of(lang)) as bars:
        report = run_pipeline(request, bars)
    if as_json:
        print_json(report.as_dict())
        return
    out.print(stage_table(report.stages, lang_of(lang)))
    for line in report.summary(lang_of(lang)):
        out.print(line, soft_wrap=True)


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
