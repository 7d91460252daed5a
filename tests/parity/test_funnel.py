"""Funnels, differences, standardised rates and cumulated sums agree with values published elsewhere.

Sources: tests of PHEindicatormethods (funnels), of PHStatsMethods (a directly standardised rate with its bands);
Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10; tests of OpenPrescribing (cumulated sums).
"""

import numpy as np
import pytest

from maillage.indicators.cusum import cusum
from maillage.indicators.difference import difference, proportion_estimate
from maillage.indicators.funnel import count_limits, proportion_limits, rate_funnel
from maillage.indicators.standardise import direct

# Events, directly standardised rate, people.
AREAS = (
    (2419, 907.6174266, 264102),
    (2337, 948.5620216, 259711),
    (2291, 799.9690496, 289247),
    (2242, 852.5637927, 265029),
    (2218, 868.5358183, 284649),
    (2159, 769.6242217, 293578),
    (2130, 752.3254955, 286718),
    (2111, 710.2689402, 307381),
    (2105, 815.3530325, 274145),
    (2083, 717.7035916, 297424),
    (2078, 755.8016993, 272628),
    (2062, 825.9742848, 269656),
    (2061, 702.2972468, 294692),
    (2033, 785.6210132, 277710),
    (2033, 743.6763018, 259213),
    (2010, 781.8323058, 285516),
    (2004, 772.6781064, 269449),
    (2002, 652.3391553, 290888),
    (1977, 648.4969973, 287112),
    (1944, 727.5777428, 286492),
    (1932, 625.6551186, 287012),
    (1922, 688.5582424, 291277),
    (1912, 662.4465438, 289859),
    (1881, 627.1624732, 289653),
    (1844, 657.1114147, 282519),
    (1835, 724.8456714, 274220),
    (1833, 659.7820553, 280271),
    (1825, 654.7053631, 284206),
    (1816, 624.4435507, 274508),
    (1809, 646.7588823, 288384),
    (1798, 703.1689982, 287072),
    (1754, 567.9922764, 282744),
    (1746, 617.7750715, 289208),
    (1709, 610.8327232, 287736),
    (1694, 608.5089462, 296175),
    (1688, 662.3775859, 303255),
    (1649, 667.6454503, 285959),
    (1553, 604.1141693, 274661),
    (1332, 469.5645784, 281425),
)
EVENTS, STANDARDISED, PEOPLE = (np.array(column, dtype=float) for column in zip(*AREAS, strict=True))
# H, h: high beyond the outer, the inner limits; L, l: low; -: inside.
SIDES = {"H": 2, "h": 1, "-": 0, "l": -1, "L": -2}
CRUDE = "HHHHHHH-H-HH-hH-H------ll-ll-LLLLLLLLLL"
DIRECT = "HHHHHHh-H-HH-HhHHLL-L-lLl-lLLL-LLLLllLL"
CRUDE_WITH_AN_AREA_OF_NO_EVENT = "HHHHHHH-HhHHhHHhH------------llLLLLLLLLL"


def sides(word):
    return [SIDES[letter] for letter in word]


def test_crude_rates_lie_where_the_published_funnel_puts_them():
    assert rate_funnel(EVENTS, PEOPLE).position.tolist() == sides(CRUDE)


def test_an_area_without_events_counts_in_the_funnel():
    found = rate_funnel([*EVENTS, 0], [*PEOPLE, 297820])
    assert found.position.tolist() == sides(CRUDE_WITH_AN_AREA_OF_NO_EVENT)


def test_standardised_rates_lie_where_the_published_funnel_puts_them():
    assert rate_funnel(EVENTS, EVENTS / STANDARDISED).position.tolist() == sides(DIRECT)


@pytest.mark.parametrize(
    ("people", "inner", "outer"),
    [
        (2, (25.885383, 100), (0, 100)),
        (102, (72.974925, 88.309971), (68.553233, 92.731663)),
        (2093, (78.949785, 82.335111), (77.973663, 83.311233)),
        (110000, (80.408963, 80.875933), (80.274317, 81.010578)),
    ],
)
def test_limits_of_a_proportion_are_the_published_ones(people, inner, outer):
    for confidence, expected in ((0.95, inner), (0.998, outer)):
        limits = proportion_limits([people], 0.80642448, confidence=confidence)
        assert [100 * limit[0] for limit in limits] == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(
    ("confidence", "expected", "low", "high"),
    [
        (0.95, 5.571644585, 1, None),
        (0.95, 18.39035799, 10, None),
        (0.95, 4.795387629, None, 10),
        (0.95, 737.2376756, 684, None),
        (0.998, 24.13397235, 10, None),
        (0.998, 2.960519925, None, 10),
    ],
)
def test_limits_of_a_count_are_the_published_ones(confidence, expected, low, high):
    found = count_limits([expected], confidence=confidence)
    for limit, published in zip(found, (low, high), strict=True):
        assert published is None or limit[0] == pytest.approx(published, rel=1e-5)


def test_a_directly_standardised_rate_is_the_published_one():
    events = [50, 55, 55, 55, 60, 60, 65, 70, 70, 70, 70, 65, 60, 55, 50, 40, 25, 15, 10]
    people = [509, 559, 559, 559, 609, 609, 659, 709, 709, 709, 709, 659, 609, 559, 509, 409, 259, 159, 109]
    europe_2013 = [5000, *[5500] * 3, *[6000] * 2, 6500, *[7000] * 4, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000]
    found = direct(events, people, europe_2013)
    assert 1e5 * found.value[0] == pytest.approx(9832.763039564017, rel=1e-12)
    assert 1e5 * found.low[0] == pytest.approx(9232.668299548477, rel=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "limits"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_differences_of_proportions_have_newcombe_s_limits(first, second, limits):
    found = difference(proportion_estimate(*first), proportion_estimate(*second))
    assert (found.low[0], found.high[0]) == pytest.approx(limits, abs=5e-5)


NAN = np.nan
UP, DOWN = 1, -1


@pytest.mark.parametrize(
    ("series", "alarms"),
    [
        ([100] * 7, {}),
        ([100, 100, 100, 100, 90, 80, 70, 70, 70, 70], {4: DOWN, 5: DOWN, 6: DOWN, 7: DOWN, 8: DOWN}),
        ([100, 100, 100, 100, 90, 80, 100, 100, 100, 100], {4: DOWN, 5: DOWN}),
        ([100, 90, 80, 70, 60, 70, 80, 90, 100], {4: DOWN, 8: UP}),
        ([10, 20, 30, 40, 50, 40, 30, 20, 10, 10], {4: UP, 8: DOWN, 9: DOWN}),
        ([1, 1, 2, 3, 4, 5, 5, 5, 100], {4: UP, 5: UP, 6: UP, 8: UP}),
        ([47, 47, 48, 49, 50, 51, 52, 52, 100], {4: UP, 5: UP, 6: UP, 7: UP, 8: UP}),
        ([0, 20, 30, 40, 50, 60, 70, 80, 90], {5: UP, 6: UP, 7: UP, 8: UP}),
        ([100, 0, 100, 0, 100, 0, 20, 30, 40, 50, 60, 70, 80, 90], {}),
        ([10, 20, 30, 40, 50, 60, 100, 100, 100, 100], {4: UP, 5: UP, 6: UP, 7: UP, 8: UP}),
        ([20, 40, 60, 80], {}),
        ([0, 20, 40, 60, 80, 90, 100], {4: UP, 5: UP, 6: UP}),
        ([5, 50, 100, 50, 5, 50, 100, 50, 5, 50, 100, 50, 5], {}),
        ([5, 30, 50, 30, 5, 30, 50, 30, 5, 30, 50, 30, 5], {}),
        ([5, 6, 7, 90, 5, 6, 7, 6, 5, 6, 7, 6, 5], {3: UP}),
        ([10, 20, 30, 40, 50, 60, 70], {4: UP, 5: UP, 6: UP}),
        ([10, 20, 30, 40, 50, 60, 100, 100, 100], {4: UP, 5: UP, 6: UP, 7: UP, 8: UP}),
        ([10, NAN, 30, 40, 50, 60, 100, 100, 100], {5: UP, 6: UP, 7: UP, 8: UP}),
        ([NAN] * 5 + [30, 40, 50, 60, 70, 80], {6: UP, 7: UP, 8: UP, 9: UP, 10: UP}),
        ([NAN, NAN, 30, 40, 50], {3: UP, 4: UP}),
    ],
)
def test_cumulated_sums_ring_where_openprescribing_says(series, alarms):
    found = cusum(np.array(series) / 100, window=3, sensitivity=5, decimals=2)
    assert {at: int(side) for at, side in enumerate(found) if side} == alarms
