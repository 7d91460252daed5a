"""A catchment on Spark is that of one machine, to the bit, and refuses what cannot be computed on."""

import numpy as np
import polars as pl
import pytest

from maillage.access import catchment_by_tiles
from maillage.access.tiles import CarReach
from maillage.errors import ArrayInputError, UnreadableFileError, UsageError
from maillage.pipeline.spark_tiles import GridFiles, catchment_on_spark, plan_on_spark
from tests.tiled_country import CAR, LINE, country

REACH = CarReach(CAR, 20, LINE)
GOOD = {"id": [1, 2], "longitude": [2.0, 2.1], "latitude": [46.0, 46.0], "demand": [3.0, 4.0]}


@pytest.fixture
def files(tmp_path):
    homes, need, places, offer = country()
    cells = {"id": np.arange(need.size), "longitude": homes.longitude, "latitude": homes.latitude}
    cells |= {"inner_km": homes.inner_km, "demand": need}
    practices = {"longitude": places.longitude, "latitude": places.latitude, "supply": offer}
    ids = pl.Series("id", [f"p{k:04}" for k in range(offer.size)])
    # Rows come in any order, in several files.
    shuffled = pl.DataFrame(cells).sample(fraction=1, shuffle=True, seed=1)
    (tmp_path / "cells").mkdir()
    shuffled[:1000].write_parquet(tmp_path / "cells" / "a.parquet")
    shuffled[1000:].write_parquet(tmp_path / "cells" / "b.parquet")
    pl.DataFrame(practices).with_columns(ids).reverse().write_parquet(tmp_path / "places.parquet")
    return GridFiles(tmp_path / "cells", tmp_path / "places.parquet", tmp_path / "scores")


@pytest.mark.slow
def test_scores_are_those_of_one_machine_to_the_bit(spark, files):
    homes, need, places, offer = country()
    alone = catchment_by_tiles((homes, need), (places, offer), model=CAR, max_min=20, decay=LINE, tile_points=500)
    found = catchment_on_spark(spark, files, REACH, tile_points=500)
    scores = pl.read_parquet(files.output / "*.parquet").sort("id")
    assert scores["id"].to_list() == list(range(need.size))
    np.testing.assert_array_equal(scores["score"].to_numpy(), alone.scores)
    np.testing.assert_array_equal(np.flatnonzero(~scores["reached"].to_numpy()), alone.unreached)
    np.testing.assert_array_equal(found.ratios, alone.ratios)
    np.testing.assert_array_equal(found.empty_places, alone.empty_places)
    assert found.place_ids.tolist() == [f"p{k:04}" for k in range(offer.size)]
    assert (found.pairs, found.unreached) == (alone.pairs, alone.unreached.size)
    assert (found.unreached_demand, found.empty_supply) == (alone.unreached_demand, alone.empty_supply)
    assert found.conservation_error < 1e-12
    assert alone.unreached.size > 0
    assert alone.empty_places.size > 0


@pytest.mark.slow
def test_the_plan_is_made_from_a_count_of_the_cells(spark, files):
    plan = plan_on_spark(spark, files, REACH, tile_points=500)
    assert plan.tiling.cells.sum() == 3000
    assert plan.tiling.cells.max() <= 500


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"demand": [3.0, float("nan")]}, ArrayInputError, "found id 2, .* demand nan"),
        ({"demand": [-1.0, -2.0]}, ArrayInputError, r"found id 1, .* demand -1.0, .*2 such in all"),
        ({"demand": [1.0, float("inf")]}, ArrayInputError, "found id 2, .* demand inf"),
        ({"demand": [1.0, None]}, ArrayInputError, "found id 2, .* demand None"),
        ({"latitude": [46.0, 91.0]}, ArrayInputError, "a point on the globe .* latitude 91.0"),
        ({"id": [1, None]}, ArrayInputError, "found id None"),
        ({"id": [7, 7]}, ArrayInputError, "given once: found 7 again"),
        ({"id": [0.5, 1.5]}, UnreadableFileError, "found ids of type double"),
        ({"demand": None}, UnreadableFileError, "found no column demand"),
    ],
    ids=["nan", "negative", "infinite", "missing", "off the globe", "no id", "twins", "id of floats", "no column"],
)
def test_a_cell_that_cannot_be_computed_on_is_named(spark, files, tmp_path, change, error, said):
    columns = {name: values for name, values in (GOOD | change).items() if values is not None}
    path = tmp_path / "bad.parquet"
    pl.DataFrame(columns).write_parquet(path)
    with pytest.raises(error, match=said) as refused:
        catchment_on_spark(spark, GridFiles(path, files.places, files.output), REACH)
    assert str(refused.value).startswith(str(path))
    assert not files.output.exists()


@pytest.mark.slow
def test_a_file_that_is_not_there_is_named_in_one_line(spark, files, tmp_path):
    with pytest.raises(UnreadableFileError, match=r"none\.parquet: Parquet with id") as refused:
        catchment_on_spark(spark, GridFiles(tmp_path / "none.parquet", files.places, files.output), REACH)
    assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_no_cells_make_no_scores(spark, files, tmp_path):
    path = tmp_path / "none.parquet"
    pl.DataFrame(GOOD).clear().write_parquet(path)
    found = catchment_on_spark(spark, GridFiles(path, files.places, files.output), REACH)
    assert (found.pairs, found.unreached) == (0, 0)
    assert pl.read_parquet(files.output / "*.parquet").height == 0


def test_scores_are_not_written_over(tmp_path):
    with pytest.raises(UsageError, match="does not exist yet"):
        catchment_on_spark(None, GridFiles("cells", "places", tmp_path), REACH)
