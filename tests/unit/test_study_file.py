"""A protocol's own file becomes a panel: columns as the protocol names them, dates from it or from the register."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from maillage.errors import NotFoundError, UnreadableFileError
from maillage.evaluation.protocol import Protocol
from maillage.pipeline.studies.build import build_study, needs_store
from tests.measure_events import stated
from tests.small_panel import SIGNED, YEARS, protocol, version

FILE = {"path": "rows.csv", "unit": "qui", "period": "an", "outcome": "y", "cohort": "debut"}


def rows(codes: tuple[str, ...] = ("a", "b", "c", "d", "e", "f")) -> pl.DataFrame:
    """A row a unit and year; of six units, two begin in 2021, two in 2022 and two never do."""
    starts = [2021, 2021, 2022, 2022, 0, 0]
    return pl.DataFrame(
        [
            {
                "qui": code,
                "an": year,
                "y": rank + 0.1 * (year % 7),
                "debut": starts[rank % 6],
                "poids": 10.0 + rank,
                "groupe": f"g{rank // 2}",
                "x": rank * 1.5,
                "expose": np.log(50.0 + rank),
                "temoin": float(year - rank),
            }
            for rank, code in enumerate(codes)
            for year in YEARS
        ]
    )


def asked(file: Mapping[str, str] = FILE, **changes: Any) -> Protocol:
    """The short protocol on a file of doctors."""
    changes = {"population": {"level": "gp"}, **changes}
    outcome = {"source": "file", "indicator": "patients", **changes.pop("outcome", {})}
    return protocol(file=dict(file), outcome=outcome, treatment={"measure": "assistants_medicaux"}, **changes)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_columns_are_those_that_the_protocol_names(tmp_path: Path, suffix: str) -> None:
    if suffix == "csv":
        rows().write_csv(tmp_path / "rows.csv", separator=";")
    else:
        rows().write_parquet(tmp_path / "rows.parquet")
    named = {"path": f"rows.{suffix}", "weight": "poids", "group": "groupe", "offset": "expose"}
    study = build_study(
        asked(
            {**FILE, **named},
            estimator={"covariates": ({"indicator": "x"},)},
            sensitivity={"placebo_outcomes": ("temoin",)},
        ),
        None,
        tmp_path,
    )
    assert study.refusals == ()
    assert study.panel is not None
    assert study.panel.cohort.tolist() == [2021, 2021, 2022, 2022, 0, 0]
    assert study.panel.weight[:, 0].tolist() == [10, 11, 12, 13, 14, 15]
    assert study.panel.cluster.tolist() == [0, 0, 1, 1, 2, 2]
    assert study.panel.covariates["x"][:, 0].tolist() == [0.0, 1.5, 3.0, 4.5, 6.0, 7.5]
    assert study.panel.outcome[0, 0] == pytest.approx(0.1 * (YEARS[0] % 7) / 50)  # a count told as a rate
    assert study.counts
    assert study.volume is not None
    assert study.volume[:, 0] == pytest.approx([50, 51, 52, 53, 54, 55])
    assert study.assigned is not None
    assert study.assigned.tolist() == ["g0", "g0", "g1", "g1", "g2", "g2"]
    assert study.others["temoin"][1].tolist() == [year - 1 for year in YEARS]
    assert set(study.origins) == {f"rows.{suffix}"}


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rows().write_csv(tmp_path / "rows.csv")
    straight = build_study(asked(), None, tmp_path)
    rows().sample(fraction=1.0, shuffle=True, seed=3).write_csv(tmp_path / "rows.csv")
    shuffled = build_study(asked(), None, tmp_path)
    assert straight.panel is not None
    assert shuffled.panel is not None
    assert np.array_equal(straight.panel.outcome, shuffled.panel.outcome)
    assert straight.panel.units.tolist() == shuffled.panel.units.tolist()
    assert straight.coverage == shuffled.coverage


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    rows().drop("y").write_csv(tmp_path / "rows.csv")
    with pytest.raises(UnreadableFileError, match="no column y; it has qui, an, debut") as raised:
        build_study(asked(), None, tmp_path)
    assert "n’a pas de colonne y" in raised.value.fr


def test_a_file_that_is_not_there_or_no_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"rows\.csv"):
        build_study(asked(), None, tmp_path)
    (tmp_path / "rows.parquet").write_bytes(b"no table")
    with pytest.raises(UnreadableFileError, match=r"rows\.parquet"):
        build_study(asked({**FILE, "path": "rows.parquet"}), None, tmp_path)


def test_words_where_a_number_should_be_are_refused_and_an_empty_cell_is_missing(tmp_path: Path) -> None:
    said = rows().with_columns(y=pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("?")).otherwise(pl.col("y")))
    said.write_csv(tmp_path / "rows.csv")
    study = build_study(asked(), None, tmp_path)
    assert [r.code for r in study.refusals] == ["not_a_number", "missing_outcome"]
    holed = rows().with_columns(y=pl.when(pl.int_range(pl.len()) != 3).then("y"))
    holed.write_csv(tmp_path / "rows.csv")
    left = build_study(asked(population={"level": "gp", "incomplete": "leave_out"}, design="single"), None, tmp_path)
    assert left.refusals == ()
    assert left.left_out == 1


def test_a_date_that_moves_is_refused(tmp_path: Path) -> None:
    rows().with_columns(debut=pl.when(pl.col("an") > 2021).then("debut").otherwise(0)).write_csv(tmp_path / "rows.csv")
    assert "changes_within" in [r.code for r in build_study(asked(), None, tmp_path).refusals]


def test_doctors_take_their_dates_from_the_contracts_that_they_signed(tmp_path: Path) -> None:
    rows().write_csv(tmp_path / "rows.csv")
    told = [
        (f"A{doctor}", what, "", f"{year}-03-01", content)
        for doctor, year in (("a", 2021), ("b", 2021))
        for what, content in (("status", "signed"), ("doctor", doctor))
    ]
    store = version(tmp_path / "v", measure_event=stated(told, measure="assistants_medicaux"))
    file = {name: column for name, column in FILE.items() if name != "cohort"}
    study = build_study(asked(file), store, tmp_path)
    assert study.panel is not None
    assert study.panel.cohort.tolist() == [2021, 2021, 0, 0, 0, 0]
    without = build_study(asked(file), None, tmp_path)
    assert [r.code for r in without.refusals] == ["no_adoption_dates"]


def test_territories_of_a_file_take_dates_groups_and_clusters_from_the_store(tmp_path: Path) -> None:
    rows(tuple(f"c{rank}" for rank in range(6))).write_csv(tmp_path / "rows.csv")
    file = {name: column for name, column in FILE.items() if name != "cohort"}
    asked_of = protocol(
        file=file,
        outcome={"source": "file", "indicator": "patients"},
        population={"level": "cpts", "within": {"departement": ("01",)}},
        inference={"cluster": "departement"},
    )
    study = build_study(asked_of, version(tmp_path / "v"), tmp_path)
    assert study.refusals == ()
    assert study.panel is not None
    assert study.panel.units.tolist() == ["c0", "c1", "c2", "c3"]
    assert study.panel.cohort.tolist() == [int(SIGNED[c][:4]) if c in SIGNED else 0 for c in ("c0", "c1", "c2", "c3")]
    assert study.panel.cluster.tolist() == [0, 0, 0, 0]
    assert study.groups["departement"].tolist() == ["01"] * 4


def test_a_store_is_needed_for_what_the_file_does_not_tell() -> None:
    assert needs_store(protocol())
    assert not needs_store(asked())
    assert needs_store(asked({name: column for name, column in FILE.items() if name != "cohort"}))
    assert not needs_store(asked(population={"level": "commune"}))
    assert needs_store(asked(population={"level": "commune"}, inference={"cluster": "departement"}))


@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolons", "tabs"])
def test_decimals_have_commas_where_these_part_no_columns(tmp_path: Path, separator: str) -> None:
    rows().write_csv(tmp_path / "rows.csv")
    plain = build_study(asked(), None, tmp_path)
    text = (tmp_path / "rows.csv").read_text()
    (tmp_path / "rows.csv").write_text(text.replace(",", separator).replace(".", ","))
    written = build_study(asked(), None, tmp_path)
    assert plain.panel is not None
    assert written.panel is not None
    assert np.array_equal(plain.panel.outcome, written.panel.outcome)


def test_a_unit_told_twice_in_a_year_is_refused(tmp_path: Path) -> None:
    pl.concat([rows(), rows().slice(9, 1)]).write_csv(tmp_path / "rows.csv")
    (refusal,) = build_study(asked(), None, tmp_path).refusals
    assert refusal.code == "seen_twice"
    assert f"b en {rows().row(9, named=True)['an']}" in refusal.words.fr


def test_years_that_are_no_whole_number_are_refused_by_the_name_of_their_column(tmp_path: Path) -> None:
    rows().with_columns(pl.col("debut") + 0.5 * (pl.col("debut") > 0)).write_csv(tmp_path / "rows.csv")
    found = {r.code: r.words.fr for r in build_study(asked(), None, tmp_path).refusals}
    assert "colonne debut du fichier qui ne sont pas des années" in found["not_a_number"]


def test_errors_by_unit_are_refused_where_the_file_says_that_dates_come_by_group(tmp_path: Path) -> None:
    rows().write_csv(tmp_path / "rows.csv")
    study = build_study(asked({**FILE, "group": "groupe"}, inference={"cluster": "unit"}), None, tmp_path)
    assert [r.code for r in study.refusals] == ["cluster_below_assignment"]


def test_a_covariate_of_a_file_is_measured_before_the_first_unit_is_treated(tmp_path: Path) -> None:
    rows().write_csv(tmp_path / "rows.csv")
    late = asked(estimator={"covariates": ({"indicator": "x", "period": 2021},)})
    assert [r.code for r in build_study(late, None, tmp_path).refusals] == ["covariate_after_treatment"]
