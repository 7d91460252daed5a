"""First draw and recolour of the map of communes in headless Chromium, over a store.

python benchmarks/map.py --store var/store --json
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Browser, Page, sync_playwright

from maillage.web.app import create_app

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.web_server import served

ARGUMENTS = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
]
READY = "#map[data-state=ready]"
PATIENCE_MS = 120_000


def main() -> None:
    """Print the figures, as one JSON object on the last line with ``--json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with served(create_app(options.store)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        _measure(browser, address)  # The server reads its store at the first request.
        runs = [_measure(browser, address) for _ in range(options.repeats)]
        browser.close()
    figures = {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}
    print(json.dumps(figures) if options.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


def _measure(browser: Browser, address: str) -> dict[str, float]:
    """One visit by a browser that has nothing in its cache: draw, recolour by another indicator, draw again."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        wire = _wire(page)
        first, words = _open(page, f"{address}/carte")
        received, files = wire["bytes"], wire["files"]
        other = next(
            value
            for value in page.eval_on_selector_all("#indicator option", "all => all.map(o => o.value)")
            if value != page.input_value("#indicator")
        )
        started = perf_counter()
        page.select_option("#indicator", other)
        page.wait_for_function(
            "n => document.querySelector('#map').dataset.drawn === n", arg=other, timeout=PATIENCE_MS
        )
        recolour, added, asked = perf_counter() - started, wire["bytes"] - received, wire["tiles"]
        again, _ = _open(page, f"{address}/carte")
        return {
            "words_s": words,
            "first_draw_s": first,
            "recolour_s": recolour,
            "second_visit_s": again,
            "first_draw_bytes": received,
            "first_draw_requests": files,
            "recolour_bytes": added,
            "tiles": asked,
        }


def _open(page: Page, address: str) -> tuple[float, float]:
    """Seconds to the map drawn, and to the list that says the same in words."""
    started = perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("#ranking tbody tr")
    words = perf_counter() - started
    page.wait_for_selector(READY, timeout=PATIENCE_MS)
    return perf_counter() - started, words


def _wire(page: Page) -> dict[str, int]:
    """Bytes received, requests answered and tiles, as the browser's network layer counts them."""
    counts = {"bytes": 0, "files": 0, "tiles": 0}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def received(event: dict[str, float]) -> None:
        counts["bytes"] += int(event["encodedDataLength"])
        counts["files"] += 1

    session.on("Network.loadingFinished", received)
    page.on("response", lambda answer: counts.update(tiles=counts["tiles"] + ("/tiles/" in answer.url)))
    return counts


if __name__ == "__main__":
    main()
