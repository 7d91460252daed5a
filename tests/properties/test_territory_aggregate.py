"""What is added up is neither lost nor counted twice, whatever the order of the rows."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.territory.aggregate import aggregate
from maillage.territory.rule import Rule, components


@st.composite
def partitions(draw):
    n = draw(st.integers(1, 30))
    parents = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    counts = draw(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=n, max_size=n))
    codes = [f"{i:05d}" for i in range(n)]
    links = pl.DataFrame(
        {
            "child_code": codes * 2,
            "child_level": ["commune"] * 2 * n,
            "parent_code": [f"E{p}" for p in parents] + ["FRA"] * n,
            "parent_level": ["epci"] * n + ["france"] * n,
            "share": [1.0] * 2 * n,
        }
    )
    rows = pl.DataFrame(
        {"code": codes, "period": ["2021"] * n, "slice": [""] * n, "value": counts},
        schema_overrides={"value": pl.Float64},
    )
    return links, rows


@given(partitions(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_sums_are_conserved_and_do_not_depend_on_row_order(case, random):
    links, rows = case
    base = components(rows, Rule("sum"))
    found = aggregate(base, links, ["epci", "france"])
    total = float(np.nansum(rows["value"].fill_null(0.0).to_numpy()))
    for level in ("epci", "france"):
        assert np.isclose(found.filter(level=level)["numerator"].fill_null(0.0).sum(), total)
    shuffled = list(range(rows.height))
    random.shuffle(shuffled)
    again = aggregate(base[shuffled], links.sample(fraction=1, shuffle=True, seed=1), ["epci", "france"])
    assert again.equals(found)


@given(partitions())
@settings(max_examples=40, deadline=None)
def test_the_covered_share_is_that_of_the_communes_with_a_value(case):
    links, rows = case
    found = aggregate(components(rows, Rule("sum")), links, ["france"])
    assert np.isclose(found["covered"][0], rows["value"].is_not_null().mean())
