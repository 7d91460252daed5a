"""The commune of a record, on the run's geography, from the INSEE code or the postcode that the record gives."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.catalog import reasons
from maillage.territory.convert import OVERSEAS_CODES, place
from maillage.territory.vintages import LAST, CommuneHistory

PAIR = ("year", "code_commune", "postcode")


@dataclass(frozen=True, slots=True)
class Communes:
    """What is needed to place a record: the history of communes, postcodes (POSTCODE), people (POPULATION)."""

    history: CommuneHistory
    postcode: pl.DataFrame
    population: pl.DataFrame


def placed(communes: Communes, pairs: pl.DataFrame) -> pl.DataFrame:
    """The commune of each distinct pair of ``pairs`` (``year, code_commune, postcode``; texts, null where not given).

    Adds ``code``, ``reason`` (null where there is a code, else why there is none) and ``chosen`` (True where the code
    is one of several communes of the postcode, or of several parts of a commune that was split: the most populated).
    A code is that of the geography of the record's year. The code of a whole city gives way to the postcode.
    """
    codes = [_by_code(communes.history, part) for part in pairs.partition_by("year", maintain_order=True)]
    known = pl.concat([_NOTHING, *codes]).unique(["year", "code_commune"], maintain_order=True)
    posts = _by_postcode(communes)
    city = pl.col("code_commune").is_in(communes.history.arrondissements.get_column("city").implode())
    city = city.fill_null(value=False)
    joined = pairs.unique(maintain_order=True).join(
        known, on=["year", "code_commune"], how="left", nulls_equal=True, maintain_order="left"
    )
    joined = joined.join(posts, on="postcode", how="left", maintain_order="left")
    by_post = pl.col("code_commune").is_null() | (city & pl.col("post_code").is_not_null())
    code = pl.when(by_post).then(pl.col("post_code")).otherwise(pl.col("known_code"))
    chosen = pl.when(by_post).then(pl.col("post_chosen")).otherwise(pl.col("known_chosen"))
    overseas = pl.col("code_commune").str.slice(0, 3).is_in(OVERSEAS_CODES)
    unknown = reasons.UNKNOWN.en.format(first=communes.history.years[0], last=LAST)
    reason = (
        pl.when(by_post)
        .then(pl.lit(reasons.UNKNOWN_POSTCODE.en))
        .when(city)
        .then(pl.lit(reasons.WHOLE_CITY_RECORD.en))
        .when(overseas)
        .then(pl.lit(reasons.OVERSEAS.en))
        .otherwise(pl.lit(unknown))
    )
    return joined.select(
        *PAIR,
        code.alias("code"),
        pl.when(code.is_null()).then(reason).alias("reason"),
        (code.is_not_null() & chosen.fill_null(value=False)).alias("chosen"),
    )


_NOTHING = pl.DataFrame(
    schema={"year": pl.String, "code_commune": pl.String, "known_code": pl.String, "known_chosen": pl.Boolean}
)


def _by_code(history: CommuneHistory, part: pl.DataFrame) -> pl.DataFrame:
    """The commune of each code met in one year, the most populated part where it was split."""
    year = part.item(0, "year")
    asked = part.get_column("code_commune").drop_nulls().unique().sort()
    asked = asked.filter(~asked.is_in(history.arrondissements.get_column("city").implode()))
    links = place(history, asked, int(year) if year else LAST)
    best = links.sort("code_from", "share", "code_to", descending=[False, True, False]).group_by(
        "code_from", maintain_order=True
    )
    return best.agg(pl.col("code_to").first(), pl.len().alias("parts")).select(
        pl.lit(year, pl.String).alias("year"),
        code_commune="code_from",
        known_code="code_to",
        known_chosen=pl.col("parts") > 1,
    )


def _by_postcode(communes: Communes) -> pl.DataFrame:
    """The most populated commune of each postcode, and whether it has several."""
    people = communes.population.filter(pl.col("level") == "commune").group_by("code").agg(pl.sum("population"))
    ranked = communes.postcode.join(people, on="code", how="left").with_columns(pl.col("population").fill_null(0.0))
    ranked = ranked.sort("postcode", "population", "code", descending=[False, True, False])
    return ranked.group_by("postcode", maintain_order=True).agg(
        pl.col("code").first().alias("post_code"), (pl.len() > 1).alias("post_chosen")
    )
