"""The units compared: territories of a level, or the registered perimeters of CPTS as they were on a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from maillage.evaluation.protocol import Protocol
from maillage.pipeline.studies.ground import HOMES, Ground
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.words import level_words
from maillage.text import Text

CPTS = "cpts"


@dataclass(frozen=True, slots=True)
class Units:
    """``rows``: ``code, name, population`` and HOMES, in the order of codes; ``links``: ``commune, code, share``.

    ``drawn_on`` is the day of the perimeters, None where they are the store's own.
    """

    level: str
    rows: pl.DataFrame
    links: pl.DataFrame
    drawn_on: date | None = None

    def keep(self, codes: pl.Series) -> Units:
        """These units only."""
        mine = pl.col("code").is_in(codes.implode())
        return replace(self, rows=self.rows.filter(mine), links=self.links.filter(mine))


def find_units(ground: Ground, protocol: Protocol, said: Said) -> Units:
    """The units of a protocol's population, those of ``within`` only; refuses (``no_units``) where there is none."""
    asked = protocol.population
    links, drawn_on = _links(ground, protocol, said)
    units = _named(ground, asked.level, links, drawn_on)
    for level, codes in sorted(asked.within.items()):
        units = units.keep(units.rows.filter(pl.col(level).is_in(list(codes))).get_column("code"))
    if units.rows.is_empty():
        where = "; ".join(f"{level} {', '.join(codes)}" for level, codes in sorted(asked.within.items()))
        named = level_words(asked.level)
        said.refuse(
            "no_units",
            Text(
                f"Le magasin ne connaît aucune des unités demandées : {named.fr}{f' dans {where}' if where else ''}.",
                f"The store knows none of the units asked for: {named.en}{f' within {where}' if where else ''}.",
            ),
            Text(
                "Importer le fichier qui donne ces territoires, ou en nommer d’autres dans `population`.",
                "Import the file that gives these territories, or name others in `population`.",
            ),
        )
    return units


def perimeters_on(ground: Ground, day: date) -> pl.DataFrame:
    """``commune, code, share``: what each CPTS of the register claims of each commune of the store on a day."""
    held = ground.claimed(CPTS)
    on = (pl.col("event_date") <= day) & (pl.col("until").is_null() | (pl.col("until") > day))
    mine = held.filter(on).select(commune="item", code="beneficiary", share="share")
    return mine.filter(pl.col("commune").is_in(ground.communes.get_column("code").implode())).sort("commune", "code")


def _links(ground: Ground, protocol: Protocol, said: Said) -> tuple[pl.DataFrame, date | None]:
    asked = protocol.population
    if asked.level != CPTS:
        return ground.links(asked.level), None
    day = asked.perimeter_on or date(protocol.outcome.last, 12, 31)
    stored = ground.links(CPTS)
    registered = perimeters_on(ground, day)
    if protocol.outcome.source != "records":
        if asked.perimeter == "as_then":
            _refuse_as_then(said)
        _say_other_perimeters(stored, registered, day, said)
        return stored, None
    if registered.is_empty():
        said.note(
            f"Le registre ne connaît aucun périmètre de CPTS au {day:%d/%m/%Y} : ceux du magasin sont pris.",
            f"The register knows no perimeter of a CPTS on {day}: those of the store are taken.",
        )
        return stored, None
    if asked.perimeter == "as_then":
        # Residents, homes and neighbours are told on the last perimeter; outcomes follow those of each year.
        years = range(protocol.outcome.first, protocol.outcome.last)
        earlier = pl.concat([perimeters_on(ground, date(year, 12, 31)) for year in reversed(years)])
        gone = earlier.join(registered, on="code", how="anti").unique(["commune", "code"], keep="first")
        registered = pl.concat([registered, gone]).sort("commune", "code")
    return registered, day


def _refuse_as_then(said: Said) -> None:
    said.refuse(
        "perimeter_needs_records",
        Text(
            "Des périmètres d’époque (`as_then`) demandent de recalculer le résultat ; les valeurs publiées portent "
            "sur les seuls périmètres du magasin.",
            "Perimeters as they were then (`as_then`) need the outcome to be computed again; published figures lie on "
            "the perimeters of the store alone.",
        ),
        Text(
            'Écrire `source = "records"`, ou `perimeter = "fixed"`.',
            'Write `source = "records"`, or `perimeter = "fixed"`.',
        ),
    )


def _say_other_perimeters(stored: pl.DataFrame, registered: pl.DataFrame, day: date, said: Said) -> None:
    """Published figures lie on the perimeters of the store, whatever the register says of that day."""
    key = ["commune", "code", "share"]
    apart = pl.concat([stored.join(registered, on=key, how="anti"), registered.join(stored, on=key, how="anti")])
    moved = apart.get_column("code").n_unique()
    if registered.height and moved:
        said.note(
            f"Les valeurs publiées portent sur les périmètres du magasin ; le {day:%d/%m/%Y}, le registre en donnait"
            f" d’autres à {moved} CPTS. La source « records » les recalcule sur les périmètres demandés.",
            f"Published figures lie on the perimeters of the store; on {day} the register gave others to "
            f"{moved} CPTS. The source “records” computes them again on the perimeters asked for.",
        )


def _named(ground: Ground, level: str, links: pl.DataFrame, drawn_on: date | None) -> Units:
    people = (
        links.join(ground.communes, left_on="commune", right_on="code", how="left")
        .group_by("code")
        .agg(population=(pl.col("population").fill_null(0.0) * pl.col("share")).sort_by("commune").sum())
    )
    names = ground.version.read("territory").filter(pl.col("level") == level).select("code", "name")
    rows = ground.homes(links).join(names, on="code", how="left", maintain_order="left")
    rows = rows.join(people, on="code", how="left", maintain_order="left")
    return Units(
        level, rows.select("code", pl.coalesce("name", "code").alias("name"), "population", *HOMES), links, drawn_on
    )
