"""A run on a hostile folder or store: damaged files are told, the store keeps what it had, never a traceback."""

import shutil
from pathlib import Path

import pytest

from maillage.catalog.store import open_version
from maillage.errors import StoreError
from maillage.pipeline.request import RunRequest
from maillage.pipeline.run import run_pipeline
from maillage.sources.registry import read_folder


def test_a_damaged_file_is_left_aside_and_said_so_with_its_reason(tmp_path, small_sources, small_carriers):
    folder = tmp_path / "sources"
    shutil.copytree(small_sources, folder)
    (folder / "coupe.xlsx").write_bytes((folder / "apl_mg.xlsx").read_bytes()[:3000])
    (folder / "notes.txt").write_text("bonjour\n", "utf-8")
    report = run_pipeline(RunRequest(store=tmp_path / "store", carriers=small_carriers, sources=folder))
    said = [line for line in report.summary("fr") if line.startswith("Fichier illisible")]
    assert len(said) == 1
    assert "coupe.xlsx: a whole xlsx workbook was expected" in said[0]
    assert sorted(report.unknown) == ["coupe.xlsx", "notes.txt"]


def test_links_that_lead_nowhere_and_files_that_cannot_be_read_are_listed(tmp_path):
    (tmp_path / "perdu.csv").symlink_to(tmp_path / "absent.csv")
    expected = ["perdu.csv"]
    if Path("/proc/self/mem").exists():  # a file that even root cannot read from its start
        (tmp_path / "refuse.csv").symlink_to("/proc/self/mem")
        expected.append("refuse.csv")
    found = read_folder(tmp_path)
    assert [f.file for f in found.unrecognised if f.damaged] == expected


def test_a_store_in_the_place_of_a_file_is_told_in_a_sentence(tmp_path, small_sources, small_carriers):
    (tmp_path / "store").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        run_pipeline(RunRequest(store=tmp_path / "store", carriers=small_carriers, sources=small_sources))


def test_a_disk_that_fills_up_leaves_the_store_as_it_was(
    tmp_path, small_store, small_sources, small_carriers, monkeypatch
):
    store = tmp_path / "store"
    shutil.copytree(small_store, store)
    before = open_version(store).id

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("maillage.catalog.store.sha256_file", full)
    with pytest.raises(StoreError, match="No space left on device"):
        run_pipeline(RunRequest(store=store, carriers=small_carriers, sources=small_sources))
    assert open_version(store).id == before
    assert not (store / "staging").exists()
