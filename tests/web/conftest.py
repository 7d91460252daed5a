"""A real browser on the small country."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from maillage.pipeline.evaluations import register
from maillage.settings import load_settings
from maillage.web.app import create_app
from tests.protocol_texts import TEXT
from tests.small_store import build_store
from tests.web_server import served

CHROMIUM_ARGUMENTS = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped, visibly, where there is none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the observatory over the small store."""
    if not (load_settings().carriers / "maplibre").is_dir():
        pytest.skip("the carrier wheels are not installed (make install)")
    store = tmp_path_factory.mktemp("site") / "store"
    build_store(store)
    register(store, TEXT, on=date(2026, 11, 20))
    with served(create_app(store)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page of a desktop screen; the test fails when its console shows an error."""
    faults: list[str] = []
    with ExitStack() as stack:
        context = stack.enter_context(
            browser.new_context(base_url=site, viewport={"width": 1440, "height": 900}, locale="fr-FR")
        )
        opened = context.new_page()
        opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        yield opened
    assert not faults
