"""The dated conventions of intervals and tests, and the check that every one of them makes of its input."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from maillage.catalog.parameters import load_parameters
from maillage.errors import ArrayInputError

Array = npt.NDArray[np.float64]


def convention(name: str) -> float:
    """The value of a parameter of ``definitions/parameters/statistics.toml``."""
    return float(load_parameters("statistics")[name].value)


def z_score(confidence: float) -> float:
    """The normal quantile of a two-sided confidence; raises ArrayInputError where it is not in (0, 1)."""
    if not 0 < confidence < 1:
        raise ArrayInputError(f"A confidence lies between 0 and 1, such as 0.95, found {confidence!r}.")
    return float(ndtri(0.5 + confidence / 2))


def finite(name: str, values: npt.ArrayLike) -> Array:
    """An array of floats, of one dimension at least.

    Raises ArrayInputError that counts the values missing (NaN) or infinite and names the first.
    """
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    astray = np.argwhere(~np.isfinite(array))
    if len(astray):
        raise ArrayInputError(
            f"{name} must be known, found {len(astray)} missing or infinite out of {array.size}, "
            f"the first at {entry(astray[0])}.",
            hint="Leave out the territories without a value.",
        )
    return array


def counts(name: str, values: npt.ArrayLike) -> Array:
    """An array of finite floats of at least 0; raises ArrayInputError that names the first one that is not."""
    array = finite(name, values)
    astray = np.argwhere(array < 0)
    if len(astray):
        first = tuple(astray[0])
        raise ArrayInputError(
            f"{name} cannot be negative, found {len(astray)} out of {array.size}, "
            f"the first, {array[first]:g}, at {entry(first)}."
        )
    return array


def pairs(first: tuple[str, npt.ArrayLike], second: tuple[str, npt.ArrayLike]) -> tuple[Array, Array]:
    """Two named arrays of counts of the same shape, or one of which is a single number; else ArrayInputError."""
    one, other = counts(*first), counts(*second)
    if one.size == 1 or other.size == 1 or one.shape == other.shape:
        held, beside = np.broadcast_arrays(one, other)
        return np.array(held), np.array(beside)
    raise ArrayInputError(
        f"{first[0]} and {second[0].lower()} go by pairs, found {_size(one)} and {_size(other)} entries."
    )


def entry(index: npt.ArrayLike) -> str:
    """How a message names an entry: ``entry 4``, or ``entry (2, 0)`` of a table."""
    place = [int(i) for i in np.atleast_1d(np.asarray(index))]
    return f"entry {place[0]}" if len(place) == 1 else f"entry ({', '.join(map(str, place))})"


def _size(array: Array) -> str:
    return " × ".join(map(str, array.shape))
