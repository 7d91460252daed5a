"""The run: files, territories, access, indicators, alerts, map, store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import polars as pl

from maillage import __version__
from maillage.catalog import tables
from maillage.catalog.kept import Kept
from maillage.catalog.store import Draft, open_draft, publish, writing_to
from maillage.demo.write import write_demo
from maillage.engine import open_engine
from maillage.errors import MissingSourceError, UsageError
from maillage.measures.reference import load_reference
from maillage.pipeline.access_stage import AccessStage, compute_access
from maillage.pipeline.access_travel import GivenTravel, TravelRead, default_travel
from maillage.pipeline.alert_life import record_alerts
from maillage.pipeline.earlier import EarlierVersions, read_earlier
from maillage.pipeline.harmonise import Harmonised, harmonise
from maillage.pipeline.held import Records
from maillage.pipeline.imports import imports_folder
from maillage.pipeline.inputs import Inputs, gather
from maillage.pipeline.observe import observe
from maillage.pipeline.records import write_records
from maillage.pipeline.register import perimeter_listing, write_register
from maillage.pipeline.register_check import is_register
from maillage.pipeline.register_place import Ground
from maillage.pipeline.request import RunReport, RunRequest
from maillage.pipeline.road_travel import read_extract
from maillage.pipeline.stages import Progress, Recorder, Silence
from maillage.pipeline.tiles import build_tiles
from maillage.pipeline.times_travel import read_times
from maillage.sources.registry import read_carriers, read_folder
from maillage.territory.geography import Geography, build_geography
from maillage.territory.residence import Communes
from maillage.territory.shapes import build_shapes
from maillage.text import Text

DEMO_SEED = 13189
# What counts records besides this package: what one version made, another makes again.
_LIBRARIES = ("duckdb", "holidays", "ibis-framework", "numpy", "polars", "pyarrow")


@dataclass(frozen=True, slots=True)
class Built:
    """What the stages between reading and publishing made."""

    inputs: Inputs
    geography: Geography
    harmonised: Harmonised
    access: AccessStage
    travel: GivenTravel | None
    earlier: EarlierVersions
    findings: Sequence[Text]


def run_pipeline(request: RunRequest, progress: Progress | None = None) -> RunReport:
    """Run every stage and publish a new version of the store.

    Raises MissingSourceError when the communes or the population cannot be read, UsageError for an impossible request
    or an engine that cannot be opened, and whatever a stage raises; the store then keeps the version it had.
    """
    open_engine(kind=request.engine)  # an engine that cannot be opened is told before the work, not after
    recorder = Recorder(progress or Silence())
    earlier = read_earlier(request.earlier, request.millesime)
    travel = _read_travel(request, recorder)
    folder = _sources_folder(request, recorder)
    inputs = _read(request, folder, travel, recorder)
    kept = Kept(request.store / "kept", _made_by())
    with writing_to(request.store), open_draft(request.store) as draft:
        built = _build(request, inputs, earlier, draft, recorder, kept)
        with recorder.stage("store", Text("Publication du magasin", "Publishing the store")) as stage:
            published = publish(draft, request.store, _manifest(request, built, recorder))
            # After the version is in force: a run killed in between leaves it to the next to write what changed.
            changed = record_alerts(request.store, published.read("alert"), request.on)
            stage.rows_in = stage.rows_out = sum(int(t["rows"]) for t in published.manifest["tables"])
            kept.forget_others()
    return RunReport(
        stages=recorder.stages,
        version=published.id,
        manifest=published.manifest,
        findings=[*inputs.damaged, *built.findings, changed],
        unknown=inputs.unknown,
    )


def _sources_folder(request: RunRequest, recorder: Recorder) -> Path:
    """The folder to read: the one asked for, the imported files, or the demonstration, written now."""
    if request.demo and request.sources:
        raise UsageError("Either --demo or --sources is given, found both.")
    if request.sources:
        if not request.sources.is_dir():
            raise MissingSourceError(f"A folder of published files was expected at {request.sources}, found none.")
        return request.sources
    imported = imports_folder(request.store)
    if not request.demo and imported.is_dir() and any(imported.iterdir()):
        return imported
    folder = request.store / "demo"
    with writing_to(request.store), recorder.stage("demo", Text("Fichiers simulés", "Simulated files")) as stage:
        written = write_demo(folder, seed=DEMO_SEED, carriers=request.carriers, events=request.events)
        stage.rows_out = sum(written.rows.values())
    return folder


def _read_travel(request: RunRequest, recorder: Recorder) -> TravelRead | None:
    """The times or the roads that the request gives, read before the rest so that a fault is told at once."""
    if request.times and request.roads:
        raise UsageError("Either --travel or --roads is given, found both.")
    given = request.times or request.roads
    if given is None:
        return None
    with recorder.stage("travel", Text("Temps de trajet donnés", "Given travel times")) as stage:
        read = read_times(given) if request.times else read_extract(given)
        counts = ("rows_in", "rows_out", "rows_quarantined")
        stage.rows_in, stage.rows_out, stage.quarantined = read.source_file.select(counts).row(0)
    return read


def _read(request: RunRequest, folder: Path, travel: TravelRead | None, recorder: Recorder) -> Inputs:
    with recorder.stage("sources", Text("Lecture des fichiers", "Reading the files")) as stage:
        carriers = read_carriers(request.carriers)
        found = read_folder(folder, lambda name, done, total: recorder.advance(stage, done, total, name))
        inputs = gather(carriers, found, travel)
        stage.rows_in, stage.rows_out = inputs.rows_in, inputs.rows_out
        stage.quarantined = stage.rows_in - stage.rows_out
    return inputs


def _build(
    request: RunRequest, inputs: Inputs, earlier: EarlierVersions, draft: Draft, recorder: Recorder, kept: Kept
) -> Built:
    with recorder.stage("territory", Text("Territoires et millésimes", "Territories and vintages")) as stage:
        geography = build_geography(inputs.frames, millesime=request.millesime, simulated=inputs.simulated)
        stage.rows_in = inputs.frames["geo_commune"].height + inputs.frames["insee_iris_population"].height
        stage.rows_out = geography.territory.height + geography.membership.height
        stage.quarantined = geography.problems.height
    with recorder.stage("harmonise", Text("Mise à la géographie commune", "One geography for all")) as stage:
        harmonised = harmonise(inputs.frames, inputs.geography, geography.history)
        stage.rows_in = harmonised.rows_in
        stage.rows_out = sum(f.height for f in harmonised.tables.values())
        stage.quarantined = harmonised.quarantine.height
    records = _record(draft, inputs, geography, recorder, kept)
    inputs = inputs.with_records(records)
    register = _register(draft, inputs, geography, recorder)
    inputs = inputs.with_records(register)
    shapes = _outline(geography, recorder)
    access, travel = _reach(inputs, geography, harmonised, shapes, recorder)
    _write_core(draft, inputs, geography, harmonised)
    put_aside = [inputs.quarantine, geography.problems, harmonised.quarantine, *([travel.quarantine] if travel else [])]
    draft.write(tables.QUARANTINE, pl.concat(put_aside).unique(maintain_order=True))
    draft.write(tables.ACCESS, access.frame)
    draft.write(tables.ACCESS_STABILITY, access.stability)
    draft.write(tables.SHAPE, shapes)
    told = travel.findings() if travel else ()
    seen = observe(draft, geography.membership, access.stability, request.engine, recorder, kept, earlier.release)
    findings = [*records.findings, *told, *register.findings, *access.findings, *seen]
    with recorder.stage("tiles", Text("Tuiles de la carte", "Map tiles")) as stage:
        made = build_tiles(shapes, geography.territory, draft.folder / "tiles")
        stage.rows_in, stage.rows_out = shapes.height, sum(m.features for m in made)
    return Built(
        inputs=inputs,
        geography=geography,
        harmonised=harmonised,
        access=access,
        travel=travel,
        earlier=earlier,
        findings=findings,
    )


def _record(draft: Draft, inputs: Inputs, geography: Geography, recorder: Recorder, kept: Kept) -> Records:
    with recorder.stage("records", Text("Relevés d’événements", "Event records")) as stage:
        communes = Communes(geography.history, geography.postcode, geography.population)
        found = [r for r in inputs.records if not is_register(r.layout)]
        records = write_records(draft, found, communes, kept)
        stage.rows_in, stage.rows_out = records.rows_in, records.rows_out
        stage.quarantined = stage.rows_in - stage.rows_out
    return records


def _register(draft: Draft, inputs: Inputs, geography: Geography, recorder: Recorder) -> Records:
    with recorder.stage("register", Text("Registre des dispositifs", "Register of measures")) as stage:
        ground = Ground(Communes(geography.history, geography.postcode, geography.population), geography.territory)
        found = [r for r in inputs.records if is_register(r.layout)]
        listings = perimeter_listing(inputs, geography)
        register = write_register(draft, found, ground, load_reference(), listings)
        stage.rows_in, stage.rows_out = register.rows_in, register.rows_out
        stage.quarantined = stage.rows_in - stage.rows_out
    return register


def _reach(
    inputs: Inputs, geography: Geography, harmonised: Harmonised, shapes: pl.DataFrame, recorder: Recorder
) -> tuple[AccessStage, GivenTravel | None]:
    with recorder.stage("access", Text("Accessibilité calculée", "Computed access")) as stage:
        professional = harmonised.tables[tables.PROFESSIONAL]
        travel = inputs.travel.fit(geography.territory) if inputs.travel else None
        access = compute_access(
            travel.territory if travel else geography.territory,
            geography.population,
            professional,
            shapes,
            membership=geography.membership,
            travel=travel.builder if travel else None,
        )
        stage.rows_in, stage.rows_out = professional.height, access.frame.height
    return access, travel


def _outline(geography: Geography, recorder: Recorder) -> pl.DataFrame:
    with recorder.stage("shapes", Text("Contours", "Outlines")) as stage:
        shapes = build_shapes(geography.outlines, geography.membership)
        stage.rows_in, stage.rows_out = geography.outlines.height, shapes.height
    return shapes


def _write_core(draft: Draft, inputs: Inputs, geography: Geography, harmonised: Harmonised) -> None:
    draft.write(tables.TERRITORY, geography.territory)
    draft.write(tables.MEMBERSHIP, geography.membership)
    draft.write(tables.POSTCODE, geography.postcode)
    draft.write(tables.POPULATION, geography.population)
    for table, frame in harmonised.tables.items():
        draft.write(table, frame)
    draft.write(tables.SOURCE_FILE, inputs.source_files)


def _manifest(request: RunRequest, built: Built, recorder: Recorder) -> dict[str, Any]:
    """What the version is made of; no time of day, so that the same inputs give the same bytes."""
    inputs = built.inputs
    return {
        "maillage": __version__,
        "code_sha256": _tree_sha256(files("maillage")),
        "definitions_sha256": _tree_sha256(files("maillage") / "definitions"),
        "millesime": request.millesime,
        "simulated": bool(inputs.simulated),
        "travel": built.travel.notes.manifest if built.travel else default_travel(),
        "inputs": inputs.source_files.sort("source", "file").to_dicts(),
        "earlier": list(built.earlier.manifest),
        "unknown_files": dict(inputs.unknown),
        "notes": list(inputs.notes),
        "stages": [
            {"name": s.name, "rows_in": s.rows_in, "rows_out": s.rows_out, "quarantined": s.quarantined}
            for s in recorder.stages
        ],
        "checks": dict(built.access.summary),
    }


def _made_by() -> str:
    """What makes the same of the same records: this package and the libraries that it counts with."""
    return " ".join((_tree_sha256(files("maillage")), *(f"{name} {version(name)}" for name in _LIBRARIES)))


def _tree_sha256(folder: Traversable) -> str:
    digest = hashlib.sha256()
    for path, item in sorted(_walk(folder, "")):
        digest.update(path.encode() + b"\0" + item.read_bytes())
    return digest.hexdigest()


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir():
            if item.name != "__pycache__":
                yield from _walk(item, f"{prefix}{item.name}/")
        else:
            yield f"{prefix}{item.name}", item
