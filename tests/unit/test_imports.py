"""Imported files are kept in the order they came, and what cannot be kept is told in a sentence."""

import polars as pl
import pytest

from maillage.errors import StoreError
from maillage.pipeline.imports import import_path, imports_folder, list_sources
from maillage.sources.registry import read_folder


def counts(path, headcount):
    path.write_text(f"code_commune,typequ_bpe2024,nombre\n01001,D265,{headcount}\n", "utf-8")
    return path


def headcounts(store):
    return pl.concat(read.rows for read in read_folder(imports_folder(store)).reads)["headcount"].to_list()


def test_the_last_imported_file_of_a_source_wins_whatever_its_hash(tmp_path):
    for headcount in range(1, 8):
        assert import_path(counts(tmp_path / "bpe.csv", headcount), tmp_path / "store")[0].accepted
        assert headcounts(tmp_path / "store") == [headcount]


def test_a_file_imported_again_takes_the_last_place_and_is_kept_once(tmp_path):
    for headcount in (1, 2, 1):
        import_path(counts(tmp_path / "bpe.csv", headcount), tmp_path / "store")
    assert headcounts(tmp_path / "store") == [1]
    assert len(list((imports_folder(tmp_path / "store") / "insee_bpe").iterdir())) == 2


def test_a_file_with_a_very_long_name_is_kept(tmp_path):
    assert import_path(counts(tmp_path / f"{'a' * 250}.csv", 1), tmp_path / "store")[0].accepted


def test_a_simulated_file_stays_simulated_once_imported(tmp_path):
    (tmp_path / "origine.toml").write_text("[folder]\nsimulated = true\n", "utf-8")
    store = tmp_path / "store"
    assert import_path(counts(tmp_path / "bpe.csv", 1), store)[0].simulated
    assert [read.simulated for read in read_folder(imports_folder(store)).reads] == [True]
    assert {s["source"]: s["simulated"] for s in list_sources(store, "fr")}["insee_bpe"]


def test_a_store_that_is_a_file_is_told_in_a_sentence(tmp_path):
    (tmp_path / "store").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        import_path(counts(tmp_path / "bpe.csv", 1), tmp_path / "store")
