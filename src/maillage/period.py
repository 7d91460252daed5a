"""Years, quarters and vintages (millésimes)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from maillage.errors import UsageError

_FORM = re.compile(r"(\d{4})(?:-?[TQ]([1-4]))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A civil year, or one of its quarters (``quarter`` 1 to 4; 0 for the whole year)."""

    year: int
    quarter: int = 0

    def __str__(self) -> str:
        return f"{self.year}-T{self.quarter}" if self.quarter else str(self.year)


def parse_period(text: str) -> Period:
    """Read ``2021``, ``2021-T3`` or ``2021Q3``.

    Raises UsageError when the text is neither a year nor a quarter.
    """
    found = _FORM.fullmatch(text.strip().upper())
    if not found:
        raise UsageError(f"A period is written 2021 or 2021-T3, found {text!r}.")
    return Period(int(found[1]), int(found[2] or 0))
