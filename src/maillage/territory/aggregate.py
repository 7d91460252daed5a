"""Sum numerators and denominators of communes (or IRIS) into larger territories."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from maillage.errors import ArrayInputError, UsageError
from maillage.territory.levels import BASE_LEVEL, LEVELS

MEASURES = ("numerator", "denominator", "weight")
Matrix = npt.NDArray[np.float64]


def aggregate(
    base: pl.DataFrame, membership: pl.DataFrame, levels: Iterable[str], *, base_level: str = BASE_LEVEL
) -> pl.DataFrame:
    """Add up the rows of ``base`` into the territories of ``levels``, through the shares of ``membership``.

    ``base`` has ``code`` (of ``base_level``: commune or iris), ``numerator``, ``denominator``, optionally ``weight``,
    and any other columns, which are keys (indicator, period, slice …). ``membership`` has the core table's columns.
    Returns ``code, level, <keys>, numerator, denominator, covered``: a row of ``base`` without numerator or denominator
    leaves both sums, and ``covered`` is the share of the weight (of the rows, where there is none) that had a value.
    A territory whose every row lacks a value has neither sum and ``covered`` 0; one without any row is absent.

    Rows come by level, code, then keys in the order of ``base``. Sums are taken in the order of the codes, so that the
    same rows give the same bits whatever their order.

    Raises ArrayInputError for a repeated or unknown code or a NaN, UsageError for an unknown level.
    """
    wanted = [level for level in LEVELS if level in set(_known(levels))]
    keys = [c for c in base.columns if c not in ("code", *MEASURES)]
    ladder = Ladder(membership, base_level)
    rows = _indexed(base, keys, ladder.codes)
    groups = rows.select("group", *keys).unique("group").sort("group")
    places, stacked = ladder.stack(wanted)
    sums = _sums(_measures(rows), groups.height, stacked).join(places, on="parent", how="left", maintain_order="left")
    found = _told(sums).join(groups, on="group", how="left", maintain_order="left")
    return found.select("code", "level", *keys, "numerator", "denominator", "covered")


class Ladder:
    """The sparse matrices (parents × base codes) of each level above a base level, from rows of MEMBERSHIP.

    ``codes`` are those of the base level, in order.
    """

    def __init__(self, membership: pl.DataFrame, base_level: str) -> None:
        self.membership = membership
        self.base_level = base_level
        self.codes = self._codes(base_level)

    def stack(self, levels: list[str]) -> tuple[pl.DataFrame, sparse.csr_array]:
        """The territories of all ``levels`` (``parent, code, level``) and the one matrix of their shares."""
        named = [(level, *self._matrix(level)) for level in levels]
        places = pl.concat(
            [codes.to_frame().with_columns(pl.lit(level).alias("level")) for level, codes, _ in named]
            or [pl.DataFrame(schema={"code": pl.String, "level": pl.String})]
        ).with_row_index("parent")
        matrices = [matrix for *_, matrix in named] or [sparse.csr_array((0, self.codes.len()))]
        return places, sparse.vstack(matrices, format="csr")

    def _matrix(self, level: str) -> tuple[pl.Series, sparse.csr_array]:
        """The codes of ``level`` and their shares in each base code."""
        if level == self.base_level:
            return self.codes, sparse.eye_array(self.codes.len(), format="csr")
        if BASE_LEVEL in (self.base_level, level):
            return self._step(self.base_level, self.codes, level)
        communes = self._codes(BASE_LEVEL)
        names, lower = self._step(self.base_level, self.codes, BASE_LEVEL, parents=communes)
        names, upper = self._step(BASE_LEVEL, communes, level)
        product = (upper @ lower).tocsr()
        product.sort_indices()
        return names, product

    def _codes(self, level: str) -> pl.Series:
        mine = pl.col("child_level") == level
        return self.membership.filter(mine).get_column("child_code").unique().sort().alias("code")

    def _step(
        self, child_level: str, children: pl.Series, parent_level: str, parents: pl.Series | None = None
    ) -> tuple[pl.Series, sparse.csr_array]:
        steps = self.membership.filter(pl.col("child_level") == child_level, pl.col("parent_level") == parent_level)
        names = steps.get_column("parent_code").unique().sort().alias("code") if parents is None else parents
        placed = steps.join(_numbered(children, "child"), left_on="child_code", right_on="code").join(
            _numbered(names, "parent"), left_on="parent_code", right_on="code"
        )
        columns = [placed.get_column(c).to_numpy() for c in ("share", "parent", "child")]
        matrix = sparse.coo_array(
            (columns[0].astype(np.float64), (columns[1], columns[2])), shape=(names.len(), children.len())
        ).tocsr()
        matrix.sort_indices()
        return names, matrix


def _known(levels: Iterable[str]) -> list[str]:
    asked = list(levels)
    unknown = [level for level in asked if level not in LEVELS]
    if unknown:
        raise UsageError(f"A level is one of {', '.join(LEVELS)}, found {unknown[0]!r}.")
    return asked


def _numbered(codes: pl.Series, name: str) -> pl.DataFrame:
    return pl.DataFrame({"code": codes, name: np.arange(codes.len(), dtype=np.int64)})


def _indexed(base: pl.DataFrame, keys: list[str], codes: pl.Series) -> pl.DataFrame:
    weight = pl.col("weight").cast(pl.Float64) if "weight" in base.columns else pl.lit(0.0)
    rows = base.join(_numbered(codes, "place"), on="code", how="left", maintain_order="left").with_columns(
        pl.col("numerator", "denominator").cast(pl.Float64), weight.fill_null(0.0).alias("weight")
    )
    if keys:
        numbers = base.select(keys).unique(maintain_order=True).with_row_index("group")
        rows = rows.join(numbers, on=keys, how="left", maintain_order="left", nulls_equal=True)
    else:
        rows = rows.with_columns(pl.lit(0, pl.UInt32).alias("group"))
    _refuse(rows.filter(pl.col("place").is_null()), "is not a code of the membership table")
    _refuse(rows.filter(pl.any_horizontal(pl.col(MEASURES).is_nan())), "has a value that is not a number")
    cell = pl.col("place") * (pl.col("group").max().cast(pl.Int64) + 1) + pl.col("group")
    _refuse(rows.filter(cell.is_duplicated()), "comes twice for the same period and slice")
    return rows


def _refuse(bad: pl.DataFrame, reason: str) -> None:
    if bad.height:
        raise ArrayInputError(
            f"Each code to add up should come once with numbers; {bad.row(0, named=True)['code']!r} {reason}."
        )


def _measures(rows: pl.DataFrame) -> dict[str, Matrix]:
    """Flat columns ready to be laid out as matrices: zero where a value is missing, with what was present beside."""
    present = pl.col("numerator").is_not_null() & pl.col("denominator").is_not_null()
    flat = rows.select(
        "place",
        "group",
        pl.when(present).then("numerator").otherwise(0.0).alias("numerator"),
        pl.when(present).then("denominator").otherwise(0.0).alias("denominator"),
        "weight",
        pl.when(present).then("weight").otherwise(0.0).alias("weight_present"),
        pl.lit(1.0).alias("count"),
        present.cast(pl.Float64).alias("count_present"),
    )
    return {c: flat.get_column(c).to_numpy() for c in flat.columns}


def _sums(measured: dict[str, Matrix], groups: int, matrix: sparse.csr_array) -> pl.DataFrame:
    """One row for each parent and group that has a row below it: each measure, summed."""
    place, group = measured.pop("place"), measured.pop("group")
    dense = np.zeros((matrix.shape[1], groups))

    def summed(measure: str) -> Matrix:
        dense[place, group] = measured[measure]
        return np.asarray(matrix @ dense)

    count = summed("count")
    parents, kinds = np.nonzero(count > 0)
    taken = {measure: summed(measure)[parents, kinds] for measure in measured}
    return pl.DataFrame({"parent": parents.astype(np.uint32), "group": kinds.astype(np.uint32), **taken})


def _told(sums: pl.DataFrame) -> pl.DataFrame:
    """Add ``covered``, and leave empty the sums of a territory where nothing is known."""
    by_weight = pl.col("weight_present") / pl.col("weight")
    by_count = pl.col("count_present") / pl.col("count")
    known = pl.col("count_present") > 0
    return sums.with_columns(
        pl.when(known).then("numerator").alias("numerator"),
        pl.when(known).then("denominator").alias("denominator"),
        pl.when(pl.col("weight") > 0).then(by_weight).otherwise(by_count).clip(0, 1).alias("covered"),
    )
