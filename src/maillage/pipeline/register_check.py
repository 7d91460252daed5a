"""What does not hold together among the rows of a register: communes, periods, lives, contracts, perimeters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import LINE
from maillage.catalog.layout import FileLayout
from maillage.catalog.tables import MEASURE_EVENT
from maillage.measures.claims import PERIMETER
from maillage.measures.definition import Measure
from maillage.measures.events import STATUS
from maillage.measures.statements import FIELD, RULES, statements
from maillage.measures.transitions import history_faults
from maillage.sources.records.aside import put_aside
from maillage.sources.records.batch import FAULTS, RecordBatch
from maillage.sources.registers.payments import PAYMENTS, STATEMENTS
from maillage.sources.registers.sources import LAYOUTS

# Rows of one beneficiary and item whose periods follow one another.
_SPANS = {"cpts_perimetre": ("beneficiary", "code_commune"), "cpts_missions": ("beneficiary", "mission")}
_DAY = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class KnownTerritories:
    """What the cells of a register are looked up in: codes of communes (none: not known) and the measures.

    ``former`` reads the codes of parts of communes, where one is not among ``communes``.
    """

    communes: pl.Series | None
    measures: Mapping[str, Measure]
    former: Callable[[], pl.Series] | None = None

    def strange(self, field: str, codes: pl.Series) -> pl.Series:
        """Those of ``codes`` (of communes, or of départements) that are not known."""
        if self.communes is None:
            return codes.clear()
        known = self.communes if field == "code_commune" else _departements(self.communes)
        asked = codes.drop_nulls().unique().sort()
        lost = asked.filter(~asked.is_in(known.implode()))
        if lost.len() and self.former and field == "code_commune":
            lost = lost.filter(~lost.is_in(self.former().implode()))
        return lost


def _departements(communes: pl.Series) -> pl.Series:
    overseas = pl.col("code").str.starts_with("97")
    codes = communes.alias("code").to_frame().select(pl.col("code").str.slice(0, 2 + overseas.cast(pl.Int64)))
    return codes.to_series().unique().sort()


def is_register(layout: FileLayout) -> bool:
    """Whether files of the layout state measures or payments."""
    return layout in LAYOUTS


def settle(batch: RecordBatch, layout: FileLayout, known: KnownTerritories) -> RecordBatch:
    """The batch of a register once its rows were seen together: what cannot stand is put aside, doubts are noted."""
    if not batch.parts:
        return batch
    found = _payment_faults(batch, known) if layout is PAYMENTS else _row_faults(batch, layout, known)
    names = {c.field: " ".join(batch.columns[c.name]) for c in layout.columns if c.name in batch.columns}
    told = found.with_columns(pl.col("field").replace(names)).unique(maintain_order=True)
    return put_aside(batch, layout, told.filter("blocks"), told.filter(~pl.col("blocks")))


def _told(rows: pl.DataFrame, field: str, found: str, reason: str, *, blocks: bool = True) -> pl.DataFrame:
    said = rows.select(
        pl.col(LINE),
        pl.lit(field).alias("field"),
        pl.col(found).cast(pl.String).alias("found"),
        pl.lit(reason).alias("reason"),
        pl.lit(blocks).alias("blocks"),
    )
    return said.select(*FAULTS, "blocks")


def _row_faults(batch: RecordBatch, layout: FileLayout, known: KnownTerritories) -> pl.DataFrame:
    rows = pl.concat([pl.read_parquet(part) for part in batch.parts])
    found = [_told(rows.clear(), "", LINE, "")]
    for field, reason in (
        ("code_commune", reasons.STRANGE_COMMUNE),
        ("code_departement", reasons.STRANGE_DEPARTEMENT),
    ):
        if field in rows.columns:
            lost = known.strange(field, rows.get_column(field))
            found.append(_told(rows.filter(pl.col(field).is_in(lost.implode())), field, field, reason.en))
    if layout.id in _SPANS:
        found.append(_overlapping(rows, _SPANS[layout.id]))
    strange = pl.concat(found).get_column(LINE)
    sound = rows.filter(~pl.col(LINE).is_in(strange.implode()))
    return pl.concat([*found, _history(sound, layout, known.measures)])


def _overlapping(rows: pl.DataFrame, whose: tuple[str, ...]) -> pl.DataFrame:
    spans = rows.sort(*whose, "start_date").with_columns(
        over=pl.col("end_date").cum_max().shift(1).over(whose), at=pl.col("start_date").cast(pl.String)
    )
    return _told(spans.filter(pl.col("start_date") <= pl.col("over")), "start_date", "at", reasons.SPANS_OVERLAP.en)


def _history(rows: pl.DataFrame, layout: FileLayout, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """What the measures themselves have to say of the events that the rows state, at their lines."""
    told = statements(layout.id, rows)
    tellers = (
        pl.lit(layout.id).alias("source"),
        pl.lit("observed").alias("reliability"),
        pl.lit(_DAY).alias("known_date"),
    )
    events = told.with_columns(*tellers, simulated=pl.lit(value=False)).select(*MEASURE_EVENT.columns)
    faults = history_faults(events, measures)
    if layout is STATEMENTS or not any(rule.attribute == STATUS for rule in RULES[layout.id]):
        # Another file tells the rest of these lives.
        faults = faults.filter(pl.col("reason") != reasons.NO_STATUS.en)
        first = _any_of(reasons.FIRST_STEP.en)
        faults = faults.with_columns(blocks=pl.col("blocks") & ~pl.col("reason").str.contains(first))
    whose = ["measure", "beneficiary", "event_date"]
    at = faults.rename({FIELD: "said"}).join(told, on=whose).filter(_same_subject())
    field = pl.when(pl.col("said").is_in(("measure", "attribute", "item"))).then("said").otherwise(FIELD)
    return at.select(pl.col(LINE), field.alias("field"), "found", "reason", "blocks").select(*FAULTS, "blocks")


def _same_subject() -> pl.Expr:
    """Whether a statement is the one that a fault is about, of those of its beneficiary and day."""
    said, found = pl.col("said"), pl.col("found")
    claimed = found.str.split(" ").list.first() == pl.col("item")
    alone = (pl.col("attribute") != PERIMETER) | claimed | (found == pl.col("content"))
    by_word = [(said == word) & (found == pl.col(word)) for word in ("measure", "attribute", "item")]
    return pl.any_horizontal(*by_word, (said == pl.col("attribute")) & alone)


def _any_of(template: str) -> str:
    return "^" + template.replace("{after}", ".*").replace("{before}", ".*") + "$"


def _payment_faults(batch: RecordBatch, known: KnownTerritories) -> pl.DataFrame:
    """Payments of a measure or a territory that does not exist; the distinct ones are looked up once."""
    whole = pl.scan_parquet(batch.parts)
    cells = ["measure", "territory_level", "code"]
    met = whole.select(cells).unique().collect()
    level, code = pl.col("territory_level"), pl.col("code")
    strange = (level == "france") & (code != "FRA")
    for name, field in (("commune", "code_commune"), ("departement", "code_departement")):
        lost = known.strange(field, met.filter(level == name).get_column("code"))
        strange |= (level == name) & code.is_in(lost.implode())
    listed = reasons.ALLOWED.en.format(name="measure", values=", ".join(known.measures))
    found = [pl.DataFrame(schema={**FAULTS, "blocks": pl.Boolean})]
    for bad, field, reason in (
        (met.filter(~pl.col("measure").is_in(list(known.measures))), "measure", listed),
        (met.filter(strange), "code", reasons.STRANGE_TERRITORY.en),
    ):
        if bad.height:
            rows = whole.join(bad.lazy(), on=cells, how="semi").select(LINE, field).collect()
            found.append(_told(rows, field, field, reason))
    return pl.concat(found)
