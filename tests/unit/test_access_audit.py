"""A score explained, and a change of supply, on cases computed by hand."""

import numpy as np
import pytest

from maillage.access import Decay, TravelMatrix, catchment, huff_shared, what_if
from maillage.errors import ArrayInputError

IRDES = Decay("irdes", "steps", (5, 10, 15), (1, 0.3, 0.1))
TRAVEL = TravelMatrix.from_pairs([0, 0, 1, 1, 2], [0, 1, 0, 1, 1], np.array([3.0, 12, 5, 4, 9]), shape=(4, 2))


@pytest.fixture
def result():
    # R0 = 8000 / (1000 + 0.3 × 2000) = 5; R1 = 2400 / (0.1 × 1000 + 1 × 2000 + 0.3 × 1000) = 1; nobody reaches the last
    return catchment(TRAVEL, [1000, 2000, 1000, 50], [8000, 2400], IRDES)


def test_the_places_that_feed_a_score_come_greatest_first(result):
    fed = result.contributions(1)
    assert fed.places.tolist() == [0, 1]
    assert fed.minutes.tolist() == [5, 4]
    np.testing.assert_allclose(fed.weight, [0.3, 1])
    np.testing.assert_allclose(fed.ratio, [5, 1])
    np.testing.assert_allclose(fed.contribution, [1.5, 1])
    np.testing.assert_allclose(fed.supply / fed.weighted_demand, fed.ratio)
    assert fed.contribution.sum() == pytest.approx(fed.score, rel=1e-15)


def test_a_score_is_told_in_words(result):
    words = result.explain(1, names=["Vif", "Gap"])
    assert words.en == (
        "Score of 2.50, from 2 places (4.0 to 5.0 minutes away). The first, Vif, gives 60% of it: at 5.0 minutes it"
        " weighs 0.30, and offers 8,000.0 for a weighted demand of 1,600.0."
    )
    assert words.fr.startswith("Score de 2,50, venu de 2 lieux (entre 4,0 et 5,0 minutes). Le premier, Vif, en apporte")
    assert "from a single place (9.0 minutes away). The first, place 1, gives 100%" in result.explain(2).en
    assert "venu d'un seul lieu (à 9,0 minutes)" in result.explain(2).fr
    assert result.explain(3).fr.startswith("Score nul")
    assert result.explain(3).en.startswith("Score of 0")


def test_a_place_that_does_not_exist_has_no_explanation(result):
    with pytest.raises(ArrayInputError, match="from 0 to 3, found 4"):
        result.explain(4)


def test_a_change_touches_those_whom_the_place_reaches(result):
    found = what_if(result, {0: 4000.0})
    assert found.touched.tolist() == [0, 1]
    np.testing.assert_allclose(found.difference, [-2.5, -0.75])
    np.testing.assert_allclose(found.result.scores, [2.6, 1.75, 0.3, 0])
    assert found.result.conservation_error < 1e-15
    assert result.scores[0] == pytest.approx(5.1)


def test_closing_a_place_leaves_those_it_alone_served_unreached(result):
    found = what_if(result, {1: 0})
    assert found.result.unreached.tolist() == [2, 3]
    assert found.result.unreached_demand == 1050
    assert found.result.scores[2] == 0
    assert what_if(result, {}).touched.size == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({2: 1.0}, "from 0 to 1: found place 2"),
        ({-1: 1.0}, "found place -1"),
        ({0: -1.0, 1: np.nan}, r"found -1 at place 0 \(2 such"),
        ({1: np.inf}, "inf at place 1"),
    ],
)
def test_a_change_that_is_none_is_refused(result, changes, message):
    with pytest.raises(ArrayInputError, match=message):
        what_if(result, changes)


def test_weights_made_from_the_supply_need_a_declared_attraction():
    demand, supply = [1000, 2000, 1000, 50], [8000, 2400]
    with pytest.raises(ArrayInputError, match="declare its attraction"):
        what_if(huff_shared(TRAVEL, demand, supply, IRDES), {0: 1.0})
    held = huff_shared(TRAVEL, demand, supply, IRDES, attraction=supply)
    again = huff_shared(TRAVEL, demand, [1, 2400], IRDES, attraction=supply)
    np.testing.assert_array_equal(what_if(held, {0: 1.0}).result.scores, again.scores)
