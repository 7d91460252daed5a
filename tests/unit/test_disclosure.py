"""Confidentiality: rules, the system of a release, patterns, the attacker, drawn territories, the seal."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from maillage.catalog.tables import OBSERVATION
from maillage.disclosure.attack import audit, intervals
from maillage.disclosure.drawn import DrawnFigure, Refusal, Series, figure_of
from maillage.disclosure.linear import LinearTable, Needs, Role
from maillage.disclosure.policy import Policy, load_policy, public_sources, strictest
from maillage.disclosure.primary import Reason, amount_reasons, count_reasons, share_reasons
from maillage.disclosure.protect import (
    EarlierRelease,
    ProtectedObservations,
    Subject,
    protect,
    publishable_slices,
    subject_of,
)
from maillage.disclosure.secondary import Clock, suppress
from maillage.disclosure.words import SUPPRESSION
from maillage.disclosure.zonings import build_lattice
from maillage.errors import ArrayInputError, BrokenInvariantError, DefinitionError, UsageError
from maillage.indicators.registry import load_indicators
from maillage.sources.registry import SOURCES
from tests.disclosure_adversary import COUNTS, EVERY_LEVEL, SHARES, Country, observations

POLICY = Policy()


def land(*, cpts: bool = True) -> Country:
    """Six communes, two EPCI of three; a CPTS takes two of the first EPCI."""
    members = {("epci", "e0"): frozenset({0, 1, 2}), ("epci", "e1"): frozenset({3, 4, 5})}
    members |= {("cpts", "c0"): frozenset({0, 1})} if cpts else {}
    members |= {("france", "FRA"): frozenset(range(6))} | {("commune", f"{c:05d}"): frozenset([c]) for c in range(6)}
    return Country(members, 6)


def table_of(values, rows, **changes) -> LinearTable:
    values = np.array(values, dtype=float)
    size = values.size
    columns = {
        "lower": np.zeros(size),
        "upper": np.full(size, np.inf),
        "weight": np.ones(size),
        "role": np.zeros(size, dtype=np.int8),
    } | changes
    return LinearTable(sparse.csr_array(np.array(rows, dtype=float)), values, **columns)


def needs_of(table: LinearTable, cells, width=5.0) -> Needs:
    sensitive = np.isin(np.arange(table.size), cells)
    nil = np.zeros(table.size)
    return Needs(sensitive, nil, nil, np.full(table.size, width))


def codes(protected: ProtectedObservations) -> dict[tuple[str, str], str | None]:
    return {(r["level"], r["code"]): r["suppression"] for r in protected.frame.iter_rows(named=True)}


def release(part, whole=None, **options) -> ProtectedObservations:
    part, whole = np.array(part, float), None if whole is None else np.array(whole, float)
    subject = COUNTS if whole is None else SHARES
    options.setdefault("policies", EVERY_LEVEL)
    return protect(observations(land(), part, whole), land().membership(), [subject], **options)


def test_a_count_from_one_to_ten_is_withheld_and_zero_as_declared():
    counts = np.array([0.0, 1, 10, 11])
    assert count_reasons(counts, POLICY).tolist() == [0, 1, 1, 0]
    assert count_reasons(counts, Policy(zeros="withheld")).tolist() == [1, 1, 1, 0]


def test_a_share_is_withheld_for_its_part_its_rest_its_whole_or_unanimity():
    part, whole = np.array([5.0, 95, 0, 100, 50, 4, 0]), np.array([100.0, 100, 100, 100, 100, 8, 0])
    expected = [Reason.COUNT, Reason.COUNT, Reason.UNANIMITY, Reason.UNANIMITY, Reason.NONE, Reason.COUNT, Reason.NONE]
    assert share_reasons(part, whole, POLICY).tolist() == expected
    with pytest.raises(ArrayInputError, match="at most its whole"):
        share_reasons(np.array([3.0]), np.array([2.0]), POLICY)


def test_an_amount_is_withheld_for_few_contributors_or_a_dominant_one():
    reasons = amount_reasons(np.array([100.0, 100, 100]), np.array([3.0, 20, 20]), np.array([50.0, 86, 85]), POLICY)
    assert reasons.tolist() == [Reason.COUNT, Reason.DOMINANCE, Reason.NONE]


def test_policies_come_from_dated_parameters_and_the_strictest_wins():
    assert load_policy() == Policy(
        levels_withheld=("iris", "commune"),
        levels_kept=("france",),
        sparse_max=0.1,
        sparse_number=100,
        sparse_most=0.9,
        weight="value",
    )
    mixed = strictest([Policy(count_min=11), Policy(count_min=20, denominator="public")])
    assert (mixed.count_min, mixed.denominator) == (20, "protected")
    with pytest.raises(DefinitionError, match="2 or more"):
        Policy(count_min=1)
    with pytest.raises(DefinitionError, match="width left to an attacker"):
        Policy(count_min=4)


def test_files_that_producers_publish_are_public_and_records_of_people_are_not():
    assert {s.id for s in SOURCES if s.records is None} <= public_sources()
    assert not {s.id for s in SOURCES if s.records is not None} & public_sources()


def test_a_table_whose_totals_are_wrong_is_refused():
    with pytest.raises(ArrayInputError, match="equation 0 is off by"):
        table_of([10, 3, 8], [[-1, 1, 1]])


def test_the_attacker_s_interval_of_a_small_table():
    # 20 = a + b + 12, all but a and b published; then b bounded from above.
    table = table_of([20, 5, 3, 12], [[-1, 1, 1, 1]])
    low, high = intervals(table, np.array([False, True, True, False]))
    assert (low[1], high[1]) == (0, 8)
    tight = table_of([20, 5, 3, 12], [[-1, 1, 1, 1]], upper=np.array([np.inf, np.inf, 4, np.inf]))
    low, high = intervals(tight, np.array([False, True, True, False]))
    assert (low[1], high[1]) == (4, 8)


def test_the_audit_finds_a_cell_given_away_by_difference():
    table = table_of([20, 5, 15], [[-1, 1, 1]])
    needs = needs_of(table, [1])
    found = audit(table, needs.sensitive, needs, Clock.lasting(60))
    assert not found.passed
    assert found.exposed.tolist() == [1]
    assert (found.low[1], found.high[1]) == (5, 5)


def test_an_audit_out_of_time_vouches_for_nothing():
    table = table_of([40, 5, 15, 20], [[-1, 1, 1, 1]])
    needs = needs_of(table, [1])
    hidden = np.array([False, True, True, False])
    rows = table_of([40, 5, 15, 20, 5, 15], [[-1, 1, 1, 1, 0, 0], [0, 1, 0, 0, -1, 0], [0, 0, 1, 0, 0, -1]])
    assert audit(table, hidden, needs, Clock.lasting(60)).passed
    late = audit(rows, np.array([0, 1, 1, 0, 1, 1], bool), needs_of(rows, [1]), Clock.lasting(-1))
    assert late.unaudited.tolist() == [1]
    assert not late.passed


def test_the_lightest_cells_are_withheld():
    # Two ways to protect the cell of 5: with 16 or with 60.
    table = table_of([81, 5, 16, 60], [[-1, 1, 1, 1]], weight=np.array([9.0, 1, 1, 3]))
    pattern = suppress(table, needs_of(table, [1]), 11.0, Clock.lasting(60))
    assert np.flatnonzero(pattern.hidden).tolist() == [1, 2]
    assert pattern.open.size == 0


def test_what_cannot_be_protected_is_told():
    roles = np.array([Role.KNOWN, Role.CANDIDATE, Role.KNOWN], dtype=np.int8)
    table = table_of([20, 5, 15], [[-1, 1, 1]], role=roles)
    assert suppress(table, needs_of(table, [1]), 11.0, Clock.lasting(60)).open.tolist() == [1]


def test_every_territory_is_written_with_smaller_ones():
    lattice = build_lattice(land().membership(), ["commune", "epci", "cpts", "france"])
    sums = lattice.sums(np.arange(6.0) ** 2)
    assert np.abs(lattice.matrix @ sums).max() == 0
    assert lattice.cells.filter(~pl.col("named")).rows() == [("atom", "00000", False), ("atom", "00003", False)]
    with pytest.raises(UsageError, match="'bassin_vie'"):
        build_lattice(land().membership(), ["commune", "bassin_vie"])


def test_a_lone_small_commune_takes_another_of_its_epci_with_it():
    told = codes(release([50, 60, 70, 5, 40, 90]))
    assert told["commune", "00003"] == "A"
    assert [c for c, code in told.items() if code == "D"] == [("commune", "00004")]


def test_what_a_cpts_leaves_of_an_epci_is_protected():
    # Communes are not published: the EPCI less the CPTS would be the commune of 4.
    small = Country({**land().members, ("commune", "00002"): frozenset([2])}, 6)
    rows = observations(small, np.array([50.0, 60, 4, 30, 40, 90]))
    told = codes(protect(rows, small.membership(), [COUNTS], policies=EVERY_LEVEL))
    assert told["commune", "00002"] == "A"
    assert "D" in (told["epci", "e0"], told["cpts", "c0"], told["commune", "00000"], told["commune", "00001"])


def test_a_withheld_share_hides_its_value_and_its_bounds_and_not_a_large_denominator():
    protected = release([5, 30, 40, 50, 60, 70], [400, 400, 400, 400, 400, 400])
    row = protected.frame.filter(pl.col("code") == "00000").row(0, named=True)
    assert row["status"] == "suppressed_primary"
    assert [row[c] for c in ("numerator", "value", "low", "high")] == [None] * 4
    assert row["denominator"] == 400


def test_a_public_denominator_stays_and_the_part_is_protected_with_it():
    policies = {"events": Policy(denominator="public")}
    protected = release([3, 30, 40, 50, 60, 70], [8, 400, 400, 400, 400, 400], policies=policies)
    assert protected.frame.get_column("denominator").null_count() == 0
    told = codes(protected)
    assert told["commune", "00000"] == "A"
    assert "D" in told.values()


def test_an_earlier_release_is_not_undone():
    old = release([50, 60, 70, 30, 40, 90])
    assert set(codes(old).values()) == {None}
    revised = release([50, 60, 70, 30, 43, 90], earlier=EarlierRelease(old.frame, land().membership()))
    # Three late records: 43 beside the earlier 40 would show them.
    assert codes(revised)["commune", "00004"] is not None
    assert codes(revised)["epci", "e1"] is not None


def test_nothing_is_published_below_the_finest_level_of_a_policy():
    protected = release([50, 60, 70, 30, 40, 90], policies={"events": load_policy("events")})
    told = codes(protected)
    assert "commune" not in {level for level, _ in told}
    assert set(told.values()) == {None}


def test_a_level_that_is_kept_is_never_withheld_for_another():
    kept = codes(release([50, 60, 70, 5, 40, 90], policies={"events": Policy(levels_kept=("epci",))}))
    assert {code for (level, _), code in kept.items() if level == "epci"} == {None}
    assert kept["commune", "00003"] == "A"
    few = codes(release([1, 2, 3, 50, 40, 90], policies={"events": Policy(levels_kept=("epci",))}))
    assert few["epci", "e0"] == "A"


def test_a_level_with_too_many_holes_is_not_published_at_all():
    told = codes(release([3, 4, 70, 5, 40, 90], policies={"events": Policy(sparse_max=0.4)}))
    assert {code for (level, _), code in told.items() if level == "commune"} == {"W"}
    assert {code for (level, _), code in told.items() if level == "epci"} == {None}


def test_a_level_of_which_next_to_nothing_could_be_shown_is_not_published_however_few_its_territories():
    few = Policy(sparse_max=0.1, sparse_number=100, sparse_most=0.9)
    told = codes(release([3, 4, 0, 5, 0, 9], policies={"events": few}))
    assert {code for (level, _), code in told.items() if level == "commune"} == {"W"}
    told = codes(release([3, 4, 70, 5, 40, 90], policies={"events": few}))
    assert "A" in {code for (level, _), code in told.items() if level == "commune"}


def test_a_level_that_is_kept_is_withheld_where_it_would_give_a_small_count_away():
    # The country shows 30 stays, 20 of one cause: the 10 of the other would be their difference.
    total, one = np.array([5.0, 5, 5, 5, 5, 5]), np.array([4.0, 4, 4, 4, 4, 0])
    causes = {"": total, "one": one, "other": total - one}
    rows = pl.concat([observations(land(), v).with_columns(slice=pl.lit(k)) for k, v in causes.items()])
    subject = Subject("visits", ("events",), "count", {"": ("one", "other")})
    policies = {"events": Policy(levels_kept=("france",))}
    country = protect(rows, land().membership(), [subject], policies=policies).frame.filter(pl.col("level") == "france")
    shown = country.filter(pl.col("numerator").is_not_null()).get_column("slice").to_list()
    assert "other" not in shown
    assert len(shown) < 2


def test_a_small_count_is_withheld_where_it_is_too_small_to_make_a_figure():
    rows = observations(land(), np.array([50.0, 60, 70, 5, 40, 90])).with_columns(
        value=pl.when(pl.col("numerator") >= 11).then("value"),
        status=pl.when(pl.col("numerator") >= 11).then("status").otherwise(pl.lit("missing")),
    )
    for policy in (Policy(), Policy(sparse_max=0.0)):
        protected = protect(rows, land().membership(), [COUNTS], policies={"events": policy}).frame
        gone = protected.filter(pl.col("level") == "commune", pl.col("code") == "00003").row(0, named=True)
        assert gone["numerator"] is None
        assert gone["suppression"] is not None


def test_figures_that_are_public_already_pass_with_their_producer_s_reason():
    rows = observations(land(), np.array([1.0, 2, 3, 4, 5, 6])).with_columns(
        status=pl.when(pl.col("code") == "00001").then(pl.lit("suppressed_primary")).otherwise("status")
    )
    protected = protect(rows, land().membership(), [Subject("visits", ("drees_apl",), "other")])
    assert protected.report[0].already_published
    assert codes(protected)["commune", "00001"] == "P"
    assert protected.frame.get_column("numerator").null_count() == 0


def test_an_indicator_that_nobody_described_is_withheld_whole():
    rows = observations(land(), np.array([50.0, 60, 70, 80, 90, 99]))
    protected = protect(rows, land().membership(), [])
    assert set(codes(protected).values()) == {"W"}
    assert protected.frame.get_column("value").null_count() == rows.height


def test_counts_that_do_not_add_up_are_refused():
    rows = observations(land(), np.array([50.0, 60, 70, 80, 90, 99])).with_columns(
        numerator=pl.when(pl.col("code") == "e0").then(7.0).otherwise("numerator")
    )
    with pytest.raises(BrokenInvariantError, match="e0"):
        protect(rows, land().membership(), [COUNTS], policies=EVERY_LEVEL)


def test_slices_that_add_up_are_protected_together():
    total, week = np.array([50.0, 60, 70, 80, 90, 99]), np.array([45.0, 30, 35, 40, 45, 50])
    parts = {"": total, "week": week, "duty": total - week}
    rows = pl.concat([observations(land(), v).with_columns(slice=pl.lit(k)) for k, v in parts.items()])
    subject = Subject("visits", ("events",), "count", {"": ("week", "duty")})
    protected = protect(rows, land().membership(), [subject], policies=EVERY_LEVEL).frame.filter(
        pl.col("code") == "00000"
    )
    told = dict(protected.select("slice", "suppression").iter_rows())
    assert told["duty"] == "A"
    assert told[""] or told["week"]


def test_observations_that_come_in_parts_are_protected_as_they_are_together():
    years = [
        observations(land(), np.array(v, float)).with_columns(period=pl.lit(y))
        for y, v in (("2023", [50, 60, 70, 5, 40, 90]), ("2024", [50, 6, 70, 5, 40, 9]))
    ]
    protected = [protect(o, land().membership(), [COUNTS], policies=EVERY_LEVEL) for o in (pl.concat(years), years)]
    assert protected[0].frame.equals(protected[1].frame)
    assert protected[0].report == protected[1].report


def test_the_slices_that_may_be_published_are_those_that_add_up():
    tied = Subject("visits", ("events",), "count", {"": ("week", "duty")})
    public = Subject("score", ("drees_apl",), "other")
    assert publishable_slices([tied, public]) == {"visits": {"", "week", "duty"}}


def test_observations_are_published_only_once_protected():
    with pytest.raises(BrokenInvariantError, match="only once protected"):
        ProtectedObservations(OBSERVATION.empty(), (), object())


def test_the_same_release_gives_the_same_bytes():
    first, second = (release([50, 6, 70, 5, 40, 9]).frame for _ in range(2))
    assert first.equals(second)


def test_a_drawn_territory_is_added_from_published_cells_or_refused():
    protected = release([50, 60, 70, 5, 40, 90])
    series, nest = Series("visits", "2024"), land().membership()
    whole = figure_of(["00000", "00003", "00004", "00005"], series, protected, nest)
    assert isinstance(whole, DrawnFigure)
    assert whole.numerator == 50 + 135
    assert whole.added == (("commune", "00000"), ("epci", "e1"))
    refused = figure_of(["00000", "00003"], series, protected, nest)
    assert isinstance(refused, Refusal)
    assert refused.communes == ("00003",)
    with pytest.raises(UsageError, match="communes of the release"):
        figure_of(["99999"], series, protected, nest)


def test_every_code_has_words_in_two_languages():
    assert set(SUPPRESSION) == {"A", "D", "W", "P"}
    assert all(words.fr != words.en and words.fr and words.en for words in SUPPRESSION.values())


def test_indicators_on_published_files_are_public_and_those_on_records_can_be_protected():
    for indicator in load_indicators().values():
        subject = subject_of(indicator)
        assert (public_sources() >= set(subject.sources)) == (indicator.records is None), indicator.id
        assert indicator.records is None or subject.kind != "other", indicator.id


def test_a_slice_that_nothing_ties_to_the_whole_is_left_out():
    rows = observations(land(), np.array([50.0, 60, 70, 80, 90, 99]))
    both = pl.concat([rows, rows.with_columns(slice=pl.lit("mg"))])
    protected = protect(both, land().membership(), [COUNTS], policies=EVERY_LEVEL).frame
    assert set(protected.get_column("slice")) == {""}
    assert protected.get_column("numerator").null_count() == 0


def test_a_median_is_withheld_where_it_describes_too_few():
    rows = observations(land(), np.zeros(6), np.array([5.0, 60, 70, 80, 90, 99])).with_columns(
        numerator=pl.lit(None, pl.Float64), value=pl.lit(8.0)
    )
    subject = Subject("visits", ("events",), "size")
    protected = protect(rows, land().membership(), [subject], policies=EVERY_LEVEL)
    told = codes(protected)
    assert told["commune", "00000"] == "A"
    assert told["epci", "e1"] is None
    gone = protected.frame.filter(pl.col("suppression").is_not_null())
    assert gone.get_column("denominator").null_count() == gone.height
