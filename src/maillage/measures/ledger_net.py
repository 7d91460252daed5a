"""Payments that hold others: what is left of them once these are taken off."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Netting:
    """Which payment (``payment_id``) holds which (``part``); ``exhausted`` are those that leave nothing, by claim."""

    pairs: pl.DataFrame
    exhausted: frozenset[str]


def net(lines: pl.DataFrame, netting: Netting) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines with each holder brought down to what its parts leave, and one row for each holder.

    A holder is left out where its parts exhaust it, by claim or by their sum, or exceed it. The rows on holders:
    ``payment_id``, ``amount_eur`` as stated, ``counted_eur``, ``parts``, ``parts_eur``, ``entries``.
    """
    held = _held(lines, netting)
    if held.is_empty():
        return lines, held.with_columns(pl.lit(0.0).alias("counted_eur"))
    left = (pl.col("amount_eur") - pl.col("parts_eur")).round(2)
    counted = pl.when(pl.col("payment_id").is_in(sorted(netting.exhausted))).then(0.0).otherwise(left.clip(0.0))
    aside = held.with_columns(counted.alias("counted_eur"))
    brought = lines.join(
        aside.select("payment_id", "counted_eur"), on="payment_id", how="left", maintain_order="left"
    ).with_columns(pl.coalesce("counted_eur", "amount_eur").alias("amount_eur"))
    out = aside.filter(pl.col("counted_eur") == 0)["payment_id"].implode()
    return brought.filter(~pl.col("payment_id").is_in(out)).drop("counted_eur"), aside


def _held(lines: pl.DataFrame, netting: Netting) -> pl.DataFrame:
    amounts = lines.filter(pl.col("payment_id").is_in(netting.pairs["part"].implode()))
    parts = netting.pairs.join(
        amounts.select(pl.col("payment_id").alias("part"), pl.col("amount_eur").alias("_part_eur")), on="part"
    ).sort("payment_id", "part")
    sums = parts.group_by("payment_id", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("parts"),
        pl.col("_part_eur").sum().alias("parts_eur"),
        pl.col("part").head(SHOWN).alias("entries"),
    )
    holders = lines.filter(pl.col("payment_id").is_in(sums["payment_id"].implode()))
    return holders.select("payment_id", "amount_eur").join(sums, on="payment_id", maintain_order="left")
