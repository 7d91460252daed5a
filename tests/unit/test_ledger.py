"""The ledger of money: no euro twice, nothing filled in, every number traced."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from maillage.catalog.tables import PAYMENT
from maillage.errors import UsageError
from maillage.measures.deflate import assumed_years, deflator, in_constant_euros, price_index
from maillage.measures.ledger import Breakdown, breakdowns_of, consolidate, members_of, totals
from maillage.measures.ledger_suspects import suspects
from maillage.measures.ledger_unit import assistant_costs, bridge, bridged_total, per_extra_patient, per_head
from maillage.measures.reference import load_reference
from maillage.measures.schedule import assistants_schedule

REFERENCE = load_reference()
RULES = {"breakdowns": breakdowns_of(REFERENCE), "members": members_of(REFERENCE)}


def _payments(*rows):
    base = {
        "measure": "msp",
        "payer": "ars",
        "beneficiary": None,
        "payment_kind": "aide",
        "profession": None,
        "level": "france",
        "code": "FRA",
        "year": 2022,
        "reliability": "observed",
        "known_date": date(2023, 1, 1),
        "source": "a",
        "citation": None,
        "simulated": True,
    }
    return pl.DataFrame([base | {"payment_id": f"p{n}"} | row for n, row in enumerate(rows)], schema=PAYMENT.schema)


def _counted(ledger):
    return dict(ledger.lines.select("payment_id", "amount_eur").iter_rows())


def test_the_reference_counts_every_euro_once():
    ledger = consolidate(REFERENCE.payment_table(), **RULES)
    counted = _counted(ledger)
    assert counted["collectivites_2022"] == 120e6  # 150 less 20 of contracts and 10 of direct aid
    assert counted["emplois_cnam_2022"] == 125e6  # 200 less 75 for Asalée
    assert "inst_cnam_2020" not in counted
    assert ledger.total_eur == 940_450_000


def test_a_gap_between_a_total_and_its_parts_is_shown_and_not_filled():
    gaps = consolidate(REFERENCE.payment_table(), **RULES).gaps
    assert gaps.select("payment_id", "gap_eur").rows() == [("inst_cnam_2020", 900_000.0)]


def test_the_draft_is_answerable_as_it_was_known():
    payments = REFERENCE.payment_table()
    draft = _counted(consolidate(payments, **RULES, known_on=date(2024, 2, 1)))
    assert draft == {"msp_cnam_2022": 125e6, "cpts_cnam_2022": 105e6, "cds_cnam_2022": 30e6}
    assert _counted(consolidate(payments, **RULES))["cds_cnam_2022"] == 57e6
    assert consolidate(payments, **RULES, known_on=date(2019, 1, 1)).total_eur == 0


def test_a_total_with_some_parts_known_counts_for_the_rest():
    payments = _payments({"amount_eur": 10.0}, {"amount_eur": 4.0, "profession": "mg"})
    whole = consolidate(payments, breakdowns=[Breakdown("p0", ("p1", "unknown"), complete=True)])
    assert _counted(whole) == {"p0": 6.0, "p1": 4.0}


def test_parts_above_their_total_leave_it_out_and_say_by_how_much():
    payments = _payments({"amount_eur": 10.0}, {"amount_eur": 14.0, "profession": "mg"})
    ledger = consolidate(payments, breakdowns=[Breakdown("p0", ("p1",))])
    assert _counted(ledger) == {"p1": 14.0}
    assert ledger.gaps["gap_eur"].to_list() == [-4.0]


def test_a_line_given_by_two_sources_counts_once_from_the_most_reliable():
    payments = _payments(
        {"amount_eur": 9.0, "reliability": "estimated", "source": "b", "known_date": date(2024, 1, 1)},
        {"amount_eur": 7.0, "source": "a"},
        {"amount_eur": 1.0, "source": "a"},
    )
    ledger = consolidate(payments)
    assert _counted(ledger) == {"p1": 7.0, "p2": 1.0}
    aside = ledger.set_aside.row(0, named=True)
    assert (aside["payment_id"], aside["rule"], aside["entries"]) == ("p0", "two_sources", ["p1", "p2"])


def test_instalments_of_one_source_all_count():
    assert consolidate(_payments({"amount_eur": 1.0}, {"amount_eur": 2.0})).total_eur == 3.0


def test_the_amount_of_the_country_holds_those_of_territories_from_another_source():
    place = {"level": "departement", "source": "b"}
    payments = _payments(
        {"amount_eur": 100.0}, {"amount_eur": 30.0, "code": "08", **place}, {"amount_eur": 20.0, "code": "51", **place}
    )
    assert _counted(consolidate(payments)) == {"p0": 50.0, "p1": 30.0, "p2": 20.0}


def test_a_line_without_a_kind_is_the_total_of_those_with_one():
    payments = _payments(
        {"amount_eur": 100.0, "payment_kind": ""},
        {"amount_eur": 60.0, "payment_kind": "fonctionnement"},
        {"amount_eur": 30.0, "payment_kind": "missions"},
        {"amount_eur": 5.0, "payment_kind": "missions", "code": "08", "level": "departement"},
    )
    assert _counted(consolidate(payments)) == {"p0": 10.0, "p1": 60.0, "p2": 30.0, "p3": 5.0}


def test_a_territory_is_taken_off_the_line_of_its_kind_before_the_total():
    place = {"level": "departement", "code": "08", "source": "b"}
    payments = _payments(
        {"amount_eur": 100.0, "payment_kind": ""},
        {"amount_eur": 60.0, "payment_kind": "missions"},
        {"amount_eur": 15.0, "payment_kind": "missions", **place},
        {"amount_eur": 4.0, "payment_kind": "fonctionnement", **place},
    )
    assert _counted(consolidate(payments)) == {"p0": 36.0, "p1": 45.0, "p2": 15.0, "p3": 4.0}


def test_an_aggregate_holds_its_measures_from_another_source():
    payments = _payments(
        {"amount_eur": 100.0, "measure": "exercice_coordonne"},
        {"amount_eur": 30.0, "measure": "msp", "source": "b"},
        {"amount_eur": 25.0, "measure": "cpts", "source": "b", "level": "departement", "code": "08"},
        {"amount_eur": 5.0, "measure": "asalee", "source": "b"},
    )
    ledger = consolidate(payments, members=members_of(REFERENCE))
    assert _counted(ledger) == {"p0": 45.0, "p1": 30.0, "p2": 25.0, "p3": 5.0}


def test_what_may_count_twice_is_shown_and_not_removed():
    ledger = consolidate(
        _payments(
            {"amount_eur": 7.0, "level": "departement", "code": "08"},
            {"amount_eur": 7.0, "level": "departement", "code": "08"},
            {"amount_eur": 5.0, "level": "region", "code": "44"},
            {"amount_eur": 9.0, "year": 2021},
        )
    )
    assert ledger.total_eur == 28.0
    assert suspects(ledger.lines).rows() == [
        ("same_amount", 7.0, 2, ["p0", "p1"]),
        ("two_levels", 5.0, 3, ["p0", "p1", "p2"]),
    ]


def test_the_reference_holds_nothing_suspect():
    assert suspects(consolidate(REFERENCE.payment_table(), **RULES).lines).is_empty()


def test_sums_name_the_payments_they_rest_on():
    lines = consolidate(REFERENCE.payment_table(), **RULES).lines
    by_payer = {row["payer"]: row for row in totals(lines, ["payer"]).iter_rows(named=True)}
    assert by_payer["collectivites"]["amount_eur"] == 170e6
    assert set(by_payer["collectivites"]["entries"]) == {
        "collectivites_2022",
        "coord_collectivites_contrats_2022",
        "emplois_collectivites_2022",
        "inst_collectivites_2022",
    }


def test_a_cut_that_is_no_dimension_is_refused():
    with pytest.raises(UsageError, match="amount_eur"):
        totals(consolidate(_payments({"amount_eur": 1.0})).lines, ["amount_eur"])


def test_the_bridge_goes_from_the_printed_total_to_the_ledger():
    steps = bridge(REFERENCE)
    assert steps[0].amount_eur == 1055e6
    assert sum(s.amount_eur for s in steps) == pytest.approx(
        bridged_total(consolidate(REFERENCE.payment_table(), **RULES))
    )
    assert all(set(s.entries) <= set(REFERENCE.entries) for s in steps)


def test_constant_euros_follow_consumer_prices():
    lines = pl.DataFrame({"year": [2019, 2024], "amount_eur": [55.6e6, 1.0]})
    constant = in_constant_euros(lines, 2024)["constant_eur"].to_list()
    assert constant == pytest.approx([55.6e6 * 119.82 / 104.23, 1.0])
    assert deflator(2020, 2020) == 1.0
    assert {2018, 2019}.isdisjoint(assumed_years())
    assert list(price_index()) == list(range(2015, 2025))


def test_a_year_without_prices_is_refused():
    with pytest.raises(UsageError, match="2031"):
        deflator(2031, 2024)


def test_money_per_inhabitant_and_per_inhabitant_in_alert():
    amounts = pl.DataFrame({"level": ["departement"] * 2, "code": ["08", "51"], "amount_eur": [100.0, 60.0]})
    people = pl.DataFrame(
        {
            "level": ["departement"] * 2,
            "code": ["08", "51"],
            "population": [50.0, 30.0],
            "population_in_alert": [20.0, 0.0],
        }
    )
    found = per_head(amounts, people)
    assert found["per_head_eur"].to_list() == [2.0, 2.0]
    assert found["per_head_in_alert_eur"].to_list() == [5.0, None]


def test_money_per_extra_patient():
    assert per_extra_patient(21_000, 1, patients_list=1000, gain_percent=10) == 210
    with pytest.raises(UsageError):
        per_extra_patient(21_000, 0, patients_list=1000, gain_percent=10)


def test_an_assistant_costs_less_per_extra_patient_past_the_second_year():
    report, answer = assistant_costs(REFERENCE, assistants_schedule())
    assert (round(report.first_year_eur), round(report.later_eur)) == (210, 123)
    assert (round(answer.first_year_eur), round(answer.later_eur)) == (273, 159)
    assert (report.entries, answer.entries) == (("am_effect_report",), ("am_effect_answer",))
