"""Batches of records counted one by one give what counting them all gives."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from maillage.catalog.kept import Kept
from maillage.catalog.store import sha256_file
from maillage.catalog.tables import BENEFICIARY, CORE_TABLES, EMERGENCY_VISIT, STAY
from maillage.engine import open_engine
from maillage.errors import DefinitionError
from maillage.indicators import partials
from maillage.indicators.compute import compute_observations
from maillage.indicators.partials import count_batch, count_parts
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


def delivered(folder, days):
    """Each day as a part of its tables, with a hash of its content."""
    parts = {"emergency_visit": [], "stay": []}
    for number, frames in enumerate(days):
        for name, frame in zip(parts, frames, strict=True):
            path = folder / f"{name}-{number}.parquet"
            frame.write_parquet(path)
            parts[name].append((path, sha256_file(path)))
    return parts


def counted(folder, days, kept=None):
    source = engine(emergency_visit=pl.concat(d[0] for d in days), stay=pl.concat(d[1] for d in days))
    return count_parts([CCMU1, HPE], source, delivered(folder, days), kept or Kept(folder / "kept"))


def test_parts_counted_day_by_day_give_what_all_the_records_give(tmp_path):
    days = [(visits(n, 100), stays(n, 30)) for n in range(0, 400, 100)]
    for number in range(1, 5):
        sums = counted(tmp_path, days[:number])
    whole = engine(emergency_visit=pl.concat(d[0] for d in days), stay=pl.concat(d[1] for d in days))
    from_parts = observed(engine(), counted=sums)
    assert from_parts.height > 0
    assert from_parts.equals(observed(whole))


def test_a_part_is_counted_once_and_again_only_when_it_or_the_code_changes(tmp_path, monkeypatch):
    read = []
    count = partials.count_batch
    monkeypatch.setattr(partials, "count_batch", lambda i, e: read.append((i.id, *e.tables)) or count(i, e))
    day = (visits(0, 50), stays(0, 10))
    counted(tmp_path, [day])
    counted(tmp_path, [day, (visits(50, 50), stays(10, 0))])
    assert read == [("part_ccmu1", "emergency_visit"), ("taux_hpe", "stay")] * 2
    counted(tmp_path, [day, (visits(60, 20, "5"), stays(10, 0))])
    assert read[4:] == [("part_ccmu1", "emergency_visit")]
    counted(tmp_path, [day], Kept(tmp_path / "kept", made_by="other code"))
    assert len(read) == 7


def test_more_parts_than_are_added_at_once_give_the_same_sums(tmp_path, monkeypatch):
    monkeypatch.setattr(partials, "_AT_ONCE", 2)
    days = [(visits(n, 10), stays(n, 3)) for n in range(0, 50, 10)]
    whole = engine(emergency_visit=pl.concat(d[0] for d in days), stay=pl.concat(d[1] for d in days))
    sums = counted(tmp_path, days)
    assert all(sums[i.id].sums.equals(count_batch(i, whole)) for i in (CCMU1, HPE))
    assert sums["taux_hpe"].last == date(2023, 1, 1) + timedelta(days=42)


def test_what_does_not_add_up_over_records_is_not_counted_by_part(tmp_path):
    psmt = find_indicator("part_psmt")
    path = tmp_path / "one.parquet"
    pl.DataFrame(schema=BENEFICIARY.schema).write_parquet(path)
    assert count_parts([psmt], engine(), {"beneficiary": [(path, "a")]}, Kept(tmp_path / "kept")) == {}
    with pytest.raises(DefinitionError, match="no Tally"):
        count_batch(psmt, engine())
