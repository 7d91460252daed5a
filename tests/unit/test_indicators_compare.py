"""A territory beside those that hold it, and among those of its level."""

import numpy as np
import polars as pl
import pytest

from maillage.catalog.tables import OBSERVATION, TERRITORY
from maillage.errors import ArrayInputError, NotFoundError
from maillage.indicators.compare import compare, rank_at, ranks, references, verdict
from maillage.indicators.deciles import population_quantile, quantile_limit, quantile_means
from maillage.indicators.definition import break_between
from maillage.indicators.registry import find_indicator


def observed(*rows):
    common = {"indicator": "apl_mg", "period": "2021", "slice": "", "status": "published", "origin": "o"}
    made = [{**common, "level": level, "code": code, "value": value} for level, code, value in rows]
    return pl.DataFrame(made, schema=OBSERVATION.schema)


TERRITORIES = pl.DataFrame(
    [
        {"level": "commune", "code": "01001", "code_departement": "01", "code_region": "84"},
        {"level": "region", "code": "84", "code_departement": None, "code_region": "84"},
    ],
    schema=TERRITORY.schema,
)
SEEN = observed(("commune", "01001", 2.0), ("departement", "01", 2.5), ("region", "84", 0.0), ("france", "FRA", 4.0))


def test_a_commune_is_compared_with_its_departement_region_and_country():
    rows = {r["reference_level"]: r for r in compare(SEEN, TERRITORIES, "commune", "01001").to_dicts()}
    assert rows["departement"]["difference"] == -0.5
    assert rows["france"]["ratio"] == 0.5
    assert rows["region"]["ratio"] is None


def test_a_region_is_compared_with_the_country_alone():
    rows = compare(SEEN, TERRITORIES, "region", "84")
    assert rows["reference_level"].to_list() == ["france"]


def test_an_unknown_territory_is_named():
    with pytest.raises(NotFoundError, match="'99999'"):
        compare(SEEN, TERRITORIES, "commune", "99999")


def test_rank_one_is_the_most_difficult_equal_values_share_it_and_missing_ones_have_none():
    values = np.array([2.0, np.nan, 1.0, 1.0])
    assert ranks(values, "low").tolist() == [3, 0, 1, 1]
    assert ranks(values, "high").tolist() == [1, 0, 2, 2]
    for worst in ("low", "high", "none"):
        assert [rank_at(values, worst, p) for p in range(4)] == ranks(values, worst).tolist()


def test_a_territory_is_compared_only_with_larger_ones_that_hold_it():
    assert references("epci", "01", "84") == (("departement", "01"), ("region", "84"), ("france", "FRA"))
    assert references("departement", "01", "84") == (("region", "84"), ("france", "FRA"))
    assert references("cpts", None, None) == (("france", "FRA"),)
    assert references("france", None, None) == ()


def test_a_difference_is_called_one_only_where_the_intervals_show_it():
    density = observed(("commune", "01001", 200.0), ("departement", "01", 80.0), ("france", "FRA", 190.0))
    bounds = pl.DataFrame({"low": [150.0, 75.0, 188.0], "high": [260.0, 86.0, 192.0]})
    rows = density.with_columns(bounds["low"], bounds["high"], indicator=pl.lit("densite_mg"))
    found = compare(rows, TERRITORIES, "commune", "01001")
    assert found["reference_level"].to_list() == ["departement", "france"]
    assert found["verdict"].to_list() == [1, 0]
    # The same bounds around an indicator of which they are no sampling error.
    assert compare(rows.with_columns(indicator=pl.lit("apl_mg")), TERRITORIES, "commune", "01001")[
        "verdict"
    ].to_list() == [None, None]


def test_no_verdict_without_an_interval():
    assert verdict((2.0, 1.0, 3.0), (9.0, 8.0, 10.0)) == -1
    assert verdict((2.0, np.nan, np.nan), (9.0, 8.0, 10.0)) is None


def test_tenths_of_the_population_weigh_people_and_not_territories():
    value, people = [5.0, 1.0, 3.0], [10.0, 10.0, 80.0]
    assert population_quantile(value, people).tolist() == [10, 1, 9]
    means = quantile_means(value, people)
    assert (means[0], means[8], means[9]) == (1.0, 3.0, 5.0)
    assert np.isnan(means[4])
    assert quantile_limit(value, people, 0.1) == 3.0


@pytest.mark.parametrize(("value", "people"), [([np.nan], [1.0]), ([1.0], [-1.0]), ([1.0, 2.0], [1.0]), ([], [])])
def test_deciles_refuse_what_they_cannot_sort(value, people):
    with pytest.raises(ArrayInputError):
        population_quantile(value, people)


def test_two_releases_of_the_apl_never_compare_without_a_warning():
    apl = find_indicator("apl_mg")
    assert "Rupture" in break_between(apl, "2018", "2022").fr
    assert break_between(apl, "2022", "2018") is not None
    assert break_between(apl, "2021", "2021") is None
    assert break_between(find_indicator("densite_mg"), "2023", "2024") is None
