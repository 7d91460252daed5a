"""Which column of a file is which column of a layout: by its name, by a declared mapping, or nearly."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.errors import UsageError
from maillage.sources.layout import slug

# A mapping stands beside its file, under its name and this.
DRAFT_SUFFIX = ".mapping.toml"
CLOSE = 0.6
# What a name is worth that holds every word of a known spelling, and others.
_HELD = 0.8
_HOUR = "heure"
_TABLES = ("columns", "constants", "values", "dates")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person declares of a file, each keyed by the layout's name of the column.

    ``columns``: the file's column, or several to put side by side (a date and an hour), none where it is not to be
    read; ``constants``: the value of every row; ``values``: the layout's value of each of the file's; ``dates``: the
    form of dates, as ``%d/%m/%y``.
    """

    layout: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """How a file's columns meet a layout's.

    ``columns`` gives the file's columns of each column found; ``absent`` the layout's columns that the file lacks,
    ``ignored`` the file's columns that are not read, ``close`` the likely file's columns of some that are absent.
    """

    columns: Mapping[str, tuple[str, ...]]
    absent: tuple[str, ...]
    ignored: tuple[str, ...]
    close: Mapping[str, tuple[str, ...]]

    def lacks(self, layout: FileLayout, constants: Mapping[str, str]) -> tuple[str, ...]:
        """The columns without which the file cannot be read; alternatives are joined by a bar."""
        held = {*self.columns, *constants}
        lacking = [c.name for c in layout.required if c.name not in held]
        fields = {c.field for c in layout.columns if c.name in held}
        unmet = [names for names in layout.table.any_of if not fields & set(names)]
        return (*lacking, *(" / ".join(layout.column_of(n).name for n in names) for names in unmet))


def load_mapping(path: Path, layouts: Sequence[FileLayout]) -> Declared:
    """Read a mapping from a TOML file; raises UsageError naming the entry that cannot be understood."""
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError(f"{path}: a mapping in TOML was expected: {problem}.") from problem
    known = {layout.id: layout for layout in layouts}
    layout = known.get(str(said.get("layout", "")))
    if layout is None:
        found = said.get("layout", "nothing")
        raise UsageError(f"{path}: `layout` should be one of {', '.join(known)}, found {found!r}.")
    tables: dict[str, dict[str, Any]] = {name: said.get(name, {}) for name in _TABLES}
    names = {c.name for c in layout.columns}
    astray = [f"{table}.{key}" for table, entries in tables.items() for key in entries if key not in names]
    astray += [key for key in said if key not in ("layout", *_TABLES)]
    if astray:
        raise UsageError(
            f"{path}: the columns of {layout.id} were expected ({', '.join(sorted(names))}), found {', '.join(astray)}."
        )
    for name, form in tables["dates"].items():
        _refuse_form(path, name, str(form))
    return Declared(
        layout=layout.id,
        columns={k: _listed(v) for k, v in tables["columns"].items()},
        constants={k: str(v) for k, v in tables["constants"].items()},
        values={k: {str(a): str(b) for a, b in v.items()} for k, v in tables["values"].items()},
        dates={k: str(v) for k, v in tables["dates"].items()},
    )


def _refuse_form(path: Path, name: str, form: str) -> None:
    """Raises UsageError where a form of dates has a mark that nothing is read by."""
    try:
        text = pl.Series(["2024-03-25 14:30"]).str
        _ = text.to_datetime(form, strict=False), text.to_date(form, strict=False)
    except pl.exceptions.PolarsError as problem:
        raise UsageError(
            f"{path}: a form of dates as %d/%m/%y %H:%M was expected for {name}, found {form!r}.",
            fr=f"La forme « {form} », donnée pour les dates de {name}, n’est pas comprise ; par exemple :"
            " %d/%m/%y %H:%M.",
        ) from problem


def _listed(said: Any) -> tuple[str, ...]:
    return tuple(str(name) for name in (said if isinstance(said, list) else [said]) if name)


def match(layout: FileLayout, names: Sequence[str], mapping: Declared, *, near: bool = True) -> Match:
    """Match the ``names`` of a file's columns; raises UsageError when the mapping names one that it does not have.

    With ``near`` False likely columns are not looked for, which takes most of the time.
    """
    found: dict[str, tuple[str, ...]] = {}
    for target, sources in mapping.columns.items():
        if missing := [name for name in sources if name not in names]:
            raise UsageError(
                f"The mapping of {target} names {missing[0]!r}; the file has {', '.join(names)}.",
                fr=f"La colonne « {missing[0]} », donnée pour {target}, n’est pas dans le fichier.",
            )
        if sources:
            found[target] = sources
    taken = {name for sources in found.values() for name in sources}
    by_slug = {slug(name): name for name in names if name not in taken}
    for column in layout.columns:
        here = next((by_slug[s] for s in _spellings(column) if s in by_slug), None)
        if column.name not in mapping.columns and column.name not in mapping.constants and here:
            found[column.name] = (here,)
            by_slug.pop(slug(here))
    absent = tuple(c.name for c in layout.columns if c.name not in found and c.name not in mapping.constants)
    taken = {name for sources in found.values() for name in sources}
    ignored = tuple(name for name in names if name not in taken)
    return Match(found, absent, ignored, _close(layout, absent, ignored) if near else {})


def _spellings(column: LayoutColumn) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug(s) for s in (column.name, *column.aliases)))


def _close(layout: FileLayout, absent: Sequence[str], ignored: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each absent column, the unread column of the nearest name, each used once, the nearest pairs first.

    A date is given the hour that goes with it where a time is wanted.
    """
    pairs = sorted(
        (-_nearness(column, name), rank, name)
        for rank, column in enumerate(layout.columns)
        if column.name in absent
        for name in ignored
    )
    close: dict[str, tuple[str, ...]] = {}
    used: set[str] = set()
    for less, rank, name in pairs:
        column = layout.columns[rank]
        if -less < CLOSE or column.name in close or name in used or _HOUR in slug(name).split("_"):
            continue
        close[column.name] = (name, *_hour(column, [n for n in ignored if n not in used]))
        used.update(close[column.name])
    return close


def _hour(column: LayoutColumn, names: Sequence[str]) -> tuple[str, ...]:
    """The column of hours beside a date, when its name has a word of the column's own."""
    if column.meaning.dtype != pl.Datetime:
        return ()
    own = {word for spelling in _spellings(column) for word in spelling.split("_")} - {"date", "dh", _HOUR}
    found = (n for n in names if _HOUR in (words := slug(n).split("_")) and "date" not in words and own & set(words))
    return tuple(found)[:1]


def _nearness(column: LayoutColumn, name: str) -> float:
    words = slug(name)
    spellings = _spellings(column)
    if any(set(spelling.split("_")) <= set(words.split("_")) for spelling in spellings):
        return _HELD
    titles = (slug(column.title.fr), slug(column.title.en))
    return max(difflib.SequenceMatcher(None, words, spelling).ratio() for spelling in (*spellings, *titles))


def nearest_layout(layouts: Sequence[FileLayout], names: Sequence[str]) -> tuple[FileLayout, Match]:
    """The layout that finds, exactly or nearly, the largest share of its required columns among ``names``."""

    def score(layout: FileLayout) -> tuple[float, int]:
        met = match(layout, names, Declared())
        here = {*met.columns, *met.close}
        return sum(c.name in here for c in layout.required) / len(layout.required), len(here)

    best = max(layouts, key=score)
    return best, match(best, names, Declared())


def draft(layout: FileLayout, met: Match, names: Sequence[str]) -> str:
    """A mapping to edit, in TOML, with what was recognised and what was guessed; comments are in French."""
    lines = [
        f"# Correspondance pour « {layout.title.fr} ».",
        '# À gauche la colonne de Maillage, à droite celle du fichier ; plusieurs colonnes : ["DATE", "HEURE"].',
        f"# Colonnes du fichier : {', '.join(names)}",
        f'layout = "{layout.id}"',
        "",
        "[columns]",
    ]
    for column in layout.columns:
        need = "" if column.name in layout.optional else ", obligatoire"
        told = f"  # {column.title.fr}{need}"
        if column.name in met.columns:
            lines.append(f"{column.name} = {_toml(met.columns[column.name])}{told}")
        elif column.name in met.close:
            lines.append(f"{column.name} = {_toml(met.close[column.name])}{told} — à vérifier")
        else:
            lines.append(f'{column.name} = ""{told}')
    lines += [
        "",
        "# Une valeur unique pour tout le fichier, par exemple :",
        "# [constants]",
        '# FINESS = "080000615"',
        "",
        "# Les codes du fichier qui ne sont pas ceux de Maillage, par exemple :",
        "# [values.GRAVITE]",
        '# "I" = "1"',
        "",
        "# La forme des dates qui ne seraient pas comprises, par exemple :",
        "# [dates]",
        '# ENTREE = "%d/%m/%y %H:%M"',
    ]
    return "\n".join(lines) + "\n"


def mapping_text(declared: Declared) -> str:
    """A mapping in TOML, as ``load_mapping`` reads it."""
    lines = [f"layout = {_quoted(declared.layout)}", "", "[columns]"]
    lines += [f"{name} = {_toml(sources)}" for name, sources in declared.columns.items()]
    for title, entries in (("constants", declared.constants), ("dates", declared.dates)):
        lines += ["", f"[{title}]", *(f"{name} = {_quoted(said)}" for name, said in entries.items())] if entries else []
    for name, codes in declared.values.items():
        lines += ["", f"[values.{name}]", *(f"{_quoted(a)} = {_quoted(b)}" for a, b in codes.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: that of JSON, where the delete character is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(names: Sequence[str]) -> str:
    quoted = [_quoted(name) for name in names] or ['""']
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"
