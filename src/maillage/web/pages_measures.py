"""The measures: what each is, how far it is deployed, where, against which targets."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from maillage.catalog.parameters import Parameter, load_parameters
from maillage.errors import NotFoundError
from maillage.measures.definition import FAMILIES, Measure
from maillage.measures.reference import load_reference
from maillage.measures.registry import load_measures
from maillage.measures.targets import VERDICTS
from maillage.report.words import RELIABILITY
from maillage.web import measure_view as view
from maillage.web.measure_words import PROFESSIONS, SPECIALTIES, entry_number, named
from maillage.web.page import Page, PageOf
from maillage.web.timeline import Dated, draw_timeline

router = APIRouter(include_in_schema=False)
SHOWN_PLACES = 10


@router.get("/mesures", response_class=HTMLResponse)
def measures(page: PageOf) -> HTMLResponse:
    """Every measure, by family."""
    held = load_measures()
    families = [
        (words[page.language.lang], [_summary(page, m) for m in held.values() if m.family == family])
        for family, words in FAMILIES.items()
    ]
    return page.render(
        "measures.html",
        families=[(words, rows) for words, rows in families if rows],
        empty=not page.shelf.register.measures,
        entry_number=entry_number,
    )


@router.get("/mesures/{name}", response_class=HTMLResponse)
def measure(name: str, page: PageOf) -> HTMLResponse:
    """One measure, whole."""
    found = load_measures().get(name)
    if found is None:
        raise NotFoundError(f"There is no measure {name!r}.", hint="The list is at /mesures.")
    register, reference = page.shelf.register, load_reference()
    on = register.latest(name)
    figures = view.figures_of(reference, name)
    counts = view.deployed(register, found)
    goals = view.aimed(reference, name, view.known_on(reference))
    return page.render(
        "measure.html",
        measure=found,
        family=FAMILIES[found.family],
        on=on,
        simulated=register.simulated(name),
        statuses=view.status_counts(register, found, on) if on else [],
        active=int(counts[-1][1]) if counts else 0,
        timeline=_timeline(page, name, counts, goals),
        goals=goals,
        figures=figures,
        places=view.by_departement(register, page.atlas, found, on) if on else [],
        shown_places=SHOWN_PLACES,
        schedule=_schedule(found),
        more=_more(page, found, on) if on else {},
        entry_number=entry_number,
        reliability=RELIABILITY,
        verdicts=VERDICTS,
        expectations=[(e, page.card(e.indicator)) for e in found.expectations],
    )


def _summary(page: Page, measure: Measure) -> dict[str, Any]:
    register = page.shelf.register
    on, published = register.latest(measure.id), view.main_figures(load_reference(), measure.id)
    counts = view.deployed(register, measure)
    return {
        "measure": measure,
        "on": on,
        "active": int(counts[-1][1]) if counts else None,
        "simulated": register.simulated(measure.id),
        "published": published[-1] if published else None,
    }


def _timeline(page: Page, name: str, counts: list[tuple[date, float]], goals: list[view.Aimed]) -> Any:
    lang, day = page.language.lang, page.language.day
    published = [
        Dated(f.on, f.value, f"{entry_number(f, lang)}, {day(f.on)}") for f in view.main_figures(load_reference(), name)
    ]
    held = {g.target.id: g.target for g in goals if g.target.unit != "percent"}
    targets = [Dated(t.on, t.value, t.label[lang]) for t in held.values()]
    return draw_timeline(counts, published, targets, lang)


def _schedule(measure: Measure) -> list[Parameter]:
    """The dated parameters of the aid that are numbers."""
    if not measure.schedule:
        return []
    return [p for p in load_parameters(measure.schedule).values() if isinstance(p.value, int | float)]


def _more(page: Page, measure: Measure, on: date) -> dict[str, Any]:
    """What only some measures have: members and missions, zones, specialties and full-time equivalents."""
    register, lang = page.shelf.register, page.language.lang
    attributes = {a.id: a for a in measure.attributes}
    found: dict[str, Any] = {}
    if measure.id == "cpts":
        everyone = page.language.t("measure.everyone")
        found["members"] = [
            {**row, "name": named(PROFESSIONS, row["profession"], lang) or everyone} for row in view.joined(register)
        ]
        found["counted_on"] = view.last_count(register)
        words = attributes["mission"].item_words
        found["missions"] = [(named(words, m, lang), n, told) for m, n, told in view.mission_shares(register, on)]
    if "zone_at_signature" in attributes:
        words = attributes["zone_at_signature"].allowed
        zones = view.shared(register, measure, "zone_at_signature", on)
        found["zones"] = [(named(words, content, lang), content, n) for content, n in zones]
    if "fte" in attributes:
        found["fte"] = view.full_times(register, measure, on)
    if measure.id == "assistants_medicaux":
        found["ranking"] = view.against_need(register, page.atlas, on)
        found["specialties"] = [
            (named(SPECIALTIES, content, lang), n) for content, n in view.shared(register, measure, "specialty", on)
        ]
    return found
