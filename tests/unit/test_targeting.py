"""Targeting: concentration curve and index, shares in alert with their intervals, and what national counts say."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from maillage.errors import ArrayInputError
from maillage.measures.reference import load_reference
from maillage.measures.targeting import (
    Places,
    by_measure,
    concentration_curve,
    concentration_index,
    erreygers_index,
    targeting,
)
from maillage.measures.targeting_national import national_targeting

REFERENCE = load_reference()


def _places(access, population, alert=None):
    worst = np.asarray(access, dtype=float) < 2.5 if alert is None else np.asarray(alert, dtype=bool)
    return Places(np.asarray(access, dtype=float), np.asarray(population, dtype=float), worst)


def _country(size=60):
    access = np.linspace(1, 5, size)
    return _places(access, np.full(size, 1000.0)), access


def test_the_curve_takes_territories_from_the_worst_access():
    people, money = concentration_curve(_places([3, 1, 2], [50, 25, 25]), [10, 60, 30])
    assert people.tolist() == pytest.approx([0, 0.25, 0.5, 1])
    assert money.tolist() == pytest.approx([0, 0.6, 0.9, 1])


def test_the_index_is_one_less_twice_the_area_under_the_curve():
    places, amount = _places([3, 1, 2, 2], [50, 25, 10, 15]), [10, 60, 5, 25]
    people, money = concentration_curve(places, amount)
    assert concentration_index(places, amount) == pytest.approx(1 - 2 * np.trapezoid(money, people))


@pytest.mark.parametrize(
    ("amount", "sign"), [([1, 1, 1], 0), ([3, 1, 0], -1), ([0, 1, 3], 1)], ids=["equal", "worst served", "best served"]
)
def test_the_sign_tells_who_is_favoured(amount, sign):
    assert np.sign(round(concentration_index(_places([1, 2, 3], [9, 9, 9]), amount), 12)) == sign


def test_two_groups_give_the_share_of_people_less_that_of_the_amount():
    assert concentration_index(_places([1, 2], [68, 32]), [58.6, 41.4]) == pytest.approx(0.68 - 0.586)


def test_territories_of_the_same_access_count_as_one_whatever_their_order():
    amount = np.array([5.0, 1, 9, 2])
    tied = _places([1, 1, 2, 2], [10, 20, 30, 40])
    flipped = _places([1, 1, 2, 2], [20, 10, 40, 30])
    assert concentration_index(tied, amount) == pytest.approx(concentration_index(flipped, amount[[1, 0, 3, 2]]))


def test_a_bounded_share_is_corrected_by_erreygers():
    places, share = _places([1, 2, 3, 4], [10, 10, 10, 10]), [0.1, 0.2, 0.3, 0.8]
    covered = np.asarray(share) * 10
    assert erreygers_index(places, share) == pytest.approx(4 * 0.35 * concentration_index(places, covered))
    assert erreygers_index(places, np.zeros(4)) == 0
    with pytest.raises(ArrayInputError):
        erreygers_index(places, [0.1, 0.2, 0.3, 1.2])


def test_the_interval_holds_the_index_and_is_the_same_twice():
    places, access = _country()
    found = targeting(places, 6 - access)
    assert found.index_interval[0] < found.index < found.index_interval[1] < 0
    assert found.alert_interval[0] < found.alert_share < found.alert_interval[1]
    assert found.alert_share > found.population_share
    assert targeting(places, 6 - access) == found


def test_too_few_territories_have_no_interval():
    assert targeting(_places([1, 2, 3], [1, 1, 1]), [1, 2, 3]).index_interval is None


def test_measures_are_compared_and_what_cannot_be_placed_is_said():
    places, access = _country(20)
    codes = [f"{n:02}" for n in range(20)]
    frame = pl.DataFrame(
        {"code": codes, "access": access, "population": places.population, "in_alert": places.in_alert}
    )
    amounts = pl.concat(
        [
            pl.DataFrame({"measure": "msp", "code": codes, "amount": 6 - access}),
            pl.DataFrame({"measure": "msp", "code": ["FRA"], "amount": [7.0]}),
            pl.DataFrame({"measure": "cpts", "code": ["FRA"], "amount": [5.0]}),
        ]
    )
    cpts, msp = by_measure(amounts, frame).iter_rows(named=True)
    assert (msp["measure"], msp["unplaced"]) == ("msp", pytest.approx(7))
    assert msp["index_low"] < msp["index"] < 0
    assert (cpts["measure"], cpts["amount"], cpts["unplaced"], cpts["index"]) == ("cpts", 0, 5, None)


@pytest.mark.parametrize("amount", [[1, 2], [0, 0, 0], [1, -1, 2], [1, float("nan"), 2]], ids=str)
def test_amounts_that_cannot_be_ranked_are_refused(amount):
    with pytest.raises(ArrayInputError):
        concentration_index(_places([1, 2, 3], [1, 1, 1]), amount)


def test_territories_that_do_not_go_together_are_refused():
    with pytest.raises(ArrayInputError):
        _places([1, 2], [1, 1, 1])


def test_assistants_in_under_dense_zones_against_the_people_there():
    first, last = national_targeting(REFERENCE)
    assert (first.on, first.part, first.whole) == (date(2022, 10, 31), 1797, 3545)
    assert last.share == pytest.approx(0.5856, abs=1e-4)
    assert (last.low, last.high) == pytest.approx((0.5724, 0.5987), abs=1e-4)
    assert [(a.entry, a.side) for a in last.against] == [
        ("zip_zac_population_share_2025", -1),
        ("zip_zac_population_share", -1),
        ("zip_population_share", 1),
    ]
    assert last.against[0].index == pytest.approx(0.68 - 3136 / 5355)
    assert last.against[0].low < last.against[0].index < last.against[0].high
    assert "58,6 %" in last.words.fr
    assert "68 to 75 %" in last.words.en
    assert set(last.entries) <= set(REFERENCE.entries)


def test_without_the_zoning_file_the_report_alone_is_the_reference():
    assert [a.entry for a in national_targeting(REFERENCE.inside)[0].against] == [
        "zip_zac_population_share",
        "zip_population_share",
    ]
