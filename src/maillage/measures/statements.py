"""Registers as statements: rows of a layout become events, and a later telling of a register what changes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from maillage.catalog.check import LINE
from maillage.catalog.tables import MEASURE_EVENT, PAYMENT
from maillage.measures.claims import PERIMETER
from maillage.measures.events import STATUS, SUBJECT, as_known

FIELD = "field"
STATEMENT = (*SUBJECT, "event_date", "content")
# Who tells a statement, and how it is known.
TELLER = ("source", "reliability", "simulated")
OBSERVED = "observed"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row states: ``content`` (a field, or ``=text``) of ``attribute``, from the first filled of ``on``.

    ``item`` is the field of the item; ``earliest`` takes the earliest of ``on`` instead; ``after`` the day after it,
    for what ends on that day. ``default`` is the content where the field is empty.
    """

    attribute: str
    content: str
    on: tuple[str, ...]
    item: str = ""
    earliest: bool = False
    after: bool = False
    default: str | None = None


def _statuses(*steps: tuple[str, str]) -> tuple[Rule, ...]:
    """A status from each date, in the order of a life: of two on one day the later in order holds."""
    return tuple(Rule(STATUS, f"={name}", (field,)) for field, name in steps)


_CPTS_STEPS = (
    ("pre_project_date", "pre_project"),
    ("letter_date", "letter_of_intent"),
    ("validation_date", "project_validated"),
    ("negotiation_date", "negotiation"),
    ("agreement_date", "aci_signed"),
    ("renewal_date", "renewed"),
    ("closing_date", "ended"),
)
_CPTS_DATES = tuple(field for field, _ in _CPTS_STEPS)
_SIGNED = ("signature_date",)
_CONTRACT = (
    *_statuses(("signature_date", "signed")),
    Rule(STATUS, "=ended", ("end_date",), after=True),
    Rule("doctor", "doctor", _SIGNED),
    Rule("place", "code_commune", _SIGNED),
    Rule("zone_at_signature", "zone", _SIGNED),
    Rule("specialty", "specialty", _SIGNED),
)


def _structure(*steps: tuple[str, str]) -> tuple[Rule, ...]:
    known = tuple(field for field, _ in steps)
    told = {"name": "beneficiary_name", "place": "code_commune", "kind": "form"}
    return (*_statuses(*steps), *(Rule(name, field, known, earliest=True) for name, field in told.items()))


_STRUCTURE_STEPS = (
    ("project_date", "project"),
    ("opening_date", "open"),
    ("agreement_date", "aci_signed"),
    ("closing_date", "closed"),
)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "cpts": (
        *_statuses(*_CPTS_STEPS),
        Rule("name", "beneficiary_name", _CPTS_DATES, earliest=True),
        Rule("size", "size_class", ("agreement_date", *_CPTS_DATES)),
    ),
    # Of an end and a start on one day the start, told last, holds.
    "cpts_perimetre": (
        Rule(PERIMETER, "=0", ("end_date",), item="code_commune", after=True),
        Rule(PERIMETER, "share", ("start_date",), item="code_commune", default="1"),
    ),
    "cpts_missions": (
        Rule("mission", "=ended", ("end_date",), item="mission", after=True),
        Rule("mission", "=active", ("start_date",), item="mission"),
    ),
    "adhesions": (
        Rule("members", "members", ("count_date",), item="profession"),
        Rule("active_members", "active_members", ("count_date",), item="profession"),
    ),
    "assistants_medicaux": (
        *_CONTRACT,
        Rule("fte", "fte", ("start_date", "signature_date")),
        *(
            Rule(name, name, _SIGNED)
            for name in ("commitment_patients_mt", "commitment_patients_seen", "patients_mt", "patients_seen")
        ),
    ),
    "contrats_installation": _CONTRACT,
    "protocoles_cooperation": (
        *_statuses(("start_date", "declared")),
        Rule(STATUS, "=ended", ("end_date",), after=True),
        Rule("name", "beneficiary_name", ("start_date",)),
        Rule("place", "code_commune", ("start_date",)),
        Rule("kind", "form", ("start_date",)),
    ),
    "msp": _structure(*_STRUCTURE_STEPS),
    "cds": _structure(*_STRUCTURE_STEPS),
    "esp": _structure(*(step for step in _STRUCTURE_STEPS if step[1] != "aci_signed")),
    "sas": (
        *_statuses(("project_date", "project"), ("start_date", "pilot"), ("opening_date", "open")),
        Rule(STATUS, "=closed", ("closing_date",)),
        Rule("name", "beneficiary_name", ("project_date", "start_date", "opening_date"), earliest=True),
        Rule(PERIMETER, "=1", ("start_date", "opening_date", "project_date"), item="code_departement"),
    ),
    "evenements": (Rule("", "content", ("start_date",), item="item"),),
}
# The measure of a layout that is not called after it.
_MEASURES = {"cpts_perimetre": "cpts", "cpts_missions": "cpts", "adhesions": "cpts"}
# What a file states in full of each beneficiary that it names; other layouts tell row by row.
SCOPES: Mapping[str, tuple[str, ...]] = {
    "cpts_perimetre": ("beneficiary",),
    "cpts_missions": ("beneficiary",),
    "sas": ("beneficiary",),
}


def statements(layout: str, rows: pl.DataFrame) -> pl.DataFrame:
    """What the rows of a register state: ``STATEMENT`` columns and, where rows have a ``line``, it and its ``field``.

    ``rows`` are typed rows of the table of the layout ``layout``. A subject has one statement a day.
    """
    measure = {"contrats_installation": pl.col("form"), "evenements": pl.col("measure")}
    named = rows.with_columns(measure.get(layout, pl.lit(_MEASURES.get(layout, layout))).alias("measure"))
    told = [_stated(named, rule) for rule in RULES[layout]]
    return pl.concat(told).unique([*SUBJECT, "event_date"], keep="last", maintain_order=True)


def _stated(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    day = pl.min_horizontal(*rule.on) if rule.earliest else pl.coalesce(*rule.on)
    field = rule.on[0] if rule.content.startswith("=") else rule.content
    line = [pl.col(LINE), pl.lit(field).alias(FIELD)] if LINE in rows.columns else []
    said = rows.select(
        "measure",
        "beneficiary",
        (pl.lit(rule.attribute) if rule.attribute else pl.col("attribute")).alias("attribute"),
        (pl.col(rule.item).fill_null("") if rule.item else pl.lit("")).alias("item"),
        (day.dt.offset_by("1d") if rule.after else day).alias("event_date"),
        _content(rule, rows.schema).alias("content"),
        *line,
    )
    return said.drop_nulls(("event_date", "content"))


def _content(rule: Rule, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    if rule.content.startswith("="):
        return pl.lit(rule.content[1:])
    text = pl.col(rule.content).cast(pl.String)
    if schema[rule.content].is_float():
        text = text.str.strip_suffix(".0")
    return text if rule.default is None else text.fill_null(rule.default)


def spread(told: pl.DataFrame, communes: pl.DataFrame) -> pl.DataFrame:
    """Statements of a perimeter by département, by commune (``communes``: ``code, code_departement``)."""
    whole = (pl.col("attribute") == PERIMETER) & (pl.col("item").str.len_chars() < 5)
    wide = told.filter(whole).join(communes, left_on="item", right_on="code_departement", maintain_order="left_right")
    return pl.concat([told.filter(~whole), wide.with_columns(pl.col("code").alias("item")).select(told.columns)])


def differences(known: pl.DataFrame, told: pl.DataFrame, known_date: date) -> pl.DataFrame:
    """The events to add for ``told`` to be what is known from a day on, in the order of MEASURE_EVENT's key.

    ``known`` are rows of MEASURE_EVENT, none known later; ``told`` has ``STATEMENT`` and ``TELLER`` columns, one row a
    subject and day. What is told as it was known adds nothing; what is told no more is withdrawn: an event with an
    empty content, so that the answers as known before stay what they were.
    """
    subject = [*SUBJECT, "event_date"]
    heard = as_known(known, None)
    same = told.join(heard, on=subject, how="left", suffix="_known", maintain_order="left")
    new = same.filter(pl.col("content").ne_missing(pl.col("content_known"))).select(*STATEMENT, *TELLER)
    gone = heard.join(told, on=subject, how="anti").with_columns(pl.lit(None, pl.String).alias("content"))
    added = pl.concat([new, gone.select(*STATEMENT, *TELLER)]).with_columns(pl.lit(known_date).alias("known_date"))
    return added.select(pl.col(c).cast(t) for c, t in MEASURE_EVENT.schema.items()).sort(MEASURE_EVENT.key)


def payments(rows: pl.DataFrame, known_date: date, *, simulated: bool, source: str = "paiements") -> pl.DataFrame:
    """Rows of PAYMENT from typed rows of the layout ``paiements``, in their order."""
    kind, reliability = pl.col("payment_kind").fill_null(""), pl.col("reliability").fill_null(OBSERVED)
    filled = rows.rename({"territory_level": "level"}).with_columns(
        payment_kind=kind,
        reliability=reliability,
        known_date=pl.lit(known_date),
        source=pl.lit(source),
        simulated=pl.lit(simulated),
    )
    return filled.select(pl.col(c).cast(t) for c, t in PAYMENT.schema.items())


def latest_payments(told: pl.DataFrame) -> pl.DataFrame:
    """Of rows of PAYMENT of the same payments in the order told, those to keep: the last of a day, where it says more.

    A payment that is told again as it was known adds nothing.
    """
    last = told.unique(PAYMENT.key, keep="last", maintain_order=True).sort(PAYMENT.key, maintain_order=True)
    said: Sequence[str] = [c for c in PAYMENT.columns if c not in ("payment_id", "known_date", "source", "simulated")]
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1).over("payment_id")) for c in said)
    first = pl.col("payment_id").is_first_distinct()
    return last.filter(first | ~same)


def withdrawn(gone: pl.DataFrame, known_date: date) -> pl.DataFrame:
    """Rows of PAYMENT that were told and are no more: the same for nothing, from a day of knowledge on."""
    nothing = gone.with_columns(pl.lit(known_date).alias("known_date"), pl.lit(0.0).alias("amount_eur"))
    return nothing.select(pl.col(c).cast(t) for c, t in PAYMENT.schema.items())
