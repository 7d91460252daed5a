"""A run with a new day of records counts that day alone, and gives the bytes of a run that counts everything."""

import shutil

import polars as pl
import pytest

from maillage.catalog.kept import Kept
from maillage.catalog.store import open_draft, open_version
from maillage.engine import open_engine
from maillage.indicators import partials
from maillage.indicators.registry import find_indicator
from maillage.pipeline import records
from maillage.pipeline.imports import import_path, imports_folder
from maillage.pipeline.request import RunRequest
from maillage.pipeline.run import run_pipeline
from maillage.sources.registry import frames, read_carriers, read_folder
from maillage.territory.geography import build_geography
from maillage.territory.residence import Communes
from tests.records import visit, write_rpu

CCMU1 = ("counted", "part_ccmu1")


@pytest.fixture(scope="module")
def communes(small_carriers):
    made = build_geography(frames(read_carriers(small_carriers)))
    return Communes(made.history, made.postcode, made.population)


@pytest.fixture
def watched(monkeypatch):
    """What is placed and counted, batch by batch."""
    done = []
    place, count = records._place, partials.count_batch
    monkeypatch.setattr(records, "_place", lambda h, *a: done.append(("placed", h.batch.rows_in)) or place(h, *a))
    monkeypatch.setattr(partials, "count_batch", lambda i, e: done.append(("counted", i.id)) or count(i, e))
    return done


@pytest.fixture
def again(tmp_path, communes):
    """Import files of visits, then go through the stages that read records; tables, sums, and what is told of them."""

    def give(*files, communes=communes):
        store = tmp_path / "store"
        give_files(store, files)
        kept = Kept(store / "kept")
        with open_draft(store) as draft:
            said = records.write_records(draft, read_folder(imports_folder(store)).records, communes, kept)
            engine = open_engine(draft.folder / "tables")
            counted = partials.count_parts([find_indicator("part_ccmu1")], engine, draft.parts(), kept)
            visits = pl.read_parquet(draft.folder / "tables" / "emergency_visit.parquet")
            faults = {p.name: p.read_bytes() for p in sorted(draft.folder.glob("quarantine/*"))}
        kept.forget_others()
        sums = counted["part_ccmu1"].sums.write_csv()
        return visits, (draft.tables, sums, faults, said.source_files.write_csv(), said.quarantine.write_csv())

    return give


def give_files(store, files):
    for name, lines in files:
        import_path(write_rpu(store.parent / f"{name}.csv", lines), store)


def some(first, count, **cells):
    return [visit(n, **cells) for n in range(first, first + count)]


def forget(tmp_path):
    shutil.rmtree(tmp_path / "store" / "kept")


def test_a_new_day_is_placed_and_counted_alone_and_gives_the_same_bytes(tmp_path, again, watched):
    again(("year", some(0, 400)))
    watched.clear()
    visits, made = again(("day", some(400, 30, CODE_INSEE="08777")), ("next", some(430, 20)))
    assert watched == [("placed", 30), ("placed", 20), CCMU1, CCMU1]
    assert visits.height == 420
    forget(tmp_path)
    assert again()[1] == made
    assert watched[4:6] == [("placed", 400), ("placed", 30)]


def test_a_record_given_again_counts_once_and_the_batch_that_held_it_is_counted_again(tmp_path, again, watched):
    again(("year", some(0, 200)), ("other", some(500, 100)))
    watched.clear()
    visits, made = again(("day", [*some(190, 5), *some(195, 5, GRAVITE="5"), *some(200, 20)]))
    assert watched == [("placed", 200), ("placed", 30), CCMU1, CCMU1]
    assert (visits.height, visits["visit_id"].n_unique()) == (320, 320)
    assert visits.filter(pl.col("ccmu") == "5").height == 5
    again(("later", some(600, 5)))
    assert watched[4:] == [("placed", 5), CCMU1]
    shutil.rmtree(sorted((imports_folder(tmp_path / "store") / "rpu").iterdir())[-1])
    forget(tmp_path)
    assert again()[1] == made


def test_a_batch_taken_away_gives_back_the_records_that_it_replaced(tmp_path, again):
    _, alone = again(("year", some(0, 50)))
    again(("day", some(40, 10, GRAVITE="5")))
    shutil.rmtree(sorted((imports_folder(tmp_path / "store") / "rpu").iterdir())[-1])
    assert again()[1] == alone


def test_other_communes_place_again_what_they_change_and_nothing_else(again, watched, communes):
    again(("by_code", some(0, 50)), ("by_postcode", some(50, 20, CODE_INSEE="", CP="08000")))
    watched.clear()
    people = communes.population.with_columns(
        population=pl.when(pl.col("code") == "08001").then(1e9).otherwise("population")
    )
    shared = pl.DataFrame({"postcode": ["08000", "08000"], "code": ["08001", "08012"]})
    visits, _ = again(communes=Communes(communes.history, shared, people))
    assert watched == [("placed", 20), CCMU1]
    assert visits.tail(20)["code"].unique().to_list() == ["08001"]


def test_what_is_no_longer_used_is_not_kept(tmp_path, again):
    again(("year", some(0, 50)), ("day", some(50, 10)))
    before = len(list((tmp_path / "store" / "kept").iterdir()))
    shutil.rmtree(sorted((imports_folder(tmp_path / "store") / "rpu").iterdir())[0])
    again()
    assert 0 < len(list((tmp_path / "store" / "kept").iterdir())) < before


@pytest.mark.slow
def test_a_store_updated_by_a_day_is_that_of_a_run_from_nothing(tmp_path, small_carriers, watched):
    def version(*files):
        give_files(tmp_path / "store", files)
        run_pipeline(RunRequest(store=tmp_path / "store", carriers=small_carriers))
        return open_version(tmp_path / "store").id

    version(("year", some(0, 400)))
    watched.clear()
    updated = version(("day", some(400, 30)))
    assert watched == [("placed", 30), CCMU1]
    forget(tmp_path)
    assert version() == updated
