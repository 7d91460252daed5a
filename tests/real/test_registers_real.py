"""The published list of CPTS of Provence-Alpes-Côte d'Azur becomes events that say no more than it does."""

from datetime import date

import polars as pl
import pytest

from maillage.measures.claims import claim_faults, claims
from maillage.measures.events import Moment, state
from maillage.pipeline.inputs import gather
from maillage.pipeline.register import perimeter_listing
from maillage.pipeline.register_events import events_of
from maillage.pipeline.register_place import Ground
from maillage.settings import load_settings
from maillage.sources.registry import FolderRead, read_carriers, read_file
from maillage.territory.geography import build_geography
from maillage.territory.residence import Communes

pytestmark = pytest.mark.real


def test_its_perimeters_are_those_of_its_vintage(real_data):
    (path,) = (p for p in (real_data / "cpts").iterdir() if p.suffix == ".csv")
    inputs = gather(read_carriers(load_settings().carriers), FolderRead((read_file(path),), (), ()))
    made = build_geography(inputs.frames)
    ground = Ground(Communes(made.history, made.postcode, made.population), made.territory)
    events = events_of([], ground, perimeter_listing(inputs, made))
    vintage = date(2026, 1, 1)
    held = state(events, Moment(vintage)).filter(pl.col("attribute") == "perimeter")
    assert set(events["event_date"]) == set(events["known_date"]) == {vintage}
    assert held["beneficiary"].n_unique() == 70
    assert 890 < held["item"].n_unique() < 925
    assert set(events["attribute"]) == {"perimeter", "name"}
    assert state(events, Moment(date(2025, 12, 31))).is_empty()
    nobody_ended = pl.DataFrame(schema={"measure": pl.String, "beneficiary": pl.String, "ended": pl.Date})
    assert claim_faults(claims(events, nobody_ended)).is_empty()
