"""A table: its grain, its fields, its key."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.catalog.fields import FIELDS, Field
from maillage.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Table:
    """A named table of known fields.

    ``columns`` are names of FIELDS, in order; ``key`` identifies a row; ``nullable`` fields may be empty.
    ``ordered`` pairs hold an earlier and a later column; of each tuple of ``any_of`` one column at least is filled.
    Raises DefinitionError when a column is not a known field or a key is not a column.
    """

    name: str
    description: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    nullable: frozenset[str] = frozenset()
    ordered: tuple[tuple[str, str], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        unknown = [c for c in self.columns if c not in FIELDS]
        rules = [c for names in (*self.ordered, *self.any_of) for c in names]
        astray = [c for c in (*self.key, *self.nullable, *rules) if c not in self.columns]
        if unknown or astray:
            raise DefinitionError(f"Table {self.name!r} names fields that are not defined: {unknown + astray}.")

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields, in order."""
        return tuple(FIELDS[c] for c in self.columns)

    @property
    def schema(self) -> dict[str, type[pl.DataType]]:
        """Column name to Polars type, in order."""
        return {f.name: f.dtype for f in self.fields}

    def empty(self) -> pl.DataFrame:
        """The table without rows."""
        return pl.DataFrame(schema=self.schema)
