"""Say in words where a figure comes from, and what its reader must know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.catalog.tables import ORIGIN
from maillage.indicators.definition import Indicator, Input
from maillage.sources.source import Source
from maillage.text import LANGS, Lang, Text, format_number

SIMULATED = Text(
    "Données simulées : tirées par le modèle de démonstration de Maillage, elles ne décrivent pas la situation réelle.",
    "Simulated data: drawn by Maillage's demonstration model, they do not describe the real situation.",
)
SIMULATED_PERIMETER = Text(
    "Périmètre simulé : le contour de ce territoire est tiré par le modèle de démonstration de Maillage.",
    "Simulated perimeter: the outline of this territory is drawn by Maillage's demonstration model.",
)
BROKEN = Text(
    "Rupture de série possible d’un millésime à l’autre : ne pas lire leur écart comme une évolution.",
    "Possible break of series between releases: their gap is not a change.",
)


@dataclass(frozen=True, slots=True)
class Variant:
    """What an origin adds to an indicator and a period: how much was covered, and what was simulated."""

    coverage: str
    simulation: str


def origin_id() -> pl.Expr:
    """The identifier of an origin from ``indicator, period, coverage, simulation``, as ``apl_mg.2021.partial``."""
    parts = [pl.col("indicator") + "." + pl.col("period")]
    parts += [pl.when(pl.col(c) != "").then("." + pl.col(c)).otherwise(pl.lit("")) for c in ("coverage", "simulation")]
    return pl.concat_str(parts)


def simulated_sources(files: pl.DataFrame) -> frozenset[str]:
    """The sources of which a file was simulated (``files``: the SOURCE_FILE table)."""
    return frozenset(files.filter(pl.col("simulated")).get_column("source").to_list())


def is_simulated(indicator: Indicator, period: str, simulated: frozenset[str]) -> bool:
    """Whether a source of that period's figures is simulated."""
    return any(i.source in simulated for i in indicator.inputs if i.feeds(period))


def _used(indicator: Indicator, period: str, read: frozenset[str]) -> list[Input]:
    """The sources of that period's figures, those that the run read in the place of another one instead of it."""
    feeding = [i for i in indicator.inputs if i.feeds(period) and (not i.instead_of or i.source in read)]
    replaced = {source for i in feeding for source in i.instead_of}
    return [i for i in feeding if i.source not in replaced]


def origin_rows(
    used: pl.DataFrame, indicators: Mapping[str, Indicator], files: pl.DataFrame, sources: Mapping[str, Source]
) -> pl.DataFrame:
    """The ORIGIN table for the combinations ``origin, indicator, period, coverage, simulation`` in use."""
    rows = []
    for row in used.sort("origin").iter_rows(named=True):
        indicator, period = indicators[row["indicator"]], row["period"]
        inputs = _used(indicator, period, frozenset(files.get_column("source")))
        variant = Variant(row["coverage"], row["simulation"])
        label = {lang: _label(indicator, inputs, files, sources, lang) for lang in LANGS}
        warning = {lang: _warning(indicator, inputs, variant, lang) for lang in LANGS}
        rows.append(
            {
                "origin": row["origin"],
                "source": ", ".join(i.source for i in inputs),
                "label_fr": label["fr"],
                "label_en": label["en"],
                "warning_fr": warning["fr"],
                "warning_en": warning["en"],
                "simulated": bool(variant.simulation),
            }
        )
    return pl.DataFrame(rows, schema=ORIGIN.schema)


def _label(
    indicator: Indicator, inputs: list[Input], files: pl.DataFrame, sources: Mapping[str, Source], lang: Lang
) -> str:
    joint = "\u00a0; " if lang == "fr" else "; "
    named = joint.join(_source_words(i.source, files, sources.get(i.source), lang) for i in inputs)
    return f"{named}. {indicator.method[lang]}"


def _source_words(source: str, files: pl.DataFrame, known: Source | None, lang: Lang) -> str:
    """Producer, title, vintage, licence and file of a source, as far as they are known."""
    read = files.filter(pl.col("source") == source).sort("file")
    words = f"{known.producer[lang]}, {known.title[lang]}" if known else source
    vintages = read.get_column("vintage").unique().sort().to_list() or ([known.vintage] if known else [])
    names = read.get_column("file").to_list()
    several = f"{len(names)} fichiers" if lang == "fr" else f"{len(names)} files"
    said = [*(v for v in vintages if v not in words), _licence(known)[lang]]
    said += [names[0] if len(names) == 1 else several] if names else []
    return ", ".join([words, *(s for s in said if s)])


def _licence(source: Source | None) -> Text:
    if source is None:
        return Text("", "")
    if source.licence.en.startswith("not stated"):
        return Text("licence non précisée", "licence not stated")
    return source.licence


def _warning(indicator: Indicator, inputs: list[Input], variant: Variant, lang: Lang) -> str:
    said = [{"simulated": SIMULATED, "perimeter": SIMULATED_PERIMETER}.get(variant.simulation)]
    said += _coverage_words(variant.coverage)
    said += [i.warning for i in inputs]
    said += [BROKEN if indicator.breaks else None]
    return " ".join(text[lang] for text in said if text)


def _coverage_words(coverage: str) -> list[Text]:
    """What each word of a coverage says to a reader."""
    words = [w for w in coverage.split(".") if w]
    return [_COVERAGE[w] if w in _COVERAGE else _with_threshold(w) for w in words]


def _with_threshold(word: str) -> Text:
    parameter = load_parameters("observation")["quarantined_share_max" if word == "unsound" else "coverage_min"]
    share = {lang: format_number(100 * parameter.value, 0, lang) for lang in LANGS}
    if word == "unsound":
        return Text(
            f"Plus de {share['fr']}\u202f% des enregistrements de ce territoire ont été mis de côté comme erronés : le "
            "chiffre n’est pas donné.",
            f"More than {share['en']}% of the records of this territory were put aside as wrong: the figure is not "
            "given.",
        )
    return Text(
        f"Moins de {share['fr']}\u202f% de la population du territoire a une valeur dans la source : "
        "le chiffre n’est pas donné.",
        f"Under {share['en']}% of the territory's population has a value in the source: the figure is not given.",
    )


_COVERAGE = {
    "partial": Text(
        "Une partie de la population du territoire n’a pas de valeur dans la source : le chiffre porte sur le reste.",
        "Part of the territory's population has no value in the source: the figure is about the rest.",
    ),
    "absent": Text(
        "Les enregistrements du département n’ont pas été transmis, ou trop peu : le chiffre n’est pas donné.",
        "The records of the département were not delivered, or too few of them: the figure is not given.",
    ),
    "incomplete": Text(
        "Les enregistrements s’arrêtent avant la fin de la période : le chiffre n’est pas donné.",
        "The records stop before the end of the period: the figure is not given.",
    ),
    "provisional": Text(
        "Chiffre provisoire : des enregistrements peuvent encore arriver pour cette période.",
        "Provisional figure: records of this period may still come in.",
    ),
}
