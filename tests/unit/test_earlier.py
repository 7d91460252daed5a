"""A run handed what was public before publishes nothing that gives a figure away beside it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from maillage import cli
from maillage.catalog.store import open_version
from maillage.errors import StoreError, UsageError
from maillage.pipeline.earlier import read_earlier
from maillage.pipeline.request import DEFAULT_MILLESIME, RunRequest
from maillage.pipeline.run import run_pipeline
from tests.small_france import COMMUNES

# One commune has few people without a médecin traitant; a CPTS has it, then loses it.
WITHOUT = {code: 5 if code == "08008" else 40 for code, *_ in COMMUNES}
HEADER = "CODE_INSEE,ANNEE,CLASSE_AGE,REGIME,MEDECIN_TRAITANT,C2S,ALD,EFFECTIF"
CPTS = "44-cpts-des-ardennes"


@pytest.fixture(scope="module")
def release(small_carriers: Path, small_sources: Path, tmp_path_factory: pytest.TempPathFactory):
    """Build a store on a CPTS of the first ``communes`` of the Ardennes; gives its folder."""

    def build(communes: int, *earlier: Path, without: Mapping[str, int] = WITHOUT) -> Path:
        folder = tmp_path_factory.mktemp("release")
        sources = Path(shutil.copytree(small_sources, folder / "sources"))
        with (sources / "cpts.csv").open("w", encoding="utf-8", newline="") as handle:
            rows = csv.writer(handle)
            rows.writerow(["code_insee", "nom_commune_cog2026", "dep", "cpts", "remarque"])
            rows.writerows((c[0], c[1], c[0][:2], "CPTS des Ardennes", "") for c in COMMUNES[:communes])
        lines = [
            f"{code},2023,16-49,RG,{status},non,non,{people}"
            for code, few in without.items()
            for status, people in (("NON", few), ("OUI", 300 - few))
        ]
        (sources / "counts.csv").write_text("\n".join((HEADER, *lines)), "utf-8")
        run_pipeline(RunRequest(folder / "store", small_carriers, sources=sources, earlier=earlier))
        return folder / "store"

    return build


@pytest.fixture(scope="module")
def first(release) -> Path:
    return release(8)


def told(store: Path, level: str = "cpts", code: str = CPTS) -> float | None:
    """The people without a médecin traitant that a store tells for a territory."""
    rows = open_version(store).read("observation")
    mine = pl.col("indicator") == "part_psmt", pl.col("slice") == "", pl.col("level") == level, pl.col("code") == code
    found = rows.filter(*mine).get_column("numerator")
    assert found.len() == 1
    return found.item()


def test_a_perimeter_that_lost_a_commune_does_not_give_it_away_beside_the_earlier_one(release, first) -> None:
    alone, handed = release(7), release(7, first)
    assert (told(first), told(alone)) == (285, 280)  # 285 − 280: five people of one commune
    assert told(handed) is None
    assert told(handed, "france", "FRA") is not None
    version = open_version(first)
    (said,) = open_version(handed).manifest["earlier"]
    assert said["version"] == version.id
    assert said["sha256"].startswith(version.id)
    assert open_version(alone).manifest["earlier"] == []


@pytest.mark.slow
def test_each_of_two_earlier_versions_is_guarded(release, first) -> None:
    wide = release(10, first)
    assert told(wide) is not None
    assert told(release(7, wide, first)) is None
    assert len(read_earlier((wide, first), DEFAULT_MILLESIME).manifest) == 2


@pytest.mark.slow
def test_a_few_late_records_do_not_show_as_a_revision(release, first) -> None:
    revised = release(8, first, without=WITHOUT | {"08001": 43})
    assert told(revised) is None
    again = [release(8, first) for _ in range(2)]
    assert told(again[0]) == 285
    assert open_version(again[0]).id == open_version(again[1]).id


def test_a_version_is_handed_by_its_folder_too(first) -> None:
    version = open_version(first)
    assert read_earlier((version.folder,), DEFAULT_MILLESIME).manifest[0]["version"] == version.id


def test_an_earlier_version_that_cannot_be_trusted_or_compared_is_refused(first, tmp_path) -> None:
    with pytest.raises(StoreError, match="no store"):
        read_earlier((tmp_path,), DEFAULT_MILLESIME)
    with pytest.raises(UsageError, match="--millesime"):
        read_earlier((first,), 2022)
    copy = Path(shutil.copytree(open_version(first).folder, tmp_path / "copy"))
    (copy / "tables" / "observation.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="observation"):
        read_earlier((copy,), DEFAULT_MILLESIME)


def test_the_command_hands_each_earlier_version_over(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["maillage", "run", "--store", str(tmp_path / "s"), "--earlier", str(tmp_path)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == StoreError.exit_code
