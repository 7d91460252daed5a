"""A run on given travel: times from a file or roads from an extract, recorded, told, and never guessed."""

import h5py
import numpy as np
import osmium
import polars as pl
import pytest

from benchmarks.road_country import Towns, road_country, write_extract
from maillage.catalog.store import open_version
from maillage.errors import TooManyBadRowsError, UnreadableFileError, UsageError
from maillage.pipeline.request import RunRequest
from maillage.pipeline.road_travel import read_extract
from maillage.pipeline.run import run_pipeline
from maillage.pipeline.times_travel import read_times
from tests.small_france import COMMUNES, all_codes, population_of

CODES = [commune[0] for commune in COMMUNES]
ISLAND, ROADLESS = ("08001", "08007"), ("75102",)


def times(path, rows, columns="origin,destination,travel_min"):
    path.write_text("\n".join((columns, *(",".join(map(str, row)) for row in rows))) + "\n", "utf-8")
    return path


def departement_times():
    """Ten minutes between the communes of a département; none within a commune, across, or in Paris."""
    return [(a, b, 10) for a in CODES for b in CODES if a[:2] == b[:2] and a != b and (a, b) != ("08003", "08005")]


def towns():
    """The small country's towns: two on an island, the last one of Paris without a road."""
    codes = all_codes()
    at = {code: ((rank - 1) % 6 + 6 * departement, (rank - 1) // 6) for code, _, departement, rank in COMMUNES}
    at |= {"75101": (12, 0), "75102": (13, 0)}
    column, row = np.array([at[code] for code in codes]).T
    people = np.array([1500.0 if code == "75101" else 10.0 * population_of(code) for code in codes])
    apart = (np.isin(codes, ISLAND), np.isin(codes, ROADLESS))
    return Towns(4.525 + 0.05 * column, 49.525 + 0.05 * row, people, *apart)


def territory():
    drawn = towns()
    return pl.DataFrame({"code": all_codes(), "longitude": drawn.longitude, "latitude": drawn.latitude}).with_columns(
        pl.lit("commune").alias("level")
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory, small_carriers, small_sources):
    def go(**given):
        store = tmp_path_factory.mktemp("store")
        report = run_pipeline(RunRequest(store=store, carriers=small_carriers, sources=small_sources, **given))
        return report, open_version(store)

    return go


@pytest.fixture(scope="module")
def on_times(run, tmp_path_factory):
    wrong = [("08001", "97501", 4), ("08001", "08002x", 5), ("08003", "51003", "far"), ("08003", "51004", -1)]
    return run(times=times(tmp_path_factory.mktemp("times") / "times.csv", [*departement_times(), *wrong]))


@pytest.fixture(scope="module")
def on_roads(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("roads") / "small.osm.pbf"
    return run(roads=write_extract(path, road_country(towns(), seed=4)))


def test_times_are_named_from_the_manifest_to_the_origin_of_each_figure(on_times):
    report, version = on_times
    travel = version.manifest["travel"]
    assert (travel["model"], travel["file"], travel["pairs"]) == ("file of times", "times.csv", 263)
    assert len(travel["sha256"]) == len(travel["parameters_sha256"]) == 64
    assert report.as_dict()["travel"] == travel
    assert [i["file"] for i in version.manifest["inputs"] if i["source"] == "travel_times"] == ["times.csv"]
    origins = version.read("origin").filter(pl.col("origin").str.starts_with("apl_mg_calcule"))
    for label in origins.get_column("label_fr"):
        assert "Temps de trajet entre communes" in label
        assert "times.csv" in label
        assert "mesurés" not in label
    assert "taken as they are" in origins.get_column("warning_en")[0]
    assert report.summary("en")[0] == "Travel times: 263 pairs of times.csv, instead of the calibrated model."


def test_scores_follow_the_times(on_times):
    access = on_times[1].read("access").filter(pl.col("profession") == "mg")
    assert set(access.get_column("code")) == set(CODES)
    # Nobody is farther than ten minutes from the others, and a practice of one's own is nearer.
    assert access.get_column("nearest_min").max() == 10
    assert access.get_column("nearest_min").min() < 10


def test_rows_put_aside_keep_their_line_and_reason(on_times):
    aside = on_times[1].read("quarantine").filter(pl.col("source") == "travel_times").sort("line", nulls_last=True)
    assert aside.select("line", "field", "found").rows() == [
        (265, "code_destination", "97501"),
        (266, "code_destination", "08002X"),
        (267, "travel_min", "far"),
        (268, "travel_min", "-1"),
        (None, "code_commune", "75101"),
        (None, "code_commune", "75102"),
    ]
    assert aside.get_column("file").unique().to_list() == ["times.csv"]


def test_what_a_file_of_times_lacks_is_counted_and_told(on_times):
    report, version = on_times
    travel = version.manifest["travel"]
    assert (travel["rows_put_aside"], travel["communes_absent"], travel["pairs_of_unknown_communes"]) == (4, 2, 1)
    assert travel["one_way_pairs"] == 1
    assert travel["pairs_missing"] > 0
    said = "\n".join(report.summary("fr"))
    assert "Lignes de times.csv mises de côté : 4" in said
    assert "Communes absentes de times.csv, dont l’accès n’est pas calculé : 2 (75101, 75102)." in said
    assert "Paires à portée dont le retour ne l’est pas ou n’est pas donné : 1." in said


def test_roads_are_named_from_the_manifest_to_the_origin_of_each_figure(on_roads):
    report, version = on_roads
    travel = version.manifest["travel"]
    assert (travel["model"], travel["parameters"], travel["file"]) == ("road network", "travel_roads", "small.osm.pbf")
    origins = version.read("origin").filter(pl.col("origin").str.starts_with("minutes_mg"))
    assert "OpenStreetMap contributors, Road network" in origins.get_column("label_en")[0]
    assert "small.osm.pbf" in origins.get_column("label_en")[0]
    assert "assumed speeds of travel_roads.toml" in origins.get_column("warning_en")[0]
    assert report.summary("en")[0].startswith("Travel times: road network of small.osm.pbf, ")


def test_communes_without_a_road_have_no_access_rather_than_none_within_reach(on_roads):
    report, version = on_roads
    aside = version.read("quarantine").filter(pl.col("source") == "osm_roads")
    assert aside.select("field", "found").rows() == [("code_commune", "75102")]
    access = version.read("access")
    assert set(all_codes()) - set(access.get_column("code")) == {"75102"}
    assert access.get_column("apl").max() > 0
    said = report.summary("en")
    assert "Communes over 3 km from any road, whose access is not computed: 1 (75102)." in said


def test_islands_are_served_by_their_own_practices(on_roads):
    report, version = on_roads
    travel = version.manifest["travel"]
    assert (travel["islands"], travel["communes_on_islands"]) == (1, 2)
    assert any("islands: 1; their practices alone serve them" in line for line in report.summary("en"))
    assert travel["one_way_pairs"] >= 0


def test_without_given_travel_the_manifest_names_the_car_model(small_store):
    version = open_version(small_store)
    assert version.manifest["travel"]["parameters"] == "travel_car"
    origins = version.read("origin").filter(pl.col("origin").str.starts_with("minutes_mg"))
    assert origins.get_column("source").str.contains("measured_travel").all()


def test_an_omx_matrix_of_any_name_is_taken_where_it_is_the_only_one(tmp_path):
    with h5py.File(tmp_path / "t.omx", "w") as file:
        file["data/am_time"] = np.array([[1.0, 12.0], [np.nan, 2.0]])
        file["lookup/commune"] = np.array(["08001", "08002"], dtype="S5")
    found = read_times(tmp_path / "t.omx").fit(territory())
    assert found.notes.counts["pairs"] == 3
    assert found.notes.counts["communes_absent"] == len(all_codes()) - 2


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([("01001", "1002", 5)], UnreadableFileError, "none of them: the first pair goes from 01001 to 01002"),
        (
            [("08001", "08002", 61)],
            UnreadableFileError,
            "times of at most 60 minutes were expected, found none among 1",
        ),
        ([], UnreadableFileError, "rows of Travel times between communes were expected below the header, found none"),
        ([("08001", "08002", "far"), ("08001", "08003", 9)], TooManyBadRowsError, "line 2, field travel_min"),
    ],
)
def test_a_file_of_times_without_use_is_refused(tmp_path, rows, error, message):
    with pytest.raises(error, match=message):
        read_times(times(tmp_path / "t.csv", rows)).fit(territory())


def test_a_file_given_with_the_other_option_says_which_one_is_its_own(tmp_path):
    roads = write_extract(tmp_path / "r.osm.pbf", road_country(towns(), seed=4))
    with pytest.raises(UsageError, match=r"found a road network\. Give it with --roads"):
        read_times(roads)
    with pytest.raises(UnreadableFileError, match=r"Times between communes are given with --travel"):
        read_extract(times(tmp_path / "t.csv", departement_times()))


def test_roads_far_from_the_country_are_refused(tmp_path):
    path = write_extract(tmp_path / "far.osm.pbf", road_country(towns(), seed=1))
    there = territory().with_columns(pl.col("latitude") - 3)
    with pytest.raises(UnreadableFileError, match="within 3 km of the communes of the run were expected, found none"):
        read_extract(path).fit(there)


def test_an_extract_without_roads_is_refused(tmp_path):
    path = tmp_path / "empty.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(osmium.osm.mutable.Node(id=1, location=(2.0, 48.0)))
    with pytest.raises(UnreadableFileError, match="roads open to cars were expected, found none"):
        read_extract(path)


def test_times_and_roads_together_are_refused(run, tmp_path):
    with pytest.raises(UsageError, match="Either --travel or --roads is given, found both"):
        run(times=tmp_path / "a.csv", roads=tmp_path / "b.osm.pbf")
