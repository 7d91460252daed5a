from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from maillage.errors import BrokenInvariantError, NotFoundError
from maillage.pipeline.tiles import ZOOM_MAX, ZOOM_MIN, build_tiles, level_codes
from maillage.web.tileset import open_tileset
from tests.small_store import tables

# The tile of each zoom that holds the small country's south-west corner (4.05° E, 49.05° N).
CORNER = {3: (4, 2), 4: (8, 5), 8: (130, 87)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory.mktemp("tiles"))


def _build(folder: Path) -> Path:
    made = tables()
    build_tiles(made["shape"][1], made["territory"][1], folder)
    return folder


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_shapes_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    assert _bytes(_build(tmp_path)) == _bytes(folder)


def test_every_level_that_has_shapes_has_its_archive(folder: Path) -> None:
    assert sorted(_bytes(folder)) == [
        f"{level}.pmtiles" for level in ("bassin_vie", "commune", "cpts", "departement", "epci", "region")
    ]


@pytest.mark.parametrize("zoom", sorted(CORNER))
def test_the_country_is_drawn_from_the_lowest_zoom_to_the_highest(folder: Path, zoom: int) -> None:
    tiles = open_tileset(folder / "commune.pmtiles")
    data = tiles.tile(zoom, *CORNER[zoom])
    assert data is not None
    assert b"territory" in gzip.decompress(data)
    assert (tiles.zoom_min, tiles.zoom_max) == (ZOOM_MIN, ZOOM_MAX)


def test_a_tile_outside_the_zooms_is_refused(folder: Path) -> None:
    tiles = open_tileset(folder / "commune.pmtiles")
    with pytest.raises(NotFoundError, match="zooms are 3 to 8"):
        tiles.tile(12, 0, 0)
    with pytest.raises(NotFoundError):
        tiles.tile(4, 16, 0)
    assert tiles.tile(4, 0, 0) is None


def test_feature_numbers_follow_the_order_of_codes_of_the_level() -> None:
    territory = tables()["territory"][1]
    assert level_codes(territory, "departement") == ["08", "51"]
    assert level_codes(territory.reverse(), "departement") == ["08", "51"]


def test_a_shape_without_territory_is_refused(tmp_path: Path) -> None:
    made = tables()
    territory = made["territory"][1].filter(pl.col("code") != "08001")
    with pytest.raises(BrokenInvariantError, match="08001"):
        build_tiles(made["shape"][1], territory, tmp_path, ("commune",))
