"""Does what was stated of a beneficiary hold together: its contents, its life, its contracts, its perimeter?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from maillage.catalog import reasons
from maillage.measures.claims import claim_faults, claims, ends
from maillage.measures.definition import START, Attribute, Measure
from maillage.measures.events import STATUS, as_known

FAULTS: dict[str, type[pl.DataType]] = {
    "measure": pl.String,
    "beneficiary": pl.String,
    "event_date": pl.Date,
    "field": pl.String,
    "found": pl.String,
    "reason": pl.String,
    "blocks": pl.Boolean,
}
_WHOSE = ("measure", "beneficiary")


def history_faults(events: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """What does not hold together in events as they are known now: rows of FAULTS, sorted.

    Of rows of MEASURE_EVENT, looks at words that a measure does not have, numbers out of bounds, statuses in an order
    that its life does not allow, an end before its start, contracts of one doctor that overlap, communes claimed for
    more than their whole, and beneficiaries without any status. ``reason`` is the English of one of
    ``catalog.reasons``; ``blocks`` is False where the statement may stand and is only to be looked at.
    """
    heard = as_known(events, None)
    known = heard.filter(pl.col("measure").is_in(list(measures)))
    strange = heard.filter(~pl.col("measure").is_in(list(measures)))
    words = reasons.ALLOWED.en.format(name="measure", values=", ".join(measures))
    statuses, others = known.filter(pl.col("attribute") == STATUS), known.filter(pl.col("attribute") != STATUS)
    lives, misnamed = _lives(statuses, measures)
    found = [
        _fault(strange, "measure", pl.col("measure"), words),
        misnamed,
        _step_faults(lives, measures),
        *(fault for measure in measures.values() for fault in _content_faults(others, measure)),
        claim_faults(claims(others, ends(lives, _terminal(measures)))),
        _overlaps(lives, others, measures),
        _fault(
            others.join(statuses, on=_WHOSE, how="anti").unique(_WHOSE, keep="first", maintain_order=True),
            STATUS,
            pl.col("beneficiary"),
            reasons.NO_STATUS.en,
            blocks=False,
        ),
    ]
    return pl.concat([f.select(pl.col(c).cast(t) for c, t in FAULTS.items()) for f in found]).unique().sort(*FAULTS)


def _fault(
    rows: pl.DataFrame, field: str, found: pl.Expr, reason: str | pl.Expr, *, blocks: bool = True
) -> pl.DataFrame:
    said = pl.lit(reason) if isinstance(reason, str) else reason
    return rows.select(*_WHOSE, "event_date", field=pl.lit(field), found=found, reason=said, blocks=pl.lit(blocks))


def _lives(statuses: pl.DataFrame, measures: Mapping[str, Measure]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Statuses that exist, by beneficiary and day, and the faults of the others."""
    known = pl.DataFrame(
        [(m.id, s.id, s.active) for m in measures.values() for s in m.statuses],
        schema={"measure": pl.String, "content": pl.String, "active": pl.Boolean},
        orient="row",
    )
    words = pl.DataFrame(
        [
            (m.id, reasons.ALLOWED.en.format(name=STATUS, values=", ".join(s.id for s in m.statuses)))
            for m in measures.values()
        ],
        schema={"measure": pl.String, "words": pl.String},
        orient="row",
    )
    strange = statuses.join(known, on=("measure", "content"), how="anti").join(words, on="measure", how="left")
    lives = statuses.join(known, on=("measure", "content")).sort(*_WHOSE, "event_date")
    return lives, _fault(strange, STATUS, pl.col("content"), pl.col("words"))


def _step_faults(lives: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    rules = pl.DataFrame(
        [row for measure in measures.values() for row in _steps(measure)],
        schema={"measure": pl.String, "before": pl.String, "content": pl.String, "words": pl.String},
        orient="row",
    )
    first = pl.col("before") == START
    steps = lives.with_columns(
        before=pl.col("content").shift(1).over(_WHOSE).fill_null(START), lasts=pl.len().over(_WHOSE) > 1
    )
    ending = steps.join(_terminal(measures), on=("measure", "content"), how="semi").filter(first, "lasts")
    wrong = steps.join(rules, on=("measure", "before", "content"))
    # What follows an end that is dated first is that end's fault.
    spared = wrong.join(ending.select(*_WHOSE, before="content"), on=(*_WHOSE, "before"), how="anti")
    others = spared.join(ending, on=(*_WHOSE, "event_date"), how="anti")
    return pl.concat(
        [
            _fault(others, STATUS, pl.col("content"), pl.col("words")),
            _fault(ending, STATUS, pl.format("{} {}", "content", "event_date"), reasons.ENDS_FIRST.en),
        ]
    )


def _steps(measure: Measure) -> Iterator[tuple[str, str, str, str]]:
    """Each change of status that a life does not allow, with the reason; the same status again is no change."""
    for before in (START, *(s.id for s in measure.statuses)):
        for after in (s.id for s in measure.statuses):
            if before == after or measure.allows(before, after):
                continue
            template = reasons.STEP
            if before == START:
                template = reasons.FIRST_STEP
            elif measure.allows(after, before):
                template = reasons.BACKWARDS
            yield measure.id, before, after, template.en.format(before=before, after=after)


def _terminal(measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The statuses after which nothing comes: ``measure, content``."""
    rows = [
        (measure.id, status.id)
        for measure in measures.values()
        for status in measure.statuses
        if not any(status.id in other.after for other in measure.statuses)
    ]
    return pl.DataFrame(rows, schema={"measure": pl.String, "content": pl.String}, orient="row")


def _content_faults(others: pl.DataFrame, measure: Measure) -> Iterator[pl.DataFrame]:
    mine = others.filter(pl.col("measure") == measure.id)
    if mine.is_empty():
        return
    names = [a.id for a in measure.attributes]
    strange = mine.filter(~pl.col("attribute").is_in(names))
    listed = reasons.ALLOWED.en.format(name="attribute", values=", ".join((STATUS, *names)))
    yield _fault(strange, "attribute", pl.col("attribute"), listed)
    for attribute in measure.attributes:
        rows = mine.filter(pl.col("attribute") == attribute.id)
        if attribute.item_words:
            listed = reasons.ALLOWED.en.format(name=attribute.id, values=", ".join(attribute.item_words))
            yield _fault(rows.filter(~pl.col("item").is_in(list(attribute.item_words))), "item", pl.col("item"), listed)
        if attribute.allowed:
            listed = reasons.ALLOWED.en.format(name=attribute.id, values=", ".join(attribute.allowed))
            astray = rows.filter(~pl.col("content").is_in(list(attribute.allowed)))
            yield _fault(astray, attribute.id, pl.col("content"), listed)
        if attribute.unit is not None:
            yield from _number_faults(rows, attribute)


def _number_faults(rows: pl.DataFrame, attribute: Attribute) -> Iterator[pl.DataFrame]:
    number = pl.col("content").str.strip_chars().cast(pl.Float64, strict=False)
    found, name = pl.col("content"), attribute.id
    readable = number.is_not_null() & number.is_finite()
    yield _fault(rows.filter(~readable), name, found, reasons.NOT_A_NUMBER.en.format(name=name))
    yield _fault(rows.filter(readable & (number < 0)), name, found, reasons.BELOW.en.format(name=name, bound="0"))
    if attribute.maximum is not None:
        words = reasons.ABOVE.en.format(name=name, bound=f"{attribute.maximum:g}")
        yield _fault(rows.filter(readable & (number > attribute.maximum)), name, found, words)


def _overlaps(lives: pl.DataFrame, others: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """Contracts of a doctor that begin while another of the same measure is in force."""
    over = ends(lives, _terminal(measures))
    begun = lives.filter("active").group_by(_WHOSE).agg(pl.col("event_date").min())
    doctors = (
        others.filter(pl.col("attribute") == "doctor")
        .sort("event_date")
        .group_by(_WHOSE)
        .agg(doctor=pl.col("content").last())
    )
    forever = pl.lit("9999-12-31").str.to_date()
    spans = (
        begun.join(doctors, on=_WHOSE)
        .join(over, on=_WHOSE, how="left")
        .with_columns(pl.col("ended").fill_null(forever))
        .sort("measure", "doctor", "event_date", "beneficiary")
        .with_columns(busy=pl.col("ended").cum_max().shift(1).over("measure", "doctor"))
    )
    return _fault(
        spans.filter(pl.col("event_date") < pl.col("busy")),
        "doctor",
        pl.col("doctor"),
        reasons.CONTRACTS_OVERLAP.en,
        blocks=False,
    )
