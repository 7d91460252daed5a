"""The embedded default: simulated files in the producers' layouts, on France's real communes and population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from maillage.demo.declared import DECLARED
from maillage.demo.draw import Drawn, draw
from maillage.demo.events.write import draw_adoptions, event_files, write_events
from maillage.demo.files import write_csv, write_workbook
from maillage.demo.headcounts import draw_headcounts
from maillage.demo.layouts import apl_2022, apl_workbook, bassins_de_vie, bpe, cpts, zoning
from maillage.demo.measures.write import measure_files, write_measures
from maillage.demo.origin import Declared, declaration
from maillage.demo.places import places_from_frames
from maillage.sources.origin import ORIGIN_FILE
from maillage.sources.registry import frames, read_carriers

# A stream of its own for the headcounts, whatever the other tables draw.
_HEADCOUNT_STREAM = 101


@dataclass(frozen=True, slots=True)
class DemoWritten:
    """The folder, the seed, and the rows of each file written in it (``origine.toml`` left out)."""

    folder: Path
    seed: int
    rows: Mapping[str, int]


def write_demo(
    folder: Path, *, seed: int, carriers: Path, departements: tuple[str, ...] = (), events: int = 0
) -> DemoWritten:
    """Write every simulated file and the declaration that says so; the same seed writes the same bytes.

    The registers of simulated measures agree with the effects planted in event records, drawn or not. ``events`` is
    about how many of these are drawn besides (none by default); what is planted in them is told in a folder beside this
    one (``truth_folder``), which no reader looks at. ``departements`` (codes) restricts the
    draw to a part of the country, its totals scaled to their population.
    Raises MissingSourceError when the carried packages are absent, UsageError for an unknown département.
    """
    folder.mkdir(parents=True, exist_ok=True)
    read = frames(read_carriers(carriers))
    drawn = draw(places_from_frames(read), seed, departements)
    headcounts = draw_headcounts(
        drawn.places,
        drawn.counts,
        drawn.scale,
        _names(read),
        np.random.Generator(np.random.PCG64([seed, _HEADCOUNT_STREAM])),
    )
    # The declaration comes first: a run killed here leaves no simulated file without it.
    declared = {**DECLARED, **measure_files(), **(event_files() if events else {})}
    _remove_others(folder, declared)
    text = declaration(declared, seed=seed, departements=departements)
    (folder / ORIGIN_FILE).write_text(text, encoding="utf-8", newline="\n")
    rows = _write_all(folder, drawn, headcounts)
    rows |= write_measures(folder, drawn, draw_adoptions(drawn, seed), seed=seed)
    if events:
        rows |= write_events(folder, drawn, events, seed=seed, truth=truth_folder(folder))
    return DemoWritten(folder, seed, rows)


def truth_folder(folder: Path) -> Path:
    """Where the effects planted in the event records of a demonstration are told."""
    return folder.with_name(f"{folder.name}-truth")


def _remove_others(folder: Path, declared: Mapping[str, Declared]) -> None:
    """Remove the simulated files of an earlier demonstration that this one does not write."""
    for path in folder.glob("SIMULE_*"):
        if path.name not in declared:
            path.unlink()


def _write_all(folder: Path, drawn: Drawn, headcounts: pl.DataFrame) -> dict[str, int]:
    places = drawn.places
    rows = {
        name: write_workbook(apl_workbook(places, apl), folder / name)
        for name, apl in ((f"SIMULE_APL_{p}_2021.xlsx", apl) for p, apl in drawn.apl_2021.items())
    }
    tables = {
        "SIMULE_apl_2022_communes.csv": apl_2022(places, drawn.apl_2022),
        "SIMULE_bpe2024_sante_communes.csv": bpe(places, drawn.counts),
        "SIMULE_zonage_mg_communes.csv": zoning(places, drawn.zones),
        "SIMULE_commune2024_bv2022.csv": bassins_de_vie(drawn.towns, drawn.bassin_de_vie),
    }
    rows |= {name: write_csv(frame, folder / name) for name, frame in tables.items()}
    name = "SIMULE_cpts_communes.csv"
    rows[name] = write_csv(cpts(places, drawn.cpts), folder / name, ends="\r\n")
    name = "SIMULE_toutes_specialites_departement.csv"
    rows[name] = write_csv(headcounts, folder / name, ends="\r\n", bom=True)
    return rows


def _names(read: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    departements = dict(read["geo_departement"].select("code", "name").iter_rows())
    return departements | {f"R{code}": name for code, name in read["geo_region"].select("code", "name").iter_rows()}
