"""The sentence that says where a figure comes from."""

from __future__ import annotations

import polars as pl

from maillage.text import Lang, Text

SIMULATED = Text("Données simulées.", "Simulated data.")


def origin_sentences(origin: pl.DataFrame, lang: Lang = "fr") -> pl.DataFrame:
    """``origin, sentence``: the label, its warning, and the mention of simulated data."""
    warning = pl.col(f"warning_{lang}").fill_null("")
    unsaid = pl.col("simulated") & ~warning.str.to_lowercase().str.contains("simul")
    mention = pl.when(unsaid).then(pl.lit(SIMULATED[lang])).otherwise(pl.lit(""))
    label = pl.col(f"label_{lang}").str.strip_chars_end(".") + "."
    parts = pl.concat_list(label, warning, mention).list.eval(pl.element().filter(pl.element() != ""))
    return origin.select("origin", parts.list.join(" ").alias("sentence"))
