"""The page of a territory shows those most like it, what they were chosen by, and what differs surely."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import polars as pl
import pytest

from maillage.catalog.parameters import load_parameters
from maillage.catalog.store import open_draft, publish
from maillage.pipeline.tiles import build_tiles
from maillage.settings import load_settings
from maillage.web.app import create_app
from tests.small_store import NAMES, tables
from tests.web_server import served

SCRIPT = load_settings().carriers / "maplibre" / "srcjs" / "maplibre-gl.js"
pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="the carrier wheels are not installed (make install)")
# Rethel (08005) and Vouziers (08006) are alike; Acy-Romance (08001) has no deprivation index.
COVARIATES = {"part_65plus": 20.0, "fedi": 1.0, "densite_habitants": 100.0, "km_urgences": 10.0}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    store = tmp_path_factory.mktemp("similar") / "store"
    made = tables()
    table, observation = made["observation"]
    made["observation"] = (table, pl.concat([observation, _covariates(observation), _densities(observation)]))
    with open_draft(store) as draft:
        for written, frame in made.values():
            draft.write(written, frame)
        build_tiles(made["shape"][1], made["territory"][1], draft.folder / "tiles")
        publish(draft, store, {"simulated": True})
    with served(create_app(store)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _small_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = {"neighbours_pool_min": 5.0, "neighbours_count": 3.0}
    known = {name: float(p.value) for name, p in load_parameters("statistics").items() if not isinstance(p.value, list)}
    for module in ("maillage.web.similar", "maillage.indicators.neighbours"):
        monkeypatch.setattr(f"{module}.convention", lambda name: smaller.get(name, known[name]))


def _covariates(observation: pl.DataFrame) -> pl.DataFrame:
    base = observation.filter(pl.col("indicator") == "population", pl.col("level") == "commune")
    rank = {code: (0 if code in ("08005", "08006") else 3 + at) for at, (code, _) in enumerate(NAMES)}
    parts = []
    for name, value in COVARIATES.items():
        grown = pl.col("code").replace_strict(rank, return_dtype=pl.Float64) * value / 10 + value
        hidden = (pl.col("code") == "08001") & (name == "fedi")
        parts.append(base.with_columns(indicator=pl.lit(name), value=pl.when(~hidden).then(grown)))
    return pl.concat(parts)


def _densities(observation: pl.DataFrame) -> pl.DataFrame:
    base = observation.filter(pl.col("indicator") == "population")
    bounds = pl.when(pl.col("level") == "commune")
    return base.with_columns(
        indicator=pl.lit("densite_mg"),
        value=bounds.then(200.0).otherwise(80.0),
        low=bounds.then(pl.when(pl.col("code") == "08005").then(150.0).otherwise(20.0)).otherwise(75.0),
        high=bounds.then(260.0).otherwise(86.0),
    )


def _section(page: str) -> str:
    return page[page.index('id="similar"') : page.index('id="origins-title"')]


def test_the_nearest_come_first_with_their_covariates_and_distance(client: httpx.Client) -> None:
    section = _section(client.get("/territoire/commune/08005").text)
    assert re.findall(r"/territoire/commune/(\d{5})", section)[0] == "08006"
    assert len(re.findall(r"/territoire/commune/\d{5}", section)) == 3
    words = unescape(re.sub(r"<[^>]+>", " ", section))
    assert "65 ans et plus, Désavantage social (F-EDI), Densité de population, Distance aux urgences" in words
    assert "sur les 11 communes dont tous les repères sont connus" in words
    assert "0,00" in words


def test_the_territory_is_placed_among_those_like_it_in_both_languages(client: httpx.Client) -> None:
    french, english = (_section(client.get(f"/territoire/commune/08005{q}").text) for q in ("", "?lang=en"))
    assert "au milieu de ces territoires" in french
    assert "sur 2 font mieux" in unescape(french).replace("\u00a0", " ")
    assert "of 2 do better" in unescape(english).replace("\u00a0", " ")


@pytest.mark.parametrize("place", ["commune/08001", "epci/200000001", "france/FRA"])
def test_no_likeness_is_told_where_a_covariate_is_unknown_or_the_level_is_small(
    client: httpx.Client, place: str
) -> None:
    assert 'id="similar"' not in client.get(f"/territoire/{place}").text


def test_a_gap_with_a_larger_territory_is_told_only_where_it_is_established(client: httpx.Client) -> None:
    sure, unsure = (client.get(f"/territoire/commune/{code}").text for code in ("08005", "08004"))
    assert "plus haut ici" in sure
    assert "écart non établi" not in sure
    assert "écart non établi" in unsure
