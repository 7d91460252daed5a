"""Whatever the cells, each row is either kept or put aside with a reason."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from maillage.catalog.check import check_rows
from maillage.catalog.table import Table

TABLE = Table("t", "test", ("code_commune", "headcount", "zone"), ("code_commune",), frozenset({"zone"}))
CODES = st.sampled_from(["01001", "01002", "2A004", "1001", "", "N/A"]) | st.text(max_size=6)
COUNTS = st.sampled_from(["1", "1,5", "-1", "x", "", "=A1", "1e400", "nan"]) | st.text(max_size=4)
ZONES = st.sampled_from(["ZIP", "ZAC", "", "zip", "=cmd"])
REASONS = st.sampled_from([None, None, None, "because"])
ROWS = st.lists(st.tuples(CODES, COUNTS, ZONES, REASONS, REASONS), max_size=12)


@given(ROWS)
def test_nothing_is_lost(cells):
    raw = pl.DataFrame(
        cells, schema=dict.fromkeys(("code_commune", "headcount", "zone", "aside", "broken"), pl.String), orient="row"
    ).with_row_index("line", offset=2)
    checked = check_rows(raw, TABLE, file="f", bad_share_max=1)
    put_aside = set(checked.quarantine["line"])
    kept = checked.lines.to_list()
    assert checked.rows_in == len(cells) == checked.rows.height + len(put_aside)
    assert put_aside.isdisjoint(kept)
    assert put_aside | set(kept) == set(raw["line"])
    assert checked.rows["code_commune"].is_unique().all()
    assert checked.quarantine["reason"].null_count() == 0
