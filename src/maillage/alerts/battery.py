"""Raise the alerts of every rule, order territories by priority, and measure how selective the battery is."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from maillage.alerts.history import degree_history, latest
from maillage.alerts.registry import checked_rules, load_rules
from maillage.alerts.rule import Rule
from maillage.alerts.sentence import Finding, sentence
from maillage.alerts.stability import stability
from maillage.alerts.trends import trends
from maillage.catalog.parameters import load_parameters
from maillage.catalog.tables import ACCESS_STABILITY, ALERT
from maillage.indicators.definition import VOLETS, Indicator
from maillage.indicators.registry import load_indicators
from maillage.text import LANGS

HIGHEST = 3
ALERT_VOLETS = tuple(v for v in VOLETS if v != "framing")


def raise_alerts(
    observation: pl.DataFrame,
    origin: pl.DataFrame,
    rules: Iterable[Rule] | None = None,
    *,
    access_stability: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The ALERT table: each territory and rule at degree 1 or more, on the latest period that the territory has.

    The degree of a territory follows its past periods (``degree_history``), with a degree more where the rule says so
    and its series is worsening. ``observation``, ``origin`` and ``access_stability`` are the core tables. Only
    published values of the whole population (slice "") raise an alert. Rows are sorted by the table's key. Raises
    DefinitionError for a rule that speaks of no indicator.
    """
    chosen = load_rules() if rules is None else checked_rules(rules)
    indicators = load_indicators()
    varied = ACCESS_STABILITY.empty() if access_stability is None else access_stability
    simulated = origin.select("origin", "simulated")
    parts = [ALERT.empty()]
    for rule in chosen.values():
        indicator = indicators[rule.indicator]
        history = degree_history(observation, rule, indicator)
        found = latest(history).filter(pl.col("step") > 0)
        if found.height:
            known = (
                found.join(simulated, on="origin", how="left", maintain_order="left")
                .join(trends(history, rule, indicator), on=["level", "code"], how="left", maintain_order="left")
                .join(stability(varied, rule), on=["level", "code"], how="left", maintain_order="left")
            )
            parts.append(_described(known, rule, indicator))
    return pl.concat(parts).sort(ALERT.key)


def _described(found: pl.DataFrame, rule: Rule, indicator: Indicator) -> pl.DataFrame:
    rows = []
    for row in found.iter_rows(named=True):
        step, threshold = rule.steps[row["step"] - 1], rule.thresholds[row["step"] - 1]
        if rule.against == "france":
            threshold *= row["france"]
        finding = Finding(
            value=row["value"],
            low=row["low"],
            high=row["high"],
            period=row["period"],
            step=step,
            threshold=threshold,
            france=None if row["level"] == "france" else row["france"],
            held=row["entered"] < row["step"],
            since=row["since"],
            worsening=row["trend"] == "worsening",
        )
        words = {f"reason_{lang}": sentence(rule, indicator, finding, lang) for lang in LANGS}
        degree = min(step.degree + (rule.aggravated and finding.worsening), HIGHEST)
        named = {"rule": rule.id, "indicator": indicator.id, "degree": degree, "reference": threshold}
        kept = {c: row[c] for c in ("code", "level", "period", "since", "trend", "stability", "value", "simulated")}
        rows.append({**named, **kept, **words})
    return pl.DataFrame(rows, schema=ALERT.schema)


def prioritise(alert: pl.DataFrame, rules: Iterable[Rule] | None = None) -> pl.DataFrame:
    """Territories in alert, the most pressing first, without hiding the volets behind one figure.

    Returns ``level, code, degree, volets, rules, stability, regime`` and ``degree_<volet>`` (0 where none): ``degree``
    is the highest of the territory, ``volets`` and ``rules`` count those in alert; ``stability`` is that of its surest
    alert on access (empty where no convention was varied); ``regime`` is ``medium`` (reorient aids) or ``deep``
    (public means) from the parameter ``deep_degree_min``. Territories come by level, then falling degree,
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
        pl.col("stability").max(),
        *by_volet,
    )
    regime = pl.when(pl.col("degree") >= deep).then(pl.lit("deep")).otherwise(pl.lit("medium"))
    return grouped.with_columns(regime=regime).sort(
        "level", "degree", "volets", "rules", "code", descending=[False, True, True, True, False]
    )


def by_priority(alert: pl.DataFrame) -> pl.DataFrame:
    """Alerts in the order of their territories (``prioritise``, all levels together), the highest degree first."""
    columns = ("degree", "volets", "rules")
    ranks = prioritise(alert).select("level", "code", *(pl.col(c).alias(f"territory_{c}") for c in columns))
    keys = [*(f"territory_{c}" for c in columns), "level", "code", "degree", "rule"]
    falling = [True, True, True, False, False, True, False]
    return alert.join(ranks, on=["level", "code"]).sort(keys, descending=falling).select(alert.columns)


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
