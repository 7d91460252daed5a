"""Build the geography of a run: its territories, their memberships, their people and their outlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.tables import MEMBERSHIP, POSTCODE, QUARANTINE
from maillage.errors import MissingSourceError
from maillage.territory import naming
from maillage.territory.changes import commune_history
from maillage.territory.convert import problem
from maillage.territory.outlines import commune_outlines
from maillage.territory.people import build_population, iris_links
from maillage.territory.perimeters import (
    administrative,
    communities,
    community_codes,
    living_areas,
    main_parent,
    member_rows,
)
from maillage.territory.town_halls import placed_within
from maillage.territory.units import build_units, names
from maillage.territory.vintages import LAST, PIVOT, CommuneHistory

NEEDED = ("geo_commune", "geo_epci", "geo_departement", "geo_region")


@dataclass(frozen=True, slots=True)
class Geography:
    """The territories of a run, in core tables.

    ``territory``, ``membership``, ``postcode`` and ``population`` have the columns of their core tables; ``outlines``
    (``code, geometry_wkb``) draws the communes before simplification (see ``shapes.build_shapes``); ``history``
    converts commune figures of any year to ``millesime``; ``problems`` has the layout of the table ``quarantine``.
    """

    millesime: int
    territory: pl.DataFrame
    membership: pl.DataFrame
    postcode: pl.DataFrame
    population: pl.DataFrame
    outlines: pl.DataFrame
    history: CommuneHistory
    problems: pl.DataFrame


def build_geography(
    frames: Mapping[str, pl.DataFrame], *, millesime: int = LAST, simulated: frozenset[str] = frozenset()
) -> Geography:
    """Build the geography of ``millesime`` from the source frames, by source id.

    ``geo_commune``, ``geo_epci``, ``geo_departement`` and ``geo_region`` are needed; ``insee_passage`` gives the years
    before 2025, ``insee_iris_population`` the people by age, ``insee_bassin_vie`` and ``ars_cpts`` their levels,
    ``insee_appartenance`` the names of former communes, ``geo_postcode`` the postcodes. Territories of the sources
    named in ``simulated`` say so.

    Raises MissingSourceError without a needed source, UsageError for a year whose communes are not known.
    """
    absent = [source for source in NEEDED if source not in frames]
    if absent:
        raise MissingSourceError(f"The geography needs the sources {', '.join(NEEDED)}; {', '.join(absent)} is absent.")
    communes, misplaced = _communes(frames)
    census = frames.get("insee_iris_population")
    history = commune_history(communes, frames.get("insee_passage"), census, millesime=millesime)
    drawn = commune_outlines(communes, history)
    former = frames.get("insee_appartenance")
    units = build_units(communes, frames["geo_departement"], history, drawn.rows, former)
    population, unplaced = build_population(census, communes, history)
    membership, unlinked, cpts = _membership(frames, units, history, simulated)
    book = naming.Names(
        communes=names(communes, former),
        epci=frames["geo_epci"],
        departement=frames["geo_departement"],
        region=frames["geo_region"],
        cpts=cpts,
    )
    territory = naming.build_territory(units, membership, book, census, millesime=millesime)
    return Geography(
        millesime=millesime,
        territory=territory,
        membership=membership,
        postcode=_postcodes(frames.get("geo_postcode"), history),
        population=population,
        outlines=drawn.rows,
        history=history,
        problems=pl.concat([misplaced, unplaced, unlinked, problem(drawn.missing, "geo_commune", reasons.UNDRAWN.en)]),
    )


def _communes(frames: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The communes of the départements given, each at its place, and quarantine rows."""
    inside, outside = _inside_france(frames["geo_commune"], frames["geo_departement"])
    communes, astray = placed_within(inside)
    return communes, pl.concat([outside, astray])


def _inside_france(communes: pl.DataFrame, departements: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    known = pl.col("code_departement").is_in(departements.get_column("code").implode())
    out = communes.filter(pl.col("kind") == "COM", ~known.fill_null(value=False)).get_column("code_commune").sort()
    gone = out.implode()
    kept = communes.filter(
        ~pl.col("code_commune").is_in(gone), ~pl.col("code_parent").is_in(gone).fill_null(value=False)
    )
    return kept, problem(out, "geo_commune", reasons.OUTSIDE.en)


def _membership(
    frames: Mapping[str, pl.DataFrame], units: pl.DataFrame, history: CommuneHistory, simulated: frozenset[str]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows of ``membership``, quarantine rows, and the names of the CPTS (``code, name``)."""
    year = history.millesime
    parts = administrative(units, millesime=year)
    problems, cpts = QUARANTINE.empty(), pl.DataFrame(schema={"code": pl.String, "name": pl.String})
    if (census := frames.get("insee_iris_population")) is not None:
        mark = "insee_iris_population" in simulated
        parts.append(
            member_rows(iris_links(census, history), "commune", millesime=year, simulated=mark, child_level="iris")
        )
    if (areas := frames.get("insee_bassin_vie")) is not None:
        mark = "insee_bassin_vie" in simulated
        links, problems = living_areas(areas, history, from_year=PIVOT)
        parts.append(member_rows(links, "bassin_vie", millesime=year, simulated=mark))
    if (listed := frames.get("ars_cpts")) is not None:
        links = communities(listed, history, from_year=LAST)
        coded = community_codes(main_parent(links, units, "code_region", by=("cpts",)))
        cpts = coded.select("code", name="cpts")
        named = links.join(coded.rename({"code": "parent"}), on="cpts")
        parts.append(member_rows(named, "cpts", millesime=year, simulated="ars_cpts" in simulated))
    return pl.concat([MEMBERSHIP.empty(), *parts]).sort(MEMBERSHIP.key), problems, cpts


def _postcodes(frame: pl.DataFrame | None, history: CommuneHistory) -> pl.DataFrame:
    if frame is None:
        return POSTCODE.empty()
    links = history.links(LAST, history.millesime).select("code_from", code="code_to")
    rows = frame.join(links, left_on="code_commune", right_on="code_from").select("postcode", "code")
    return rows.unique().sort("postcode", "code")
