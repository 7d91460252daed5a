"""Money: who pays, for what, in which year, how surely known, and what in the published figures does not add up."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from maillage.measures.ledger import RULES
from maillage.measures.ledger_unit import bridge
from maillage.measures.reference import Reference, load_reference
from maillage.measures.reference_entry import Payment
from maillage.measures.reference_identity import VERDICTS
from maillage.measures.schedule import assistants_schedule
from maillage.measures.schedule_confront import both_hold, confront
from maillage.measures.targeting_national import national_targeting
from maillage.report.words import RELIABILITY
from maillage.text import Text
from maillage.web import money_view as view
from maillage.web.measure_words import PAYERS, entry_number, millions, name_of, named
from maillage.web.page import Page, PageOf
from maillage.web.targeting_view import targeted

router = APIRouter(include_in_schema=False)
SHOWN_PLACES = 10
SEPARATOR = Text(" ; ", "; ")
TABLES_FIRST = ("table_5", "table_14")


@router.get("/argent", response_class=HTMLResponse)
def money(page: PageOf, annee: int | None = None) -> HTMLResponse:
    """The published ledger, then that of the store."""
    reference, lang = load_reference(), page.language.lang
    published = view.reference_ledger(reference)
    confrontations = confront(reference, assistants_schedule())
    return page.render(
        "money.html",
        lines=view.lines(published),
        base_year=view.base_year(),
        total=published.total_eur,
        aside=published.set_aside.to_dicts(),
        rules=RULES,
        printed=view.printed(reference),
        verdicts=VERDICTS,
        steps=bridge(reference),
        confrontations=confrontations,
        both=both_hold(reference, assistants_schedule()),
        label=lambda name: _payment(reference, name).label[lang],
        places=lambda names: SEPARATOR[lang].join(dict.fromkeys(_payment(reference, n).citation[lang] for n in names)),
        entry=reference.entry,
        entry_number=entry_number,
        millions=millions,
        payer=lambda name: named(PAYERS, name, lang),
        measure_name=lambda name: name_of(name)[lang],
        reliability=RELIABILITY,
        store=_store(page, annee),
        shown_places=SHOWN_PLACES,
    )


@router.get("/argent/ciblage", response_class=HTMLResponse)
def where_it_went(page: PageOf) -> HTMLResponse:
    """Whether the means went where access is worst: what is published, then the payments read."""
    register, indicator = page.shelf.register, page.main_indicator()
    reference, lang = load_reference(), page.language.lang
    return page.render(
        "targeting.html",
        national=national_targeting(reference),
        cited=lambda names: list({(e := reference.entry(n)).citation[lang]: e for n in names}.values()),
        found=targeted(register, page.atlas, indicator),
        card=page.card(indicator or ""),
        measure_name=lambda name: name_of(name)[lang],
        millions=millions,
        simulated=register.any_simulated,
    )


def _payment(reference: Reference, name: str) -> Payment:
    """The last statement of a payment of the reference."""
    return next(p for p in reversed(reference.payments) if p.payment_id == name)


def _store(page: Page, asked: int | None) -> dict[str, Any] | None:
    """What the files read tell of payments; None where they tell nothing."""
    register = page.shelf.register
    if register.payments.is_empty():
        return None
    ledger = view.store_ledger(register)
    known = view.years(ledger)
    year = asked if asked in known else known[-1]
    return {
        "years": known,
        "year": year,
        "rows": view.by_measure_and_year(ledger),
        "payers": view.by_payer(ledger, year),
        "total": sum(amount for _, amount in view.by_payer(ledger, year)),
        "places": view.by_departement(register, page.atlas, year),
        "simulated": bool(register.payments.get_column("simulated").any()),
        "aside": ledger.set_aside.height,
    }
