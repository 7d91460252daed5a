"""A synthetic control of one territory whose effect is planted, and what is refused."""

import numpy as np
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.single import synthetic_control

YEARS = np.arange(2005, 2021)


def panel(*, effect=-6.0, donors=24, start=2014, shift=0.0, treated=1, years=YEARS):
    """Territories that follow two common paths each in its own way; the first ones open a maison de santé early."""
    random = np.random.default_rng(12)
    load = random.uniform(0, 1, (donors + treated, 2))
    paths = np.stack([0.5 * (years - 2005), np.sin((years - 2005) / 2)])
    outcome = 60 + 4 * load @ paths + 0.3 * random.normal(size=(donors + treated, years.size))
    outcome[:treated] += effect * (years >= start) + shift
    cohort = np.where(np.arange(donors + treated) < treated, start, 0)
    names = np.asarray([f"{code:02d}" for code in range(1, donors + treated + 1)])
    rows = Rows(
        np.repeat(names, years.size), np.tile(years, names.size), outcome.ravel(), np.repeat(cohort, years.size)
    )
    return Panel.of(rows, smallest_cohort=1)


@pytest.fixture(scope="module")
def found():
    return synthetic_control(panel())


def test_a_planted_effect_is_recovered_and_stands_out_of_placebos(found):
    assert found.att == pytest.approx(-6, abs=0.8)
    assert found.p_value == pytest.approx(1 / 25)
    assert found.ratio > max(found.placebo.values())
    assert len(found.placebo) == 24
    assert "01" not in found.placebo
    assert found.failed == 0
    assert found.notes == ()


def test_the_synthetic_path_is_a_mix_of_donors(found):
    given = panel()

    assert found.weight.sum() == pytest.approx(1)
    assert (found.weight >= 0).all()
    assert found.weight[0] == 0
    assert found.expected == pytest.approx(found.weight @ given.outcome, abs=1e-4)
    assert given.outcome[0] - found.gap == pytest.approx(found.expected)
    before = given.periods < 2014
    assert found.fit == pytest.approx(np.sqrt((found.gap[before] ** 2).mean()))
    assert found.ratio == pytest.approx(np.sqrt((found.gap[~before] ** 2).mean()) / found.fit)


def test_no_earlier_date_and_no_single_donor_makes_the_effect(found):
    assert sorted(found.earlier) == list(range(2010, 2014))
    assert max(abs(gap) for gap in found.earlier.values()) < 1.5
    assert set(found.without) == set(panel().units[found.weight > 1e-6])
    assert max(abs(att + 6) for att in found.without.values()) < 1.0


def test_without_an_effect_the_territory_does_not_stand_out():
    assert synthetic_control(panel(effect=0.0)).p_value > 0.05


def test_the_shortest_path_before_has_no_earlier_date():
    assert synthetic_control(panel(start=2010)).earlier == {}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"treated": 2}, "made for one territory, found 2 treated"),
        ({"donors": 18}, "needs 19 untreated territories .* found 18"),
        ({"start": 2009}, "needs 5 periods before treatment, found 4"),
        ({"shift": 500.0}, "misses the territory by .* synthetic difference in differences"),
    ],
    ids=["several", "donors", "before", "outside"],
)
def test_what_placebos_could_not_tell_is_refused_in_both_languages(given, reason):
    with pytest.raises(ArrayInputError, match=reason) as refusal:
        synthetic_control(panel(**given))
    assert refusal.value.fr
