"""The pages and the JSON interface, without a browser."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from maillage.alerts.life import Statement
from maillage.catalog.store import open_draft, publish
from maillage.pipeline.alert_life import state_alert
from maillage.settings import load_settings
from maillage.web.app import create_app
from tests.small_store import build_store, tables
from tests.web_server import served

PAGES = ("/", "/carte", "/alertes", "/sources", "/methode", "/recherche?q=saint", "/territoire/commune/08001")
SCRIPT = load_settings().carriers / "maplibre" / "srcjs" / "maplibre-gl.js"
pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="the carrier wheels are not installed (make install)")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "store"
    build_store(folder)
    return folder


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[httpx.Client]:
    with _opened(store) as opened:
        yield opened


@contextmanager
def _opened(store: Path) -> Iterator[httpx.Client]:
    with served(create_app(store)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.mark.parametrize("lang", ["", "en"])
@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        *(f"/territoire/{at}" for at in ("epci/200000001", "bassin_vie/08005", "cpts/08-cpts-du-vouzinois")),
        *(f"/territoire/{at}" for at in ("departement/51", "region/44", "france/FRA", "commune/08006")),
        *(f"/carte?level={level}" for level in ("epci", "bassin_vie", "cpts", "departement", "region")),
        "/carte?indicator=population&period=2021&order=best",
        "/alertes?level=commune&degree=3&region=44",
        "/recherche",
    ],
)
def test_every_page_is_drawn_in_its_language_with_its_headers(client: httpx.Client, path: str, lang: str) -> None:
    answer = (
        client.get(path, params={"lang": lang} if lang else None)
        if "?" not in path
        else client.get(f"{path}&lang={lang}" if lang else path)
    )
    assert answer.status_code == 200
    assert f'<html lang="{lang or "fr"}">' in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r'\s(?:on\w+|style)="', answer.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_links_inside_the_site_keep_the_language(client: httpx.Client, path: str) -> None:
    page = client.get(path, params={"lang": "en", "q": "saint"}).text
    inner = re.findall(r'href="(/[^"]*)"', page)
    assert inner
    for address in inner:
        french_version = 'hreflang="fr"' in page and f'href="{address}" hreflang="fr"' in page
        if not address.startswith(("/static/", "/api/")) and not french_version:
            assert "lang=en" in address


@pytest.mark.parametrize("path", ["/territoire/commune/08004", "/sources", "/territoire/bassin_vie/08005"])
def test_words_of_the_data_never_become_markup(client: httpx.Client, path: str) -> None:
    page = client.get(path).text
    assert "<b>Hostile" not in page
    assert "<script>alert" not in page
    assert "<i>." not in page


def test_a_territory_says_how_it_stands_why_and_from_where(client: httpx.Client) -> None:
    page = client.get("/territoire/commune/08001").text
    assert "Acy-Romance" in page
    assert "0,8 consultation par an" in page
    assert "sous le seuil de 2,5" in page
    assert "CC du Rethélois" in page
    assert "DREES, APL 2022" in page
    assert "Rupture de série possible" in page
    assert "simulé" in page


def test_a_missing_value_is_said_missing_and_quarantined_rows_are_named(client: httpx.Client) -> None:
    assert "Non disponible" in client.get("/territoire/commune/08006").text
    page = client.get("/territoire/commune/08004").text
    assert "ligne 7" in page
    assert "plusieurs lignes de cette clé se contredisent" in page


def test_a_partial_territory_says_which_share(client: httpx.Client) -> None:
    assert "(50\u202f%)" in client.get("/territoire/commune/08004").text


def test_communes_inside_come_worst_first_and_can_be_sorted(client: httpx.Client) -> None:
    def order(query: str) -> list[str]:
        page = client.get(f"/territoire/departement/08{query}").text
        return re.findall(r"/territoire/commune/(\d{5})", page[page.index('id="inside"') :])

    assert order("") == ["08001", "08002", "08003", "08004", "08005", "08006"]
    assert order("?order=best") == ["08005", "08004", "08003", "08002", "08001", "08006"]


def test_a_bare_code_opens_the_finest_level(client: httpx.Client) -> None:
    assert client.get("/territoire/08005", follow_redirects=False).headers["location"] == "/territoire/commune/08005"
    there = client.get("/territoire/44?lang=en", follow_redirects=False).headers["location"]
    assert there == "/territoire/region/44?lang=en"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/territoire/commune/99999", 404, "n’existe pas"),
        ("/nope", 404, "n’existe pas"),
        ("/carte?level=iris", 404, "n’existe pas"),
        ("/carte?page=zero", 422, "incomplète"),
        ("/alertes?degree=9", 422, "incomplète"),
        ("/static/x/site.css", 404, "n’existe pas"),
    ],
)
def test_what_does_not_exist_gets_a_page_in_words(client: httpx.Client, path: str, status: int, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_values_follow_the_order_of_the_codes(client: httpx.Client) -> None:
    values = client.get("/api/values?indicator=apl_mg&level=commune").json()
    places = client.get("/api/territories?level=commune").json()
    assert places["codes"] == sorted(places["codes"])
    assert dict(zip(places["codes"], values["values"], strict=True))["08006"] is None
    assert dict(zip(places["codes"], values["values"], strict=True))["51006"] == 4.65
    assert values["period"] == "2022"
    assert values["breaks"]


def test_an_unchanged_answer_is_not_sent_again(client: httpx.Client) -> None:
    for path in ("/api/values?indicator=apl_mg&level=epci", "/api/territories?level=epci"):
        tag = client.get(path).headers["etag"]
        assert client.get(path, headers={"if-none-match": tag}).status_code == 304


def test_tiles_are_sent_packed_under_the_version_and_opened_for_who_asks(client: httpx.Client, store: Path) -> None:
    version = (store / "CURRENT").read_text().strip()
    path = f"/tiles/{version}/commune/4/8/5.mvt"
    packed = client.get(path, headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert plain.content == packed.content
    assert client.get(path, headers={"if-none-match": packed.headers["etag"]}).status_code == 304
    assert client.get(f"/tiles/{version}/commune/4/0/0.mvt").status_code == 204
    assert client.get("/tiles/0000/commune/4/8/5.mvt").status_code == 404


def test_the_interface_describes_itself_and_refuses_in_json(client: httpx.Client) -> None:
    assert set(client.get("/api/openapi.json").json()["paths"]) == {
        f"/api/{name}" for name in ("values", "territories", "observations", "alerts", "search")
    }
    refused = client.get("/api/values?indicator=nope&level=commune")
    assert refused.status_code == 404
    assert "nope" in refused.json()["error"]
    assert client.get("/api/values").status_code == 422
    assert client.get("/api/search?q=reims").json()[0]["code"] == "51004"
    assert [a["code"] for a in client.get("/api/alerts?degree=3").json()] == ["08005", "08004"]
    assert {o["indicator"] for o in client.get("/api/observations?level=region&code=44").json()} >= {"apl_mg"}


def test_the_download_holds_what_the_map_shows(client: httpx.Client) -> None:
    answer = client.get("/csv/indicateur/apl_mg?level=commune&period=2021")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-disposition"] == 'attachment; filename="maillage-apl_mg-commune-2021.csv"'
    assert len(rows) == 12
    assert {row["period"] for row in rows} == {"2021"}
    assert [row["name"] for row in rows if row["code"] == "08004"] == ["'=2+3 <b>Hostile</b>"]
    territory = client.get("/csv/territoire/cpts/08-cpts-du-vouzinois").text
    assert "Données simulées." in territory


def test_without_a_store_the_page_says_how_to_build_one(tmp_path: Path) -> None:
    with _opened(tmp_path / "none") as lonely:
        for path in ("/", "/carte", "/territoire/commune/08001"):
            answer = lonely.get(path)
            assert answer.status_code == 503
            assert "maillage run --demo" in answer.text
        assert lonely.get("/api/search?q=a").json()["error"].startswith("There is no store")


def test_a_new_version_of_the_store_is_noticed(tmp_path: Path) -> None:
    store = tmp_path / "store"
    build_store(store)
    with _opened(store) as opened:
        before = opened.get("/").text
        assert "simulées" in before
        made = tables()
        _, origin = made["origin"]
        with open_draft(store) as draft:
            for name, (kept, frame) in made.items():
                draft.write(kept, frame if name != "origin" else origin.with_columns(simulated=False))
            second = publish(draft, store, {"simulated": False})
        after = opened.get("/").text
        assert second.id in after
        assert "Données simulées" not in after


def test_an_iris_tells_its_inhabitants_and_leads_to_its_commune(client: httpx.Client) -> None:
    for address in ("/territoire/080010000", "/recherche?q=080010000"):
        assert client.get(address).headers["location"] == "/territoire/iris/080010000"
    page = client.get("/territoire/iris/080010000").text
    assert "/territoire/commune/08001" in page
    assert "65 ans et plus" in page
    assert "25\u202f%" in page
    assert client.get("/territoire/iris/999999999").status_code == 404


def test_reasons_for_putting_rows_aside_are_in_the_language_of_the_page(client: httpx.Client) -> None:
    assert "Plusieurs lignes de cette clé se contredisent" in client.get("/sources").text
    assert "Several rows of this key contradict each other" in client.get("/sources?lang=en").text


def test_a_map_of_a_part_of_the_country_opens_on_that_part(client: httpx.Client) -> None:
    config = re.search(r'id="map-config">(.*?)</script>', client.get("/carte?level=cpts").text, re.DOTALL)
    assert config is not None
    west, _, east, _ = json.loads(config[1])["extents"]["cpts"]
    assert 3.5 < west < east < 5.2


def test_an_alert_says_how_sure_it_is_where_it_goes_and_where_it_is_in_its_life(client: httpx.Client) -> None:
    page = unescape(client.get("/territoire/commune/08001").text)
    assert "vraie sous 98\u202f% des conventions de calcul" in page
    assert "la série s’aggrave" in page
    assert "Déclenchée le 3 mai 2026" in page
    assert "Raised on 3 May 2026" in client.get("/territoire/commune/08001?lang=en").text


def test_what_a_person_says_of_an_alert_is_on_its_page_at_once(tmp_path: Path) -> None:
    build_store(tmp_path)
    with _opened(tmp_path) as client:
        client.get("/territoire/commune/08001")
        said = Statement("explained", "DD <08>", "Départ & retraite\nen juin", date(2026, 5, 4))
        state_alert(tmp_path, "apl_mg_65_sous_dense", "08001", None, said)
        page = unescape(client.get("/territoire/commune/08001").text)
    assert "Expliquée le 4 mai 2026 par DD <08>\u202f: Départ & retraite en juin" in page


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("/alertes.atom", {"08005", "08"}),
        ("/alertes/departement/08.atom", {"08", "08001", "08004", "08005"}),
        ("/alertes/commune/08001.atom?lang=en", {"08001"}),
    ],
    ids=["larger territories", "a département and what is inside", "a commune"],
)
def test_a_feed_is_atom_and_holds_the_events_of_its_territory(client: httpx.Client, path: str, codes: set[str]) -> None:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.fromstring(answer.text)
    for holder in (feed, *feed.findall(f"{atom}entry")):
        for needed in ("id", "title", "updated"):
            assert holder.findtext(f"{atom}{needed}"), needed
    entries = feed.findall(f"{atom}entry")
    assert len({e.findtext(f"{atom}id") for e in entries}) == len(entries)
    links = [link.get("href", "") for e in entries for link in e.findall(f"{atom}link")]
    assert {re.sub(r".*/|\?.*", "", link) for link in links} == codes
    assert all(client.get(link).status_code == 200 for link in links)


def test_the_changes_of_a_territory_are_a_file(client: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/csv/alertes/departement/08").text)))
    assert (rows[0]["event"], rows[0]["degree"]) == ("raised", "3")
    assert {r["code"] for r in rows} == {"08", "08001", "08004", "08005"}
    assert "Acy-Romance" in {r["name"] for r in rows}
    assert client.get("/csv/alertes/commune/99999").status_code == 404


def test_alerts_gather_the_reasons_of_a_territory_at_one_level(client: httpx.Client) -> None:
    page = unescape(client.get("/alertes?level=commune").text)
    rows = client.get("/api/alerts?level=commune").json()
    assert rows
    assert all(row["reason"] in page for row in rows)
    for code in {row["code"] for row in rows}:
        assert page.count(f'/territoire/commune/{code}"') == 1
