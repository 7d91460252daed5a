"""Write simulated records at a chosen scale, block after block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from maillage.demo.draw import Drawn
from maillage.demo.events.effects import Adoption, adopt
from maillage.demo.events.ground import Ground, lay_ground
from maillage.demo.events.others import draw_reports, draw_requests, draw_stays
from maillage.demo.events.parameters import drawn, years
from maillage.demo.events.people import beneficiaries, care, draw_panel
from maillage.demo.events.truth import write_truth
from maillage.demo.events.visits import draw_visits
from maillage.demo.origin import Declared
from maillage.errors import UsageError
from maillage.text import Text

# Rows drawn at a time: the memory of a draw does not depend on its scale, but for the panel of beneficiaries.
BLOCK = 1 << 19
_STREAM = 404
LEAST = 2_000
Draw = Callable[[Ground, int, int, int, np.random.Generator], pl.DataFrame]
_BLOCKS: dict[str, tuple[str, Draw]] = {
    "visits": ("rpu", draw_visits),
    "stays": ("pmsi_mco", draw_stays),
    "requests": ("appointment_requests", draw_requests),
    "reports": ("user_reports", draw_reports),
}
SOURCES = ("rpu", "pmsi_mco", "cnam_beneficiaries", "cnam_care", "appointment_requests", "user_reports")


def event_files() -> dict[str, Declared]:
    """What each simulated file of records is."""
    words = Text(
        fr="Enregistrements simulés ; niveaux nationaux : 15 % de passages CCMU 1, 9,6 % (2019) à 12,2 % (2022) de"
        " patients sans médecin traitant (Cour des comptes, mai 2024). Des effets de mesures simulées y sont placés.",
        en="Simulated records; national levels: 15 % of visits are CCMU 1, 9.6 % (2019) to 12.2 % (2022) of patients"
        " have no médecin traitant (Cour des comptes, May 2024). Effects of simulated measures are planted in them.",
    )
    return {_name(source, year): Declared(source, words) for source in SOURCES for year in years()}


def draw_adoptions(country: Drawn, seed: int) -> tuple[Adoption, ...]:
    """Who takes each simulated measure and when: the same whether or not event records are drawn."""
    return adopt(country, _stream(seed, 0))


def write_events(folder: Path, country: Drawn, events: int, *, seed: int, truth: Path) -> dict[str, int]:
    """Write about ``events`` records in ``folder``, one Parquet file a kind and year; return the rows of each file.

    What was planted is written in the folder ``truth``, which no reader looks at. The same seed and scale write the
    same bytes. Raises UsageError under LEAST records, which would leave kinds without any.
    """
    if events < LEAST:
        raise UsageError(f"At least {LEAST} records are drawn, found {events} (--events).")
    ground = lay_ground(country, _stream(seed, 0))
    write_truth(ground, truth, seed=seed, events=events)
    share = {kind: part / len(years()) for kind, part in drawn("share").items()}
    rows: dict[str, int] = {}
    for rank, (kind, (source, draw)) in enumerate(_BLOCKS.items(), start=1):
        for year in years():
            total, rng, name = round(events * share[kind]), _stream(seed, rank, year), _name(source, year)
            blocks = (draw(ground, year, min(BLOCK, total - first), first, rng) for first in range(0, total, BLOCK))
            rows[name] = _write(blocks, folder / name)
    return rows | _write_people(folder, ground, events, seed)


def _write_people(folder: Path, ground: Ground, events: int, seed: int) -> dict[str, int]:
    share = drawn("share")
    people = max(round(events * share["beneficiaries"] / len(years())), 1)
    acts = round(events * share["care"] / len(years()))
    panel = draw_panel(ground, people, _stream(seed, 8))
    rows: dict[str, int] = {}
    for year in years():
        insured, name = beneficiaries(ground, panel, year, _stream(seed, 9, year)), _name("cnam_beneficiaries", year)
        rows[name] = _write(iter([insured]), folder / name)
        name = _name("cnam_care", year)
        rows[name] = _write(iter([care(panel, year, acts, _stream(seed, 10, year))]), folder / name)
    return rows


def _write(frames: Iterator[pl.DataFrame], path: Path) -> int:
    """Write frames one after the other in a Parquet file; return the number of rows."""
    rows, writer = 0, None
    for frame in frames:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        rows += frame.height
    if writer is not None:
        writer.close()
    return rows


def _name(source: str, year: int) -> str:
    return f"SIMULE_{source}_{year}.parquet"


def _stream(seed: int, *path: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([seed, _STREAM, *path]))
