"""What people do with the observatory, in a real browser."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from maillage.pipeline.imports import imports_folder
from maillage.pipeline.record_import import held_batches
from maillage.web.app import create_app
from tests.web_server import served

pytestmark = pytest.mark.web

# The centre of Sainte-Vaubourg (08003), in the west of the small country.
PLACE_NAME, PLACE_CODE, PLACE = "Sainte-Vaubourg", "08003", (4.05, 49.15)
PATIENCE_MS = 60_000
SCREENSHOTS = Path(__file__).parents[2] / "docs" / "screenshots"
PICTURES = {"home": "/", "map": "/carte", "territory": "/territoire/commune/58194"}
SIZE_MAX = 300_000
# A blank page weighs less.
SIZE_MIN = 12_000
PAGES = (
    "/",
    "/carte",
    "/alertes",
    "/sources",
    "/methode",
    "/recherche?q=saint",
    "/importer",
    "/territoire/commune/08001",
    "/territoire/departement/08",
    "/mesures",
    "/mesures/cpts",
    "/mesures/assistants_medicaux",
    "/argent",
    "/argent/ciblage",
    "/carte/cpts",
    "/evaluations",
    "/evaluations/cpts_unplanned",
    "/nope",
)


def open_map(page: Page, address: str = f"/carte?at={PLACE[0]},{PLACE[1]},9") -> None:
    page.goto(address)
    expect(page.locator("#map[data-state=ready]")).to_be_attached(timeout=PATIENCE_MS)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_has_a_serious_barrier(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    if path == "/nope":
        page.route("**/nope", lambda route: route.fulfill(response=route.fetch(), status=200))
    page.goto(path)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def barriers(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("width", [1440, 390])
def test_records_in_another_layout_are_mapped_read_again_and_kept(
    browser: Browser, small_store: Path, tmp_path: Path, width: int
) -> None:
    store = Path(shutil.copytree(small_store, tmp_path / "store"))
    path = tmp_path / "urgences.csv"
    rows = (f"{n};08001;05/03/2024;10:{n:02d};{n};I" for n in range(30))
    path.write_text("\n".join(("passage;code_commune;date entree;heure entree;age;niveau CCMU", *rows)), "utf-8")
    with served(create_app(store, access="local")) as site, browser.new_context(base_url=site) as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/")
        page.get_by_role("link", name="Importer", exact=True).click()
        assert barriers(page) == []
        page.get_by_label("Choisir un fichier").set_input_files(path)
        page.get_by_role("button", name="Lire le fichier").click()
        expect(page.get_by_role("heading", name="Disposition non reconnue")).to_be_focused()
        page.locator("summary", has_text="Valeur unique").filter(has_text="Établissement").click()
        page.locator("#k-FINESS").fill("080000615")
        page.locator("summary", has_text="Valeur unique").filter(has_text="Gravité").click()
        page.locator("#v-GRAVITE").fill("I = 1")
        assert barriers(page) == []
        page.get_by_role("button", name="Relire").click()
        expect(page.get_by_role("heading", name="Fichier compris")).to_be_focused()
        page.get_by_text("Corriger la correspondance").click()
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Garder ce fichier").click()
        expect(page.get_by_role("heading", name="Fichier gardé")).to_be_focused()
        expect(page.locator("#result pre")).to_contain_text("maillage run")
    assert [b.file for b in held_batches(imports_folder(store) / "rpu")] == ["urgences.csv"]


def test_without_script_the_import_page_explains_the_command(browser: Browser, small_store: Path) -> None:
    with (
        served(create_app(small_store, access="local")) as site,
        browser.new_context(base_url=site, java_script_enabled=False) as context,
    ):
        plain = context.new_page()
        plain.goto("/importer")
        expect(plain.get_by_text("demande JavaScript")).to_be_visible()
        expect(plain.get_by_text("maillage import rpu.csv")).to_be_visible()
        expect(plain.get_by_role("button", name="Lire le fichier")).to_be_hidden()


def test_the_first_page_shows_the_country_and_says_what_is_simulated(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".figure")).to_have_count(4)
    expect(page.get_by_role("note")).to_contain_text("Données simulées")
    expect(page.locator("#map[data-state=ready]")).to_be_attached(timeout=PATIENCE_MS)


def test_a_click_on_a_commune_opens_its_page(page: Page) -> None:
    open_map(page)
    box = page.locator("#map").bounding_box()
    assert box is not None
    centre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*centre)
    expect(page.locator(".tip")).to_contain_text(PLACE_NAME)
    expect(page.locator(".tip")).to_contain_text("consultations par an")
    page.mouse.click(*centre)
    page.wait_for_url(f"**/territoire/commune/{PLACE_CODE}")
    expect(page.get_by_role("heading", level=1)).to_have_text(PLACE_NAME)


def test_the_map_is_reached_and_read_with_the_keyboard(page: Page) -> None:
    open_map(page)
    canvas = page.locator(".maplibregl-canvas")
    page.locator("#download").focus()
    page.keyboard.press("Tab")
    expect(canvas).to_be_focused()
    expect(page.locator(".tip")).to_contain_text(PLACE_NAME)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/territoire/commune/{PLACE_CODE}")


def test_the_list_beside_the_map_opens_territories_with_the_keyboard(page: Page) -> None:
    open_map(page)
    page.locator("#ranking a").first.focus()
    expect(page.locator(".ring")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/territoire/commune/08001")


def test_choices_recolour_the_map_and_its_address_can_be_shared(page: Page) -> None:
    open_map(page)
    page.locator("#level").select_option("departement")
    expect(page.locator("#ranking tbody tr")).to_have_count(2)
    page.get_by_label("Période").select_option("2021")
    expect(page.locator("#shown-period")).to_have_text("2021")
    expect(page.locator("#breaks")).to_contain_text("à ne pas comparer")
    expect(page).to_have_url(re.compile(r"level=departement&period=2021|level=departement.*period=2021"))
    rows = page.locator("#ranking tbody").inner_text()
    page.reload()
    expect(page.locator("#map[data-state=ready]")).to_be_attached(timeout=PATIENCE_MS)
    assert page.locator("#ranking tbody").inner_text() == rows


def test_the_definition_and_the_date_recolour_the_map_of_coverage_and_what_stands_beside_it(page: Page) -> None:
    open_map(page, "/carte/cpts?indicator=any_shares")
    expect(page.locator("#coverage-panel")).to_contain_text("Chevauchements (communes partagées) : 1")
    page.get_by_label("Définition", exact=True).select_option("aci_whole")
    expect(page.locator("#map")).to_have_attribute("data-drawn", "aci_whole", timeout=PATIENCE_MS)
    expect(page.locator("#coverage-panel tr.chosen")).to_contain_text("communes entièrement couvertes")
    page.get_by_label("Date").select_option(label="31 mars 2022")
    expect(page.locator("#shown-period")).to_have_text("31 mars 2022")
    expect(page.locator("#coverage-panel")).to_contain_text("Chevauchements (communes partagées) : 0")
    expect(page).to_have_url(re.compile("indicator=aci_whole.*period=2022-03-31"))
    panel = page.locator("#coverage-panel").inner_text()
    page.reload()
    expect(page.locator("#map[data-state=ready]")).to_be_attached(timeout=PATIENCE_MS)
    assert page.locator("#coverage-panel").inner_text() == panel
    with page.expect_download() as download:
        page.locator("#download").click()
    assert "couverture-aci_whole" in download.value.suggested_filename


def test_only_simulated_figures_are_marked_simulated(page: Page) -> None:
    open_map(page)
    expect(page.locator("#simulated")).to_be_hidden()
    page.locator("#indicator").select_option("minutes_mg")
    expect(page.locator("#simulated")).to_be_visible()


def test_missing_values_are_hatched_on_the_map_and_named_in_the_legend(page: Page) -> None:
    open_map(page, "/carte?at=4.15,49.25,9")
    expect(page.locator(".legend-missing")).to_contain_text("Pas de valeur")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tip")).to_contain_text("Vouziers")
    expect(page.locator(".tip")).to_contain_text("Pas de valeur")


def test_the_search_suggests_and_the_keyboard_chooses(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").fill("st etienne")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/territoire/commune/08002")


def test_without_script_the_search_the_list_and_the_territory_still_work(page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        page.goto("/")
        plain.goto(page.url)
        plain.locator("#home-search").fill("rethel")
        plain.locator("form.large button").click()
        plain.get_by_role("link", name="Rethel", exact=True).first.click()
        expect(plain.get_by_role("heading", level=1)).to_have_text("Rethel")
        plain.get_by_role("link", name="Carte", exact=True).click()
        plain.locator("#level").select_option("departement")
        plain.get_by_role("button", name="Afficher").click()
        expect(plain.locator("#ranking tbody tr")).to_have_count(2)


def test_a_territory_compares_and_links_back_to_the_map(page: Page) -> None:
    page.goto("/territoire/commune/08003")
    expect(page.locator(".entry").first).to_contain_text("Ardennes")
    expect(page.locator(".entry").first).to_contain_text("Grand Est")
    page.get_by_role("link", name="Voir sur la carte").click()
    expect(page).to_have_url(re.compile(r"at=4\.050(,|%2C)49\.150"))


def test_what_the_map_shows_can_be_downloaded(page: Page, tmp_path: Path) -> None:
    open_map(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Télécharger en CSV").click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    with target.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["value"] for row in rows if row["code"] == "08001"] == ["0.8"]


def test_english_stays_english_from_page_to_page(page: Page) -> None:
    page.goto("/?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Alerts", exact=True).click()
    page.locator("table a").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_a_dead_map_leaves_the_list(page: Page) -> None:
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/carte")
    expect(page.locator("#map[data-state=failed]")).to_contain_text("La liste des territoires")
    expect(page.locator("#ranking tbody tr")).to_have_count(11)


def test_the_screenshots_of_the_readme_are_drawn_and_light(
    browser: Browser, pytestconfig: pytest.Config, small_store: Path, tmp_path: Path
) -> None:
    national = pytestconfig.getoption("--update-screenshots")
    store, folder = (Path(national), SCREENSHOTS) if national else (small_store, tmp_path)
    with served(create_app(store)) as address, browser.new_context(base_url=address, locale="fr-FR") as context:
        view = context.new_page()
        view.set_viewport_size({"width": 1280, "height": 800})
        for name, path in PICTURES.items():
            shown = view.goto(path if national else path.replace("58194", "08001"))
            assert shown is not None
            assert shown.ok
            if view.locator("#map").count():
                expect(view.locator("#map[data-state=ready]")).to_be_attached(timeout=PATIENCE_MS)
            target = folder / f"{name}.jpg"
            view.screenshot(path=target, type="jpeg", quality=78)
            assert SIZE_MIN < target.stat().st_size < SIZE_MAX
