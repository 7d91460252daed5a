"""Units that lack something in some year: refused, or left out and counted, as the protocol says."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from maillage.evaluation.protocol import Protocol
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.series import SUPPRESSED
from maillage.pipeline.studies.table import Table
from maillage.text import Text

_LEAVE = Text(
    'Compléter la série, prendre un niveau ou une période plus larges, ou écrire `incomplete = "leave_out"` et dire qui'
    " n’est plus compté.",
    'Complete the series, take a larger level or period, or write `incomplete = "leave_out"` and say who is no longer '
    "counted.",
)
# What a unit may lack, in the order in which it is told: the code of the refusal and its words.
REASONS: dict[str, tuple[str, Text]] = {
    "suppressed": (
        "suppressed_outcome",
        Text(
            "ont un résultat secret une année au moins : ce qui est retenu dépend de sa propre taille",
            "have an outcome withheld in a year at least: what is withheld depends on its own size",
        ),
    ),
    "missing": (
        "missing_outcome",
        Text(
            "n’ont pas de résultat une année au moins : le panel est incomplet",
            "have no outcome in a year at least: the panel is unbalanced",
        ),
    ),
    "unweighted": (
        "no_residents",
        Text("n’ont pas d’habitants connus, qui les pèsent", "have no known residents to weigh them"),
    ),
    "covariate": (
        "missing_covariate",
        Text("n’ont pas de valeur pour une covariable", "have no value for a covariate"),
    ),
    "from_first": (
        "from_first_period",
        Text(
            "sont traitées dès la première année ou avant (ou l’anticipent) : rien n’en est connu sans la mesure",
            "are treated from the first year or before (or anticipate it): nothing is known of them without it",
        ),
    ),
    "about_to": (
        "anticipates_after_end",
        Text(
            "commencent juste après les données et peuvent déjà anticiper la mesure",
            "begin just after the data and may already anticipate the measure",
        ),
    ),
}


def lacking(table: Table, years: Sequence[int], cohorts: pl.DataFrame) -> pl.DataFrame:
    """``code, reason``: what each unit lacks first, of REASONS; units that lack nothing are absent."""
    cells = table.cells.filter(pl.col("period").is_in(list(years)))
    withheld = cells.filter(pl.col("status").str.starts_with(SUPPRESSED)).select("code").unique()
    seen = cells.filter(pl.col("value").is_not_null()).group_by("code").agg(years=pl.col("period").n_unique())
    covariates = [c for c in table.constants.columns if c != "code"]
    holes = pl.any_horizontal(*(pl.col(c).is_null() for c in covariates)) if covariates else pl.lit(value=False)
    rows = (
        table.units.select("code", "weight")
        .join(withheld.with_columns(withheld=True), on="code", how="left", maintain_order="left")
        .join(seen, on="code", how="left", maintain_order="left")
        .join(table.constants.select("code", holes=holes), on="code", how="left", maintain_order="left")
        .join(cohorts.select("code", "state"), on="code", how="left", maintain_order="left")
    )
    tests = {
        "suppressed": pl.col("withheld").is_not_null(),
        "missing": pl.col("years").fill_null(0) < len(years),
        "unweighted": pl.col("weight").fill_null(0.0) <= 0,
        "covariate": pl.col("holes").fill_null(value=True) if covariates else pl.lit(value=False),
        "from_first": pl.col("state") == "from_first",
        "about_to": pl.col("state") == "about_to",
    }
    first = pl.coalesce(*(pl.when(test).then(pl.lit(name)) for name, test in tests.items()))
    return rows.select("code", reason=first).drop_nulls("reason")


def settle_lacking(lack: pl.DataFrame, protocol: Protocol, said: Said) -> None:
    """Refuse units that lack something, or note how many are left out for each reason."""
    for name, (code, words) in REASONS.items():
        mine = lack.filter(pl.col("reason") == name)
        if mine.is_empty():
            continue
        example = min(mine.get_column("code").to_list())
        if protocol.population.incomplete == "leave_out":
            said.note(
                f"{mine.height} unités laissées de côté : elles {words.fr}.",
                f"{mine.height} units left out: they {words.en}.",
            )
        else:
            said.refuse(
                code,
                Text(
                    f"{mine.height} unités {words.fr} ; la première : {example}.",
                    f"{mine.height} units {words.en}; the first: {example}.",
                ),
                _LEAVE,
            )
