"""What every kind of test shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from maillage.settings import load_settings


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real public files; the test is skipped, visibly, where MAILLAGE_REAL_DATA names none."""
    folder = load_settings().real_data
    if folder is None or not folder.is_dir():
        pytest.skip("MAILLAGE_REAL_DATA names no folder of real files")
    return folder.resolve()
