"""Batches of records counted one by one give what counting them all gives."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from maillage.catalog.tables import CORE_TABLES, EMERGENCY_VISIT, STAY
from maillage.engine import open_engine
from maillage.errors import DefinitionError, StoreError, UsageError
from maillage.indicators.compute import compute_observations
from maillage.indicators.partials import Partials
from maillage.indicators.registry import find_indicator
from tests.unit.test_indicators_compute import links, population

CODES = ("01001", "01002", "2A001", "97401")
CCMU1, HPE = find_indicator("part_ccmu1"), find_indicator("taux_hpe")


def visits(first, count, ccmu="1"):
    return pl.DataFrame(
        [
            {
                "visit_id": str(n),
                "site_id_finess": "010000001",
                "code": CODES[n % 4],
                "entry_time": datetime(2023, 1, 1) + timedelta(hours=7 * n),
                "ccmu": ccmu if n % 3 else "2",
            }
            for n in range(first, first + count)
        ],
        schema=EMERGENCY_VISIT.schema,
    )


def stays(first, count):
    return pl.DataFrame(
        [
            {
                "stay_id": str(n),
                "site_id_finess": "010000001",
                "code": CODES[n % 4],
                "exit_date": date(2023, 1, 1) + timedelta(days=n),
                "age_years": 45 + n % 50,
                "diagnosis_icd10": "I500",
            }
            for n in range(first, first + count)
        ],
        schema=STAY.schema,
    )


def engine(**records):
    rows = {"membership": links(), "population": population()}
    core = {t.name: pl.DataFrame(rows.get(t.name, []), schema=t.schema) for t in CORE_TABLES}
    return open_engine(frames={**core, **records})


def observed(source, **options):
    return compute_observations(source, [CCMU1, HPE], **options).observation


def test_batches_added_day_by_day_give_what_all_the_records_give(tmp_path):
    days = [(visits(n, 100), stays(n, 30)) for n in range(0, 400, 100)]
    for number, (some, other) in enumerate(days):
        Partials(tmp_path).deliver(f"day-{number}", engine(emergency_visit=some, stay=other), [CCMU1, HPE])
    whole = engine(emergency_visit=pl.concat(d[0] for d in days), stay=pl.concat(d[1] for d in days))
    from_batches = observed(engine(), counted=Partials(tmp_path).totals())
    assert from_batches.height > 0
    assert from_batches.equals(observed(whole))


def test_a_batch_delivered_again_replaces_the_first_delivery(tmp_path):
    partials = Partials(tmp_path)
    for name, records in (("a", visits(0, 50)), ("b", visits(50, 50)), ("b", visits(60, 20, "5"))):
        partials.deliver(name, engine(emergency_visit=records), [CCMU1])
    assert partials.batches("part_ccmu1") == ("a", "b")
    mended = engine(emergency_visit=pl.concat([visits(0, 50), visits(60, 20, "5")]))
    assert observed(engine(), counted=partials.totals()).equals(observed(mended))
    assert len(list((tmp_path / "part_ccmu1").iterdir())) == 3


def test_a_delivery_that_fails_leaves_the_totals_as_they_were(tmp_path):
    Partials(tmp_path).deliver("a", engine(emergency_visit=visits(0, 50)), [CCMU1])
    before = Partials(tmp_path).total("part_ccmu1").sums
    with pytest.raises(DefinitionError, match="no Tally"):
        Partials(tmp_path).deliver("b", engine(emergency_visit=visits(50, 50)), [CCMU1, find_indicator("part_psmt")])
    assert Partials(tmp_path).total("part_ccmu1").sums.equals(before)


def test_a_damaged_folder_is_named(tmp_path):
    (tmp_path / "STATE.json").write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        Partials(tmp_path)
    with pytest.raises(UsageError, match=r"'\.\./b'"):
        Partials(tmp_path / "new").deliver("../b", engine(), [CCMU1])
