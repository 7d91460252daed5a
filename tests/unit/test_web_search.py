from __future__ import annotations

import pytest

from maillage.web.atlas import Atlas
from maillage.web.atlas_read import read_atlas
from maillage.web.search import SearchIndex, build_index, fold
from tests.small_store import build_store


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return build_index(_atlas(tmp_path_factory))


def _atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return read_atlas(build_store(tmp_path_factory.mktemp("search") / "store"))


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("saint etienne", ["51003", "08002"]),
        ("St-Étienne à", ["51003", "08002"]),
        ("st etienne a arnes", ["08002"]),
        ("ste vaubourg", ["08003"]),
        ("epine", ["51001"]),
        ("L’ÉPINE", ["51001"]),
        ("oeuilly", ["51002"]),
        ("istres bury", ["51006"]),
        ("51003", ["51003"]),
        ("2A", []),
        ("zzz", []),
        ("", []),
        ("'; --", []),
    ],
)
def test_names_are_found_as_people_type_them(index: SearchIndex, query: str, codes: list[str]) -> None:
    assert [hit.code for hit in index.find(query)] == codes


def test_the_larger_place_comes_first_and_every_level_is_found(index: SearchIndex) -> None:
    assert [(hit.level, hit.code) for hit in index.find("reims")] == [
        ("bassin_vie", "51004"),
        ("commune", "51004"),
        ("epci", "200000003"),
    ]
    assert [hit.level for hit in index.find("grand est")] == ["region"]


def test_a_postcode_gives_its_communes_and_says_so(index: SearchIndex) -> None:
    hits = index.find("51100")
    assert [(hit.code, hit.postcode) for hit in hits] == [("51004", "51100"), ("51006", "51100"), ("51002", "51100")]


def test_folding_forgets_accents_hyphens_and_short_forms() -> None:
    assert fold("Ste-Œuvre d'Été") == fold("sainte oeuvre d ete")
