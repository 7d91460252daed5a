"""The series of the outcome: the years that there are, what each lacks, where it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from maillage.catalog.parameters import load_parameters
from maillage.evaluation.protocol import Protocol
from maillage.evaluation.study import Coverage
from maillage.indicators.definition import break_between
from maillage.indicators.registry import load_indicators
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.table import Table, kept_years
from maillage.pipeline.studies.words import indicator_words, level_words
from maillage.text import Text

SUPPRESSED = "suppressed"


def panel_years(table: Table, protocol: Protocol, said: Said) -> list[int]:
    """The years of the panel: those asked for in which any unit has a value, or one that is withheld.

    Refuses (``too_few_periods``) fewer than the parameter ``least_periods``, where trends before are needed.
    """
    seen = pl.col("value").is_not_null() | pl.col("status").str.starts_with(SUPPRESSED)
    there = table.cells.filter(seen).get_column("period").unique()
    years = [year for year in kept_years(protocol) if year in set(there.to_list())]
    absent = [year for year in kept_years(protocol) if year not in years]
    if absent and years:
        told = ", ".join(map(str, absent))
        said.note(
            f"Le résultat n’existe pas en {told} : ces années n’entrent pas dans le panel.",
            f"The outcome does not exist in {told}: these years are not in the panel.",
        )
    dropped = [y for y in protocol.covid.years if protocol.covid.handling == "drop"]
    if dropped:
        told = ", ".join(map(str, sorted(dropped)))
        if protocol.design == "interrupted":
            said.note(f"Années d’épidémie mises à part : {told}.", f"Years of the epidemic set aside: {told}.")
        else:
            said.note(f"Années d’épidémie retirées : {told}.", f"Years of the epidemic taken out: {told}.")
    least = load_parameters("evaluation")["least_periods"].value
    unnamed = any(refusal.code == "unknown_indicator" for refusal in said.refusals)
    if len(years) < least and protocol.design != "discontinuity" and (years or not unnamed):
        _refuse_few(years, protocol, int(least), said)
    return years


def _refuse_few(years: Sequence[int], protocol: Protocol, least: int, said: Said) -> None:
    told = ", ".join(map(str, years))
    fr, en = (f"connues en {told}", f"known in {told}") if years else ("aucune connue", "none known")
    level, name = level_words(protocol.population.level), indicator_words(protocol.outcome.indicator)
    said.refuse(
        "too_few_periods" if years else "no_outcome",
        Text(
            f"Il faut au moins {least} années de résultat, dont plusieurs avant la mesure, pour voir si les unités "
            f"évoluaient de même. Valeurs de l’indicateur {name.fr} ({level.fr}) : {fr}.",
            f"At least {least} years of outcome are needed, several of them before the measure, to see whether units "
            f"moved alike. Values of the indicator {name.en} ({level.en}): {en}.",
        ),
        Text(
            "Une série d’une même méthode sur davantage d’années, dont celles d’avant la mesure : d’autres millésimes, "
            "un recalcul de toutes les années par une même convention, ou des enregistrements (urgences, séjours, "
            "bénéficiaires) comptés chaque année.",
            "A series by one method over more years, those before the measure included: other releases, all years "
            "computed again by one convention, or records (emergencies, stays, beneficiaries) counted each year.",
        ),
    )


def coverage(table: Table, years: Sequence[int]) -> tuple[Coverage, ...]:
    """For each year of the panel, how many of the units have a value, lack one, or have it withheld."""
    units = table.units.height
    found = []
    for year in years:
        cells = table.cells.filter(pl.col("period") == year).join(table.units, on="code", how="semi")
        present = cells.get_column("value").is_not_null().sum()
        withheld = cells.get_column("status").str.starts_with(SUPPRESSED).fill_null(value=False).sum()
        found.append(Coverage(year, units, int(present), units - int(present) - int(withheld), int(withheld)))
    return tuple(found)


def check_breaks(protocol: Protocol, years: Sequence[int], cohorts: pl.DataFrame, said: Said) -> None:
    """Refuse known breaks of series between years of the panel, or say what modelling them assumes.

    ``cohorts`` has ``cohort`` by unit. A break at the very start of every treatment stays refused: nothing tells one
    from the other.
    """
    indicator = load_indicators().get(protocol.outcome.indicator)
    if indicator is None:
        return
    for before, after in pairwise(years):
        reason = break_between(indicator, str(before), str(after))
        if reason is None:
            continue
        starts = set(cohorts.get_column("cohort").to_list())
        alone = starts == {after}
        if protocol.outcome.breaks == "model" and not alone:
            said.breaks.append(
                Text(
                    f"{before}–{after} : {reason.fr} Le modèle suppose qu’elle déplace toutes les unités autant, ce "
                    "que les effets d’année absorbent.",
                    f"{before}–{after}: {reason.en} The model assumes that it moves all units alike, which the effects "
                    "of years absorb.",
                )
            )
            continue
        _refuse_break(before, after, reason, said, modelled=protocol.outcome.breaks == "model")


def _refuse_break(before: int, after: int, reason: Text, said: Said, *, modelled: bool) -> None:
    model = Text(
        ' Ou écrire `breaks = "model"`, qui suppose qu’elle déplace toutes les unités autant.',
        ' Or write `breaks = "model"`, which assumes that it moves all units alike.',
    )
    same = Text(
        " Toutes les unités commencent à la rupture : rien ne les sépare.",
        " All units begin at the break: nothing tells one from the other.",
    )
    said.refuse(
        "break_of_series",
        Text(
            f"Entre {before} et {after} : {reason.fr}{same.fr if modelled else ''}",
            f"Between {before} and {after}: {reason.en}{same.en if modelled else ''}",
        ),
        Text(
            "Une série d’une même méthode de part et d’autre (un seul millésime, ou un recalcul de toutes les années)."
            f"{'' if modelled else model.fr}",
            "A series by one method on both sides (one release, or all years computed again)."
            f"{'' if modelled else model.en}",
        ),
    )
