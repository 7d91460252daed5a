"""A territory beside those that hold it, and among those of its level."""

import numpy as np
import polars as pl
import pytest

from maillage.catalog.tables import OBSERVATION, TERRITORY
from maillage.errors import ArrayInputError, NotFoundError
from maillage.indicators.compare import compare, standing
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


def test_equal_values_share_their_rank_and_missing_ones_are_not_counted():
    seen = observed(*(("epci", c, v) for c, v in (("a", 3.0), ("b", 1.0), ("c", 3.0), ("d", None))))
    rows = standing(seen, "apl_mg", "epci", "2021").to_dicts()
    assert [(r["code"], r["rank"], r["of"]) for r in rows] == [("a", 2, 3), ("b", 1, 3), ("c", 2, 3)]
    assert rows[1]["quantile"] == pytest.approx(1 / 6)


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
