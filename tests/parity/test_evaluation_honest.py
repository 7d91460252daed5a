"""Bounds under trends that are not parallel, against those that R HonestDiD prints for the Medicaid expansions.

R draws two of its constants (1 000 draws behind the least-favourable threshold, a million behind a quantile). With its
generator in the place of ours, every printed digit comes out; with ours, ends move by less than a step of its grid.
"""

import itertools
import json
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import ndtri

from maillage.evaluation import honest, honest_smooth
from maillage.evaluation.honest import EventStudy, breakdown, relative_magnitudes
from maillage.evaluation.honest_smooth import smoothness

pytestmark = pytest.mark.real

ONE_STEP = 4.1e-4  # of R's grid at Mbar = 2


def r_normal(count, seed=0):
    """The first ``count`` values of rnorm after set.seed(seed) in R: Mersenne Twister, inversion on two uniforms."""
    for _ in range(51):
        seed = (69069 * seed + 1) % 2**32  # the last of these is the position, which R sets itself
    key = np.empty(624, dtype=np.uint32)
    for at in range(624):
        seed = (69069 * seed + 1) % 2**32
        key[at] = seed
    generator = np.random.MT19937()
    generator.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 624}}
    uniform = generator.random_raw(2 * count) * 2.3283064365386963e-10
    return ndtri((np.floor(2**27 * uniform[0::2]) + uniform[1::2]) / 2**27)


@pytest.fixture(scope="module")
def study(real_data):
    inputs = np.load(real_data / "validation" / "did" / "honestdid" / "bv.npz")
    return EventStudy.of(inputs["b"], inputs["v"], 5)


@pytest.fixture(scope="module")
def printed(real_data):
    return json.loads((real_data / "validation" / "did" / "expected.json").read_text("utf-8"))


def three_digits(value):
    return float(f"{value:.3g}")


def test_rnorm_is_that_of_r():
    assert r_normal(3).round(7).tolist() == [1.2629543, -0.3262334, 1.3297993]


def test_relative_magnitudes_print_as_in_r(study, printed, monkeypatch):
    monkeypatch.setattr(honest, "standard_normal", lambda seed, width: r_normal(1000 * width).reshape(1000, width))
    expected = printed["ehec_honest_RM"]
    found = [relative_magnitudes(study, size) for size in expected["Mbar"]]

    assert [three_digits(bounds.lower) for bounds in found] == expected["lb"]
    assert [three_digits(bounds.upper) for bounds in found] == expected["ub"]


@pytest.mark.parametrize("seed", [1, 2, 3], ids=str)
def test_relative_magnitudes_with_our_draws_stay_within_a_step_of_the_grid(study, printed, seed):
    expected = printed["ehec_honest_RM"]
    found = [relative_magnitudes(study, size, seed=seed) for size in expected["Mbar"]]

    assert [bounds.lower for bounds in found] == pytest.approx(expected["lb"], abs=ONE_STEP + 5e-5)
    assert [bounds.upper for bounds in found] == pytest.approx(expected["ub"], abs=ONE_STEP + 5e-5)


def test_smoothness_prints_as_in_r(study, printed, monkeypatch):
    draws = r_normal(10**6)
    exact = honest_smooth.half_length
    expected = printed["ehec_honest_SD"]

    shortest = honest_smooth._shortest

    def as_r(bias, spread, level):
        return spread * float(np.quantile(np.abs(draws + bias / spread), level))

    def with_exact_weights(*given):
        """The weights do not hang on the draws: they are found with the exact quantile, which is fast."""
        monkeypatch.setattr(honest_smooth, "half_length", exact)
        weights = shortest(*given)
        monkeypatch.setattr(honest_smooth, "half_length", as_r)
        return weights

    monkeypatch.setattr(honest_smooth, "_shortest", with_exact_weights)
    found = [smoothness(study, size) for size in expected["M"]]
    # The first end is 0.0259513 here and prints as 0.0259 in R.
    assert found[0].lower == pytest.approx(0.02595, abs=2e-6)
    assert [three_digits(bounds.lower) for bounds in found[1:]] == expected["lb"][1:]
    assert [three_digits(bounds.upper) for bounds in found] == expected["ub"]


def test_smoothness_with_the_exact_quantile_differs_by_the_draws_of_r_alone(study, printed):
    expected = printed["ehec_honest_SD"]
    found = [smoothness(study, size) for size in expected["M"]]

    assert [bounds.lower for bounds in found] == pytest.approx(expected["lb"], abs=8e-5)
    assert [bounds.upper for bounds in found[:3]] == pytest.approx(expected["ub"][:3], abs=8e-5)
    assert all(inner.upper - inner.lower < outer.upper - outer.lower for inner, outer in itertools.pairwise(found))


def test_the_effect_breaks_down_where_the_documentation_of_r_says(study):
    assert breakdown(lambda size: relative_magnitudes(study, size), 5) == pytest.approx(2, abs=0.1)
    assert breakdown(lambda size: smoothness(study, size), 0.1, precision=1e-4) == pytest.approx(0.0228, abs=2e-4)


def test_diff_diff_relative_magnitudes_are_still_too_narrow(real_data, study):
    """The reason why the bounds are ours: when this fails, the library has changed and is to be looked at again."""
    from diff_diff import HonestDiD, MultiPeriodDiD

    table = pl.read_csv(real_data / "validation" / "did" / "honestdid" / "ehec_data.csv")
    table = table.filter((pl.col("year") < 2016) & (pl.col("yexp2").fill_null(0) != 2015))
    table = table.with_columns(treated=(pl.col("yexp2").fill_null(0) == 2014).cast(pl.Int64))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of its own names and of the collinear main effect
        fitted = MultiPeriodDiD(cluster="stfips").fit(
            pd.DataFrame({name: table[name].to_numpy() for name in ("dins", "treated", "year", "stfips")}),
            outcome="dins",
            treatment="treated",
            time="year",
            unit="stfips",
            post_periods=[2014, 2015],
            reference_period=2013,
            absorb=["stfips"],
        )
        found = HonestDiD(method="relative_magnitude", M=2.0, l_vec=np.array([1.0, 0.0])).fit(fitted)

    assert fitted.period_effects[2014].effect == pytest.approx(study.estimate, abs=1e-9)
    assert (found.ci_lb, found.ci_ub) == pytest.approx((0.0113, 0.0816), abs=5e-5)  # R: -0.0011 to 0.0883
