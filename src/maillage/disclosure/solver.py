"""The one place that calls HiGHS: linear and mixed-integer programmes from arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from maillage.disclosure.linear import Flags, Floats

_SEED = 13189


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An optimal (or, for integers, the best found) point, its objective, and the reduced costs of a continuous one."""

    objective: float
    point: Floats
    reduced: Floats
    optimal: bool


class Programme:
    """Minimise ``cost @ x`` over ``row_lower ≤ matrix @ x ≤ row_upper`` and ``lower ≤ x ≤ upper``.

    Kept between solves, so that a change of cost or bounds starts from the last basis. One thread, fixed seed: the
    same programme gives the same point.
    """

    def __init__(
        self,
        matrix: sparse.csc_array,
        cost: Floats,
        bounds: tuple[Floats, Floats],
        rows: tuple[Floats, Floats],
        integers: Flags | None = None,
    ) -> None:
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = matrix.shape
        model.col_cost_, (model.col_lower_, model.col_upper_) = cost, bounds
        model.row_lower_, model.row_upper_ = rows
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        model.a_matrix_.index_ = matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = matrix.data.astype(np.float64)
        if integers is not None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(i)] for i in integers]
        self._columns = np.arange(model.num_col_, dtype=np.int32)
        make: Any = highspy.Highs
        self._solver = make()
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", _SEED)):
            self._solver.setOptionValue(option, value)
        self._solver.passModel(model)

    def set_cost(self, cost: Floats) -> None:
        """Replace the objective."""
        self._solver.changeColsCost(self._columns.size, self._columns, cost)

    def set_bounds(self, lower: Floats, upper: Floats) -> None:
        """Replace the bounds of the variables."""
        self._solver.changeColsBounds(self._columns.size, self._columns, lower, upper)

    def set_limits(self, *, nodes: int, seconds: float) -> None:
        """Bound a search over integers: nodes first, so that the result does not depend on the machine."""
        self._solver.setOptionValue("mip_max_nodes", nodes)
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(seconds, 0.01))

    def start_from(self, point: Floats) -> None:
        """Tell a known feasible point to a search over integers."""
        self._solver.setSolution(self._columns.size, self._columns, point)

    def add_rows(self, rows: sparse.csr_array, lower: Floats) -> None:
        """Add ``rows @ x ≥ lower``."""
        upper = np.full(lower.size, highspy.kHighsInf)
        starts, places = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
        self._solver.addRows(lower.size, lower, upper, rows.nnz, starts, places, rows.data.astype(np.float64))

    def solve(self) -> Solution | None:
        """The best point; None where there is none, or none was found within the limits."""
        self._solver.run()
        status, info = self._solver.getModelStatus(), self._solver.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        found = self._solver.getSolution()
        reduced: npt.NDArray[np.float64] = np.asarray(found.col_dual, dtype=np.float64)
        return Solution(
            objective=float(info.objective_function_value),
            point=np.asarray(found.col_value, dtype=np.float64),
            reduced=reduced,
            optimal=status == highspy.HighsModelStatus.kOptimal,
        )
