"""A mapping of columns as a form: what it shows of a file and a layout, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.sources.records.mapping import Declared, match

# Fields of the form, before the name of a column: the file's column, the one put beside it, one value for all rows,
# the form of dates, the codes of the file.
FIRST, SECOND, CONSTANT, FORM, CODES = "c.", "d.", "k.", "f.", "v."


@dataclass(frozen=True, slots=True)
class FormLine:
    """One column of the layout: what it is, and what is declared or guessed of it (``guessed``: to be checked)."""

    column: LayoutColumn
    required: bool
    first: str = ""
    second: str = ""
    constant: str = ""
    form: str = ""
    codes: str = ""
    guessed: bool = False

    @property
    def dated(self) -> bool:
        """Whether it holds dates or times."""
        return self.column.meaning.dtype.is_temporal()

    @property
    def detailed(self) -> bool:
        """Whether more than a column of the file is declared."""
        return bool(self.constant or self.form or self.codes)


def form_lines(layout: FileLayout, names: Sequence[str], declared: Declared | None) -> list[FormLine]:
    """The lines of the form for the ``names`` of a file's columns; without ``declared``, what their names suggest."""
    said = declared or Declared()
    met = match(layout, names, said)

    def line(column: LayoutColumn) -> FormLine:
        guessed = column.name in met.close and declared is None
        found = (*(met.close if guessed else met.columns).get(column.name, ()), "", "")
        return FormLine(
            column,
            column in layout.required,
            first=found[0],
            second=found[1],
            constant=said.constants.get(column.name, ""),
            form=said.dates.get(column.name, ""),
            codes="\n".join(f"{a} = {b}" for a, b in said.values.get(column.name, {}).items()),
            guessed=guessed,
        )

    return [line(column) for column in layout.columns]


def answered(layout: FileLayout, fields: Mapping[str, str]) -> Declared:
    """The mapping that the fields of a form declare; a code is on its own line, the file's ``=`` the layout's."""
    names = [column.name for column in layout.columns]
    given = {name: fields.get(CONSTANT + name, "").strip() for name in names}
    codes = {name: _codes(fields.get(CODES + name, "")) for name in names}
    forms = {name: fields.get(FORM + name, "").strip() for name in names}
    constants = {name: value for name, value in given.items() if value}
    columns = {
        name: tuple(column for column in (fields.get(FIRST + name, ""), fields.get(SECOND + name, "")) if column)
        for name in names
        if name not in constants
    }
    return Declared(
        layout=layout.id,
        columns=columns,
        constants=constants,
        values={name: found for name, found in codes.items() if found},
        dates={name: form for name, form in forms.items() if form},
    )


def _codes(text: str) -> dict[str, str]:
    pairs = (line.rpartition("=") for line in text.splitlines() if "=" in line)
    return {found.strip(): meant.strip() for found, _, meant in pairs}
