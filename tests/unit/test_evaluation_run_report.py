"""The report of a run and its one page: the answer that the figures allow, what it rests on, what it does not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from maillage.evaluation.decide import Decision
from maillage.evaluation.protocol import Design
from maillage.evaluation.result import Cost, Result, analyse
from maillage.evaluation.sensitivity import Line
from maillage.evaluation.special import Special, analyse_special
from maillage.pipeline.evaluation_ask import Deviations
from maillage.pipeline.evaluations import Dossier, dossier, register
from maillage.report.document import Chart, Document, Table
from maillage.report.evaluation.line_words import KINDS, line_words
from maillage.report.evaluation.run import run_report
from maillage.report.evaluation.summary import summary
from maillage.report.pdf import to_pdf, to_png_pages
from maillage.text import Lang, Text
from tests.document_walk import evaluate, walk
from tests.evaluation_studies import page_of, seen, words_of
from tests.protocol_texts import TEXT
from tests.special_studies import special_study

DAY = date(2026, 11, 22)
CHECKS = """
[sensitivity]
checks = ["estimators", "placebo_dates", "leave_out_cohort", "weights", "honest", "heterogeneity", "spillover"]

[spillover]
by = "travel"
"""
VISITS = Text("passages aux urgences", "emergency visits")


def result_of(effect: float, noise: float) -> Result:
    made = seen(effect, noise, TEXT + CHECKS, scale=100.0, volume_unit=VISITS)
    assert made.panel is not None
    halves = np.where(np.arange(made.panel.units.size) % 2, "low", "high")
    return analyse(replace(made, volume=made.panel.weight * 0.3, groups={"access": halves}))


@pytest.fixture(scope="module")
def found() -> Result:
    return result_of(-2.0, 0.4)


@pytest.fixture(scope="module")
def null() -> Result:
    return result_of(0.0, 0.4)


@pytest.fixture(scope="module")
def unsure() -> Result:
    return result_of(-0.5, 4.0)


@pytest.fixture
def registered(tmp_path: Path) -> Dossier:
    register(tmp_path, TEXT + CHECKS, on=date(2026, 11, 20))
    return dossier(tmp_path, "cpts_unplanned")


def report_of(result: Result, kept: Dossier | None = None, told: Deviations | None = None) -> Document:
    return run_report(result, kept, told, day=DAY, data="demo")


@pytest.mark.parametrize("write", [report_of, lambda r: summary(r, day=DAY)], ids=["report", "summary"])
def test_the_answer_is_an_effect_none_that_matters_or_that_it_cannot_be_told(write, found, null, unsure) -> None:
    assert "Oui, un effet est établi" in words_of(write(found))
    assert "Non, pas d’effet qui compte" in words_of(write(null))
    said = words_of(write(unsure))
    assert "On ne peut pas le dire" in said
    assert "Ce n’est pas une preuve que la mesure est sans effet." in said
    assert "ces données ne pouvaient montrer qu’un effet d’au moins" in said


def test_an_effect_the_wrong_way_is_said_so(found: Result) -> None:
    worse = replace(found, decision=replace(found.decision, att=2.0, low=1.5, high=2.5))
    assert "C’est le contraire de ce qui était souhaité." in words_of(summary(worse, day=DAY))


def test_an_estimate_that_fails_its_own_tests_is_not_quoted_as_an_effect(found: Result) -> None:
    failed: Decision = replace(found.decision, verdict="fails_own_tests", failed=("pretest", "placebo_date"))
    said = words_of(summary(replace(found, decision=failed), day=DAY), "en")
    assert "fails its own tests" in said
    assert "It must not be quoted as an effect" in said


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_figure_of_a_report_leads_to_its_origin_and_is_what_it_says(found: Result, lang: Lang) -> None:
    page = walk(page_of(report_of(found), lang))
    assert page.links <= page.anchors
    assert not [said for said in page.loose if any(c.isdigit() for c in said)]
    assert {f.reference for f in page.figures} <= page.entries.keys() | page.computed.keys()
    for formula, value in page.computed.values():
        assert not formula or evaluate(formula, dict(page.entries.values())) == pytest.approx(value)


def test_the_effect_in_acts_is_the_effect_times_the_volume_of_the_treated(found: Result) -> None:
    study, head = found.study, found.headline
    assert study.volume is not None
    assert study.panel is not None
    volume = study.volume[study.panel.cohort > 0, -1].sum()
    page = walk(page_of(summary(found, day=DAY)))
    computed = [value for _, value in page.computed.values()]
    assert computed[0] == pytest.approx(abs(head.att) / 100 * volume)
    assert min(computed) == pytest.approx(abs(head.high) / 100 * volume)


def test_an_effect_without_a_volume_is_not_turned_into_acts(found: Result) -> None:
    bare = replace(found, study=replace(found.study, volume=None))
    assert "ne se convertit pas en nombre" in words_of(summary(bare, day=DAY))


def test_a_cost_is_told_for_each_unit_of_an_established_effect_only(found: Result, null: Result) -> None:
    paid = Cost(2_000_000.0, (2022, 2023), "estimated", "cpts")
    assert "Coût non calculable" in words_of(summary(found, day=DAY))
    assert "par unité d’effet : un ordre de grandeur" in words_of(summary(replace(found, cost=paid), day=DAY))
    assert "n’aurait pas de sens" in words_of(summary(replace(null, cost=paid), day=DAY))
    whole = replace(paid, level="france")
    assert "ce qui revient aux unités traitées n’est pas connu" in words_of(
        summary(replace(found, cost=whole), day=DAY)
    )


def test_a_report_shows_every_check_asked_for_and_why_one_is_refused(found: Result) -> None:
    document = report_of(found)
    tables = {b.id: b for s in document.sections for b in s.blocks if isinstance(b, Table)}
    charts = [b for s in document.sections for b in s.blocks if isinstance(b, Chart)]
    assert {"event", "effects-cohort", "sensitivity", "honest", "by-access", "target", "tidier"} <= tables.keys()
    assert {chart.table.id for chart in charts} >= {"event-drawn", "forest-a"}
    told = [row for row in tables["sensitivity"].rows if row.kind == "plain"]
    assert len(told) == len(found.checked.lines)
    assert sum(row.flag is not None for row in told) == sum(bool(line.refused) for line in found.checked.lines)
    assert "Le protocole demande de les étudier, mais les voisins" in words_of(document)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_line_of_every_kind_is_told_in_words(kind) -> None:
    line = Line(kind, "2021", 0.0, 1.0, -1.0, 1.0, 10)
    assert line_words(line).fr
    assert line_words(line).en


def test_a_protocol_followed_changed_or_never_registered_is_said_so(found: Result, registered: Dossier) -> None:
    assert "rien ne garantit que ses choix l’ont précédé" in words_of(report_of(found))
    followed = words_of(report_of(found, registered, Deviations({}, "", {})))
    assert "suivi sans écart" in followed
    changed = Deviations({"outcome.last": (2024, 2023), "estimator.method": ("dr", "reg")}, "2024 est arrivée tard", {})
    said = words_of(report_of(found, registered, changed))
    assert "2024 est arrivée tard" in said
    assert "doublement robuste" in said
    assert registered.last.digest[:12] in said


def test_an_amendment_made_after_a_result_is_said_exploratory(found: Result, tmp_path: Path) -> None:
    register(tmp_path, TEXT, on=date(2026, 11, 20))
    folder = dossier(tmp_path, "cpts_unplanned").folder
    (folder / "result.json").write_text("{}")
    register(tmp_path, TEXT + CHECKS, on=date(2026, 11, 21), why="Une année de plus")
    said = words_of(report_of(found, dossier(tmp_path, "cpts_unplanned"), Deviations({}, "", {})))
    assert "exploratoire" in said
    assert "Une année de plus" in said


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_summary_is_one_page_of_paper(found: Result, unsure: Result, lang: Lang) -> None:
    paid = Cost(2_000_000.0, (2021, 2022, 2023, 2024), "assumed", "cpts", simulated=True)
    for result in (found, unsure):
        marked = replace(result, cost=paid, study=replace(result.study, simulated=True))
        assert len(to_png_pages(summary(marked, day=DAY, data="demo"), lang, 20)) == 1


def test_what_is_simulated_is_said_in_the_answer_itself(found: Result) -> None:
    marked = replace(found, study=replace(found.study, simulated=True))
    assert "elle ne dit rien de la France" in words_of(summary(marked, day=DAY))
    assert "elle ne dit rien de la France" not in words_of(summary(found, day=DAY))


def test_a_report_is_set_as_an_accessible_pdf_of_the_same_bytes(found: Result) -> None:
    assert to_pdf(report_of(found), "fr") == to_pdf(report_of(found), "fr")


DESIGNS: tuple[Design, ...] = ("discontinuity", "interrupted", "single", "matched")


@pytest.fixture(scope="module", params=DESIGNS)
def special(request: pytest.FixtureRequest) -> Special:
    return analyse_special(special_study(request.param))


def test_another_design_says_its_answer_whose_effect_it_is_and_its_own_figures(special: Special) -> None:
    document = run_report(special, None, None, day=DAY, data="demo")
    said = words_of(document)
    assert "Oui, un effet est établi" in said
    assert said.count(special.scope.fr) == 2
    own = {"interrupted": "paths", "single": "donors", "matched": "matching"}
    tables = {b.id for s in document.sections for b in s.blocks if isinstance(b, Table)}
    charts = {b.table.id for s in document.sections for b in s.blocks if isinstance(b, Chart)}
    design = special.study.protocol.design
    assert own.get(design, "sensitivity") in tables | charts
    assert "Différences de différences" not in said


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_figure_of_another_design_leads_to_its_origin(special: Special, lang: Lang) -> None:
    for document in (run_report(special, None, None, day=DAY), summary(special, day=DAY)):
        page = walk(page_of(document, lang))
        assert page.links <= page.anchors
        assert not [said for said in page.loose if any(c.isdigit() for c in said)]
    assert len(to_png_pages(summary(special, day=DAY), lang, 20)) == 1


def test_an_effect_without_an_interval_is_told_by_its_p_value_and_untested_lines_say_so() -> None:
    alone = analyse_special(special_study("single"))
    assert "sans intervalle" in words_of(summary(alone, day=DAY))
    assert "sans test" in words_of(run_report(alone, None, None, day=DAY))
