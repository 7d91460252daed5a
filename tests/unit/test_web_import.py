"""Bringing a file of records through the observatory: what is shown, kept, refused, and who may."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from maillage.catalog.store import open_version
from maillage.pipeline.imports import import_path, imports_folder
from maillage.pipeline.record_import import held_batches
from maillage.settings import load_settings
from maillage.sources.registry import LAYOUTS
from maillage.web.app import create_app
from maillage.web.serve import access_of
from maillage.web.uploads import HELD_MAX, Access, safe_name
from tests.records import visit, write_rpu
from tests.small_store import build_store
from tests.web_server import served

SCRIPT = load_settings().carriers / "maplibre" / "srcjs" / "maplibre-gl.js"
pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="the carrier wheels are not installed (make install)")
OTHER = "Num passage;code_commune;date entree;heure entree;age patient;niveau CCMU\n" + "".join(
    f"{n};08001;05/03/2024;10:{n:02d};{n};I\n" for n in range(20)
)
MAPPED = {
    "layout": "rpu",
    "c.ID_PASSAGE": "Num passage",
    "k.FINESS": "080000615",
    "c.CODE_INSEE": "code_commune",
    "c.ENTREE": "date entree",
    "d.ENTREE": "heure entree",
    "c.AGE": "age patient",
    "c.GRAVITE": "niveau CCMU",
    "v.GRAVITE": "I = 1\nII = 2",
}


class Visitor:
    """Whoever is at the page: its client, the token that the page gave, the store behind it."""

    def __init__(self, client: httpx.Client, store: Path) -> None:
        self.client, self.store = client, store
        found = re.search(r'data-token="([^"]+)"', client.get("/importer").text)
        self.token = found[1] if found else ""

    def post(self, path: str, content: object = b"", **more: object) -> httpx.Response:
        headers = {"x-maillage-token": self.token} | dict(more.pop("headers", {}))  # type: ignore[call-overload]
        kind = {"data": content} if isinstance(content, dict) else {"content": content}
        return self.client.post(path, headers=headers, **kind, **more)  # type: ignore[arg-type]

    def bring(self, path: Path | bytes, name: str = "rpu.csv", **params: str) -> httpx.Response:
        content = path if isinstance(path, bytes) else path.read_bytes()
        return self.post("/importer/fichier", content, params={"name": name, **params})

    def follow(self, part: httpx.Response, step: str, content: object = b"", **params: str) -> httpx.Response:
        found = re.search(rf'data-(?:post|forget)="(/importer/[0-9a-f]{{32}}/{step})', part.text)
        assert found, part.text
        return self.post(found[1], content, params=params)

    def aside(self) -> list[Path]:
        return [p for p in (self.store / "uploads").rglob("*") if p.is_file()]

    def kept(self) -> list[str]:
        return [b.file for b in held_batches(imports_folder(self.store) / "rpu")]


@contextmanager
def _visited(store: Path, access: Access = "local") -> Iterator[Visitor]:
    with served(create_app(store, access=access)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield Visitor(client, store)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("built") / "store"
    build_store(store)
    return store


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Path:
    """A store of its own, which knows the communes."""
    return Path(shutil.copytree(built, tmp_path / "store"))


@pytest.fixture(scope="module")
def opened(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    store = Path(shutil.copytree(built, tmp_path_factory.mktemp("opened") / "store"))
    with _visited(store) as visitor:
        yield visitor


@pytest.fixture
def visitor(opened: Visitor) -> Visitor:
    """Whoever is at an observatory that nothing was brought to."""
    for folder in ("imports", "uploads"):
        shutil.rmtree(opened.store / folder, ignore_errors=True)
    return opened


@pytest.fixture
def rpu(tmp_path: Path) -> Path:
    return write_rpu(tmp_path / "rpu.csv", [*(visit(n) for n in range(20)), visit(1), visit(30, AGE="212")])


def test_a_file_is_reported_on_before_anything_is_kept_then_kept_as_the_command_keeps_it(
    visitor: Visitor, rpu: Path, tmp_path: Path
) -> None:
    part = visitor.bring(rpu)
    assert part.status_code == 200
    assert "20 lignes sur 22 seraient gardées" in part.text
    assert "AGE est supérieur à 120" in part.text
    assert "ligne 23" in part.text
    assert visitor.kept() == []
    done = visitor.follow(part, "garder")
    assert "Fichier gardé" in done.text
    assert "maillage run --store" in done.text
    assert visitor.aside() == []
    import_path(rpu, tmp_path / "other")
    same = [held_batches(imports_folder(s) / "rpu")[0] for s in (visitor.store, tmp_path / "other")]
    assert [(b.file, b.sha256, b.rows_kept) for b in same] == [("rpu.csv", same[0].sha256, 20)] * 2
    assert "rpu.csv" in visitor.client.get("/importer").text


def test_a_file_that_is_not_kept_is_forgotten(visitor: Visitor, rpu: Path) -> None:
    part = visitor.bring(rpu)
    assert visitor.aside()
    assert visitor.follow(part, "oublier").status_code == 204
    assert (visitor.aside(), visitor.kept()) == ([], [])
    gone = visitor.follow(part, "garder")
    assert (gone.status_code, "n’est plus en attente" in gone.text) == (404, True)


def test_an_unknown_layout_gets_a_mapping_to_answer_which_then_reads_the_file(visitor: Visitor) -> None:
    part = visitor.bring(OTHER.encode(), "urgences.csv")
    assert "Disposition non reconnue" in part.text
    assert re.search(r'name="c\.ENTREE">.*?<option selected>date entree<', part.text, re.S)
    assert re.search(r'name="d\.ENTREE">.*?<option selected>heure entree<', part.text, re.S)
    assert "deviné, à vérifier" in part.text
    refused = visitor.follow(part, "lecture", {k: v for k, v in MAPPED.items() if k != "k.FINESS"})
    assert "Il manque à urgences.csv" in refused.text
    assert "FINESS" in refused.text
    read = visitor.follow(refused, "lecture", MAPPED)
    assert "20 lignes sur 20 seraient gardées" in read.text
    assert "[values.GRAVITE]" in read.text
    assert "Fichier gardé" in visitor.follow(read, "garder").text
    assert visitor.kept() == ["urgences.csv"]


def test_the_form_shows_the_columns_of_the_layout_that_is_chosen(visitor: Visitor) -> None:
    part = visitor.bring(OTHER.encode(), "urgences.csv")
    form = visitor.follow(part, "correspondance", {"layout": "user_reports"})
    assert 'name="layout" value="user_reports"' in form.text
    assert "GRAVITE" not in form.text


def test_a_form_of_dates_that_means_nothing_is_said_and_the_answers_stay(visitor: Visitor) -> None:
    part = visitor.bring(OTHER.encode(), "urgences.csv")
    said = visitor.follow(part, "lecture", MAPPED | {"f.ENTREE": "%H"})
    assert "La forme « %H »" in said.text.replace("\u202f", " ")
    assert 'value="080000615"' in said.text


def test_too_many_bad_rows_are_refused_in_words_with_their_reasons(visitor: Visitor, tmp_path: Path) -> None:
    bad = write_rpu(tmp_path / "bad.csv", [visit(1), visit(2, GRAVITE="III")])
    part = visitor.bring(bad)
    assert "1 sur 2 (50,0" in part.text
    assert "GRAVITE devrait être l’une des valeurs" in part.text
    assert "/garder" not in part.text
    english = visitor.bring(bad, lang="en")
    assert "1 of 2 rows cannot be read" in english.text
    assert "/lecture?lang=en" in english.text
    assert not imports_folder(visitor.store).exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "est vide"),
        (b"PK\x03\x04 and nothing more", "classeur tronqué ou abîmé"),
        (b"PAR1 and nothing more", "tronqué ou abîmé"),
        (b"ENTREE;ENTREE\n1;2\n", "nomme deux fois la colonne"),
    ],
    ids=["empty", "workbook", "parquet", "header"],
)
def test_what_cannot_be_read_is_refused_in_french_and_leaves_nothing(
    visitor: Visitor, content: bytes, said: str
) -> None:
    part = visitor.bring(content)
    assert said in part.text
    assert "Fichier refusé" in part.text
    assert (visitor.aside(), visitor.kept()) == ([], [])


def test_a_corrected_file_may_replace_the_one_of_its_name(visitor: Visitor, rpu: Path, tmp_path: Path) -> None:
    visitor.follow(visitor.bring(rpu), "garder")
    again = visitor.bring(rpu)
    assert "déjà importé" in again.text
    assert 'name="replace"' not in again.text
    part = visitor.bring(write_rpu(tmp_path / "new.csv", [visit(3)]))
    assert 'name="replace"' in part.text
    visitor.follow(part, "garder", {"replace": "on"})
    assert [b.rows_kept for b in held_batches(imports_folder(visitor.store) / "rpu")] == [1]


def test_what_is_declared_simulated_stays_so(visitor: Visitor, rpu: Path) -> None:
    part = visitor.bring(rpu, simulated="true")
    assert "déclaré simulé" in part.text
    visitor.follow(part, "garder")
    assert [b.simulated for b in held_batches(imports_folder(visitor.store) / "rpu")] == [True]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-maillage-token": "wrong"},
        {"x-maillage-token": "é".encode()},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"host": "evil.example"},
        {"x-forwarded-for": "192.0.2.1"},
    ],
    ids=lambda headers: next(iter(headers)) + "-" + str(next(iter(headers.values())))[:12],
)
def test_a_request_that_is_not_of_our_page_is_refused(visitor: Visitor, rpu: Path, headers: dict[str, str]) -> None:
    answer = visitor.post("/importer/fichier", rpu.read_bytes(), params={"name": "rpu.csv"}, headers=headers)
    assert answer.status_code == 403
    assert visitor.aside() == []


def test_a_page_reached_under_another_name_gives_no_token_and_explains_the_command(visitor: Visitor) -> None:
    page = visitor.client.get("/importer", headers={"host": "evil.example"}).text
    assert visitor.token
    assert visitor.token not in page
    assert "maillage import rpu.csv" in page


def test_an_observatory_that_takes_no_file_says_so(store: Path, rpu: Path) -> None:
    with _visited(store, "off") as visitor:
        assert visitor.bring(rpu).status_code == 403
        assert "Cet observatoire ne reçoit pas de fichier" in visitor.client.get("/importer").text
        assert 'href="/importer"' not in visitor.client.get("/").text
        assert not (visitor.store / "uploads").exists()


def test_an_open_observatory_takes_files_under_any_name_of_its_own(store: Path, rpu: Path) -> None:
    with _visited(store, "open") as visitor:
        answer = visitor.post("/importer/fichier", rpu.read_bytes(), headers={"host": "acces.example"})
        assert answer.status_code == 200


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    store: Path, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    monkeypatch.setenv("MAILLAGE_UPLOAD_MIB_MAX", "1")
    with _visited(store) as visitor:
        blocks = [b"x" * 65_536] * 17
        answer = visitor.post("/importer/fichier", iter(blocks) if chunked else b"".join(blocks))
        assert answer.status_code == 413
        assert "dépasse 1 Mio" in answer.text
        assert visitor.aside() == []


def test_few_files_wait_at_once_and_none_after_the_observatory_stops(store: Path, rpu: Path) -> None:
    app = create_app(store, access="local")
    with served(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        visitor = Visitor(client, store)
        for _ in range(HELD_MAX + 2):
            visitor.bring(rpu)
        assert len(visitor.aside()) == HELD_MAX
    app.state.desk.uploads.close()
    assert not (store / "uploads").exists()


def test_a_file_that_nobody_kept_is_removed_after_an_hour(visitor: Visitor, rpu: Path) -> None:
    visitor.bring(rpu)
    held = next((visitor.store / "uploads").glob("*/*"))
    os.utime(held, (0, 0))
    assert "seraient gardées" in visitor.bring(rpu).text
    assert not held.exists()


@pytest.mark.parametrize(
    ("host", "uploads", "access"),
    [
        ("127.0.0.1", None, "local"),
        ("localhost", None, "local"),
        ("0.0.0.0", None, "off"),
        ("192.0.2.1", None, "off"),
        ("0.0.0.0", True, "open"),
        ("127.0.0.1", False, "off"),
    ],
)
def test_files_are_taken_from_this_machine_alone_unless_told(host: str, uploads: bool | None, access: Access) -> None:
    assert access_of(host, uploads=uploads) == access


def test_what_a_killed_observatory_held_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "store" / "uploads" / "99999999" / ("0" * 32)
    left.mkdir(parents=True)
    create_app(tmp_path / "store", access="local").state.desk.uploads.close()
    assert not left.exists()


def test_nothing_of_the_store_changes_before_a_run(visitor: Visitor, rpu: Path) -> None:
    before = open_version(visitor.store).id
    visitor.follow(visitor.bring(rpu), "garder")
    assert open_version(visitor.store).id == before


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\moi\\rpu 2024.csv", "rpu 2024.csv"),
        ("..", "fichier"),
        ("", "fichier"),
        ("origine.toml", "fichier_origine.toml"),
        (".hidden", "hidden"),
        ("a\x00b\n<i>.csv", "a_b__i_.csv"),
        ("é" * 200 + ".csv", "é" * 76 + ".csv"),
    ],
    ids=["climbs", "windows", "dots", "none", "origin", "hidden", "control", "long"],
)
def test_a_name_is_never_trusted(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_hostile_name_is_text_on_the_page(visitor: Visitor, rpu: Path) -> None:
    part = visitor.bring(rpu, '"><img src=x onerror=alert(1)>.csv')
    assert "<img" not in part.text


@pytest.mark.parametrize("access", ["off", "local"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_stands_without_a_store(tmp_path: Path, access: Access, lang: str) -> None:
    with _visited(tmp_path / "none", access) as visitor:
        answer = visitor.client.get("/importer", params={"lang": lang})
        assert answer.status_code == 200
        assert f'<html lang="{lang}">' in answer.text
        assert not re.search(r'\s(?:on\w+|style)="', answer.text)


def test_each_layout_gives_its_schema(visitor: Visitor) -> None:
    page = visitor.client.get("/importer").text
    addresses = re.findall(r'href="(/importer/schema/[^"]+)"', page)
    found = [visitor.client.get(address).json()["name"] for address in addresses]
    assert found[0] == "rpu"
    assert len(found) == len(LAYOUTS)
    assert visitor.client.get("/importer/schema/none.json").status_code == 404


def test_two_readers_of_one_file_do_not_disturb_each_other(visitor: Visitor, rpu: Path) -> None:
    parts: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: parts.append(visitor.bring(rpu))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["20 lignes sur 22" in part.text for part in parts] == [True] * 3
