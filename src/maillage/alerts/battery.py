"""Raise the alerts of every rule, order territories by priority, and measure how selective the battery is."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from maillage.alerts.registry import checked_rules, load_rules
from maillage.alerts.rule import Rule
from maillage.alerts.sentence import Finding, sentence
from maillage.catalog.parameters import load_parameters
from maillage.catalog.tables import ALERT
from maillage.indicators.definition import VOLETS, Indicator
from maillage.indicators.registry import load_indicators
from maillage.text import LANGS

ALERT_VOLETS = tuple(v for v in VOLETS if v != "framing")


def raise_alerts(observation: pl.DataFrame, origin: pl.DataFrame, rules: Iterable[Rule] | None = None) -> pl.DataFrame:
    """The ALERT table: each territory and rule at degree 1 or more, on the latest period that the territory has.

    ``observation`` and ``origin`` are the core tables. Only published values of the whole population (slice "") raise
    an alert. Rows are sorted by the table's key. Raises DefinitionError for a rule that speaks of no indicator.
    """
    chosen = load_rules() if rules is None else checked_rules(rules)
    indicators = load_indicators()
    simulated = origin.select("origin", "simulated")
    parts = [ALERT.empty()]
    for rule in chosen.values():
        found = _in_alert(observation, rule)
        if found.height:
            parts.append(_described(found.join(simulated, on="origin", how="left"), rule, indicators[rule.indicator]))
    return pl.concat(parts).sort(ALERT.key)


def _in_alert(observation: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """``level, code, period, value, low, high, origin, step, france`` of the territories in alert."""
    known = observation.filter(
        pl.col("indicator") == rule.indicator,
        pl.col("slice") == "",
        pl.col("status") == "published",
        pl.col("value").is_not_null(),
    )
    france = known.filter(pl.col("level") == "france").select("period", france="value")
    mine = known.filter(pl.col("level").is_in(rule.levels)).sort("level", "code", "period")
    latest = mine.unique(["level", "code"], keep="last", maintain_order=True)
    judged = pl.col("value")
    if rule.certainty == "whole_range":
        judged = pl.col("high" if rule.side == "low" else "low")
    passed = [judged < t if rule.side == "low" else judged >= t for t in rule.thresholds]
    steps = pl.sum_horizontal(p.fill_null(value=False).cast(pl.Int64) for p in passed) - 1
    return latest.with_columns(step=steps).filter(pl.col("step") >= 0).join(france, on="period", how="left")


def _described(found: pl.DataFrame, rule: Rule, indicator: Indicator) -> pl.DataFrame:
    rows = []
    for row in found.iter_rows(named=True):
        step, threshold = rule.steps[row["step"]], rule.thresholds[row["step"]]
        france = None if row["level"] == "france" else row["france"]
        finding = Finding(row["value"], row["low"], row["high"], row["period"], step, threshold, france)
        words = {f"reason_{lang}": sentence(rule, indicator, finding, lang) for lang in LANGS}
        named = {"rule": rule.id, "indicator": indicator.id, "degree": step.degree, "reference": threshold}
        kept = {c: row[c] for c in ("code", "level", "period", "value", "simulated")}
        rows.append({**named, **kept, **words})
    return pl.DataFrame(rows, schema=ALERT.schema)


def prioritise(alert: pl.DataFrame, rules: Iterable[Rule] | None = None) -> pl.DataFrame:
    """Territories in alert, the most pressing first, without hiding the volets behind one figure.

    Returns ``level, code, degree, volets, rules, regime`` and ``degree_<volet>`` (0 where none): ``degree`` is the
    highest of the territory, ``volets`` and ``rules`` count those in alert; ``regime`` is ``medium`` (reorient aids)
    or ``deep`` (public means) from the parameter ``deep_degree_min``. Territories come by level, then falling degree,
    volets and rules, then code.
    """
    chosen = load_rules() if rules is None else checked_rules(rules)
    volet_of = pl.DataFrame({"rule": list(chosen), "volet": [r.volet for r in chosen.values()]})
    deep = load_parameters("observation")["deep_degree_min"].value
    joined = alert.join(volet_of.cast(pl.String), on="rule", how="inner")
    by_volet = [
        pl.col("degree").filter(pl.col("volet") == v).max().fill_null(0).cast(pl.Int32).alias(f"degree_{v}")
        for v in ALERT_VOLETS
    ]
    grouped = joined.group_by("level", "code").agg(
        pl.col("degree").max(),
        pl.col("volet").n_unique().cast(pl.Int32).alias("volets"),
        pl.col("rule").n_unique().cast(pl.Int32).alias("rules"),
        *by_volet,
    )
    regime = pl.when(pl.col("degree") >= deep).then(pl.lit("deep")).otherwise(pl.lit("medium"))
    return grouped.with_columns(regime=regime).sort(
        "level", "degree", "volets", "rules", "code", descending=[False, True, True, True, False]
    )


def selectivity(alert: pl.DataFrame, observation: pl.DataFrame, *, level: str = "commune") -> pl.DataFrame:
    """How selective the battery is: the share of the population of a level that each rule, and any rule, touches.

    Returns ``rule`` (``any`` for the whole battery), ``degree`` (at least), ``people_share`` and ``zip_zac_share``
    (both in %; the latter is the country's, empty where unknown). A battery that touches as many people as the zoning
    selects nothing: the report of the Cour des comptes counts three quarters of the population in ZIP and ZAC.
    """
    people = _latest(observation, "population", level).select("code", people="value")
    zoned = _latest(observation, "part_zip_zac", "france").get_column("value").to_list()
    total = float(people.get_column("people").to_numpy().sum()) if people.height else 0.0
    touched = alert.filter(pl.col("level") == level).join(people, on="code", how="inner")
    rows = []
    for rule in ("any", *sorted(set(alert.get_column("rule")))):
        mine = touched if rule == "any" else touched.filter(pl.col("rule") == rule)
        for degree in (1, 2, 3):
            held = mine.filter(pl.col("degree") >= degree).unique("code").sort("code").get_column("people")
            share = 100.0 * float(held.to_numpy().sum()) / total if total else None
            rows.append((rule, degree, share, zoned[0] if zoned else None))
    schema = {"rule": pl.String, "degree": pl.Int32, "people_share": pl.Float64, "zip_zac_share": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _latest(observation: pl.DataFrame, indicator: str, level: str) -> pl.DataFrame:
    known = observation.filter(
        pl.col("indicator") == indicator, pl.col("level") == level, pl.col("value").is_not_null()
    )
    return known.filter(pl.col("period") == pl.col("period").max()).sort("code")
