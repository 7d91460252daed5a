"""The first page: the country in five figures, a map, and where to go next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from maillage.catalog.parameters import load_parameters
from maillage.text import Text, format_quantity
from maillage.web.atlas import Priority
from maillage.web.classes import quantile_classes
from maillage.web.figures import Figure, figure
from maillage.web.origins import is_simulated
from maillage.web.page import Page, PageOf
from maillage.web.pages_alerts import ALERT_LEVELS
from maillage.web.pages_map import legend, map_config
from maillage.web.ranking import Ranking, rank_territories

router = APIRouter(include_in_schema=False)
COUNTRY = ("france", "FRA")
HOME_MAP_LEVELS = ("bassin_vie", "epci", "departement", "commune", "region")
WORST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the country's figures, and the one that completes it, in words."""

    key: str
    main: Figure
    second: str
    second_words: str


# Each slot shows the first indicator that the store holds.
SLOTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("access", ("apl_mg", "apl_mg_calcule")),
    ("zoning", ("part_zip",)),
    ("difficulties", ("part_cumul_difficultes", "cumul_difficultes")),
    ("minutes", ("minutes_mg",)),
)
# The under-dense threshold of the zoning decree is about GPs aged 65 or under.
UNDER_DENSE_INDICATOR, UNDER_DENSE_THRESHOLD = "apl_mg_65", ("apl/thresholds", "gp_under_dense")


@router.get("/", response_class=HTMLResponse)
def home(page: PageOf) -> HTMLResponse:
    """The country in five figures."""
    main = page.map_indicator()
    return page.render(
        "home.html",
        headlines=headlines(page),
        alert_counts=alert_counts(page),
        alerts=_pressing(page),
        cards={a.indicator: page.card(a.indicator) for p in _pressing(page) for a in p.alerts},
        alert_periods=" – ".join(dict.fromkeys(f(a.period for a in page.atlas.alerts) for f in (min, max)))
        if page.atlas.alerts
        else "",
        map=home_map(page, main) if main else None,
        worst=worst_places(page, main) if main else None,
    )


def headlines(page: Page) -> list[Headline]:
    """The country's figures that the store holds."""
    found = []
    for key, candidates in SLOTS:
        main = _country_figure(page, candidates)
        if main is not None:
            second = _second(page, key)
            found.append(Headline(key, main, second, page.language.t(f"home.{key}_second") if second else ""))
    return found


def _second(page: Page, key: str) -> str:
    lang = page.language.lang
    if key == "access":
        share = _share_under_dense(page)
        return "" if share is None else format_quantity(share, 0, Text("%", "%"), lang)
    if key == "zoning":
        other = _country_figure(page, ("part_zip_zac",))
        return other.card.quantity(other.value, lang) if other else ""
    return ""


def _share_under_dense(page: Page) -> float | None:
    """Share of the population, in percent, that lives in communes under the under-dense threshold."""
    if not page.atlas.periods(UNDER_DENSE_INDICATOR, "commune"):
        return None
    file, name = UNDER_DENSE_THRESHOLD
    threshold = float(load_parameters(file)[name].value)
    values = page.atlas.get_series(UNDER_DENSE_INDICATOR, "commune").value
    population = np.nan_to_num(page.atlas.levels["commune"].population)
    known = ~np.isnan(values)
    total = float(population[known].sum())
    return 100 * float(population[known & (values < threshold)].sum()) / total if total else None


def _country_figure(page: Page, candidates: tuple[str, ...]) -> Figure | None:
    level, code = COUNTRY
    for name in candidates:
        for period in reversed(page.atlas.periods(name, level)):
            series = page.atlas.get_series(name, level, period)
            place = page.atlas.territory(level, code)
            found = figure(page.atlas, page.card(name), series, place.position, page.language)
            if found.known:
                return found
    return None


def _pressing(page: Page) -> tuple[Priority, ...]:
    """The territories most in alert, at the level at which people organise care."""
    return next((page.atlas.priorities[at][:6] for at in ALERT_LEVELS if at in page.atlas.priorities), ())


def alert_counts(page: Page) -> list[tuple[str, int, int]]:
    """For each level that raises alerts: territories in alert, and territories in all."""
    in_alert: dict[str, set[str]] = {}
    for alert in page.atlas.alerts:
        in_alert.setdefault(alert.level, set()).add(alert.code)
    order = ("bassin_vie", "epci", "cpts", "departement", "commune", "region")
    return [(at, len(in_alert[at]), len(page.atlas.levels[at].codes)) for at in order if at in in_alert]


def home_map(page: Page, indicator: str) -> dict[str, object] | None:
    """The map of the first page: a level light enough to be drawn at once."""
    level = next((at for at in HOME_MAP_LEVELS if page.atlas.periods(indicator, at) and at in page.shelf.tiles), None)
    if level is None:
        return None
    series, card = page.atlas.get_series(indicator, level), page.card(indicator)
    classes = quantile_classes(series.value, card.worst)
    return {
        "card": card,
        "level": level,
        "period": series.period,
        "simulated": is_simulated(page.atlas, series),
        "legend": legend(classes, series.value, card, page),
        "config": map_config(page, level, indicator, series.period),
    }


def worst_places(page: Page, indicator: str) -> Ranking | None:
    """The départements where access is hardest."""
    level = "departement" if page.atlas.periods(indicator, "departement") else "commune"
    series = page.atlas.get_series(indicator, level)
    found = rank_territories(page.atlas, series, page.card(indicator), page.language, "worst")
    return Ranking(lines=found.lines[:WORST_SHOWN], page=1, pages=1, known=found.known)
