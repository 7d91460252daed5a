"""A row of a register states what it says, from the day it says; a later telling adds what changed and no more."""

from datetime import date

import polars as pl
import pytest

from maillage.catalog.tables import MEASURE_EVENT, PAYMENT
from maillage.measures.events import Moment, as_known, state
from maillage.measures.statements import RULES, differences, latest_payments, payments, spread, statements, withdrawn
from maillage.sources.registers.sources import LAYOUTS

BY_ID = {layout.id: layout for layout in LAYOUTS}
TELLER = {"source": "cpts", "reliability": "observed", "simulated": False}
MARCH, APRIL, MAY = date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)


def rows(layout: str, *cells: dict[str, object]) -> pl.DataFrame:
    table = BY_ID[layout].table
    return pl.DataFrame([dict.fromkeys(table.columns) | row for row in cells], schema=table.schema)


def said(layout: str, *cells: dict[str, object]) -> set[tuple[object, ...]]:
    told = statements(layout, rows(layout, *cells))
    return set(told.select("attribute", "item", "event_date", "content").iter_rows())


def test_every_layout_but_payments_has_its_statements():
    assert {*RULES, "paiements"} == set(BY_ID)


def test_each_step_of_a_cpts_is_a_status_from_its_day_and_its_size_holds_from_the_signature():
    cpts = {"beneficiary": "C1", "beneficiary_name": "CPTS du Vouzinois", "size_class": "2"}
    assert said("cpts", cpts | {"letter_date": MARCH, "agreement_date": MAY}) == {
        ("status", "", MARCH, "letter_of_intent"),
        ("status", "", MAY, "aci_signed"),
        ("name", "", MARCH, "CPTS du Vouzinois"),
        ("size", "", MAY, "2"),
    }


def test_of_two_steps_on_one_day_the_later_in_the_life_holds():
    cpts = {"beneficiary": "C1", "beneficiary_name": "C", "validation_date": MARCH, "agreement_date": MARCH}
    assert {row for row in said("cpts", cpts) if row[0] == "status"} == {("status", "", MARCH, "aci_signed")}


def test_a_commune_leaves_the_perimeter_the_day_after_its_last_day_and_may_come_back_on_it():
    first = {"beneficiary": "C1", "code_commune": "08105", "start_date": MARCH, "end_date": date(2024, 3, 31)}
    again = {"beneficiary": "C1", "code_commune": "08105", "start_date": APRIL, "share": 0.35}
    assert said("cpts_perimetre", first) == {("perimeter", "08105", MARCH, "1"), ("perimeter", "08105", APRIL, "0")}
    assert ("perimeter", "08105", APRIL, "0.35") in said("cpts_perimetre", again, first)
    assert ("perimeter", "08105", APRIL, "0") not in said("cpts_perimetre", again, first)


def test_a_contract_is_signed_then_ended_after_its_last_day_and_its_full_time_runs_from_its_start():
    contract = {"beneficiary": "A1", "code_commune": "08105", "specialty": "mg", "fte": 0.5, "zone": "ZIP"}
    told = said(
        "assistants_medicaux",
        contract | {"signature_date": MARCH, "start_date": APRIL, "end_date": date(2024, 4, 30), "patients_mt": 900},
    )
    assert {("status", "", MARCH, "signed"), ("status", "", MAY, "ended"), ("fte", "", APRIL, "0.5")} < told
    assert {("patients_mt", "", MARCH, "900"), ("place", "", MARCH, "08105")} < told


def test_an_installation_contract_is_of_the_measure_that_it_names():
    told = statements("contrats_installation", rows("contrats_installation", {"form": "cotram", "signature_date": MAY}))
    assert set(told["measure"]) == {"cotram"}


def test_a_service_for_a_departement_serves_each_of_its_communes():
    told = statements("sas", rows("sas", {"beneficiary": "S", "code_departement": "08", "opening_date": MAY}))
    communes = pl.DataFrame({"code": ["08001", "08002", "51001"], "code_departement": ["08", "08", "51"]})
    wide = spread(told, communes)
    assert wide.filter(pl.col("attribute") == "perimeter")["item"].to_list() == ["08001", "08002"]
    assert wide.filter(pl.col("attribute") == "status").height == 1


def told(*contents: tuple[str, date, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "measure": "cpts",
                "beneficiary": who,
                "attribute": "status",
                "item": "",
                "event_date": day,
                "content": what,
            }
            | TELLER
            for who, day, what in contents
        ],
        schema={c: MEASURE_EVENT.schema[c] for c in MEASURE_EVENT.columns if c != "known_date"},
    )


def test_a_corrected_date_withdraws_the_wrong_one_and_rewrites_nothing():
    first = differences(MEASURE_EVENT.empty(), told(("C1", MARCH, "aci_signed")), MARCH)
    second = differences(first, told(("C1", APRIL, "aci_signed")), MAY)
    events = pl.concat([first, second])
    assert second.select("event_date", "content").rows() == [(MARCH, None), (APRIL, "aci_signed")]
    assert state(events, Moment(MARCH, MARCH))["content"].to_list() == ["aci_signed"]
    assert state(events, Moment(MARCH)).is_empty()
    assert as_known(events, None)["event_date"].to_list() == [APRIL]


def test_what_is_told_again_as_it_was_known_adds_nothing():
    same = told(("C1", MARCH, "aci_signed"), ("C2", APRIL, "pre_project"))
    first = differences(MEASURE_EVENT.empty(), same, MARCH)
    assert first.height == 2
    assert differences(first, same.reverse(), MAY).is_empty()


def test_a_removed_row_is_withdrawn_and_may_come_back():
    first = differences(MEASURE_EVENT.empty(), told(("C1", MARCH, "aci_signed")), MARCH)
    second = differences(first, told(), APRIL)
    third = differences(pl.concat([first, second]), told(("C1", MARCH, "aci_signed")), MAY)
    assert (second["content"].to_list(), third["content"].to_list()) == ([None], ["aci_signed"])


PAID = {
    **{"payment_id": "P1", "measure": "cpts", "payer": "ars", "territory_level": "departement", "code": "08"},
    **{"year": 2022, "amount_eur": 100.0},
}


def test_a_payment_is_observed_unless_said_and_a_correction_stands_beside_the_first_amount():
    first = payments(rows("paiements", PAID), MARCH, simulated=False)
    again = payments(rows("paiements", PAID), APRIL, simulated=False)
    corrected = payments(rows("paiements", PAID | {"amount_eur": 90.0}), MAY, simulated=False)
    assert first.columns == list(PAYMENT.columns)
    assert first.item(0, "reliability") == "observed"
    kept = latest_payments(pl.concat([first, again, corrected]))
    assert kept.select("known_date", "amount_eur").rows() == [(MARCH, 100.0), (MAY, 90.0)]


def test_a_payment_that_is_told_no_more_is_worth_nothing_from_then_on():
    gone = withdrawn(payments(rows("paiements", PAID), MARCH, simulated=False), MAY)
    assert gone.select("payment_id", "known_date", "amount_eur").rows() == [("P1", MAY, pytest.approx(0.0))]
