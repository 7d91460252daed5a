"""How much of the population and of the communes a measure with perimeters covers, by named definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from maillage.measures.claims import TOLERANCE
from maillage.measures.events import Moment
from maillage.measures.perimeters import Country, Perimeters
from maillage.territory.levels import BASE_LEVEL, UPPER_LEVELS
from maillage.text import Text

ShareRule = Literal["whole", "counted", "touched"]
Vintage = Literal["as_then", "as_now"]
Floats = npt.NDArray[np.float64]

SIGNED = frozenset({"aci_signed", "renewed"})
FROM_LETTER = SIGNED | {"letter_of_intent", "project_validated", "negotiation"}
ANY = FROM_LETTER | {"pre_project"}

COVERAGE: dict[str, type[pl.DataType]] = {
    "definition": pl.String,
    "level": pl.String,
    "code": pl.String,
    "true_on": pl.Date,
    "known_on": pl.Date,
    "vintage": pl.Date,
    "population": pl.Float64,
    "covered_population": pl.Float64,
    "share": pl.Float64,
    "communes": pl.Float64,
    "covered_communes": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class CoverageDefinition:
    """What "covered" means: who counts (``statuses``), how much of a commune, on which perimeters.

    ``shares``: ``whole``, a commune counts where it is covered entirely; ``counted``, for the share that is covered;
    ``touched``, entirely as soon as part of it is. ``perimeters``: as they were on the date asked (``as_then``), or as
    they are on the day that the question calls now (``as_now``).
    """

    id: str
    label: Text
    statuses: frozenset[str]
    shares: ShareRule
    perimeters: Vintage = "as_then"
    measure: str = "cpts"


DEFINITIONS: tuple[CoverageDefinition, ...] = (
    CoverageDefinition(
        "aci_whole",
        Text("ACI signé, communes entièrement couvertes", "ACI signed, communes covered entirely"),
        SIGNED,
        "whole",
    ),
    CoverageDefinition(
        "aci_shares",
        Text("ACI signé, communes comptées pour leur part", "ACI signed, communes counted for their share"),
        SIGNED,
        "counted",
    ),
    CoverageDefinition(
        "aci_touched",
        Text("ACI signé, communes couvertes même en partie", "ACI signed, communes covered even in part"),
        SIGNED,
        "touched",
    ),
    CoverageDefinition(
        "letter_shares",
        Text("à partir de la lettre d’intention, pour leur part", "from the letter of intent, for their share"),
        FROM_LETTER,
        "counted",
    ),
    CoverageDefinition(
        "any_shares",
        Text("tous statuts, pré-projets compris, pour leur part", "any status, pre-projects included, for their share"),
        ANY,
        "counted",
    ),
    CoverageDefinition(
        "aci_shares_now",
        Text("ACI signé, périmètres d’aujourd’hui, pour leur part", "ACI signed, today’s perimeters, for their share"),
        SIGNED,
        "counted",
        "as_now",
    ),
    CoverageDefinition(
        "any_touched_now",
        Text("tous statuts, périmètres d’aujourd’hui, même en partie", "any status, today’s perimeters, even in part"),
        ANY,
        "touched",
        "as_now",
    ),
)


def coverage(
    events: pl.DataFrame,
    place: Country,
    moments: Sequence[Moment],
    *,
    now: date,
    definitions: Iterable[CoverageDefinition] = DEFINITIONS,
    levels: Sequence[str] = (BASE_LEVEL, *UPPER_LEVELS),
) -> pl.DataFrame:
    """Every definition at every moment and level, side by side: rows of COVERAGE.

    ``events`` are rows of MEASURE_EVENT and ``now`` the day whose perimeters ``as_now`` means. A commune claimed by
    several is covered once: their shares add up, to 1 at most. ``covered_communes`` counts a commune as
    ``covered_population`` counts its residents. A commune whose population is unknown counts among communes only.
    ``share`` is empty where nobody lives.
    """
    asked = list(product(definitions, moments))
    drawn = {key: Perimeters(events, *key) for key in sorted({(d.measure, m.known_on) for d, m in asked}, key=str)}
    wanted = np.flatnonzero(place.places.get_column("level").is_in(list(levels)).to_numpy())
    people = place.communes.get_column("population")
    sizes = np.column_stack([people.fill_null(0.0), people.is_not_null(), np.ones(people.len())]).astype(np.float64)
    shares, rows = place.shares[wanted], place.places[wanted]
    residents, known, communes = (shares @ sizes).T
    frames = []
    for definition, moment in asked:
        weight = _weights(drawn[definition.measure, moment.known_on], definition, moment, now, place)
        covered, covered_communes = (shares @ (sizes[:, [0, 2]] * weight[:, None])).T
        frames.append(
            rows.with_columns(
                definition=pl.lit(definition.id),
                true_on=pl.lit(moment.true_on),
                known_on=pl.lit(moment.known_on, pl.Date),
                vintage=pl.lit(_vintage(definition, moment, now)),
                population=_where(known > 0, residents),
                covered_population=_where(known > 0, covered),
                share=_where(residents > 0, covered / np.where(residents > 0, residents, 1.0)),
                communes=communes,
                covered_communes=covered_communes,
            )
        )
    return pl.concat([pl.DataFrame(schema=COVERAGE), *(f.select(*COVERAGE) for f in frames)])


@dataclass(frozen=True, slots=True)
class CoverageGaps:
    """Where coverage leaves holes or overlaps, and what could not be placed, for one definition and moment.

    ``holes``: ``code, population`` of communes with nothing. ``overlaps``: ``code, claims, claimed, who, population``
    of communes claimed by two or more (``claimed`` is the sum of shares before it is held to 1). ``astray``:
    ``beneficiary, code`` claimed outside the communes of the country. ``unmapped``: ``beneficiary`` that count and
    have no perimeter.
    """

    holes: pl.DataFrame
    overlaps: pl.DataFrame
    astray: pl.DataFrame
    unmapped: pl.DataFrame


def coverage_gaps(
    events: pl.DataFrame, place: Country, definition: CoverageDefinition, moment: Moment, *, now: date
) -> CoverageGaps:
    """The holes and overlaps of a definition at a moment, with what could not be placed; all sorted."""
    drawn = Perimeters(events, definition.measure, moment.known_on)
    members = drawn.members(definition.statuses, moment.true_on)
    claimed = drawn.claimed(definition.statuses, moment.true_on, _vintage(definition, moment, now))
    communes = place.communes
    overlaps = (
        claimed.join(communes, on="code", maintain_order="left")
        .group_by("code", maintain_order=True)
        .agg(
            claims=pl.len(),
            claimed=pl.col("share").sum().round(9),
            who=pl.col("beneficiary"),
            population=pl.col("population").first(),
        )
        .filter(pl.col("claims") > 1)
    )
    return CoverageGaps(
        holes=communes.join(claimed, on="code", how="anti", maintain_order="left"),
        overlaps=overlaps,
        astray=claimed.join(communes, on="code", how="anti").select("beneficiary", "code").sort("beneficiary", "code"),
        unmapped=members.join(claimed, on="beneficiary", how="anti").sort("beneficiary"),
    )


def _where(known: npt.NDArray[np.bool_], values: Floats) -> pl.Series:
    return pl.Series(np.where(known, values, np.nan), dtype=pl.Float64, nan_to_null=True)


def _vintage(definition: CoverageDefinition, moment: Moment, now: date) -> date:
    return now if definition.perimeters == "as_now" else moment.true_on


def _weights(drawn: Perimeters, definition: CoverageDefinition, moment: Moment, now: date, place: Country) -> Floats:
    """How much of each commune of the country counts as covered."""
    claimed = drawn.claimed(definition.statuses, moment.true_on, _vintage(definition, moment, now))
    total = claimed.group_by("code", maintain_order=True).agg(total=pl.col("share").sum())
    placed = place.communes.select("code").join(total, on="code", how="left", maintain_order="left")
    sums = placed.get_column("total").fill_null(0.0).to_numpy()
    whole = sums >= 1 - TOLERANCE
    if definition.shares == "whole":
        return whole.astype(np.float64)
    if definition.shares == "touched":
        return (sums > 0).astype(np.float64)
    return np.where(whole, 1.0, sums)
