"""Whatever the lines, each is kept, put aside with a reason, or an identical repeat of one that is kept."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.sources.records.mapping import Declared, load_mapping, mapping_text
from maillage.sources.records.rpu import RPU
from tests.records import nothing_lost, read, visit, write_rpu

CELLS = st.fixed_dictionaries(
    {},
    optional={
        "AGE": st.sampled_from(["3", "212", "", "x", "47,0"]),
        "GRAVITE": st.sampled_from(["1", "9", "p", ""]),
        "ENTREE": st.sampled_from(
            ["2024-03-25T10:00", "25/03/2024 10:00", "03/25/2024 10:00", "03/04/2024 10:00", "?"]
        ),
        "CODE_INSEE": st.sampled_from(["08001", "8001", "99100", "2A004", ""]),
        "CP": st.sampled_from(["08000", "8000", "99999", ""]),
        "DP": st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=4),
    },
)
LINES = st.lists(st.builds(lambda n, cells: visit(n, **cells), st.integers(0, 5), CELLS), min_size=1, max_size=15)


@settings(max_examples=40)
@given(LINES, st.sampled_from([40, 400]))
def test_nothing_is_lost_whatever_the_blocks(lines, block_bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = write_rpu(Path(folder) / "rpu.csv", lines)
        batch = nothing_lost(read(path, block_bytes=block_bytes))
        assert batch.rows_in == len(lines)
        kept = [pl.read_parquet(part) for part in batch.parts]
        if kept:
            rows = pl.concat(kept)
            assert rows.height == batch.rows_kept
            assert rows.select(pl.struct("site_id_finess", "visit_id").is_unique().all()).item()


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
NAMES = st.sampled_from([c.name for c in RPU.columns])


@given(
    st.builds(
        Declared,
        layout=st.just("rpu"),
        columns=st.dictionaries(NAMES, st.lists(WORDS, max_size=2).map(tuple)),
        constants=st.dictionaries(NAMES, WORDS),
        values=st.dictionaries(NAMES, st.dictionaries(WORDS, WORDS, min_size=1)),
        dates=st.dictionaries(NAMES, st.sampled_from(["%d/%m/%y", "%d/%m/%y %H:%M"])),
    )
)
def test_a_mapping_that_is_written_is_read_as_it_was(declared):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.toml"
        path.write_text(mapping_text(declared), "utf-8")
        assert load_mapping(path, [RPU]) == declared
