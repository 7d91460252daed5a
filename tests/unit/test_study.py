"""A protocol on the store becomes a panel: units, years, dates of the register, and what goes with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from maillage.evaluation.panel import Panel
from maillage.evaluation.study import Study
from maillage.pipeline.studies.build import build_study
from tests.measure_events import stated
from tests.small_panel import COMMUNES, CPTS, SIGNED, YEARS, observations, protocol, statements, version, visits


def panel_of(study: Study) -> Panel:
    """The panel, which is there because nothing was refused."""
    assert study.refusals == ()
    assert study.panel is not None
    return study.panel


def test_a_cpts_is_treated_from_the_year_of_its_own_signature(tmp_path: Path) -> None:
    study = build_study(protocol(), version(tmp_path / "v"), tmp_path)
    panel = panel_of(study)
    assert panel.units.tolist() == list(CPTS)
    assert panel.periods.tolist() == list(YEARS)
    assert panel.cohort.tolist() == [2021, 2021, 0, 0, 2022, 2022, 0, 0]
    assert panel.weight[0].tolist() == [600.0] * 5  # residents: 100, 200 and 300
    assert study.volume is not None
    assert study.volume == pytest.approx(1000)
    assert study.counts
    assert study.names["c0"] == "Nom de c0"
    assert study.assigned is not None
    assert study.assigned.tolist() == list(CPTS)
    assert study.groups["departement"].tolist() == ["01"] * 4 + ["02"] * 4
    assert study.origins["rpu: rpu.csv"] == "ab" * 32
    assert study.simulated


def test_the_first_whole_year_is_the_next_one(tmp_path: Path) -> None:
    study = build_study(protocol(treatment={"first_period": "next"}), version(tmp_path / "v"), tmp_path)
    assert panel_of(study).cohort.tolist() == [2022, 2022, 0, 0, 2023, 2023, 0, 0]


def test_years_taken_out_move_a_start_to_the_year_after(tmp_path: Path) -> None:
    asked = protocol(covid={"handling": "drop", "years": (2021,)})
    study = build_study(asked, version(tmp_path / "v"), tmp_path)
    assert panel_of(study).periods.tolist() == [2019, 2020, 2022, 2023]
    assert panel_of(study).cohort.tolist() == [2022, 2022, 0, 0, 2022, 2022, 0, 0]


def test_what_begins_after_the_data_is_not_treated_within_them(tmp_path: Path) -> None:
    told = statements({**SIGNED, "c7": "2025-01-01"})
    study = build_study(protocol(), version(tmp_path / "v", measure_event=stated(told)), tmp_path)
    assert panel_of(study).cohort[7] == 0
    assert any("begin after 2023: 1, counted as not treated" in note.en for note in study.notes)


def test_records_give_the_figures_that_observations_would(tmp_path: Path) -> None:
    study = build_study(
        protocol(outcome={"source": "records"}), version(tmp_path / "v", emergency_visit=visits()), tmp_path
    )
    panel = panel_of(study)
    assert panel.outcome[2, 0] == pytest.approx(20.0)
    assert panel.outcome[0].round(1).tolist() == [20.0, 20.0, 10.0, 10.0, pytest.approx(9.1, abs=0.01)]
    assert study.volume is not None
    assert study.volume[0].tolist() == [30, 30, 30, 30, 33]


def test_the_perimeters_of_each_year_are_those_of_the_register_then(tmp_path: Path) -> None:
    moved = next(code for code, home in COMMUNES.items() if home == "c0")
    told = [*statements(), ("c0", "perimeter", moved, "2022-01-01", "0"), ("c2", "perimeter", moved, "2022-01-01", "1")]
    store = version(tmp_path / "v", emergency_visit=visits(), measure_event=stated(told))
    study = build_study(protocol(outcome={"source": "records"}, population={"perimeter": "as_then"}), store, tmp_path)
    panel_of(study)
    assert study.volume is not None
    assert study.volume[0].tolist() == [30, 30, 30, 20, 22]
    assert study.volume[2].tolist() == [30, 30, 30, 40, 44]
    fixed = build_study(protocol(outcome={"source": "records"}), store, tmp_path)
    assert fixed.volume is not None
    assert fixed.volume[0].tolist() == [20, 20, 20, 20, 22]


def test_a_territory_is_treated_once_enough_of_its_residents_are_covered(tmp_path: Path) -> None:
    seen = observations(level="departement", codes=("01", "02", "03"))
    store = version(tmp_path / "v", observation=seen)
    asked = protocol(population={"level": "departement"}, treatment={"covered_share": 0.3}, design="single")
    study = build_study(asked, store, tmp_path)
    # Two of the four CPTS of each sign: half of the residents, by the end of 2021 and of 2022.
    assert [r.code for r in study.refusals] == []
    assert panel_of(study).cohort.tolist() == [2021, 2022]


def test_a_territory_holds_the_contracts_of_its_communes(tmp_path: Path) -> None:
    first = [code for code, home in COMMUNES.items() if home in ("c0", "c4")]
    told = [
        row
        for code in first
        for row in ((f"A{code}", "place", "", "2021-05-01", code), (f"A{code}", "status", "", "2021-05-01", "signed"))
    ]
    told += [(f"B{code}", "status", "", "2022-05-01", "signed") for code in first[:1]]
    told += [(f"B{code}", "place", "", "2022-05-01", code) for code in first[:1]]
    events = stated(told, measure="assistants_medicaux")
    seen = observations("part_psmt", level="commune", codes=COMMUNES)
    store = version(tmp_path / "v", measure_event=events, observation=seen)
    asked = {"measure": "assistants_medicaux"}
    one = protocol(population={"level": "commune"}, treatment=asked, outcome={"indicator": "part_psmt"})
    assert (panel_of(build_study(one, store, tmp_path)).cohort == 2021).sum() == len(first)
    two = protocol(
        population={"level": "commune"},
        treatment={**asked, "minimum": 2},
        outcome={"indicator": "part_psmt"},
        design="single",
    )
    cohort = panel_of(build_study(two, store, tmp_path)).cohort
    assert (cohort == 2022).sum() == 1
    assert (cohort > 0).sum() == 1


def test_units_without_a_full_series_are_left_out_and_counted_where_the_protocol_says_so(tmp_path: Path) -> None:
    seen = observations().with_columns(
        value=pl.when((pl.col("code") != "c3") | (pl.col("period") != "2020")).then("value"),
        status=pl.when((pl.col("code") == "c3") & (pl.col("period") == "2020"))
        .then(pl.lit("suppressed_primary"))
        .otherwise("status"),
    )
    store = version(tmp_path / "v", observation=seen)
    refused = build_study(protocol(), store, tmp_path)
    assert [r.code for r in refused.refusals] == ["suppressed_outcome"]
    assert refused.panel is None
    study = build_study(protocol(population={"incomplete": "leave_out"}), store, tmp_path)
    assert "c3" not in panel_of(study).units.tolist()
    assert (study.units, study.left_out) == (8, 1)
    assert [(c.period, c.present, c.suppressed) for c in study.coverage][1] == (2020, 7, 1)
    assert study.flow is not None
    assert (study.flow.complete, study.flow.total) == (7, 8)


def test_units_within_a_larger_territory_only(tmp_path: Path) -> None:
    study = build_study(protocol(population={"within": {"departement": ("01",)}}), version(tmp_path / "v"), tmp_path)
    assert panel_of(study).units.tolist() == ["c0", "c1", "c2", "c3"]


def test_covariates_are_of_a_year_before_any_treatment(tmp_path: Path) -> None:
    seen = pl.concat([observations(), observations("taux_pauvrete", (2018, 2020, 2022))])
    store = version(tmp_path / "v", observation=seen)
    study = build_study(protocol(estimator={"covariates": ({"indicator": "taux_pauvrete"},)}), store, tmp_path)
    given = seen.filter(pl.col("indicator") == "taux_pauvrete", pl.col("period") == "2020").get_column("value")
    assert panel_of(study).covariates["taux_pauvrete"][:, 0].tolist() == given.to_list()
    late = protocol(estimator={"covariates": ({"indicator": "taux_pauvrete", "period": 2022},)})
    assert [r.code for r in build_study(late, store, tmp_path).refusals] == ["covariate_after_treatment"]


def test_other_outcomes_follow_the_units_and_years_of_the_panel(tmp_path: Path) -> None:
    seen = pl.concat([observations(), observations("part_65plus", (2019, 2021))])
    asked = protocol(sensitivity={"placebo_outcomes": ("part_65plus",)})
    study = build_study(asked, version(tmp_path / "v", observation=seen), tmp_path)
    placebo = study.others["part_65plus"]
    assert placebo.shape == panel_of(study).outcome.shape
    assert np.isfinite(placebo[0]).tolist() == [True, False, True, False, False]


def test_a_concurrent_measure_is_told_or_its_units_are_left_out(tmp_path: Path) -> None:
    code = next(c for c, home in COMMUNES.items() if home == "c2")
    others = stated(
        [("A1", "status", "", "2020-01-01", "signed"), ("A1", "place", "", "2020-01-01", code)],
        measure="assistants_medicaux",
    )
    store = version(tmp_path / "v", measure_event=pl.concat([stated(statements()), others]))
    told = build_study(protocol(concurrent={"measures": ("assistants_medicaux",)}), store, tmp_path)
    assert any("0 of the 4 units that take the measure have it, 1 of the 4 others" in note.en for note in told.notes)
    asked = protocol(concurrent={"measures": ("assistants_medicaux",), "handling": "leave_out"})
    assert "c2" not in panel_of(build_study(asked, store, tmp_path)).units.tolist()


@pytest.mark.parametrize(("dose", "expected"), [("members", 1000 * 30 / 600), ("euros", 9000 / 600)])
def test_the_dose_is_counted_for_the_residents(tmp_path: Path, dose: str, expected: float) -> None:
    told = [*statements(), ("c0", "members", "mg", "2022-12-31", "10"), ("c0", "members", "inf", "2022-12-31", "20")]
    paid = [
        {
            "payment_id": f"p{year}",
            "measure": "cpts",
            "payer": "ars",
            "payment_kind": "aide",
            "level": "cpts",
            "code": "c0",
            "year": year,
            "amount_eur": 9000.0,
            "reliability": "observed",
        }
        for year in (2021, 2022)
    ]
    store = version(tmp_path / "v", measure_event=stated(told))
    empty = store.read("payment")
    pl.DataFrame(paid, schema=empty.schema).write_parquet(store.tables / "payment.parquet")
    study = build_study(protocol(treatment={"dose": dose}), store, tmp_path)
    panel_of(study)
    assert study.dose is not None
    assert study.dose[:2].tolist() == [expected, 0.0]


def pairs_of(study: Study) -> dict[tuple[str, str], float]:
    """The neighbours by the names of both units."""
    assert study.panel is not None
    assert study.neighbours is not None
    units, found = study.panel.units.tolist(), study.neighbours
    rows = zip(found.left.tolist(), found.right.tolist(), found.weight.tolist(), strict=True)
    return {(units[left], units[right]): weight for left, right, weight in rows}


def test_units_that_touch_are_neighbours_both_ways(tmp_path: Path) -> None:
    study = build_study(protocol(spillover={"by": "contiguity"}), version(tmp_path / "v"), tmp_path)
    chain = {(f"c{rank}", f"c{rank + 1}") for rank in range(7)}
    assert pairs_of(study) == dict.fromkeys(chain | {(right, left) for left, right in chain}, 1.0)


def test_a_commune_that_two_units_share_makes_them_neighbours(tmp_path: Path) -> None:
    shared = next(code for code, home in COMMUNES.items() if home == "c0")
    told = [*statements(), ("c7", "perimeter", shared, "2018-05-01", "0.5")]
    store = version(tmp_path / "v", measure_event=stated(told), emergency_visit=visits())
    asked = protocol(spillover={"by": "contiguity"}, outcome={"source": "records"})
    assert pairs_of(build_study(asked, store, tmp_path))["c0", "c7"] == 1.0


def test_neighbours_by_travel_weigh_by_the_residents_who_live_near(tmp_path: Path) -> None:
    # Communes are some 78 km apart: none is near within an hour, the next one only within an hour and a half.
    store = version(tmp_path / "v")
    assert pairs_of(build_study(protocol(spillover={"by": "travel", "within_min": 60}), store, tmp_path)) == {}
    near = pairs_of(build_study(protocol(spillover={"by": "travel", "within_min": 90}), store, tmp_path))
    # Of 100, 200 and 300 residents, those at the east end look to the next unit, those at the west end to the other.
    assert near["c0", "c1"] == pytest.approx(300 / 600)
    assert near["c1", "c0"] == pytest.approx(100 / 600)


def test_flows_of_patients_are_refused_while_the_place_of_care_is_unknown(tmp_path: Path) -> None:
    study = build_study(protocol(spillover={"by": "flow"}), version(tmp_path / "v"), tmp_path)
    assert [refusal.code for refusal in study.refusals] == ["no_flows"]
