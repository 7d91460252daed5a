"""What is read of an evaluation: every choice in words, every figure with its origin, a refusal and a null said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, get_args, get_origin

import numpy as np
import pytest
from pydantic import BaseModel

from maillage.evaluation.feasibility import feasibility
from maillage.evaluation.protocol import Protocol, Words
from maillage.evaluation.staggered import comparison_of
from maillage.evaluation.study import Coverage, Refusal, Study
from maillage.indicators.registry import load_indicators
from maillage.report.document import Document, Number, Table
from maillage.report.evaluation.check import check_report
from maillage.report.evaluation.choice_words import CHOICES, PARTS
from maillage.report.evaluation.figures import Figures
from maillage.report.pdf import to_pdf
from maillage.text import Lang, Text
from tests.document_walk import walk
from tests.evaluation_studies import page_of, seen, study, words_of
from tests.protocol_texts import TEXT

DAY = date(2026, 11, 22)
REMEDY = Text("Les dates de signature.", "The dates of signature.")


def refused(**others) -> Study:
    return study(
        refusals=(
            Refusal("dates", Text("Aucune date d’entrée.", "No date of entry."), REMEDY),
            Refusal("late", Text("La liste est de 2025.", "The list is of 2025."), REMEDY),
        ),
        coverage=(Coverage(2019, 12, 11, 1, 0), Coverage(2020, 12, 10, 1, 1)),
        units=12,
        left_out=2,
        **others,
    )


def checked(made: Study) -> Document:
    assert made.panel is not None
    found = feasibility(made.panel, comparison_of(made), over="cohort", draws=60)
    return check_report(made, found, day=DAY)


def model_of(annotation: Any) -> type[BaseModel] | None:
    """The part of a protocol that a field holds, where it holds one."""
    kinds = () if get_origin(annotation) is tuple else (annotation, *get_args(annotation))
    parts = (k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel) and k is not Words)
    return next(parts, None)


def parts() -> dict[str, type[BaseModel]]:
    """The parts of a protocol by name."""
    found = {name: model_of(each.annotation) for name, each in Protocol.model_fields.items()}
    return {name: model for name, model in found.items() if model is not None}


def test_every_choice_of_a_protocol_has_its_words() -> None:
    named = {f"{part}.{field}" for part, model in parts().items() for field in model.model_fields} | {"design"}
    assert named <= CHOICES.keys()
    assert CHOICES.keys() - named == {"population.within.departement", "population.within.region"}
    assert parts().keys() <= PARTS.keys()


def test_every_value_that_a_choice_may_take_has_its_words() -> None:
    lacking = []
    for part, model in parts().items():
        for field, schema in model.model_json_schema()["properties"].items():
            allowed = schema.get("enum") or schema.get("items", {}).get("enum") or []
            lacking += [(part, field, each) for each in allowed if each not in CHOICES[f"{part}.{field}"].values]
    assert lacking == []


def test_the_choices_left_to_their_default_are_marked() -> None:
    table = next(
        block
        for section in check_report(refused(), day=DAY).sections
        for block in section.blocks
        if isinstance(block, Table) and block.id == "choices"
    )
    origins = {row.cells[0].en: row.cells[2].en for row in table.rows if row.cells[2] is not None}
    assert origins["Measure"] == origins["Smallest effect that matters"] == "written"
    assert origins["Method"] == origins["Draws"] == "default"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_figure_of_a_check_leads_to_its_origin(lang: Lang) -> None:
    page = walk(page_of(check_report(refused(), day=DAY, data="demo"), lang))
    assert page.links <= page.anchors
    assert not [said for said in page.loose if any(c.isdigit() for c in said)]
    assert {"cpts_unplanned/panel", "cpts_unplanned/protocol"} <= {name for name, _ in page.entries.values()}


def test_a_refusal_tells_each_reason_and_each_remedy_once() -> None:
    document = check_report(refused(), day=DAY)
    page = page_of(document, "en")
    first = page[page.index('<section id="refusal">') : page.index('<section id="units">')]
    assert first.count("No date of entry.") == first.count("The list is of 2025.") == 1
    assert first.count(REMEDY.en) == 1
    assert "neither an effect nor the absence of one" in first


def test_a_check_says_its_units_its_missing_values_and_the_measure() -> None:
    said = words_of(check_report(refused(), day=DAY))
    for words in ("donc hors de la réponse : 2 CPTS", "Secret statistique", "Communautés professionnelles"):
        assert words in said
    assert "Non renseigné dans Maillage" not in said


def test_what_is_not_known_of_a_measure_is_said() -> None:
    other = TEXT.replace('measure = "cpts"', 'measure = "telemedecine"')
    assert "Non renseigné dans Maillage" in words_of(check_report(study(other), day=DAY))
    unknown = TEXT.replace('measure = "cpts"', 'measure = "tutorat"')
    assert "n’est pas décrite dans Maillage" in words_of(check_report(study(unknown), day=DAY))


def test_a_simulated_study_is_marked_in_the_head_and_at_its_tables() -> None:
    page = page_of(check_report(refused(simulated=True), day=DAY))
    assert '<header class="simulated">' in page
    assert page.count("simulated-mark") > 1
    assert 'simulated-mark">' not in page_of(check_report(refused(), day=DAY))


def test_a_check_is_set_as_an_accessible_pdf() -> None:
    assert to_pdf(check_report(refused(), day=DAY), "fr").startswith(b"%PDF")


def test_a_check_says_whether_an_effect_that_matters_would_be_seen() -> None:
    assert "un effet qui compte serait vu" in words_of(checked(seen(noise=0.5)))
    assert "Ne rien trouver ne voudra pas dire qu’il n’y a rien." in words_of(checked(seen(noise=4.0)))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_check_shows_cohorts_resemblance_and_the_test_before_entry_with_origins(lang: Lang) -> None:
    document = checked(seen())
    page = walk(page_of(document, lang))
    assert page.links <= page.anchors
    assert not [said for said in page.loose if any(c.isdigit() for c in said)]
    tables = {block.id for section in document.sections for block in section.blocks if isinstance(block, Table)}
    assert {"cohorts", "power", "overlap", "balance", "target", "tidier", "choices"} <= tables


def test_the_mean_of_a_few_units_read_from_records_is_not_told() -> None:
    few = seen()
    assert few.panel is not None
    keep = np.r_[0:8, 30:60]
    small = replace(few, panel=few.panel.select(np.isin(np.arange(60), keep)))
    table = next(
        block
        for section in check_report(small, day=DAY).sections
        for block in section.blocks
        if isinstance(block, Table) and block.id == "cohorts"
    )
    told = {str(row.cells[1].fact.value): row.cells[-1] for row in table.rows if isinstance(row.cells[1], Number)}
    assert told["8.0"] is None
    assert told["15.0"] is not None


@pytest.mark.parametrize(
    ("indicator", "one"), [("part_ccmu1", "point"), ("apl_mg", "consultation par an et par habitant")]
)
def test_an_effect_is_told_in_the_unit_of_a_difference_and_its_singular(indicator: str, one: str) -> None:
    asked = study(TEXT.replace('"part_ccmu1"', f'"{indicator}"'))
    told = Figures(study=replace(asked, unit=load_indicators()[indicator].unit), day=DAY)
    assert told.effect_unit[1].fr == one
    assert told.effect(0.4).printed("fr").endswith(one)


def test_commands_and_keys_named_in_a_remedy_stand_between_quotation_marks() -> None:
    asked = Refusal("dates", Text("Aucune.", "None."), Text("Donner `date`.", "Give `date`."))
    said = words_of(check_report(study(refusals=(asked,)), day=DAY))
    assert "Donner « date »." in said
