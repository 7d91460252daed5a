"""Primary suppression: the cells that may not be published whatever stands around them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from maillage.disclosure.linear import Floats, Needs
from maillage.disclosure.policy import Policy
from maillage.errors import ArrayInputError

Reasons = npt.NDArray[np.int8]


class Reason(IntEnum):
    """Why a cell may not be published by itself; NONE where it may."""

    NONE = 0
    COUNT = 1
    UNANIMITY = 2
    DOMINANCE = 3


def count_reasons(counts: Floats, policy: Policy) -> Reasons:
    """COUNT where a count is above 0 and under ``count_min``, or is 0 and zeros are withheld."""
    _refuse_negative(counts)
    small = (counts > 0) & (counts < policy.count_min)
    if policy.zeros == "withheld":
        small |= counts == 0
    return np.where(small, Reason.COUNT, Reason.NONE).astype(np.int8)


def share_reasons(numerator: Floats, denominator: Floats, policy: Policy) -> Reasons:
    """The rules for a part of a whole: the part, the rest and the whole are counts, and none or all is unanimity.

    COUNT comes before UNANIMITY. Raises ArrayInputError for a negative count or a part larger than its whole.
    """
    _refuse_negative(numerator)
    if (numerator > denominator).any():
        first = int(np.flatnonzero(numerator > denominator)[0])
        raise ArrayInputError(f"A part is at most its whole; entry {first} has {numerator[first]:g} of more.")
    small = np.zeros(numerator.size, dtype=bool)
    for counts in (numerator, denominator - numerator, denominator):
        small |= (counts > 0) & (counts < policy.count_min)
    if policy.zeros == "withheld":
        small |= (numerator == 0) | (denominator == 0)
    same = (denominator > 0) & ((numerator == 0) | (numerator == denominator))
    unanimous = same if policy.unanimity == "withheld" else np.zeros_like(same)
    return np.select([small, unanimous], [Reason.COUNT, Reason.UNANIMITY], Reason.NONE).astype(np.int8)


def amount_reasons(amounts: Floats, contributors: Floats, largest: Floats, policy: Policy) -> Reasons:
    """COUNT where too few contribute, DOMINANCE where the largest contribution passes its share of the amount."""
    _refuse_negative(amounts)
    few = (contributors > 0) & (contributors < policy.count_min)
    dominated = (amounts > 0) & (largest > policy.dominance_max * amounts)
    return np.select([few, dominated], [Reason.COUNT, Reason.DOMINANCE], Reason.NONE).astype(np.int8)


def amount_needs(amounts: Floats, reasons: Reasons, policy: Policy) -> Needs:
    """Withheld amounts must not be told to ``amount_margin`` of their value, nor to ``amount_floor`` from above."""
    margin = policy.amount_margin * amounts
    return Needs(
        sensitive=reasons != Reason.NONE,
        up=np.maximum(margin, policy.amount_floor),
        down=margin,
        width=np.zeros(amounts.size),
    )


def _refuse_negative(values: Floats) -> None:
    bad = np.flatnonzero(~(values >= 0))
    if bad.size:
        raise ArrayInputError(f"A count or an amount to protect is nil or more; entry {bad[0]} is {values[bad[0]]:g}.")
