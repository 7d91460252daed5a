"""From a protocol and its file to what people read, for each design that is not about entry at different dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from maillage.errors import ArrayInputError
from maillage.evaluation.footing import Donors, Points, Sides, footing, settled
from maillage.evaluation.protocol import Design, parse_protocol
from maillage.evaluation.result import before_result
from maillage.evaluation.special import Special, analyse_special
from maillage.evaluation.study import Study
from maillage.pipeline.evaluation_ask import Deviations
from maillage.pipeline.evaluation_figures import check_figures, special_figures
from maillage.pipeline.studies.build import build_study
from maillage.report.document import Chart, Document, Table
from maillage.report.evaluation.check import check_report
from maillage.report.evaluation.lines import check_lines, special_lines
from maillage.report.evaluation.run import run_report
from maillage.report.evaluation.summary import summary
from maillage.report.pdf import to_pdf
from maillage.text import LANGS, Lang
from tests.document_walk import walk
from tests.evaluation_files import on_file
from tests.evaluation_studies import page_of, words_of

DAY = date(2026, 11, 22)
DESIGNS: tuple[Design, ...] = ("discontinuity", "interrupted", "single", "matched")
# What each report alone shows, and says in each language.
OWN: dict[Design, tuple[str, dict[Lang, str]]] = {
    "discontinuity": ("cutoff", {"fr": "test de densité", "en": "density test"}),
    "interrupted": ("paths", {"fr": "un changement de pente", "en": "a change of slope"}),
    "single": ("paths", {"fr": "celui-ci compris : 1 territoire", "en": "this one included: 1 territory"}),
    "matched": ("event-drawn", {"fr": "évolutions brutes", "en": "raw changes"}),
}


class Made(NamedTuple):
    study: Study
    special: Special


def study_of(path: Path) -> Study:
    return settled(build_study(parse_protocol(path.read_text("utf-8")), None, path.parent))


@pytest.fixture(scope="module", params=DESIGNS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    study = study_of(on_file(tmp_path_factory.mktemp(request.param), request.param))
    assert study.refusals == ()
    return Made(study, analyse_special(study))


def documents(special: Special) -> tuple[Document, Document]:
    return run_report(special, None, None, day=DAY), summary(special, day=DAY)


@pytest.mark.parametrize("lang", LANGS)
def test_a_report_shows_what_is_proper_to_its_design_in_both_languages(made: Made, lang: Lang) -> None:
    report, page = documents(made.special)
    drawn, said = OWN[made.study.protocol.design]
    charts = [b for s in report.sections for b in s.blocks if isinstance(b, Chart)]
    assert charts[0].table.id == drawn
    assert said[lang] in words_of(report, lang)
    assert made.special.scope[lang] in words_of(page, lang)
    for document in (report, page):
        walked = walk(page_of(document, lang))
        assert walked.links <= walked.anchors
        assert not [loose for loose in walked.loose if any(c.isdigit() for c in loose)]


def test_a_report_of_another_design_is_set_on_paper(tmp_path: Path) -> None:
    special = analyse_special(study_of(on_file(tmp_path, "single")))
    assert to_pdf(documents(special)[0], "fr").startswith(b"%PDF")


def test_the_gap_of_both_lines_at_the_cutoff_is_the_plain_estimate(tmp_path: Path) -> None:
    special = analyse_special(study_of(on_file(tmp_path, "discontinuity")))
    (chart,) = (
        b for s in documents(special)[0].sections for b in s.blocks if isinstance(b, Chart) and s.id == "effect"
    )
    opened, other = [row.cells[3].fact.value for row in chart.table.rows if row.cells[0].en == "line, at the cutoff"]
    assert opened - other == pytest.approx(special.detail.effect)
    assert sum(row.cells[0].en.startswith("mean") for row in chart.table.rows) == 24


def test_before_a_result_each_design_says_what_it_stands_on_and_is_not_refused(made: Made) -> None:
    found, ground = before_result(made.study, draws=99), footing(made.study)
    said = " ".join(check_lines(made.study, found, "fr", ground)).replace("\u202f", " ").replace("\u00a0", " ")
    written = words_of(check_report(made.study, found, ground, day=DAY))
    assert "Réalisable" in said
    assert "Refusé" not in said
    assert "Ce protocole peut recevoir une réponse" in written
    if made.study.protocol.design == "matched":
        assert (found is not None, ground) == (True, None)
        assert "avant tout appariement" in said
        return
    assert found is None
    assert "Sur quoi repose la comparaison" in written
    match ground:
        case Sides():
            assert ground.below + ground.above == 2000
            assert ground.density is not None
            assert "Rien ne montre que le score ait été ajusté" in said
        case Points():
            assert (ground.before, ground.after, ground.aside, ground.untreated) == (28, 12, 0, 0)
            assert "Avant : 28 points ; à partir de là : 12 points" in said
        case Donors():
            assert (ground.donors, ground.before, ground.least_p) == (29, 8, pytest.approx(1 / 30))
            assert "Ce plan ne donne pas d’intervalle" in said


def test_what_a_design_stands_on_does_not_hang_on_outcomes(tmp_path: Path) -> None:
    for design in ("discontinuity", "interrupted", "single"):
        path = on_file(tmp_path, design)
        seen = footing(study_of(path))
        table = pl.read_csv(path.parent / "rows.csv")
        noise = np.random.default_rng(5).normal(size=table.height)
        table.with_columns(y=pl.Series(noise)).write_csv(path.parent / "rows.csv")
        assert footing(study_of(path)) == seen


def test_a_design_that_its_data_cannot_answer_is_refused_before_any_result(tmp_path: Path) -> None:
    path = on_file(tmp_path, "single")
    table = pl.read_csv(tmp_path / "rows.csv")
    table.filter(pl.col("who") < "u0012").write_csv(tmp_path / "rows.csv")
    study = study_of(path)
    assert [each.code for each in study.refusals] == ["design"]
    assert "19 territoires non traités" in study.refusals[0].words.fr
    assert study.panel is None
    with pytest.raises(ArrayInputError):
        analyse_special(study)


def test_units_without_a_score_are_refused_or_left_out_and_those_treated_early_are_kept(tmp_path: Path) -> None:
    path = on_file(tmp_path, "discontinuity")
    table = pl.read_csv(tmp_path / "rows.csv").with_columns(
        score=pl.when(pl.col("who") != "u0000").then("score"), **{"from": pl.lit(2000)}
    )
    table.write_csv(tmp_path / "rows.csv")
    path.write_text(path.read_text("utf-8").replace('running = "score"', 'running = "score"\ncohort = "from"'), "utf-8")
    assert [each.code for each in study_of(path).refusals] == ["missing_score"]
    path.write_text(path.read_text("utf-8").replace("[population]", '[population]\nincomplete = "leave_out"'), "utf-8")
    study = study_of(path)
    assert (study.refusals, study.left_out) == ((), 1)
    assert study.panel is not None
    assert study.panel.units.size == 1999


def test_years_of_the_epidemic_are_set_aside_in_a_series_and_leave_no_gap(tmp_path: Path) -> None:
    path = on_file(tmp_path, "interrupted")
    path.write_text(path.read_text("utf-8").replace("[covid]", '[covid]\nhandling = "drop"'), "utf-8")
    ground = footing(study_of(path))
    assert isinstance(ground, Points)
    assert (ground.before, ground.aside) == (26, 2)


def test_a_path_of_few_units_taken_from_records_is_not_shown(tmp_path: Path) -> None:
    study = study_of(on_file(tmp_path, "interrupted"))
    outcome = study.protocol.outcome.model_copy(update={"source": "records"})
    kept = analyse_special(study)
    held = Study(
        protocol=study.protocol.model_copy(update={"outcome": outcome}),
        label=study.label,
        unit=study.unit,
        panel=study.panel,
    )
    shown = [
        {b.table.id for s in documents(each)[0].sections for b in s.blocks if isinstance(b, Chart)}
        for each in (kept, analyse_special(held))
    ]
    assert "paths" in shown[0]
    assert "paths" not in shown[1]


def test_a_series_too_short_for_false_dates_is_said_untried(tmp_path: Path) -> None:
    path = on_file(tmp_path, "interrupted")
    path.write_text(path.read_text("utf-8").replace("first = 2000", "first = 2020"), "utf-8")
    special = analyse_special(study_of(path))
    assert "le résultat n’est pas éprouvé" in words_of(documents(special)[0])


def test_figures_of_a_design_are_plain_and_hold_what_is_proper_to_it(made: Made) -> None:
    figures = special_figures(made.special, Deviations({}, "", {}))
    own = {"discontinuity": "bandwidth", "interrupted": "slope", "single": "ratio", "matched": "balance"}
    assert own[made.study.protocol.design] in figures["detail"]
    assert figures["headline"]["att"] == pytest.approx(made.special.headline.att)
    assert (figures["headline"]["low"] is None) == (made.study.protocol.design == "single")
    assert ("footing" in check_figures(made.study, None, footing(made.study))) == (figures["footing"] is not None)


def test_a_terminal_says_the_answer_its_interval_or_its_p_value_and_of_whom(made: Made) -> None:
    said = " ".join(special_lines(made.special, "en"))
    assert "An effect is established" in said
    assert ("no interval" in said) == (made.study.protocol.design == "single")
    assert made.special.scope.en in said


def test_choices_that_a_design_does_not_use_are_not_told_as_if_it_did(made: Made) -> None:
    report = documents(made.special)[0]
    (table,) = (b for s in report.sections for b in s.blocks if isinstance(b, Table) and b.id == "choices")
    told = {row.cells[0].en for row in table.rows}
    assert "Method" not in told
    assert ("Comparison" in told) == (made.study.protocol.design == "matched")
