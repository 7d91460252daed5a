"""The pages of evaluations: how far each protocol went, what was found, and its documents; nothing is said too soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import httpx
import pytest

from maillage.pipeline.evaluations import as_json_bytes, dossier, keep, register
from maillage.settings import load_settings
from maillage.web.app import create_app
from tests.protocol_texts import TEXT
from tests.small_store import build_store
from tests.web_server import served

DAY = date(2026, 11, 20)
SCRIPT = load_settings().carriers / "maplibre" / "srcjs" / "maplibre-gl.js"
pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="the carrier wheels are not installed (make install)")


def protocol(name: str) -> str:
    return TEXT.replace("cpts_unplanned", name)


def registered(store: Path, name: str) -> Path:
    register(store, protocol(name), on=DAY)
    return dossier(store, name).folder


def kept(store: Path, name: str, file: str, **figures: object) -> None:
    folder = registered(store, name)
    digest = dossier(store, name).last.digest
    keep(folder, file, as_json_bytes({"digest": digest, **figures}))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A protocol in each state, one of them altered behind the register's back."""
    folder = tmp_path_factory.mktemp("evaluations") / "store"
    build_store(folder)
    registered(folder, "waiting")
    reason = {"fr": "Aucune date <b>connue</b>.", "en": "No date <b>known</b>."}
    refusal = {"code": "dates", "words": reason, "remedy": {"fr": "Les dates.", "en": "The dates."}}
    kept(folder, "refused", "check.json", refusals=[refusal])
    kept(folder, "feasible", "check.json", refusals=[], detectable=0.42)
    headline = {"att": -1.25, "low": -2.0, "high": -0.5, "se": 0.4}
    kept(folder, "finished", "result.json", decision="effect", simulated=True, headline=headline)
    keep(dossier(folder, "finished").folder, "documents/summary.fr.html", b"<!doctype html><title>Une page</title>")
    keep(dossier(folder, "finished").folder, "documents/summary.en.pdf", b"%PDF-1.7")
    keep(dossier(folder, "finished").folder, "documents/.hidden", b"x")
    alone = {"att": 3.5, "low": None, "high": None}
    kept(folder, "alone", "result.json", decision="cannot_tell", simulated=False, headline=alone)
    kept(folder, "amended", "result.json", decision="effect", headline=headline)
    register(folder, protocol("amended").replace("last = 2024", "last = 2023"), on=DAY, why="Une année de moins")
    altered = registered(folder, "altered") / "registrations" / "001.toml"
    altered.write_text(altered.read_text("utf-8") + "# after", "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[httpx.Client]:
    with served(create_app(store)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


def text_of(client: httpx.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u202f", " ").replace("\u00a0", " ")


def test_without_any_protocol_the_page_says_how_to_register_one(tmp_path: Path) -> None:
    build_store(tmp_path / "store")
    with served(create_app(tmp_path / "store")) as address, httpx.Client(base_url=address, timeout=60) as client:
        said = text_of(client, "/evaluations")
    assert "Aucun protocole n’est enregistré." in said
    assert "<code>maillage evaluate register protocole.toml</code>" in said


def test_the_list_tells_the_state_of_each_and_that_one_was_altered(client: httpx.Client) -> None:
    said = text_of(client, "/evaluations")
    for state in ("enregistré", "refusé", "réalisable", "exécuté", "registre modifié"):
        assert f">{state}</span>" in said
    assert said.count("effet établi") == 1
    assert "a été modifié ou manque" in said


def test_a_refusal_tells_each_reason_and_what_would_answer(client: httpx.Client) -> None:
    answer = client.get("/evaluations/refused")
    assert "Aucune date &lt;b&gt;connue&lt;/b&gt;." in answer.text
    assert "ce n’est ni un effet, ni une absence d’effet" in unescape(answer.text)
    assert "Les dates." in answer.text


def test_a_check_tells_the_smallest_effect_that_would_be_seen(client: httpx.Client) -> None:
    assert "quatre fois sur cinq est de 0,42 point." in text_of(client, "/evaluations/feasible")


def test_a_run_tells_its_effect_with_its_interval_and_that_it_is_simulated(client: httpx.Client) -> None:
    said = text_of(client, "/evaluations/finished")
    assert "−1,25 point (intervalle à 95 % : de −2,00 à −0,50)" in said
    assert "elle ne dit rien" in said or "il ne dit rien de la France" in said
    assert "−1.25 points (95% interval: −2.00 to −0.50)" in text_of(client, "/evaluations/finished?lang=en")


def test_an_effect_without_an_interval_is_told_so(client: httpx.Client) -> None:
    assert "Effet estimé : +3,5" in text_of(client, "/evaluations/alone")


def test_what_was_found_before_an_amendment_is_not_told_as_its_result(client: httpx.Client) -> None:
    said = text_of(client, "/evaluations/amended")
    assert "effet établi" not in said.lower()
    assert "Une année de moins" in said
    assert "après un résultat" in said


def test_choices_are_told_in_words_with_those_left_to_their_default(client: httpx.Client) -> None:
    said = text_of(client, "/evaluations/waiting")
    assert "Plus petit effet qui compte" in said
    assert "doublement robuste <span" in said
    assert "by default" not in said


def test_a_document_is_served_as_it_was_written_and_runs_nothing(client: httpx.Client) -> None:
    assert "/evaluations/finished/documents/summary.fr.html" in client.get("/evaluations/finished").text
    page = client.get("/evaluations/finished/documents/summary.fr.html")
    assert page.text == "<!doctype html><title>Une page</title>"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    paper = client.get("/evaluations/finished/documents/summary.en.pdf")
    assert paper.headers["content-type"] == "application/pdf"


@pytest.mark.parametrize(
    "path",
    [
        "/evaluations/nope",
        "/evaluations/..%2f..",
        "/evaluations/finished/documents/report.fr.html",
        "/evaluations/finished/documents/.hidden",
        "/evaluations/finished/documents/..%2fresult.json",
    ],
)
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
