"""The documented layout of a file that people bring: its columns, in words, and the fields they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as declared

from maillage.catalog.fields import FIELDS, Field
from maillage.catalog.table import Table
from maillage.errors import DefinitionError
from maillage.text import Text


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """One column: how files spell it, the field it holds, and what a person must know to fill it.

    ``values`` gives the field's value of each of the producer's codes (``""``: no value); a field's own values are
    understood too, and so are the codes of ``also``, which a new file should not use. ``aliases`` are other spellings
    of the header that are recognised.
    """

    name: str
    field: str
    title: Text
    description: Text
    example: str
    values: Mapping[str, str] = declared(default_factory=dict)
    aliases: tuple[str, ...] = ()
    also: Mapping[str, str] = declared(default_factory=dict)

    @property
    def meaning(self) -> Field:
        """The field that the column holds."""
        return FIELDS[self.field]


@dataclass(frozen=True, slots=True)
class FileLayout:
    """The documented layout of one kind of file.

    ``table`` is what its rows are checked against. ``optional`` names the columns that a file may lack (its rows may
    then be completed by the reader, which says how in ``notes``). ``guide`` is the page that explains it.
    Raises DefinitionError when a column holds a field that is unknown, or when the key of the table has no column.
    """

    id: str
    title: Text
    description: Text
    table: Table
    columns: tuple[LayoutColumn, ...]
    optional: frozenset[str] = frozenset()
    notes: tuple[Text, ...] = ()
    guide: str = "docs/how-to/import-your-records.md"

    def __post_init__(self) -> None:
        unknown = [c.name for c in self.columns if c.field not in FIELDS]
        held = {c.field for c in self.columns}
        absent = [k for k in self.table.columns if k not in held]
        astray = [name for name in self.optional if name not in {c.name for c in self.columns}]
        if unknown or absent or astray:
            raise DefinitionError(f"Layout {self.id!r}: columns {unknown + absent + astray} are not defined.")

    @property
    def required(self) -> tuple[LayoutColumn, ...]:
        """The columns that every file has."""
        return tuple(c for c in self.columns if c.name not in self.optional)

    def column_of(self, name: str) -> LayoutColumn:
        """The column that holds the field ``name``."""
        return next(c for c in self.columns if c.field == name)
