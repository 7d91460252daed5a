"""Travel from a file of times: three formats, one matrix; every fault names its pair."""

import sys

import h5py
import numpy as np
import polars as pl
import pytest

from maillage.access import travel_from_pairs
from maillage.errors import ArrayInputError, UnreadableFileError, UsageError
from maillage.sources.travel_file import TravelColumns, read_travel_pairs

ROWS = [("01004", "2A004", 12.5), ("01001", "01004", 7.0), ("01001", "2A004", 31.0)]
HOMES, PLACES = ["01001", "01004", "01002"], ["2A004", "01004"]


def matrix(path, columns=None, **options):
    found = read_travel_pairs(path, columns, **options)
    return travel_from_pairs(found.origins, found.destinations, found.minutes, demand_ids=HOMES, supply_ids=PLACES)


def csv(path, rows=ROWS, mark=","):
    lines = [mark.join(("origin", "destination", "travel_min")), *(mark.join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def parquet(path):
    pl.DataFrame(ROWS, schema=["origin", "destination", "travel_min"], orient="row").write_parquet(path)
    return path


def omx(path, lookups=("commune",)):
    zones = ["01001", "01004", "2A004"]
    times = np.full((3, 3), np.nan)
    for origin, destination, minutes in ROWS:
        times[zones.index(origin), zones.index(destination)] = minutes
    with h5py.File(path, "w") as file:
        file["data/travel_min"] = times
        for name in lookups:
            file[f"lookup/{name}"] = np.array(zones, dtype="S5")
    return path


@pytest.mark.parametrize("write", [csv, lambda p: csv(p, mark=";"), lambda p: csv(p, mark="\t"), parquet, omx], ids=str)
def test_every_format_gives_the_same_matrix_in_the_order_of_the_places(tmp_path, write):
    travel = matrix(write(tmp_path / "times"))
    assert travel.indptr.tolist() == [0, 2, 3, 3]
    assert travel.indices.tolist() == [0, 1, 0]
    assert travel.minutes.tolist() == [31, 7, 12.5]


def test_pairs_over_the_limit_are_left_out(tmp_path):
    assert matrix(csv(tmp_path / "t.csv"), max_min=20).minutes.tolist() == [7, 12.5]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("01001", "01004", -1), ("01004", "2A004", -2)], r"-1 minutes for the pair from 01001 to 01004 \(2 such"),
        ([("01001", "01004", "inf")], r"inf minutes for the pair from 01001 to 01004 \(1 such"),
        ([("01001", "01004", "")], r"nan minutes for the pair from 01001 to 01004 \(1 such"),
        ([*ROWS, ROWS[2], ROWS[0]], r"given once: found the pair from 01001 to 2A004 \(2 such"),
        ([("1001", "01004", 5)], r"among the places of demand: found the pair from 1001 to 01004 \(1 such"),
        ([("01001", "75056", 5)], r"among the places of supply: found the pair from 01001 to 75056 \(1 such"),
    ],
)
def test_a_fault_names_the_first_pair_and_how_many(tmp_path, rows, message):
    with pytest.raises(ArrayInputError, match=message):
        matrix(csv(tmp_path / "t.csv", rows), max_min=60)


def test_a_place_listed_twice_is_named():
    with pytest.raises(ArrayInputError, match=r"demand should be listed once: found b at position 3 \(1 such"):
        travel_from_pairs(["a"], ["x"], [1.0], demand_ids=["b", "a", "c", "b"], supply_ids=["x"])


def test_pairs_of_unequal_lengths_are_refused():
    with pytest.raises(ArrayInputError, match="found 2, 1 and 1"):
        travel_from_pairs(["a", "b"], ["x"], [1.0], demand_ids=["a", "b"], supply_ids=["x"])


def test_without_places_every_pair_is_unknown():
    with pytest.raises(ArrayInputError, match="among the places of supply"):
        travel_from_pairs([1], [2], [1.0], demand_ids=[1], supply_ids=np.array([], dtype=int))


def test_a_word_for_a_time_is_named_with_its_pair(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"found 'far' for the pair from 01001 to 01004 \(1 such"):
        read_travel_pairs(csv(tmp_path / "t.csv", [("01001", "01004", "far")]))


def test_other_columns_are_named_and_an_absent_one_is_told(tmp_path):
    path = csv(tmp_path / "t.csv")
    assert read_travel_pairs(path, TravelColumns(origin="destination", destination="origin")).origins[0] == "2A004"
    with pytest.raises(UsageError, match="'duration' was expected, found origin, destination, travel_min"):
        read_travel_pairs(path, TravelColumns(minutes="duration"))


def test_omx_zones_are_numbered_without_a_list_and_must_be_chosen_among_several(tmp_path):
    assert read_travel_pairs(omx(tmp_path / "bare.omx", ())).origins.tolist() == ["1", "1", "2"]
    several = omx(tmp_path / "several.omx", ("commune", "zone"))
    assert read_travel_pairs(several, TravelColumns(lookup="zone")).origins[0] == "01001"
    with pytest.raises(UsageError, match="name one of commune, zone"):
        read_travel_pairs(several)
    with pytest.raises(UsageError, match="data/time was expected, found travel_min"):
        read_travel_pairs(several, TravelColumns(minutes="time"))


def test_without_the_extra_an_omx_file_says_what_to_install(tmp_path, monkeypatch):
    path = omx(tmp_path / "t.omx")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(UsageError, match=r"pip install 'maillage\[omx\]'"):
        read_travel_pairs(path)


@pytest.mark.parametrize("content", [b"PAR1 and no more", b"\x89HDF\r\n\x1a\n and no more"])
def test_a_damaged_file_is_told_as_such(tmp_path, content):
    path = tmp_path / "damaged"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_travel_pairs(path)


def test_a_file_that_is_not_there_is_told_as_such(tmp_path):
    with pytest.raises(UnreadableFileError, match="No such file"):
        read_travel_pairs(tmp_path / "nowhere.csv")
