"""Refuse arrays that cannot be computed on, naming the first offending entry and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.errors import ArrayInputError

FloatArray = NDArray[np.float64]


def refuse(faulty: NDArray[np.bool_], describe: Callable[[int], str], *, expected: str) -> None:
    """Raise ArrayInputError when an entry is faulty: ``expected``, the first one as ``describe`` says it, how many."""
    if faulty.any():
        first = int(np.argmax(faulty))
        raise ArrayInputError(f"{expected}: found {describe(first)} ({int(faulty.sum())} such in all).")


def numbers(values: Any, *, name: str) -> FloatArray:
    """The values as float64; raises ArrayInputError on what is no number."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ArrayInputError(f"The {name} should be numbers: {problem}.") from problem


def positions(values: Any, *, name: str) -> NDArray[np.int32]:
    """The values as int32; raises ArrayInputError on what is no whole number or does not fit, naming the first one."""
    given = np.asarray(values)
    if given.dtype == np.int32:
        return given
    if given.dtype.kind in "US":
        raise ArrayInputError(
            f"The {name} should be whole numbers, found the text {str(given.ravel()[0])!r}: travel_from_pairs takes"
            " identifiers."
        )
    if given.dtype.kind not in "iu":
        given = numbers(given, name=name)
    with np.errstate(invalid="ignore"):
        kept = given.astype(np.int32)
    expected = f"The {name} should be whole numbers under 2 147 483 648"
    refuse((kept != given).ravel(), lambda k: f"{given.ravel()[k]:g} at position {k}", expected=expected)
    return kept


def quantities(values: Any, *, name: str, length: int | None = None) -> FloatArray:
    """One finite, non-negative quantity for each place, as float64.

    Raises ArrayInputError on another length, a NaN, an infinite or a negative value.
    """
    array = numbers(values, name=name)
    if array.ndim != 1 or (length is not None and array.size != length):
        wanted = "one dimension" if length is None else f"{length} values"
        raise ArrayInputError(f"The {name} should have {wanted}, found the shape {array.shape}.")
    faulty = ~(np.isfinite(array) & (array >= 0))
    refuse(faulty, lambda k: f"{array[k]:g} at position {k}", expected=f"The {name} should be finite and not negative")
    return array
