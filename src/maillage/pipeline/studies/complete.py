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
_RECORDS = Text(
    ' Ou écrire `source = "records"` : les enregistrements derrière les valeurs, dont seules des moyennes sortent.',
    ' Or write `source = "records"`: the records behind the figures, of which only averages leave.',
)
# What units may lack, in the order in which it is told: the code of the refusal, and words that follow "units".
REASONS: dict[str, tuple[str, Text]] = {
    "suppressed": (
        "suppressed_outcome",
        Text(
            "dont le résultat est secret une année au moins (ce qui est retenu dépend de sa propre taille)",
            "whose outcome is withheld in a year at least (what is withheld depends on its own size)",
        ),
    ),
    "missing": (
        "missing_outcome",
        Text(
            "sans résultat une année au moins (le panel est incomplet)",
            "without an outcome in a year at least (the panel is unbalanced)",
        ),
    ),
    "unweighted": (
        "no_residents",
        Text("sans habitants connus, qui les pèsent", "without known residents, who weigh them"),
    ),
    "covariate": (
        "missing_covariate",
        Text("sans valeur pour une covariable", "without a value for a covariate"),
    ),
    "unscored": (
        "missing_score",
        Text("sans le score que coupe le seuil", "without the score that the threshold cuts"),
    ),
    "from_first": (
        "from_first_period",
        Text(
            "traitées dès la première année ou avant, ou qui l’anticipent (rien n’en est connu sans la mesure)",
            "treated from the first year or before, or that anticipate it (nothing is known of them without it)",
        ),
    ),
    "about_to": (
        "anticipates_after_end",
        Text(
            "qui commencent juste après les données et peuvent déjà anticiper la mesure",
            "that begin just after the data and may already anticipate the measure",
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
    scored = table.units.select("code") if table.running is None else _known(table.running, "running")
    rows = (
        table.units.select("code", "weight")
        .join(scored.with_columns(scored=True), on="code", how="left", maintain_order="left")
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
        "unscored": pl.col("scored").is_null(),
        "from_first": pl.col("state") == "from_first",
        "about_to": pl.col("state") == "about_to",
    }
    first = pl.coalesce(*(pl.when(test).then(pl.lit(name)) for name, test in tests.items()))
    return rows.select("code", reason=first).drop_nulls("reason")


def _known(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """The ``code`` of rows with a number in a column."""
    return rows.filter(pl.col(column).is_not_null() & pl.col(column).is_finite()).select("code")


def settle_lacking(lack: pl.DataFrame, table: Table, protocol: Protocol, said: Said) -> None:
    """Refuse units that lack something, or note how many are left out for each reason; refuse where all are."""
    leave = protocol.population.incomplete == "leave_out"
    for name, (code, words) in REASONS.items():
        mine = lack.filter(pl.col("reason") == name)
        if mine.is_empty():
            continue
        more = _RECORDS if name == "suppressed" and protocol.outcome.source == "observations" else Text("", "")
        if leave and lack.height < table.units.height:
            said.note(
                f"Unités laissées de côté, {words.fr} : {mine.height}.", f"Units left out, {words.en}: {mine.height}."
            )
            continue
        example = min(mine.get_column("code").to_list())
        said.refuse(
            code,
            Text(
                f"Unités {words.fr} : {mine.height} sur {table.units.height}, dont {example}.",
                f"Units {words.en}: {mine.height} of {table.units.height}, such as {example}.",
            ),
            Text(_LEAVE.fr + more.fr, _LEAVE.en + more.en),
        )
