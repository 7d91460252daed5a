"""What cannot be answered is refused, every reason at once, each with what would make it answerable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from maillage.errors import UsageError
from maillage.evaluation.study import Study
from maillage.pipeline.studies.build import build_study
from tests.measure_events import stated
from tests.small_panel import COMMUNES, CPTS, SIGNED, observations, protocol, statements, version


def codes(study: Study) -> list[str]:
    """The codes of the refusals, each with words and a remedy in both languages; no panel stands beside them."""
    assert (study.panel is None) == bool(study.refusals)
    for refusal in study.refusals:
        assert all((refusal.words.fr, refusal.words.en, refusal.remedy.fr, refusal.remedy.en))
        assert refusal.words.fr != refusal.words.en
    return [refusal.code for refusal in study.refusals]


def of(folder: Path, signed: dict[str, str] = SIGNED, **changes: Any) -> Study:
    """The study of the short protocol where CPTS sign on other days."""
    return build_study(protocol(**changes), version(folder / "v", measure_event=stated(statements(signed))), folder)


def test_a_register_without_statuses_has_no_adoption_dates(tmp_path: Path) -> None:
    told = [row for row in statements() if row[1] == "perimeter"]
    study = build_study(protocol(), version(tmp_path / "v", measure_event=stated(told)), tmp_path)
    assert codes(study) == ["no_adoption_dates"]
    assert "(bénéficiaires connus, sans date d’entrée : 8)" in study.refusals[0].words.fr
    assert "date_signature_aci" in study.refusals[0].remedy.fr


def test_a_status_that_nobody_reached_gives_no_adoption_date(tmp_path: Path) -> None:
    assert codes(of(tmp_path, {})) == ["no_adoption_dates"]


def test_treatment_after_the_end_of_the_data(tmp_path: Path) -> None:
    study = of(tmp_path, {"c0": "2025-01-01", "c1": "2026-01-01"})
    assert codes(study) == ["treatment_after_end"]
    assert "the first in 2025" in study.refusals[0].words.en


def test_treatment_from_the_first_year_is_refused_or_its_units_are_left_out(tmp_path: Path) -> None:
    early = {**SIGNED, "c2": "2019-03-01"}
    study = of(tmp_path, early)
    assert codes(study) == ["from_first_period"]
    left = of(tmp_path / "again", early, population={"incomplete": "leave_out"})
    assert codes(left) == []
    assert left.left_out == 1
    everyone = of(tmp_path / "all", dict.fromkeys(("c0", "c1"), "2018-01-01"), population={"incomplete": "leave_out"})
    assert codes(everyone) == ["from_first_period"]


def test_anticipation_moves_the_first_treated_year_back(tmp_path: Path) -> None:
    assert codes(of(tmp_path, {**SIGNED, "c2": "2020-03-01"}, estimator={"anticipation": 1})) == ["from_first_period"]


def test_nobody_to_compare_with(tmp_path: Path) -> None:
    assert codes(of(tmp_path, dict.fromkeys(CPTS, "2021-03-01"))) == ["no_comparison"]
    staggered = {who: f"{2021 + rank % 2}-03-01" for rank, who in enumerate(CPTS)}
    assert codes(of(tmp_path / "two", staggered)) == []
    never = of(tmp_path / "never", staggered, estimator={"control": "never_treated"})
    assert codes(never) == ["no_comparison"]
    assert codes(of(tmp_path / "alone", dict.fromkeys(CPTS, "2021-03-01"), design="interrupted")) == []


def test_a_cohort_of_one(tmp_path: Path) -> None:
    study = of(tmp_path, {**SIGNED, "c7": "2023-02-01"})
    assert codes(study) == ["cohort_of_one"]
    assert "2023" in study.refusals[0].words.en
    assert codes(of(tmp_path / "single", {"c7": "2022-02-01"}, design="single")) == []


def test_known_breaks_of_series_are_refused_or_modelled_never_ignored(tmp_path: Path) -> None:
    seen = observations("apl_mg", (2016, 2018, 2021, 2022))
    signed = dict.fromkeys(("c0", "c1"), "2018-03-01") | dict.fromkeys(("c2", "c3"), "2022-03-01")
    store = version(tmp_path / "v", observation=seen, measure_event=stated(statements(signed)))
    years = {"indicator": "apl_mg", "first": 2016, "last": 2022}
    study = build_study(protocol(outcome=years), store, tmp_path)
    assert codes(study) == ["break_of_series"] * 3
    assert "Between 2016 and 2018" in study.refusals[0].words.en
    modelled = build_study(protocol(outcome={**years, "breaks": "model"}), store, tmp_path)
    assert codes(modelled) == []
    assert len(modelled.breaks) == 3
    assert "moves all units alike" in modelled.breaks[0].en


def test_a_break_where_every_unit_begins_cannot_be_modelled(tmp_path: Path) -> None:
    signed = dict.fromkeys(CPTS[:4], "2018-01-01")
    store = version(
        tmp_path / "v",
        observation=observations("apl_mg", (2015, 2016, 2018), codes=CPTS[:4]),
        measure_event=stated(statements(signed)),
    )
    asked = protocol(
        outcome={"indicator": "apl_mg", "first": 2015, "last": 2018, "breaks": "model"},
        population={"within": {"departement": ("01",)}},
        design="interrupted",
    )
    assert codes(build_study(asked, store, tmp_path)) == ["break_of_series"]


def test_two_years_are_too_few_to_see_trends(tmp_path: Path) -> None:
    study = of(tmp_path, outcome={"first": 2022, "last": 2023}, population={"incomplete": "leave_out"})
    assert "too_few_periods" in codes(study)
    absent = of(tmp_path / "none", outcome={"indicator": "part_psmt"})
    assert codes(absent) == ["no_outcome"]


def test_a_year_that_is_wholly_withheld_is_not_taken_for_absent(tmp_path: Path) -> None:
    hidden = pl.col("period") == "2022"
    seen = observations().with_columns(
        value=pl.when(~hidden).then("value"),
        status=pl.when(hidden).then(pl.lit("suppressed_secondary")).otherwise("status"),
    )
    store = version(tmp_path / "v", observation=seen)
    study = build_study(protocol(population={"incomplete": "leave_out"}), store, tmp_path)
    assert codes(study) == ["suppressed_outcome"]
    assert 'source = "records"' in study.refusals[0].remedy.fr
    assert [c.suppressed for c in study.coverage] == [0, 0, 0, 8, 0]


@pytest.mark.parametrize(
    ("changes", "code", "near"),
    [
        ({"outcome": {"indicator": "part_ccmu"}}, "unknown_indicator", "part_ccmu1"),
        ({"treatment": {"measure": "assistant_medical"}}, "unknown_measure", "assistants_medicaux"),
        ({"outcome": {"slice": "pdsaa"}}, "unknown_slice", "pdsa"),
        ({"treatment": {"statuses": ("signed",)}}, "unknown_status", "aci_signed"),
    ],
    ids=["indicator", "measure", "slice", "status"],
)
def test_an_unknown_name_is_told_with_the_near_ones(
    tmp_path: Path, changes: dict[str, Any], code: str, near: str
) -> None:
    study = of(tmp_path, **changes)
    (refusal,) = [r for r in study.refusals if r.code == code]
    assert near in refusal.remedy.fr


def test_an_outcome_in_which_the_measure_is_counted(tmp_path: Path) -> None:
    first = [code for code, home in COMMUNES.items() if home in ("c0", "c4")]
    told = [
        row
        for code in first
        for row in (
            (f"K{code}", "status", "", "2021-05-01", "signed"),
            (f"K{code}", "place", "", "2021-05-01", code),
        )
    ]
    store = version(
        tmp_path / "v",
        measure_event=stated(told, measure="caim"),
        observation=observations("densite_mg", level="commune", codes=COMMUNES),
    )
    asked = protocol(
        population={"level": "commune"}, treatment={"measure": "caim"}, outcome={"indicator": "densite_mg"}
    )
    study = build_study(asked, store, tmp_path)
    assert codes(study) == ["outcome_contains_treatment"]
    assert "chaque contrat est un médecin" in study.refusals[0].words.fr


def test_an_outcome_that_nothing_but_the_measure_moves(tmp_path: Path) -> None:
    begun = pl.any_horizontal(
        (pl.col("code") == who) & (pl.col("period").cast(pl.Int64) >= int(day[:4])) for who, day in SIGNED.items()
    )
    seen = observations().with_columns(value=pl.when(begun).then(1.0).otherwise(0.0))
    study = build_study(protocol(), version(tmp_path / "v", observation=seen), tmp_path)
    assert codes(study) == ["outcome_contains_treatment"]


def test_signatures_are_no_starts(tmp_path: Path) -> None:
    assert codes(of(tmp_path, treatment={"date": "start"})) == ["no_start_dates"]


def test_a_missing_outcome_is_refused_with_its_unit(tmp_path: Path) -> None:
    seen = observations().filter((pl.col("code") != "c5") | (pl.col("period") != "2020"))
    study = build_study(protocol(), version(tmp_path / "v", observation=seen), tmp_path)
    assert codes(study) == ["missing_outcome"]
    assert "c5" in study.refusals[0].words.en


def test_units_that_the_store_does_not_know(tmp_path: Path) -> None:
    study = of(tmp_path, population={"within": {"region": ("93",)}})
    assert codes(study)[0] == "no_units"


def test_a_covariate_that_is_not_known(tmp_path: Path) -> None:
    assert codes(of(tmp_path, estimator={"covariates": ({"indicator": "taux_pauvrete"},)}))[0] == "covariate_absent"


def test_a_dose_that_the_register_does_not_tell(tmp_path: Path) -> None:
    assert codes(of(tmp_path, treatment={"dose": "members"})) == ["dose_unknown"]


def test_every_reason_is_told_at_once(tmp_path: Path) -> None:
    told = [row for row in statements() if row[1] == "perimeter"]
    late = stated(told).with_columns(event_date=pl.date(2026, 1, 1))
    store = version(tmp_path / "v", measure_event=late, observation=observations("apl_mg", (2021, 2022)))
    study = build_study(protocol(outcome={"indicator": "apl_mg", "first": 2021, "last": 2022}), store, tmp_path)
    assert codes(study) == ["no_adoption_dates", "treatment_after_outcome", "too_few_periods", "break_of_series"]


def test_a_protocol_on_the_store_needs_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes its data from a store"):
        build_study(protocol(), None, tmp_path)


def test_records_that_the_store_does_not_hold(tmp_path: Path) -> None:
    study = build_study(protocol(outcome={"source": "records"}), version(tmp_path / "v"), tmp_path)
    assert codes(study) == ["no_outcome"]


def test_errors_clustered_below_the_level_of_assignment(tmp_path: Path) -> None:
    # Communes take the dates of their CPTS: each for itself is too fine.
    seen = observations(level="commune", codes=COMMUNES)
    store = version(tmp_path / "v", observation=seen)
    asked = {"population": {"level": "commune"}}
    fine = build_study(protocol(**asked, inference={"cluster": "unit"}), store, tmp_path)
    assert codes(fine) == ["cluster_below_assignment"]
    right = build_study(protocol(**asked), store, tmp_path)
    assert codes(right) == []
    assert right.assigned is not None
    assert right.assigned.tolist() == list(COMMUNES.values())
    assert codes(build_study(protocol(**asked, inference={"cluster": "departement"}), store, tmp_path)) == []


def test_perimeters_of_the_time_need_records(tmp_path: Path) -> None:
    assert codes(of(tmp_path, population={"perimeter": "as_then"})) == ["perimeter_needs_records"]
