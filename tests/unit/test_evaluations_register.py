"""The register of protocols: dated, hashed, chained; what was registered is never rewritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from maillage.errors import NotFoundError, StoreError, UsageError
from maillage.pipeline.evaluations import as_json_bytes, dossier, dossiers, keep, register
from tests.protocol_texts import TEXT

DAY = date(2026, 11, 22)
AMENDED = TEXT.replace("last = 2024", "last = 2023")


def test_the_same_text_is_registered_once(tmp_path: Path) -> None:
    first = register(tmp_path, TEXT, on=DAY)
    again = register(tmp_path, TEXT, on=date(2027, 1, 1))
    assert first == again
    assert dossier(tmp_path, "cpts_unplanned").last.registered_on == DAY


def test_a_changed_text_needs_a_reason_and_keeps_what_was_before(tmp_path: Path) -> None:
    register(tmp_path, TEXT, on=DAY)
    with pytest.raises(UsageError, match="another text"):
        register(tmp_path, AMENDED, on=DAY)
    register(tmp_path, AMENDED, on=DAY, why="2024 came late")
    kept = dossier(tmp_path, "cpts_unplanned")
    assert [each.protocol.text for each in kept.registrations] == [TEXT, AMENDED]
    assert kept.last.why == "2024 came late"
    assert not kept.last.after_result


def test_an_amendment_after_a_result_says_so_and_asks_for_a_new_run(tmp_path: Path) -> None:
    first = register(tmp_path, TEXT, on=DAY)
    folder = dossier(tmp_path, "cpts_unplanned").folder
    keep(folder, "result.json", as_json_bytes({"digest": first.digest}))
    assert dossier(tmp_path, "cpts_unplanned").state == "run"
    assert register(tmp_path, AMENDED, on=DAY, why="2024 came late").after_result
    assert dossier(tmp_path, "cpts_unplanned").state == "registered"


@pytest.mark.parametrize("name", ["001.toml", "001.json"])
def test_a_registration_that_was_altered_or_taken_away_is_seen(tmp_path: Path, name: str) -> None:
    register(tmp_path, TEXT, on=DAY)
    register(tmp_path, AMENDED, on=DAY, why="2024 came late")
    path = tmp_path / "evaluations" / "cpts_unplanned" / "registrations" / name
    path.write_bytes(path.read_bytes().replace(b"2026-11-22", b"2025-11-22"))
    with pytest.raises(StoreError, match="altered"):
        dossiers(tmp_path)
    path.unlink()
    with pytest.raises(StoreError):
        dossier(tmp_path, "cpts_unplanned")


def test_an_unknown_protocol_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    register(tmp_path, TEXT, on=DAY)
    with pytest.raises(NotFoundError, match="there is cpts_unplanned"):
        dossier(tmp_path, "../cpts")
