"""Whatever the mergers and splits, nothing is lost on the way from one year to another."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.territory.changes import commune_history
from maillage.territory.convert import Measures, convert

YEARS = (2010, 2016, 2024, 2025)


@st.composite
def histories(draw):
    """Communes of 2010 that merge by 2016, then again by 2024, with a split now and then."""
    n = draw(st.integers(2, 12))
    codes = [f"01{i:03d}" for i in range(n)]
    first = {c: codes[draw(st.integers(0, i))] for i, c in enumerate(codes)}
    first = {c: first[first[c]] if first[first[c]] == first[first[first[c]]] else first[c] for c in codes}
    first = {c: p if first[p] == p else c for c, p in first.items()}
    middle = sorted(set(first.values()))
    second = {c: middle[draw(st.integers(0, i))] for i, c in enumerate(middle)}
    second = {c: p if second[p] == p else c for c, p in second.items()}
    final = sorted(set(second.values()))
    rows = [(c, 2010, second[first[c]]) for c in codes] + [(c, 2016, second[c]) for c in middle]
    passage = pl.DataFrame(rows, schema=["code_before", "year_before", "code_after"], orient="row")
    people = [float(draw(st.integers(1, 1000))) for _ in codes]
    communes = pl.DataFrame(
        [(c, "COM", None, p) for c, p in zip(codes, people, strict=True) if c in final]
        + [(c, "COMD", second[first[c]], p) for c, p in zip(codes, people, strict=True)],
        schema=["code_commune", "kind", "code_parent", "population"],
        orient="row",
    )
    return commune_history(communes, passage, None)


@given(histories(), st.sampled_from(YEARS), st.sampled_from(YEARS), st.integers(0, 2**16))
@settings(max_examples=25, deadline=None)
def test_sums_are_conserved_and_shares_add_to_one(history, start, end, seed):
    links = history.links(start, end)
    assert np.allclose(links.group_by("code_from").agg(pl.col("share").sum())["share"], 1)
    assert set(links["code_from"]) == set(history.codes(start))
    assert set(links["code_to"]) == set(history.codes(end))
    values = np.random.default_rng(seed).integers(0, 100, history.codes(start).len()).astype(float)
    frame = pl.DataFrame({"code_commune": history.codes(start), "count": values})
    found = convert(history.at(end), frame, Measures(sums=["count"]), from_year=start, source="t")
    assert found.problems.is_empty()
    assert np.isclose(found.rows["count"].sum(), values.sum())
    if start == end:
        assert found.rows.equals(frame)


@given(histories(), st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_two_steps_forward_are_one_where_the_changes_are_sure(history, seed):
    codes = history.codes(2010)
    values = np.random.default_rng(seed).integers(0, 100, codes.len()).astype(float)
    frame = pl.DataFrame({"code_commune": codes, "count": values})
    sums = Measures(sums=["count"])
    middle = convert(history.at(2016), frame, sums, from_year=2010, source="t").rows
    twice = convert(history.at(2024), middle, sums, from_year=2016, source="t").rows
    once = convert(history.at(2024), frame, sums, from_year=2010, source="t").rows
    assert twice["code_commune"].equals(once["code_commune"])
    assert np.allclose(twice["count"], once["count"])
