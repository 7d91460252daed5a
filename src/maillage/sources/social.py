"""Social indicators by commune: deprivation (Santé publique France), share of 75 and over, poverty (INSEE)."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import BROKEN, LINE
from maillage.catalog.table import Table
from maillage.errors import UnreadableFileError
from maillage.sources.layout import INSEE, OPEN_LICENCE, Columns, commune_code
from maillage.sources.source import Source
from maillage.sources.text_cells import read_text
from maillage.text import Text

_YEAR = 2021
_LAYOUT = "JSON, one object: code of the commune to an object that holds {}."


def _parse(path: Path, *, member: str, statistic: str) -> pl.DataFrame:
    """Rows of an object of objects; ``line`` is the rank of the commune in the file."""
    entries = _entries(path)
    sound = [isinstance(entry, dict) and member in entry for _, entry in entries]
    values = [entry[member] if good else None for (_, entry), good in zip(entries, sound, strict=True)]
    raw = pl.DataFrame(
        {
            "code_commune": [code for code, _ in entries],
            "value": [None if value is None else str(value) for value in values],
            BROKEN: [None if good else reasons.MEMBER.en.format(member=member) for good in sound],
        },
        schema={"code_commune": pl.String, "value": pl.String, BROKEN: pl.String},
    )
    return raw.with_row_index(LINE, offset=1).with_columns(
        commune_code("code_commune"), pl.lit(_YEAR, pl.Int32).alias("year"), pl.lit(statistic).alias("statistic")
    )


def _entries(path: Path) -> list[tuple[str, Any]]:
    text = read_text(path)
    try:
        # Pairs are kept as they come, so that a commune written twice is seen.
        found = json.loads(text, object_pairs_hook=_Pairs)
    except (json.JSONDecodeError, RecursionError) as problem:
        raise UnreadableFileError(
            f"{path.name}: a whole JSON object was expected, found a text that stops being one ({problem}).",
            hint="Download the file again.",
        ) from problem
    if not isinstance(found, _Pairs):
        raise UnreadableFileError(
            f"{path.name}: a JSON object of communes was expected, found a {type(found).__name__}."
        )
    return [(code, dict(entry) if isinstance(entry, _Pairs) else entry) for code, entry in found]


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object, in order, repeated names kept."""


# The member of each commune's object that holds the figure, and the identifier of the statistic.
_STATISTICS = {"EDI": "fedi", "part_personnes_agees_75_plus": "part_75_plus", "tx_pauvrete": "taux_pauvrete"}


def _source(identifier: str, title: Text, member: str, note: str, **published: Any) -> Source:
    """A source of one statistic; ``published`` gives its ``producer``, ``address`` and ``geography``."""
    statistic = _STATISTICS[member]
    return Source(
        id=identifier,
        title=title,
        licence=OPEN_LICENCE,
        layout=_LAYOUT.format(member) + note,
        feeds=("statistic",),
        table=Table(
            identifier,
            title.en,
            ("code_commune", "year", "statistic", "value"),
            ("code_commune", "year", "statistic"),
            frozenset({"value"}),
        ),
        vintage=str(_YEAR),
        recognise=Columns(("json",), (member,)),
        parse=partial(_parse, member=member, statistic=statistic),
        **published,
    )


SANTE_PUBLIQUE_FEDI = _source(
    "sante_publique_fedi",
    Text("Indice de défavorisation F-EDI 2021", "Deprivation index F-EDI 2021"),
    "EDI",
    " Paris, Lyon and Marseille by arrondissement.",
    producer=Text("Santé publique France", "Santé publique France"),
    address="https://www.santepubliquefrance.fr/",
    geography=2024,
)
INSEE_75_PLUS = _source(
    "insee_75_plus",
    Text("Part des personnes de 75 ans et plus", "Share of people aged 75 and over"),
    "part_personnes_agees_75_plus",
    " The file does not say its year: that of the census 2021 is assumed.",
    producer=INSEE,
    address="https://www.insee.fr/fr/statistiques/8268806",
    geography=2025,
)
INSEE_POVERTY = _source(
    "insee_poverty",
    Text("Taux de pauvreté", "Poverty rate"),
    "tx_pauvrete",
    " The file does not say its year: 2021 (Filosofi) is assumed."
    " Most communes carry a rate that others of their intercommunality share.",
    producer=INSEE,
    address="https://www.insee.fr/fr/statistiques/8229323",
    geography=2025,
)
SOURCES = (SANTE_PUBLIQUE_FEDI, INSEE_75_PLUS, INSEE_POVERTY)
