"""What every page needs: the atlas in force, the language, and a way to be drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from maillage import __version__
from maillage.errors import StoreError
from maillage.text import Text, format_number, format_quantity, typeset
from maillage.web.alert_book import AlertBook, AlertBooks
from maillage.web.assets import Assets
from maillage.web.atlas import Atlas
from maillage.web.cards import Card, plain_card
from maillage.web.language import Language, choose_language
from maillage.web.library import Library, Shelf
from maillage.web.origins import producers
from maillage.web.uploads import Uploads

# The indicator that speaks for access where only one is shown: the first that the store holds. A territory is told by
# the published figure; a map shows the computed one, which is more recent and lacks fewer communes.
MAIN_INDICATORS = ("apl_mg", "apl_mg_calcule", "apl_mg_65")
MAP_INDICATORS = ("apl_mg_calcule", "apl_mg", "apl_mg_65")

PERCENT = Text("%", "%")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the application holds for all requests."""

    library: Library
    books: AlertBooks
    cards: Mapping[str, Card]
    assets: Assets
    templates: Environment
    uploads: Uploads


@dataclass(frozen=True, slots=True)
class Page:
    """One request for a page."""

    request: Request
    desk: Desk
    shelf: Shelf
    language: Language

    @property
    def atlas(self) -> Atlas:
        """The atlas in force."""
        return self.shelf.atlas

    def card(self, indicator: str) -> Card:
        """Words and form of an indicator."""
        return self.desk.cards.get(indicator) or plain_card(indicator)

    def main_indicator(self, level: str = "commune") -> str | None:
        """The indicator that speaks for access at a level."""
        return self._first_known(MAIN_INDICATORS, level)

    def map_indicator(self, level: str = "commune") -> str | None:
        """The indicator that a map opens on at a level."""
        return self._first_known(MAP_INDICATORS, level)

    def _first_known(self, names: tuple[str, ...], level: str) -> str | None:
        known = [name for name, at in self.atlas.series if at == level]
        return next((name for name in (*names, *sorted(known)) if name in known), None)

    @property
    def book(self) -> AlertBook:
        """The journal of alerts as it stands."""
        return self.desk.books.current()

    def text(self, template: str, **values: Any) -> str:
        """Fill a template in the language of the request."""
        return fill(self.desk, self.request, self.language, template, atlas=self.atlas, **values)

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Draw a template in the language of the request."""
        return draw(self.desk, self.request, self.language, template, status=status, atlas=self.atlas, **values)


def draw(
    desk: Desk, request: Request, language: Language, template: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Draw a template; ``atlas`` may be absent (a page that says why there is nothing to show)."""
    return HTMLResponse(
        fill(desk, request, language, template, **values),
        status_code=status,
        headers={"cache-control": "no-cache", "vary": "accept-encoding"},
    )


def fill(desk: Desk, request: Request, language: Language, template: str, **values: Any) -> str:
    """The text of a template in a language."""
    shared: dict[str, Any] = {
        "language": language,
        "lang": language.lang,
        "t": language.t,
        "url": language.url,
        "asset": desk.assets.url,
        "number": lambda value, decimals=0: format_number(value, decimals, language.lang),
        "percent": lambda share: format_quantity(100 * share, 0, PERCENT, language.lang),
        "day": language.day,
        "lives": {},
        "producers": lambda origin: producers(origin, language.lang),
        "here": request.url.path,
        "takes_files": desk.uploads.offered(request),
        "other_language": _other_language(request, language),
        "version": __version__,
        "atlas": None,
    }
    return typeset(desk.templates.get_template(template).render(**{**shared, **values}), language.lang)


def _other_language(request: Request, language: Language) -> str:
    kept = {k: v for k, v in request.query_params.items() if k != "lang"}
    return choose_language("fr" if language.lang == "en" else "en").url(request.url.path, **kept)


def make_templates() -> Environment:
    """The templates of the package: everything is escaped, an unknown name is an error."""
    environment = Environment(
        loader=PackageLoader("maillage.web"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data"] = _data_block
    environment.filters["coded"] = _coded
    return environment


def _data_block(value: object) -> Markup:
    """JSON for a data block of the page: no character that could close it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _coded(words: str) -> Markup:
    """Words whose commands stand between grave accents, as our sentences write them."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(words))))


def atlas_or_none(request: Request) -> Atlas | None:
    """The atlas in force, None where there is no store to read."""
    desk: Desk = request.app.state.desk
    try:
        return desk.library.current().atlas
    except StoreError:
        return None


def get_page(request: Request, lang: str | None = None) -> Page:
    """The page of a request; raises StoreError when there is no store."""
    desk: Desk = request.app.state.desk
    return Page(request=request, desk=desk, shelf=desk.library.current(), language=choose_language(lang))


PageOf = Annotated[Page, Depends(get_page)]
