"""How much of the population and of the communes a measure with perimeters covers, by named definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Literal

import polars as pl

from maillage.measures.claims import PERIMETER, TOLERANCE, share_of
from maillage.measures.events import STATUS, Moment, state
from maillage.territory.aggregate import aggregate
from maillage.territory.levels import BASE_LEVEL, UPPER_LEVELS
from maillage.territory.people import totals
from maillage.text import Text

ShareRule = Literal["whole", "counted", "touched"]
Perimeters = Literal["as_then", "as_now"]

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
    perimeters: Perimeters = "as_then"
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


@dataclass(frozen=True, slots=True)
class Country:
    """The communes, what they belong to (rows of MEMBERSHIP) and their residents (``code, population``)."""

    membership: pl.DataFrame
    people: pl.DataFrame

    @property
    def communes(self) -> pl.DataFrame:
        """``code, population`` of every commune, in order; the population is empty where no file gives it."""
        codes = self.membership.select(code=pl.col("child_code").unique().sort())
        return codes.join(self.people, on="code", how="left", maintain_order="left")


def country(membership: pl.DataFrame, population: pl.DataFrame) -> Country:
    """The country of rows of MEMBERSHIP and POPULATION; all ages."""
    people = totals(population.filter(level=BASE_LEVEL)).select("code", "population")
    return Country(membership.filter(child_level=BASE_LEVEL), people)


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
    communes = place.communes
    asked = list(product(definitions, moments))
    weighed = [
        communes.join(_weights(events, d, m, now), on="code", how="left", maintain_order="left").with_columns(
            pl.col("weight").fill_null(0.0), question=pl.lit(rank, pl.Int64)
        )
        for rank, (d, m) in enumerate(asked)
    ]
    if not weighed:
        return pl.DataFrame(schema=COVERAGE)
    people, places = _sums(pl.concat(weighed), place, levels)
    told = pl.DataFrame(
        [(rank, d.id, m.true_on, m.known_on, _vintage(d, m, now)) for rank, (d, m) in enumerate(asked)],
        schema={
            "question": pl.Int64,
            "definition": pl.String,
            "true_on": pl.Date,
            "known_on": pl.Date,
            "vintage": pl.Date,
        },
        orient="row",
    )
    keys = ["level", "code", "question"]
    return (
        people.rename({"whole": "population", "part": "covered_population"})
        .join(places.rename({"whole": "communes", "part": "covered_communes"}), on=keys, maintain_order="left")
        .join(told, on="question", maintain_order="left")
        .with_columns(share=pl.when(pl.col("population") > 0).then(pl.col("covered_population") / pl.col("population")))
        .select(pl.col(name).cast(kind) for name, kind in COVERAGE.items())
    )


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
    members, claimed = _claimed(events, definition, moment, now)
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


def _vintage(definition: CoverageDefinition, moment: Moment, now: date) -> date:
    return now if definition.perimeters == "as_now" else moment.true_on


def _claimed(
    events: pl.DataFrame, definition: CoverageDefinition, moment: Moment, now: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Who counts (``beneficiary``), and what they claim (``code, beneficiary, share``, in that order)."""
    mine = events.filter(pl.col("measure") == definition.measure)
    lives = state(mine.filter(pl.col("attribute") == STATUS), moment)
    members = lives.filter(pl.col("content").is_in(definition.statuses)).select("beneficiary")
    drawn = Moment(_vintage(definition, moment, now), moment.known_on)
    claimed = (
        state(mine.filter(pl.col("attribute") == PERIMETER), drawn)
        .select("beneficiary", code="item", share=share_of(pl.col("content")))
        .filter(pl.col("share") > 0)
        .join(members, on="beneficiary", how="semi")
        .sort("code", "beneficiary")
    )
    return members, claimed


def _weights(events: pl.DataFrame, definition: CoverageDefinition, moment: Moment, now: date) -> pl.DataFrame:
    """``code, weight``: how much of each claimed commune counts as covered."""
    _, claimed = _claimed(events, definition, moment, now)
    total = claimed.group_by("code", maintain_order=True).agg(total=pl.col("share").sum().clip(0, 1))
    whole = pl.col("total") >= 1 - TOLERANCE
    if definition.shares == "whole":
        return total.select("code", weight=whole.cast(pl.Float64))
    if definition.shares == "touched":
        return total.select("code", weight=pl.lit(1.0))
    return total.select("code", weight=pl.when(whole).then(1.0).otherwise("total"))


def _sums(rows: pl.DataFrame, place: Country, levels: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Residents and communes: ``level, code, question``, the part that is covered and the whole, both summed."""
    sizes = {"people": pl.col("population"), "places": pl.lit(1.0)}
    base = pl.concat(
        rows.select("code", "question", of=pl.lit(name), numerator=size * pl.col("weight"), denominator=size)
        for name, size in sizes.items()
    )
    summed = aggregate(base, place.membership, levels).rename({"numerator": "part", "denominator": "whole"})
    people, places = (summed.filter(of=name).select("level", "code", "question", "part", "whole") for name in sizes)
    return people, places
