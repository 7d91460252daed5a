"""A journal keeps every entry whole, in order, whoever writes."""

from datetime import date

import polars as pl
import pytest

from maillage.catalog.journal import Journal
from maillage.catalog.tables import ALERT_EVENT
from maillage.errors import StoreError


def entry(code):
    texts = dict.fromkeys(("rule", "indicator", "level", "period", "author", "note", "reason_fr", "reason_en"), "x")
    more = {"event_date": date(2026, 1, 1), "event": "raised", "degree": 1, "simulated": False}
    return pl.DataFrame([{"code": code, **texts, **more}], schema={**ALERT_EVENT.schema}).drop("entry")


def test_entries_come_back_in_order(tmp_path):
    journal = Journal(tmp_path, ALERT_EVENT)
    assert journal.read().is_empty()
    journal.append(lambda _: pl.concat([entry("a"), entry("b")]))
    journal.append(lambda known: entry(f"after {known.height}"))
    assert journal.read().select("entry", "code").rows() == [(1, "a"), (2, "b"), (3, "after 2")]


def test_nothing_is_written_for_no_entry(tmp_path):
    journal = Journal(tmp_path, ALERT_EVENT)
    journal.append(lambda known: known.drop("entry"))
    assert not list(tmp_path.iterdir())


def test_the_second_of_two_writers_reads_again(tmp_path):
    journal = Journal(tmp_path, ALERT_EVENT)
    seen = []

    def slow(known):
        if not seen:
            journal.append(lambda _: entry("first"))
        seen.append(known.height)
        return entry("second")

    journal.append(slow)
    assert seen == [0, 1]
    assert journal.read()["code"].to_list() == ["first", "second"]


def test_a_damaged_part_is_named(tmp_path):
    journal = Journal(tmp_path, ALERT_EVENT)
    journal.append(lambda _: entry("a"))
    (journal.folder / "000001.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match=r"alert_event has a part that cannot be read.*Restore"):
        journal.read()
