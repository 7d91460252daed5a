"""The screens of measures, of money and of coverage, without a browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from maillage.catalog.store import open_draft, publish
from maillage.measures.reference import load_reference
from maillage.measures.registry import load_measures
from maillage.settings import load_settings
from maillage.web.app import create_app
from tests.small_store import POPULATIONS, build_store, tables
from tests.web_server import served

SCRIPT = load_settings().carriers / "maplibre" / "srcjs" / "maplibre-gl.js"
pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="the carrier wheels are not installed (make install)")
THIN = "\u202f"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("measures") / "store"
    build_store(folder)
    with served(create_app(folder)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A store of before measures: it has none of their tables."""
    folder = tmp_path_factory.mktemp("bare") / "store"
    with open_draft(folder) as draft:
        for name, (table, frame) in tables().items():
            if name not in ("measure_event", "payment"):
                draft.write(table, frame)
        publish(draft, folder, {"simulated": True})
    with served(create_app(folder)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


def words_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    text = re.sub(r"<script.*?</script>", "", answer.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).replace(THIN, " ").split())


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "path", ["/mesures", "/argent", "/argent/ciblage", "/carte/cpts", *(f"/mesures/{name}" for name in load_measures())]
)
def test_every_page_is_drawn_in_both_languages_and_lets_nothing_hostile_through(
    client: httpx.Client, bare: httpx.Client, path: str, lang: str
) -> None:
    for opened in (client, bare):
        answer = opened.get(path, params={"lang": lang})
        assert answer.status_code == 200, answer.text
        assert f'<html lang="{lang}">' in answer.text
        assert not re.search(r'\s(?:on\w+|style)="', answer.text)
        assert "<b>voisine" not in answer.text


def test_a_measure_shows_what_is_read_beside_what_was_published_with_its_source(client: httpx.Client) -> None:
    words = words_of(client.get("/mesures/cpts"))
    assert "2 à l’œuvre dans les fichiers lus, au 1er mai 2023" in words
    assert "simulé" in words
    figure = load_reference().entry("cpts_aci_2023_03")
    assert "427 CPTS" in words
    assert figure.citation.fr in words
    assert "1 000 CPTS créées d’ici 2022" in words
    assert "non atteint" in words


def test_every_published_figure_of_a_measure_is_on_its_page_with_its_date_and_source(client: httpx.Client) -> None:
    words = words_of(client.get("/mesures/assistants_medicaux"))
    for figure in load_reference().figures:
        if figure.measure == "assistants_medicaux":
            assert figure.label.fr in words
            assert figure.citation.fr.replace("\u2009", " ") in words


def test_contracts_are_told_by_zone_and_full_time(client: httpx.Client) -> None:
    words = words_of(client.get("/mesures/assistants_medicaux"))
    assert "zone d’intervention prioritaire ZIP 1 100 %" in words
    assert "0,5 équivalents temps plein, soit 0,50 par contrat en moyenne" in words


def test_an_unknown_measure_is_a_page_that_says_so(client: httpx.Client) -> None:
    assert client.get("/mesures/licorne").status_code == 404


def test_the_report_tables_are_there_with_what_does_not_add_up(client: httpx.Client) -> None:
    words = words_of(client.get("/argent"))
    for told in (
        "Tableau n° 5",
        "Tableau n° 14",
        "1 055 M€",
        "le compte n’y est pas",
        "125 + 105 + 57 font 287 M€, non 290",
    ):
        assert told in words, told
    assert "Les six professions font 72,2 M€" in words


def test_payments_of_the_store_are_placed_and_divided_among_inhabitants(client: httpx.Client) -> None:
    words = words_of(client.get("/argent", params={"annee": 2022}))
    ardennes = sum(people for code, people in POPULATIONS.items() if code.startswith("08"))
    assert f"Ardennes 0,1 M€ {70_000 / ardennes:.2f}".replace(".", ",") in words
    assert "ARS (fonds d’intervention régional) 0,0 M€ 23 %" in words


def test_what_went_to_territories_in_alert_is_told_beside_the_people_who_live_there(client: httpx.Client) -> None:
    words = words_of(client.get("/argent/ciblage"))
    assert "58,6 % des contrats" in words
    assert "réponse à la question écrite n° 13895" in words
    # All of the assistants' aid goes to the bassin de vie of Reims, which is not in alert; the CPTS are not placed.
    assert "Assistants médicaux 0,0 M€ 0 %" in words
    alerted = sum(people for code, people in POPULATIONS.items() if code.startswith("08"))
    assert f"0 % {round(100 * alerted / sum(POPULATIONS.values()))} %" in words


def test_published_amounts_carried_by_the_store_are_not_taken_for_payments_read(tmp_path: Path) -> None:
    made = tables()
    made["payment"] = (made["payment"][0], load_reference().payment_table())
    with open_draft(tmp_path) as draft:
        for table, frame in made.values():
            draft.write(table, frame)
        publish(draft, tmp_path, {"simulated": True})
    with served(create_app(tmp_path)) as address:
        assert "Aucun fichier de paiements" in words_of(httpx.get(f"{address}/argent", timeout=60))


@pytest.mark.parametrize(
    ("definition", "day", "share"),
    [
        ("aci_whole", "2022-03-31", 200 / 188_200),
        ("aci_shares", "2022-03-31", (200 + 0.5 * 600) / 188_200),
        ("aci_touched", "2022-03-31", 800 / 188_200),
        ("aci_shares", "2023-06-30", 800 / 188_200),
        ("any_shares", "2021-06-30", 800 / 188_200),
        ("aci_shares", "2021-12-31", 0.0),
    ],
)
def test_coverage_is_that_of_the_definition_and_the_day(
    client: httpx.Client, definition: str, day: str, share: float
) -> None:
    query = {"indicator": definition, "level": "region", "period": day}
    told = client.get("/api/coverage", params=query).json()
    whole = sum(POPULATIONS.values())
    assert told["values"] == [pytest.approx(100 * share * 188_200 / whole, abs=0.01)]
    assert told["period"] == day
    assert told["simulated"] is True


def test_every_definition_stands_beside_the_one_chosen(client: httpx.Client) -> None:
    page = client.get("/carte/cpts", params={"indicator": "any_shares", "period": "2022-03-31"})
    words = words_of(page)
    for told in ("ACI signé, communes entièrement couvertes", "tous statuts, pré-projets compris", "31 mars 2022"):
        assert told in words
    assert "périmètres du 1er mai 2023" in words


def test_holes_and_overlaps_are_listed_and_downloaded(client: httpx.Client) -> None:
    words = words_of(client.get("/carte/cpts", params={"indicator": "any_shares", "period": "2023-05-01"}))
    assert "Chevauchements (communes partagées) : 1" in words
    assert "CPTS du Vouzinois, CPTS <b>voisine</b>" in words
    assert "Trous (communes sans CPTS selon cette définition) : 10" in words
    answer = client.get("/csv/couverture/any_shares/trous", params={"period": "2023-05-01"})
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["kind"] for row in rows} == {"hole", "overlap"}
    assert [row["code"] for row in rows if row["kind"] == "overlap"] == ["08004"]


def test_a_day_that_is_no_date_gives_the_last_and_an_unknown_definition_is_refused(client: httpx.Client) -> None:
    assert "1er mai 2023" in words_of(client.get("/carte/cpts", params={"period": "hier"}))
    assert client.get("/carte/cpts", params={"indicator": "licorne"}).status_code == 404
    assert client.get("/api/coverage", params={"indicator": "aci_whole", "level": "iris"}).status_code == 404


def test_a_store_without_measures_says_what_is_missing_and_gives_the_published_figures(bare: httpx.Client) -> None:
    for path, told in (
        ("/mesures", "Aucun fichier de mesures n’a été lu"),
        ("/mesures/cpts", "Aucun fichier lu ne décrit cette mesure"),
        ("/argent", "Aucun fichier de paiements n’a été lu"),
        ("/carte/cpts", "Aucun fichier de CPTS n’a été lu"),
    ):
        assert told in words_of(bare.get(path)), path
    assert "427 CPTS" in words_of(bare.get("/mesures/cpts"))
    assert "environ 84 %" in words_of(bare.get("/carte/cpts"))
    assert bare.get("/api/coverage", params={"indicator": "aci_whole", "level": "region"}).status_code == 404
    assert "Mesures et argent" not in words_of(bare.get("/territoire/departement/08"))


def test_a_territory_confronts_its_measures_its_money_and_what_moved(client: httpx.Client) -> None:
    words = words_of(client.get("/territoire/departement/08"))
    for told in ("Mesures et argent", "CPTS 2", "Argent reçu, en euros courants", "50 000", "Rien ne dit"):
        assert told in words, told
    assert "AM-1" not in words
    marne = words_of(client.get("/territoire/commune/51004"))
    assert "Assistants médicaux 1" in marne
    assert "18 000" in marne
