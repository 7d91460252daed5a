"""The ledger of money: which payments count, which are set aside because another already holds them, and sums of it.

The rules are written down in ``docs/money.md``, each under the name that a set-aside line carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from maillage.catalog.tables import PAYMENT
from maillage.errors import UsageError
from maillage.measures.ledger_net import Netting, net
from maillage.measures.reference import Reference
from maillage.text import Text

Rule = Literal["declared_total", "kind_total", "two_sources", "country_and_territories", "aggregate_and_members"]
RULES: dict[Rule, Text] = {
    "declared_total": Text(
        "Un total déclaré ne compte pas en plus de ses parties", "A declared total does not count beside its parts"
    ),
    "kind_total": Text(
        "Une ligne sans nature est le total de celles qui en ont une",
        "A line without a kind is the total of those with",
    ),
    "two_sources": Text(
        "La même ligne donnée par deux sources ne compte qu’une fois", "A line given by two sources counts once"
    ),
    "country_and_territories": Text(
        "Le montant national comprend ceux des territoires", "The country’s amount holds those of territories"
    ),
    "aggregate_and_members": Text(
        "Le montant d’un ensemble comprend ceux de ses mesures", "An aggregate’s amount holds those of its measures"
    ),
}
DIMENSIONS = ("measure", "payer", "payment_kind", "profession", "beneficiary", "level", "code", "year", "reliability")
TRACED = 50
_LINE = ("measure", "payer", "payment_kind", "profession", "level", "code", "beneficiary", "year")
_RELIABLE = ["observed", "estimated", "assumed"]
_ASIDE = ("payment_id", "rule", "amount_eur", "counted_eur", "parts", "parts_eur", "entries")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A payment that contains others, by identifiers; ``complete`` where its parts claim to exhaust it."""

    total: str
    parts: tuple[str, ...]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """What counts, and why the rest does not.

    ``lines``: rows of PAYMENT, sorted by identifier; the amount of a total whose parts count is what they leave.
    ``set_aside``: one row a payment that was reduced or left out: ``rule``, its ``amount_eur`` as stated, what of it
    is ``counted_eur``, its ``parts`` (how many), their ``parts_eur`` and the first of their identifiers in ``entries``.
    A gap (stated less parts, where nothing is counted) is never filled.
    """

    lines: pl.DataFrame
    set_aside: pl.DataFrame

    @property
    def total_eur(self) -> float:
        """The sum of what counts, to the cent."""
        return float(self.lines.select(_cents().sum() / 100).item())

    @property
    def gaps(self) -> pl.DataFrame:
        """The totals left out though their parts do not make them: ``set_aside`` and ``gap_eur``, stated less parts."""
        gap = (_rounded("amount_eur") - _rounded("parts_eur")).alias("gap_eur")
        totals = self.set_aside.filter(pl.col("rule") != "two_sources", pl.col("counted_eur") == 0)
        return totals.with_columns(gap).filter(pl.col("gap_eur") != 0)


def breakdowns_of(reference: Reference) -> tuple[Breakdown, ...]:
    """The totals and parts that the reference ledger declares."""
    ids = {p.id: p.payment_id for p in reference.payments}
    return tuple(
        Breakdown(p.payment_id, tuple(ids[part] for part in p.parts), p.complete) for p in reference.payments if p.parts
    )


def members_of(reference: Reference) -> dict[str, frozenset[str]]:
    """Every measure that an aggregate holds, those of the aggregates inside it included."""
    direct = {a.id: a.members for a in reference.aggregates.values()}

    def inside(name: str) -> frozenset[str]:
        below = direct.get(name, ())
        return frozenset(below).union(*(inside(b) for b in below))

    return {name: inside(name) for name in direct}


def as_known(payments: pl.DataFrame, known_on: date | None) -> pl.DataFrame:
    """The payments as they were known on a day (None: the last known): the last statement of each identifier."""
    heard = payments if known_on is None else payments.filter(pl.col("known_date") <= known_on)
    ordered = heard.sort("payment_id", "known_date")
    return ordered.filter(pl.col("payment_id").ne_missing(pl.col("payment_id").shift(-1)))


def consolidate(
    payments: pl.DataFrame,
    *,
    breakdowns: Sequence[Breakdown] = (),
    members: Mapping[str, frozenset[str]] | None = None,
    known_on: date | None = None,
) -> Ledger:
    """The ledger of payments (rows of PAYMENT) as known on a day, no euro counted twice.

    ``members`` gives what aggregates hold. The rules apply in the order of RULES, each to what the former left.
    """
    lines = as_known(payments.select(PAYMENT.columns), known_on)
    lines, declared = _apply(lines, "declared_total", _declared(lines, breakdowns))
    lines, kinds = _apply(lines, "kind_total", _kinds(lines))
    lines, doubled = _one_source(lines)
    lines, country = _apply(lines, "country_and_territories", _country(lines))
    aside = [declared, kinds, doubled, country]
    for aggregate, held in sorted((members or {}).items(), key=lambda item: (len(item[1]), item[0])):
        lines, whole = _apply(lines, "aggregate_and_members", _aggregate(lines, aggregate, held))
        aside.append(whole)
    return Ledger(lines, pl.concat(aside).sort("payment_id", "rule"))


def totals(lines: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Sums of the ledger's lines along any dimensions: the ``by`` columns, ``amount_eur``, ``payments``, ``entries``.

    Added up in whole cents, so that the sums of any cut make the same total. ``entries`` names the first payments.
    Raises UsageError for what is no dimension.
    """
    astray = [name for name in by if name not in DIMENSIONS]
    if astray:
        raise UsageError(f"The ledger is cut by {', '.join(DIMENSIONS)}, not by {', '.join(astray)}.")
    summed = [
        (_cents().sum() / 100).alias("amount_eur"),
        pl.len().cast(pl.Int64).alias("payments"),
        pl.col("payment_id").head(TRACED).alias("entries"),
    ]
    if not by:
        return lines.select(*summed[:2], pl.col("payment_id").head(TRACED).implode().alias("entries"))
    return lines.group_by(list(by), maintain_order=True).agg(summed).sort(list(by), nulls_last=True)


def _cents() -> pl.Expr:
    return (pl.col("amount_eur") * 100).round().cast(pl.Int64)


def _rounded(name: str) -> pl.Expr:
    return pl.col(name).round(2)


def _apply(lines: pl.DataFrame, rule: Rule, netting: Netting) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines, aside = net(lines, netting)
    return lines, aside.with_columns(pl.lit(rule).alias("rule")).select(_ASIDE)


def _declared(lines: pl.DataFrame, breakdowns: Sequence[Breakdown]) -> Netting:
    """Totals and parts as declared; a breakdown said complete leaves a total out only when all its parts are known."""
    named = sorted({b.total for b in breakdowns}.union(*(b.parts for b in breakdowns)))
    known = set(lines.filter(pl.col("payment_id").is_in(named))["payment_id"].to_list())
    held = [(b.total, p) for b in breakdowns for p in b.parts if b.total in known and p in known]
    exhausted = [b.total for b in breakdowns if b.complete and known.issuperset(b.parts)]
    pairs = pl.DataFrame(held, schema={"payment_id": pl.String, "part": pl.String}, orient="row")
    return Netting(pairs, frozenset(exhausted))


def _one_source(lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of the same line given by several sources, that of the most reliable, then of the last made known."""
    several = _given_twice(lines)
    ranked = lines.filter(several).with_columns(
        pl.col("reliability").replace_strict(_RELIABLE, range(3), return_dtype=pl.Int8).alias("_rank")
    )
    best = ranked.sort("_rank", "known_date", "source", descending=[False, True, False])
    chosen = best.unique(_LINE, keep="first", maintain_order=True).select(*_LINE, pl.col("source").alias("_chosen"))
    joined = lines.filter(several).join(chosen, on=list(_LINE), how="left", nulls_equal=True, maintain_order="left")
    kept = joined.filter(pl.col("source") == pl.col("_chosen")).drop("_chosen")
    doubled = joined.filter(pl.col("source") != pl.col("_chosen"))
    held = kept.group_by(_LINE, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("parts"),
        pl.col("amount_eur").sum().alias("parts_eur"),
        pl.col("payment_id").head(TRACED).alias("entries"),
    )
    aside = doubled.join(held, on=list(_LINE), how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.lit("two_sources").alias("rule"), pl.lit(0.0).alias("counted_eur")
    )
    out = doubled["payment_id"].implode()
    return (lines.filter(~pl.col("payment_id").is_in(out)) if doubled.height else lines), aside.select(_ASIDE)


def _given_twice(lines: pl.DataFrame) -> pl.Series:
    """Whether a line may have several sources: its hash has (a prefilter: a collision costs time, never a result)."""
    keys = pl.DataFrame({"key": lines.select(_LINE).hash_rows(), "source": lines["source"]})
    several = keys.unique().group_by("key").len().filter(pl.col("len") > 1)["key"]
    return keys["key"].is_in(several.implode())


def _kinds(lines: pl.DataFrame) -> Netting:
    """A line whose kind is empty, its total by the layout of payments, and those of a kind beside it."""
    blank = pl.col("payment_kind") == ""
    line = [name for name in _LINE if name != "payment_kind"]
    return Netting(_pairs(lines.filter(blank), lines.filter(~blank), line), frozenset())


def _country(lines: pl.DataFrame) -> Netting:
    """A country's amount and those that another source gives for territories: of its kind, else held by its total."""
    line = ["measure", "payer", "profession", "year"]
    country, places = (lines.filter(inside) for inside in (pl.col("level") == "france", pl.col("level") != "france"))
    alike = _elsewhere(_pairs(country, places, [*line, "payment_kind"]), lines)
    others = places.filter(~pl.col("payment_id").is_in(alike["part"].implode()))
    rest = _elsewhere(_pairs(country.filter(payment_kind=""), others, line), lines)
    return Netting(pl.concat([alike, rest]), frozenset())


def _aggregate(lines: pl.DataFrame, aggregate: str, members: frozenset[str]) -> Netting:
    """An aggregate's amount and those that another source gives for its measures, in the same place or inside it."""
    whole = lines.filter(pl.col("measure") == aggregate)
    inside = lines.filter(pl.col("measure").is_in(sorted(members)))
    country = _pairs(whole.filter(pl.col("level") == "france"), inside, ["payer", "year"])
    place = _pairs(whole.filter(pl.col("level") != "france"), inside, ["payer", "year", "level", "code"])
    return Netting(_elsewhere(pl.concat([country, place]), lines), frozenset())


def _pairs(whole: pl.DataFrame, inside: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Each payment of ``inside`` (``part``) with the one that holds it: where several could, the largest."""
    largest = whole.sort("amount_eur", "payment_id", descending=[True, False]).unique(
        on, keep="first", maintain_order=True
    )
    parts = inside.select(pl.col("payment_id").alias("part"), *on)
    return largest.select("payment_id", *on).join(parts, on=on, nulls_equal=True).select("payment_id", "part")


def _elsewhere(pairs: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The pairs whose two payments come from different sources."""
    named = pl.concat([pairs["payment_id"], pairs["part"]]).unique()
    told = lines.filter(pl.col("payment_id").is_in(named.implode())).select("payment_id", "source")
    both = pairs.join(told, on="payment_id").join(
        told.rename({"payment_id": "part", "source": "_other"}), on="part", how="left"
    )
    return both.filter(pl.col("source") != pl.col("_other")).select("payment_id", "part")
