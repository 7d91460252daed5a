"""Payments that may count twice and that no rule may remove by itself: for a person to look at."""

from __future__ import annotations

from typing import Literal

import polars as pl

from maillage.text import Text

Suspicion = Literal["same_amount", "two_levels"]
SUSPICIONS: dict[Suspicion, Text] = {
    "same_amount": Text(
        "La même ligne, du même montant, sous deux identifiants d’une source",
        "The same line with the same amount under two identifiers of a source",
    ),
    "two_levels": Text(
        "Le même argent donné à deux niveaux de territoire sous le pays",
        "The same money given for two levels of territories below the country",
    ),
}
SHOWN = 50
_LINE = ("measure", "payer", "payment_kind", "profession", "year")
_PLACE = ("level", "code", "beneficiary")


def suspects(lines: pl.DataFrame) -> pl.DataFrame:
    """What may count twice among the lines of a ledger, the largest amounts first.

    Columns: ``suspicion``, ``amount_eur`` (what would be too much: the repeats, or all but the largest level),
    ``payments`` (how many are concerned) and ``entries``, the first of their identifiers.
    """
    return pl.concat([_same_amount(lines), _two_levels(lines)]).sort(
        "amount_eur", "suspicion", "entries", descending=[True, False, False]
    )


def _same_amount(lines: pl.DataFrame) -> pl.DataFrame:
    given = lines.filter(pl.col("amount_eur") != 0)
    alike = given.group_by(*_LINE, *_PLACE, "source", "amount_eur").agg(
        pl.len().cast(pl.Int64).alias("payments"), pl.col("payment_id").sort().head(SHOWN).alias("entries")
    )
    twice = alike.filter(pl.col("payments") > 1)
    return twice.select(
        pl.lit("same_amount").alias("suspicion"), pl.col("amount_eur") * (pl.col("payments") - 1), "payments", "entries"
    )


def _two_levels(lines: pl.DataFrame) -> pl.DataFrame:
    below = lines.filter(pl.col("level") != "france")
    levels = below.group_by(*_LINE, "level").agg(
        pl.col("amount_eur").sum(),
        pl.len().cast(pl.Int64).alias("payments"),
        pl.col("payment_id").sort().head(SHOWN).alias("entries"),
    )
    both = (
        levels.sort(*_LINE, "level")
        .group_by(_LINE, maintain_order=True)
        .agg(
            pl.len().alias("_levels"),
            (pl.col("amount_eur").sum() - pl.col("amount_eur").max()).alias("amount_eur"),
            pl.col("payments").sum(),
            pl.col("entries").list.explode(keep_nulls=False, empty_as_null=False).sort().head(SHOWN).alias("entries"),
        )
        .filter(pl.col("_levels") > 1)
    )
    return both.select(pl.lit("two_levels").alias("suspicion"), "amount_eur", "payments", "entries")
