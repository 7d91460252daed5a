"""The embedded reference ledger: what it holds, how it is read and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest

from maillage.catalog.tables import FIGURE, PAYMENT, TARGET
from maillage.errors import DefinitionError, NotFoundError
from maillage.measures.reference import load_reference, reference_of
from maillage.measures.registry import load_measures

REFERENCE = load_reference()
# Every figure of DESIGN §7 and of the national assessment's brief: value and day it is about.
EXPECTED = {
    "am_contracts_2022_10": (3545, date(2022, 10, 31)),
    "am_contracts_under_dense_2022_10": (1797, date(2022, 10, 31)),
    "am_contracts_gp_2022_10": (2776, date(2022, 10, 31)),
    "am_contracts_2024_02": (5355, date(2024, 2, 27)),
    "am_contracts_under_dense_2024_02": (3136, date(2024, 2, 27)),
    "am_contracts_2024_05": (6300, date(2024, 5, 13)),
    "am_effect_report": (13, date(2024, 5, 13)),
    "am_effect_answer": (10, date(2024, 2, 27)),
    "am_4000_2022": (4000, date(2022, 12, 31)),
    "am_4000_2023": (4000, date(2023, 12, 31)),
    "am_10000_2027": (10000, date(2027, 12, 31)),
    "am_10000_2024": (10000, date(2024, 12, 31)),
    "am_10000_2025": (10000, date(2025, 12, 31)),
    "am_cost_4000": (133e6, date(2023, 12, 31)),
    "am_cost_10000_2025": (300e6, date(2025, 12, 31)),
    "cpts_listed_2023_03": (803, date(2023, 3, 31)),
    "cpts_aci_2023_03": (427, date(2023, 3, 31)),
    "cpts_negotiation_2023_03": (35, date(2023, 3, 31)),
    "cpts_letter_2023_03": (155, date(2023, 3, 31)),
    "cpts_pre_project_2023_03": (186, date(2023, 3, 31)),
    "cpts_1000_2022": (1000, date(2022, 12, 31)),
    "cpts_territory_2023": (100, date(2023, 12, 31)),
    "cpts_membership": (30, date(2023, 12, 31)),
    "cpts_active_members": (25, date(2023, 12, 31)),
    "cpts_mission_cooperation": (33.3, date(2023, 12, 31)),
    "cpts_coverage_senate": (82, date(2026, 2, 24)),
    "cpts_coverage_dgos": (91, date(2026, 2, 24)),
    "cpts_running_size_1": (50_000, date(2024, 5, 13)),
    "cpts_running_size_4": (90_000, date(2024, 5, 13)),
    "cpts_aid_mean_2022": (300_000, date(2022, 12, 31)),
    "msp_2017": (1100, date(2017, 12, 31)),
    "msp_aci_2022": (1755, date(2022, 12, 31)),
    "msp_2022": (2251, date(2022, 12, 31)),
    "msp_4000_2027": (4000, date(2027, 12, 31)),
}
APPROXIMATE = {
    "am_contracts_2024_05": "over",
    "cpts_mission_cooperation": "over",
    "cpts_aid_mean_2022": "over",
    "am_cost_10000_2025": "over",
    "collectivites_2022": "about",
    "zip_zac_population_share": "about",
}
ENTRY = {
    "id": "one",
    "measure": "cpts",
    "quantity": "listed",
    "value": 3,
    "unit": "cpts",
    "date": date(2023, 1, 1),
    "document": "text",
    "place": "p. 1",
    "fr": "Une",
    "en": "One",
}
DOCUMENT = {"id": "text", "published": date(2024, 1, 1), "fr": "Texte", "en": "Text"}


def _raw(**changes):
    return {"document": [DOCUMENT], "figure": [ENTRY | changes]}


def test_every_figure_of_the_brief_is_there_with_its_day():
    found = {name: (REFERENCE.entry(name).value, REFERENCE.entry(name).on) for name in EXPECTED}
    assert found == EXPECTED


def test_an_approximate_figure_says_so():
    assert {name: REFERENCE.entry(name).qualifier for name in APPROXIMATE} == APPROXIMATE


def test_every_entry_has_words_in_both_languages_and_a_place_in_its_document():
    bare = [e.id for e in REFERENCE.entries.values() if not (e.label.fr and e.label.en and e.place)]
    half = [e.id for e in REFERENCE.entries.values() if bool(e.note.fr) != bool(e.note.en)]
    assert (bare, half) == ([], [])
    assert all(i.words.fr and i.words.en for i in REFERENCE.identities)


def test_figures_read_outside_the_reference_texts_are_told_apart():
    outside = {e.id for e in REFERENCE.entries.values() if e.document.outside}
    assert {"cpts_coverage_senate", "cpts_coverage_dgos", "am_contracts_2024_10"} <= outside
    assert not outside & {e.id for e in REFERENCE.inside.entries.values()}
    assert "am_contracts_2024_05" in REFERENCE.inside.entries


def test_a_moved_target_names_the_one_it_replaces():
    chain, step = [], "am_10000_2025"
    while step:
        chain.append(step)
        step = REFERENCE.entry(step).replaces
    assert chain == ["am_10000_2025", "am_10000_2024", "am_10000_2027", "am_4000_2023", "am_4000_2022"]


def test_the_tables_have_the_layout_of_the_catalogue_and_unique_keys():
    for frame, table in (
        (REFERENCE.figure_table(), FIGURE),
        (REFERENCE.target_table(), TARGET),
        (REFERENCE.payment_table(), PAYMENT),
    ):
        assert dict(frame.schema) == table.schema
        assert frame.unique(table.key).height == frame.height > 0
        assert frame.drop(table.nullable).null_count().sum_horizontal().item() == 0


def test_an_amount_in_millions_keeps_its_last_printed_digit():
    entry = REFERENCE.entry("inst_cnam_2020")
    assert (entry.value, entry.step, entry.unit) == (73_100_000, 100_000, "EUR")


def test_every_entry_is_about_a_measure_or_a_declared_aggregate():
    known = set(load_measures()) | set(REFERENCE.aggregates)
    assert {e.measure for e in REFERENCE.entries.values()} <= known
    assert {name for a in REFERENCE.aggregates.values() for name in a.members} <= known


def test_a_citation_tells_the_document_and_the_place():
    citation = REFERENCE.entry("cds_cnam_2022").citation
    assert citation.fr.endswith("mai 2024, annexe 4, C-4, p. 168 ; réponse de la Cnam, p. 174")


@pytest.mark.parametrize(
    "raw",
    [
        _raw(document="unknown"),
        {"document": [DOCUMENT], "figure": [ENTRY, ENTRY]},
        _raw(replaces="unknown"),
        _raw(reliability="certain"),
        _raw(qualifier="roughly"),
        {"document": [DOCUMENT], "figure": [{k: v for k, v in ENTRY.items() if k != "unit"}]},
    ],
    ids=["document", "twins", "replaces", "reliability", "qualifier", "no unit"],
)
def test_a_reference_that_contradicts_itself_is_refused(raw):
    with pytest.raises(DefinitionError):
        reference_of(raw)


def test_an_unknown_entry_is_said_so():
    with pytest.raises(NotFoundError, match="nothing"):
        REFERENCE.entry("nothing")
