"""Documents as pages in a real browser: accessible, nothing fetched, no figure cut on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from maillage.evaluation.result import analyse
from maillage.measures.reference import load_reference
from maillage.report.document import Document
from maillage.report.evaluation.run import run_report
from maillage.report.html import to_html
from maillage.report.national.assessment import assessment
from tests.evaluation_studies import seen

pytestmark = pytest.mark.web


DAY = date(2026, 11, 22)


def bilan() -> Document:
    return assessment(load_reference(), DAY)


def evaluation() -> Document:
    return run_report(analyse(seen(-2.0, 0.4, simulated=True)), None, None, day=DAY)


@pytest.fixture(scope="module", params=[bilan, evaluation], ids=["bilan", "evaluation"])
def document(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, on the disk."""
    path = tmp_path_factory.mktemp("document") / "page.html"
    path.write_text(to_html(request.param(), "fr"), "utf-8")
    return path


@pytest.fixture(params=[1280, 360], ids=["desktop", "telephone"])
def opened(browser: Browser, document: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page on a screen; the test fails where it fetches anything."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    page, fetched = context.new_page(), []
    page.on("request", lambda r: fetched.append(r.url) if not r.url.startswith("file:") else None)
    page.goto(document.as_uri())
    yield page
    context.close()
    assert fetched == []


def test_the_page_has_no_accessibility_fault(opened):
    found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_does_not_scroll_sideways(opened):
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_reference_leads_to_its_line(opened):
    link = opened.locator("a.ref").first
    link.click()
    assert opened.evaluate("document.querySelector(':target')?.dataset.entry")
