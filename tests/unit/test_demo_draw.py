from __future__ import annotations

import numpy as np
import pytest
from tests.demo_country import grid_country

from maillage.demo.draw import Drawn, draw
from maillage.demo.parameters import PROFESSIONS, target
from maillage.demo.perimeters import group_communes, of
from maillage.demo.places import whole_towns
from maillage.demo.poles import assign, choose_poles
from maillage.demo.rescale import decile_weights, weighted_mean
from maillage.errors import UsageError

COUNTRY = grid_country()


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(COUNTRY, 11)


def test_counts_are_whole_positive_and_reach_the_published_totals(drawn: Drawn) -> None:
    for code, count in drawn.counts.items():
        assert count.dtype == np.int64
        assert count.min() >= 0
        assert count.sum() == target(f"bpe_{code}")


def test_the_gp_means_and_extreme_deciles_are_the_published_ones(drawn: Drawn) -> None:
    known, apl = drawn.places.censused, drawn.apl_2021["mg"]
    people, weight = drawn.places.inhabitants[known], apl.standardised[known]
    means = {limit: weighted_mean(score[known], weight) for limit, score in apl.by_limit.items()}
    assert means == pytest.approx({0: 3.811, 65: 3.369, 62: 3.001}, abs=5e-7)
    score = apl.by_limit[65][known]
    assert weighted_mean(score, decile_weights(score, people, 1)) == pytest.approx(1.52, abs=5e-7)
    assert weighted_mean(score, decile_weights(score, people, 10)) == pytest.approx(5.63, abs=5e-7)


def test_fewer_doctors_never_give_more_access(drawn: Drawn) -> None:
    known, scores = drawn.places.censused, drawn.apl_2021["mg"].by_limit
    assert (scores[62] <= scores[65])[known].all()
    assert (scores[65] <= scores[0])[known].all()
    after = drawn.apl_2022["mg"].by_limit
    assert (after[65] <= after[0])[known].all()


@pytest.mark.parametrize("profession", ["inf", "mk", "sf", "cd"])
def test_each_profession_has_its_published_mean(drawn: Drawn, profession: str) -> None:
    known, apl = drawn.places.censused, drawn.apl_2021[profession]
    ((limit, score),) = apl.by_limit.items()
    expected = target(f"apl_2021_{profession}_{limit}_mean")
    assert weighted_mean(score[known], apl.standardised[known]) == pytest.approx(expected, abs=1e-6)


def test_a_place_without_a_census_has_no_score_and_no_zone(drawn: Drawn) -> None:
    unknown = ~drawn.places.censused
    assert unknown.any()
    assert np.isnan(drawn.apl_2021["mg"].by_limit[0][unknown]).all()
    assert set(drawn.zones[unknown]) == {"N/A - résultat non disponible"}


def test_zones_hold_their_published_shares_of_the_population(drawn: Drawn) -> None:
    known = drawn.places.censused
    people = np.where(known, drawn.places.inhabitants, 0.0)
    zip_share = people[drawn.zones == "1_ZIP"].sum() / people.sum()
    zip_zac = people[np.isin(drawn.zones, ["1_ZIP", "2_ZAC"])].sum() / people.sum()
    assert zip_share == pytest.approx(0.282, abs=0.01)
    assert zip_zac == pytest.approx(0.68, abs=0.01)


def test_the_worst_zone_is_worse_served(drawn: Drawn) -> None:
    score, people = drawn.apl_2021["mg"].by_limit[65], drawn.places.inhabitants

    def served(zone: str) -> float:
        rows = drawn.zones == zone
        return weighted_mean(score[rows], people[rows])

    assert served("1_ZIP") < served("2_ZAC") < served("3_HZ")


def test_the_simulated_apl_follows_the_simulated_doctors(drawn: Drawn) -> None:
    near = drawn.counts[PROFESSIONS["mg"]] / drawn.places.inhabitants
    known = drawn.places.censused
    assert np.corrcoef(near[known], drawn.apl_2021["mg"].by_limit[0][known])[0, 1] > 0.2


def test_a_part_of_the_country_keeps_its_share_of_the_totals() -> None:
    part = draw(COUNTRY, 11, ("13", "18"))
    share = part.places.inhabitants.sum() / COUNTRY.inhabitants.sum()
    assert set(part.places.departement) == {"13", "18"}
    assert part.counts["D265"].sum() == round(60573 * share)


def test_the_same_seed_draws_the_same_and_another_seed_differs(drawn: Drawn) -> None:
    again, other = draw(COUNTRY, 11), draw(COUNTRY, 12)
    np.testing.assert_array_equal(drawn.counts["D265"], again.counts["D265"])
    np.testing.assert_array_equal(drawn.cpts, again.cpts)
    np.testing.assert_array_equal(drawn.apl_2022["cd"].by_limit[65], again.apl_2022["cd"].by_limit[65])
    assert (drawn.counts["D265"] != other.counts["D265"]).any()


def test_an_unknown_departement_is_refused() -> None:
    with pytest.raises(UsageError, match="99"):
        draw(COUNTRY, 1, ("99",))


def test_cpts_lie_within_a_departement_and_leave_holes(drawn: Drawn) -> None:
    covered = drawn.cpts != ""
    share = drawn.places.inhabitants[covered].sum() / drawn.places.inhabitants.sum()
    assert 0.6 < share <= 0.82
    for name in set(drawn.cpts[covered]):
        assert name.startswith("CPTS simulée d")
        assert len(set(drawn.places.departement[drawn.cpts == name])) == 1


def test_groups_of_communes_reach_their_size_where_the_departement_allows() -> None:
    group = group_communes(COUNTRY, 30_000.0)
    people = np.bincount(group, COUNTRY.inhabitants)
    assert people.min() >= 0.6 * 30_000


def test_every_pole_belongs_to_its_own_basin() -> None:
    poles = choose_poles(COUNTRY.position_km, COUNTRY.inhabitants, 20)
    basin = assign(COUNTRY.position_km, poles, COUNTRY.inhabitants[poles])
    assert abs(len(poles) - 20) <= 2
    np.testing.assert_array_equal(basin[poles], np.arange(len(poles)))


def test_arrondissements_make_one_town() -> None:
    town = COUNTRY.code.copy()
    town[:3] = "75056"
    name = COUNTRY.name.copy()
    name[:3] = ["Paris 1er Arrondissement", "Paris 2e Arrondissement", "Paris 3e Arrondissement"]
    cut = type(COUNTRY)(**{f: getattr(COUNTRY, f) for f in COUNTRY.__slots__} | {"town": town, "name": name})
    towns, town_of = whole_towns(cut)
    paris = town_of[0]
    assert (towns.code[paris], towns.name[paris]) == ("75056", "Paris")
    assert towns.inhabitants[paris] == pytest.approx(COUNTRY.inhabitants[:3].sum())
    assert len(towns) == len(COUNTRY) - 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Le Mans", "du Mans"),
        ("Les Abymes", "des Abymes"),
        ("Apt", "d'Apt"),
        ("La Rochelle", "de La Rochelle"),
        ("Gap", "de Gap"),
    ],
)
def test_names_take_the_french_article(name: str, expected: str) -> None:
    assert of(name) == expected
