"""What there is to know of a computed access: figures for the manifest, sentences for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.access import CatchmentResult
from maillage.pipeline.access_conventions import AplConvention, Conventions
from maillage.text import LANGS, Text, format_number

Floats = NDArray[np.float64]
SHOWN_COMMUNES = 3
NAMES = {
    "mg": Text("généralistes", "general practitioners"),
    "inf": Text("infirmiers", "nurses"),
    "mk": Text("kinésithérapeutes", "physiotherapists"),
    "sf": Text("sages-femmes", "midwives"),
    "cd": Text("chirurgiens-dentistes", "dental surgeons"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The result of one profession: scores of a unit of demand, their range over conventions, and the nearest place."""

    convention: AplConvention
    result: CatchmentResult
    low: Floats
    high: Floats
    nearest_min: Floats


def summary(
    placed: pl.DataFrame, scored: Sequence[Scored], rules: Conventions, heads: pl.DataFrame
) -> Mapping[str, Any]:
    """Figures of the computation, by profession; ``conservation_error`` is the worst of them."""
    decays = sorted({d.name for d in (*(s.convention.decay for s in scored), *rules.range_decays)})
    sets = sorted(s.convention.name for s in scored)
    people = placed.get_column("population")
    return {
        "communes": int((people > 0).sum()),
        "communes_without_population": int((people <= 0).sum()),
        "conservation_error": max(s.result.conservation_error for s in scored),
        "professions": {s.convention.profession: _figures(placed, s, heads) for s in scored},
        "parameters": ["apl/in-force", *(f"apl/{name}" for name in sorted({*sets, *decays})), "travel_car"],
        "range_of": "declared conventions: decay and factor on travel times; not a confidence interval",
    }


def _figures(placed: pl.DataFrame, scored: Scored, heads: pl.DataFrame) -> Mapping[str, Any]:
    result, profession = scored.result, scored.convention.profession
    people = placed.get_column("population").to_numpy()[result.unreached]
    total = float(result.demand.sum())
    return {
        "set": scored.convention.name,
        "mean_apl": float(result.demand @ result.scores) / total * scored.convention.per_inhabitants,
        "conservation_error": result.conservation_error,
        "unreached_communes": int((people > 0).sum()),
        "unreached_population": float(people.sum()),
        "places_without_demand": int(result.empty_places.size),
        "supply_without_demand": result.empty_supply,
        "professionals_not_placed": _sum(heads, profession) - _sum(placed, profession),
    }


def findings(figures: Mapping[str, Any]) -> tuple[Text, ...]:
    """A sentence for each kind of figure that is not nil, the professions one after the other."""
    by_profession: Mapping[str, Mapping[str, Any]] = figures["professions"]
    unreached = [(p, f["unreached_communes"], f["unreached_population"]) for p, f in by_profession.items()]
    alone = [(p, f["places_without_demand"], None) for p, f in by_profession.items()]
    lost = [(p, f["professionals_not_placed"], None) for p, f in by_profession.items()]
    told = (
        (
            _list(unreached),
            "Communes sans professionnel à portée, dont le score est nul : {}.",
            "Communes without a professional within reach; they score 0: {}.",
        ),
        (
            _list(alone),
            "Communes de professionnels sans population connue alentour (offre comptée pour personne) : {}.",
            "Communes of professionals without known population around (supply for nobody): {}.",
        ),
        (
            _list(lost),
            "Professionnels d'une commune absente de la carte, non comptés : {}.",
            "Professionals of a commune that is not on the map, not counted: {}.",
        ),
    )
    return tuple(Text(fr.format(listed.fr), en.format(listed.en)) for listed, fr, en in told if listed.fr)


def doubtful_headcounts(placed: pl.DataFrame, territory: pl.DataFrame, rules: Conventions) -> tuple[Text, ...]:
    """A sentence on communes with implausibly many general practitioners for their inhabitants; they count as given."""
    if "mg" not in placed.columns:
        return ()
    limit = rules.doubtful_gp_per_1000
    crowded = (
        placed.filter(
            pl.col("mg") >= rules.doubtful_gp_number,
            pl.col("population") > 0,
            1000 * pl.col("mg") > limit * pl.col("population"),
        )
        .join(territory.filter(pl.col("level") == "commune").select("code", "name"), on="code", how="left")
        .sort(pl.col("mg") / pl.col("population"), "code", descending=[True, False])
    )
    if crowded.is_empty():
        return ()
    rows = crowded.head(SHOWN_COMMUNES).select("name", "code", "mg", "population").rows()
    more = ", …" if crowded.height > SHOWN_COMMUNES else ""
    shown = Text(*(", ".join(_crowd(row, lang) for row in rows) + more for lang in LANGS))
    fr, en = (format_number(limit, 0, lang) for lang in LANGS)
    word = "commune" if crowded.height == 1 else "communes"
    return (
        Text(
            f"Effectifs de généralistes peu plausibles (plus de {fr} pour 1 000 habitants), comptés tels quels :"
            f" {crowded.height} {word} ({shown.fr}).",
            f"Doubtful numbers of general practitioners (more than {en} per 1,000 inhabitants), counted as they are:"
            f" {crowded.height} {word} ({shown.en}).",
        ),
    )


def _crowd(row: tuple[Any, ...], lang: Any) -> str:
    name, code, doctors, people = row
    heads, inhabitants = format_number(doctors, 0, lang), format_number(people, 0, lang)
    words = Text(f"{heads} pour {inhabitants} habitants", f"{heads} for {inhabitants} inhabitants")
    return f"{name or code} : {words.fr}" if lang == "fr" else f"{name or code}: {words.en}"


def _sum(frame: pl.DataFrame, column: str) -> float:
    return float(frame.get_column(column).to_numpy().sum())


def _list(rows: Sequence[tuple[str, float, float | None]]) -> Text:
    """The counts that are not nil, with the inhabitants concerned where they are given."""
    kept = [(NAMES[p], count, people) for p, count, people in rows if round(count)]

    def one(name: Text, count: float, people: float | None, lang: Any) -> str:
        inhabitants = Text("habitants", "inhabitants")[lang]
        around = "" if people is None else f" ({format_number(people, 0, lang)} {inhabitants})"
        return f"{name[lang]} {format_number(count, 0, lang)}{around}"

    return Text(*(", ".join(one(*row, lang) for row in kept) for lang in LANGS))
