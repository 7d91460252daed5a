"""Territories add up what their communes hold."""

import polars as pl
import pytest

from maillage.errors import ArrayInputError, DefinitionError, UsageError
from maillage.territory.aggregate import aggregate
from maillage.territory.rule import Rule, components, values

LINKS = [
    ("A1", "iris", "A", "commune", 1.0),
    ("A2", "iris", "A", "commune", 1.0),
    ("B1", "iris", "B", "commune", 1.0),
    ("A", "commune", "E1", "epci", 1.0),
    ("B", "commune", "E1", "epci", 1.0),
    ("C", "commune", "E2", "epci", 1.0),
    ("B", "commune", "P1", "cpts", 0.25),
    ("B", "commune", "P2", "cpts", 0.5),
    *((c, "commune", "FRA", "france", 1.0) for c in "ABC"),
]
MEMBERSHIP = pl.DataFrame(
    LINKS, schema=["child_code", "child_level", "parent_code", "parent_level", "share"], orient="row"
)


def frame(rows, *columns):
    return pl.DataFrame(rows, schema=["code", "period", "slice", *columns], orient="row")


def test_a_mean_is_weighted_and_a_missing_value_leaves_both_sums():
    apl = frame(
        [("A", "2021", "", 2.0, 100.0), ("B", "2021", "", 4.0, 300.0), ("C", "2021", "", None, 50.0)],
        "value",
        "population",
    )
    rule = Rule("mean", weight="population")
    found = values(aggregate(components(apl, rule), MEMBERSHIP, ["epci", "france"]), rule)
    assert found.select("level", "code", "value", "denominator", "covered").rows() == [
        ("epci", "E1", 3.5, 400.0, 1.0),
        ("epci", "E2", None, None, 0.0),
        ("france", "FRA", 3.5, 400.0, 400 / 450),
    ]


def test_a_sum_goes_through_shares_and_has_no_denominator():
    doctors = frame([("A", "2024", "", 3.0), ("B", "2024", "", 8.0)], "value")
    rule = Rule("sum")
    found = values(aggregate(components(doctors, rule), MEMBERSHIP, ["france", "cpts"]), rule)
    assert found.select("code", "value", "denominator").rows() == [
        ("P1", 2.0, None),
        ("P2", 4.0, None),
        ("FRA", 11.0, None),
    ]


def test_a_ratio_divides_sums():
    density = frame([("A", "2024", "", 1.0, 1000.0), ("B", "2024", "", 5.0, 3000.0)], "numerator", "denominator")
    rule = Rule("ratio", scale=100_000)
    assert values(aggregate(components(density, rule), MEMBERSHIP, ["epci"]), rule)["value"].to_list() == [150.0]


def test_iris_climb_to_every_level_through_their_commune():
    people = frame([("A1", "2021", "", 10.0), ("A2", "2021", "", 20.0), ("B1", "2021", "", 5.0)], "value")
    found = aggregate(components(people, Rule("sum")), MEMBERSHIP, ["iris", "commune", "epci"], base_level="iris")
    assert found.select("level", "code", "numerator").rows() == [
        ("iris", "A1", 10.0),
        ("iris", "A2", 20.0),
        ("iris", "B1", 5.0),
        ("commune", "A", 30.0),
        ("commune", "B", 5.0),
        ("epci", "E1", 35.0),
    ]


def test_periods_slices_and_other_keys_stay_apart():
    rows = [("A", "2016", "", 1.0), ("A", "2021", "", 2.0), ("B", "2021", "65", 4.0)]
    base = components(frame(rows, "value").with_columns(indicator=pl.lit("x")), Rule("sum"))
    found = aggregate(base, MEMBERSHIP, ["epci"])
    assert found.select("period", "slice", "indicator", "numerator").rows() == [
        ("2016", "", "x", 1.0),
        ("2021", "", "x", 2.0),
        ("2021", "65", "x", 4.0),
    ]


def test_a_zero_denominator_gives_no_value():
    empty = frame([("A", "2024", "", 0.0, 0.0)], "numerator", "denominator")
    rule = Rule("ratio")
    assert values(aggregate(components(empty, rule), MEMBERSHIP, ["epci"]), rule)["value"].to_list() == [None]


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ([("A", "2024", "", 1.0), ("A", "2024", "", 1.0)], r"'A' comes twice"),
        ([("Z", "2024", "", 1.0)], r"'Z' is not a code"),
        ([("A", "2024", "", float("nan"))], r"'A' has a value that is not a number"),
    ],
)
def test_rows_that_cannot_be_added_are_named(rows, match):
    with pytest.raises(ArrayInputError, match=match):
        aggregate(components(frame(rows, "value"), Rule("sum")), MEMBERSHIP, ["epci"])


def test_an_unknown_level_is_refused():
    with pytest.raises(UsageError, match="canton"):
        aggregate(components(frame([("A", "2024", "", 1.0)], "value"), Rule("sum")), MEMBERSHIP, ["canton"])


def test_a_mean_must_declare_its_weight():
    with pytest.raises(DefinitionError):
        Rule("mean")


def test_a_level_without_territories_gives_no_row():
    base = components(frame([("A", "2024", "", 1.0)], "value"), Rule("sum"))
    found = aggregate(base, MEMBERSHIP, ["bassin_vie", "france"])
    assert found["level"].to_list() == ["france"]
