"""The store is replaced in one step and its identifier is the hash of what it holds."""

import polars as pl
import pytest

from maillage.catalog.store import open_draft, open_version, publish
from maillage.catalog.table import Table
from maillage.engine import open_engine
from maillage.errors import BrokenInvariantError, StoreError

TABLE = Table("population", "test", ("code", "year", "population"), ("code", "year"))
FRAME = pl.DataFrame({"code": ["01002", "01001"], "year": [2021, 2021], "population": [2.0, 1.0]})


def build(store, frame=FRAME):
    with open_draft(store) as draft:
        draft.write(TABLE, frame)
        draft.extra("tiles", "x.bin").write_bytes(b"tile")
        return publish(draft, store, {"millesime": 2025})


def test_a_published_version_reads_back_sorted_by_key(tmp_path):
    build(tmp_path)
    assert open_version(tmp_path).read("population")["code"].to_list() == ["01001", "01002"]


def test_the_same_content_gives_the_same_identifier_and_bytes(tmp_path):
    first, second = build(tmp_path / "a"), build(tmp_path / "b", FRAME.reverse())
    names = sorted(p.relative_to(first.folder) for p in first.folder.rglob("*") if p.is_file())
    assert first.id == second.id
    assert len(names) == 3
    assert all((first.folder / n).read_bytes() == (second.folder / n).read_bytes() for n in names)


def test_an_abandoned_draft_changes_nothing(tmp_path):
    before = build(tmp_path)
    with open_draft(tmp_path) as draft:
        draft.write(TABLE, FRAME.with_columns(population=pl.lit(9.0)))
    assert open_version(tmp_path).id == before.id
    assert not (tmp_path / "staging").exists()


def test_only_the_version_in_force_and_the_one_before_are_kept(tmp_path):
    for value in (1.0, 2.0, 3.0):
        last = build(tmp_path, FRAME.with_columns(population=pl.lit(value)))
    kept = [p.name for p in (tmp_path / "versions").iterdir()]
    assert len(kept) == 2
    assert last.id in kept


def test_a_repeated_key_is_never_written(tmp_path):
    with open_draft(tmp_path) as draft, pytest.raises(BrokenInvariantError, match="two rows of one key"):
        draft.write(TABLE, pl.concat([FRAME, FRAME]))


def test_an_absent_store_says_how_to_build_one(tmp_path):
    with pytest.raises(StoreError, match="maillage run --demo"):
        open_version(tmp_path)


def test_the_engine_reads_the_store(tmp_path):
    engine = open_engine(build(tmp_path).tables)
    table = engine.table("population")
    total = engine.frame(table.aggregate(total=table.population.sum()))
    assert total["total"].to_list() == [3.0]


@pytest.mark.parametrize("name", ["", "../../elsewhere", "0123456789abcdef", "\x00\xff"])
def test_a_pointer_to_a_version_that_is_not_there_is_told_in_a_sentence(tmp_path, name):
    (tmp_path / "CURRENT").write_text(name, "latin-1")
    with pytest.raises(StoreError, match="names a version that is not there"):
        open_version(tmp_path)


def test_a_damaged_manifest_is_told_in_a_sentence(tmp_path):
    (build(tmp_path).folder / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(StoreError, match="manifest"):
        open_version(tmp_path)
