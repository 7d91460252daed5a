"""Every catchment method against values published by other packages and papers.

From the validation folder: the tests of ipeaGIT/accessibility, pysal/access, uva-bi-sdad/catchment, aceso and the R
package fca; on Belo Horizonte, the figures that the README of ipeaGIT/accessibility prints; for spatial availability,
the example of Soukhov et al. (2023) as the tests of accessibility give it.
"""

import csv
import gzip
import json

import numpy as np
import pytest

from maillage.access import (
    Curve,
    TravelMatrix,
    balanced,
    binary,
    catchment,
    cumulative_opportunities,
    exponential,
    gaussian,
    gravity,
    huff_shared,
    huff_three_step,
    inverse_power,
    modified,
    spatial_availability,
    steps,
    three_step,
    two_step,
)


def full(times):
    cost = np.array(times, dtype=float)
    i, j = np.divmod(np.arange(cost.size), cost.shape[1])
    return TravelMatrix.from_pairs(i, j, cost.ravel(), shape=cost.shape)


@pytest.fixture(scope="module")
def toys(real_data):
    return json.loads((real_data / "validation" / "accessibility_toys.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def belo_horizonte(real_data):
    """Travel, population, jobs, schools and the position of each identifier."""
    folder = real_data / "validation" / "accessibility_ipea"
    with gzip.open(folder / "land_use_data.csv.gz", "rt") as file:
        land = list(csv.DictReader(file))
    where = {row["id"]: k for k, row in enumerate(land)}
    with gzip.open(folder / "travel_matrix.csv.gz", "rt") as file:
        pairs = [(where[r["from_id"]], where[r["to_id"]], float(r["travel_time"])) for r in csv.DictReader(file)]
    i, j, minutes = (np.array(column) for column in zip(*pairs, strict=True))
    travel = TravelMatrix.from_pairs(i, j, minutes, shape=(len(land), len(land)))
    amounts = {name: np.array([float(row[name]) for row in land]) for name in ("population", "jobs", "schools")}
    return travel, amounts, where


def test_five_hexagons(toys):
    toy = toys["ipea_5hex"]
    travel, within = full(toy["travel_time"]), binary(toy["cutoff_inclusive"])
    two = two_step(travel, toy["population"], toy["jobs"], max_min=toy["cutoff_inclusive"]).scores
    assert np.round(two, 4).tolist() == toy["expected_2sfca_4dp"]
    assert np.round(two, 6).tolist() == toy["recomputed_2sfca"]
    one = balanced(travel, toy["population"], toy["jobs"], within).scores
    assert np.round(one, 4).tolist() == toy["expected_bfca_4dp"]
    assert np.round(one, 6).tolist() == toy["recomputed_bfca"]


def test_four_scenarios_of_pysal(toys):
    toy = toys["pysal_hospital_4_scenarios"]
    # PySAL lets places beyond the limit take their share of the choice: its three steps need a choice without limit.
    decay, choice = inverse_power(1, max_min=61, closed="left"), inverse_power(1)
    for scenario in toy["scenarios"]:
        travel = full(scenario["cost"])
        two = catchment(travel, toy["pop"], toy["doc"], decay).scores
        np.testing.assert_allclose(two, scenario["pysal_2sfca"], rtol=1e-12)
        three = three_step(travel, toy["pop"], toy["doc"], decay, choice=choice).scores
        np.testing.assert_allclose(three, scenario["pysal_3sfca"], rtol=1e-12)


def test_three_by_two_of_catchment(toys):
    toy = toys["R_catchment_3x2"]
    travel, demand, supply = full(toy["cost"]), toy["demand"], toy["supply"]
    two = two_step(travel, demand, supply, max_min=30, closed="left").scores
    np.testing.assert_allclose(two, toy["expected_2sfca_lt30"], rtol=1e-12)
    classes = steps((20, 40, 60), (1, 0.68, 0.22), closed="right")
    np.testing.assert_allclose(catchment(travel, demand, supply, classes).scores, toy["expected_e2sfca"], rtol=1e-12)
    bell = catchment(travel, demand, supply, gaussian(2)).scores
    np.testing.assert_allclose(bell, toy["expected_gauss_sigma2"], rtol=1e-12)


def test_three_by_two_of_aceso(toys):
    toy = toys["aceso_3x2"]
    travel, within = full(toy["cost"]), binary(toy["radius"])
    assert catchment(travel, toy["demand"], toy["supply"], within).scores.tolist() == toy["expected_2sfca"]
    three = huff_shared(travel, toy["demand"], toy["supply"], within).scores
    np.testing.assert_allclose(three, toy["expected_3sfca_huff"], rtol=1e-15)


def test_six_by_four_of_fca(toys):
    toy = toys["R_fca_6x4"]
    travel, itself = full(np.array(toy["W_supply_by_demand"]).T), Curve("weight given as time", lambda w: w, np.inf)
    everyone = two_step(travel, toy["p"], toy["s"], max_min=24).scores
    np.testing.assert_allclose(everyone, toy["expected_2sfca"], rtol=1e-12)
    three = three_step(travel, toy["p"], toy["s"], itself).scores
    assert np.round(three, 7).tolist() == toy["expected_3sfca"]
    huff = huff_three_step(travel, toy["p"], toy["s"], itself).scores
    np.testing.assert_allclose(huff, toy["expected_mh3sfca"], atol=5e-7)


def test_belo_horizonte_as_its_readme_prints_it(belo_horizonte):
    travel, amounts, where = belo_horizonte
    people, jobs = amounts["population"], amounts["jobs"]
    near = cumulative_opportunities(travel, people, jobs, max_min=30).scores
    ids = ["89a881a5a2bffff", "89a881a5a2fffff", "89a881a5a67ffff", "89a881a5a6bffff", "89a881a5a6fffff"]
    assert [near[where[i]] for i in ids] == [14561, 29452, 16647, 10700, 6669]
    ids = ["89a88cdb57bffff", "89a88cdb597ffff", "89a88cdb5b3ffff", "89a88cdb5cfffff", "89a88cd909bffff"]
    schools = gravity(travel, people, amounts["schools"], exponential(0.2)).scores
    printed = [0.03041853, 1.15549493, 0.56519126, 0.19852152, 0.41378042]
    assert [round(schools[where[i]], 8) for i in ids] == printed
    fca = two_step(travel, people, jobs, max_min=50).scores
    assert [round(fca[where[i]], 7) for i in ids] == [0.4278111, 0.3863614, 0.4501725, 0.5366707, 0.4280401]


def test_belo_horizonte_keeps_its_jobs_under_every_decay(belo_horizonte):
    travel, amounts, _ = belo_horizonte
    for decay in (binary(45), exponential(0.1), gaussian(15), inverse_power(2)):
        for method in (catchment, three_step, huff_shared, spatial_availability):
            assert method(travel, amounts["population"], amounts["jobs"], decay).conservation_error < 1e-12


def test_spatial_availability_of_soukhov():
    travel = full([[15, 30, 100], [30, 15, 100], [100, 100, 15]])
    found = spatial_availability(travel, [50_000, 150_000, 10_000], [100_000, 100_000, 10_000], exponential(0.1))
    assert np.round(found.scores).tolist() == [66833, 133203, 9963]
    assert found.scores.sum() == pytest.approx(210_000, rel=1e-14)


def test_one_place_of_delamater():
    """One place and one population: 2SFCA gives S / D however far they are, M2SFCA gives w S / D."""
    travel, decay = full([[10]]), steps((5, 15), (1, 0.5))
    assert catchment(travel, [100], [50], decay).scores.tolist() == [0.5]
    found = modified(travel, [100], [50], decay)
    assert found.scores.tolist() == [0.25]
    assert found.conservation_error == 0.5
