"""The ledger of a run: payments of files by the million, each kept as it was known on each day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from maillage.catalog.tables import PAYMENT
from maillage.measures.statements import latest_payments, payments, withdrawn
from maillage.pipeline.register_events import Telling
from maillage.pipeline.register_place import Ground, payment_places, place_payments, placed_payments
from maillage.sources.records.keys import PART, RANK, same_key
from maillage.sources.registers.payments import PAYMENTS

_ID = "payment_id"
_ORDER = "_order"
Write = Callable[[pl.DataFrame], None]


def write_payments(tellings: Sequence[Telling], ground: Ground, write: Write) -> None:
    """Write rows of PAYMENT, file after file in the order of the days known; what was told before is not repeated."""
    ordered = sorted(tellings, key=lambda t: (t.known_on, t.rank))
    owners = [t for t in ordered for _ in t.held.batch.parts]
    parts = [part for t in ordered for part in t.held.batch.parts]
    places = {id(t): _places(t, ground) for t in ordered}
    gone = _withdrawn(ordered, places)
    repeated: dict[int, list[pl.Series]] = {}
    settled = []
    for rows in same_key(parts, PAYMENTS.table):
        for (part,), mine in rows.group_by(PART, maintain_order=True):
            repeated.setdefault(int(str(part)), []).append(mine.get_column(RANK))
        told = [
            _told(owners[int(str(part))], mine, places).with_columns(pl.lit(part, pl.Int64).alias(_ORDER))
            for (part,), mine in rows.group_by(PART, maintain_order=True)
        ]
        back = gone.join(rows.select(_ID).unique(), on=_ID, how="semi").with_columns(pl.lit(-1, pl.Int64).alias(_ORDER))
        gone = gone.join(rows.select(_ID).unique(), on=_ID, how="anti")
        whole = pl.concat([*told, back]).sort(_ID, "known_date", _ORDER)
        settled.append(latest_payments(whole.drop(_ORDER)))
    for rank, (telling, part) in enumerate(zip(owners, parts, strict=True)):
        write(_told(telling, _without(part, repeated.get(rank, [])), places))
    for frame in (*settled, gone):
        write(frame.sort(PAYMENT.key))


def _without(part: Path, ranks: Sequence[pl.Series]) -> pl.DataFrame:
    rows = pl.read_parquet(part)
    return rows.filter(~pl.int_range(pl.len()).is_in(pl.concat(ranks).implode())) if ranks else rows


def _told(telling: Telling, rows: pl.DataFrame, places: dict[int, pl.DataFrame]) -> pl.DataFrame:
    here = place_payments(telling.held, rows, places[id(telling)])
    return payments(here, telling.known_on, simulated=telling.held.batch.simulated)


def _places(telling: Telling, ground: Ground) -> pl.DataFrame:
    if not telling.held.batch.parts:
        return pl.DataFrame(schema=dict.fromkeys(("territory_level", "code", "placed", "reason"), pl.String))
    met = pl.scan_parquet(telling.held.batch.parts).select("territory_level", "code").unique().collect()
    return payment_places(met.sort("territory_level", "code"), ground, telling.known_on)


def _withdrawn(ordered: Sequence[Telling], places: dict[int, pl.DataFrame]) -> pl.DataFrame:
    """The payments that a file of the same name, made to replace an earlier one, no longer holds."""
    found = [PAYMENT.empty()]
    for rank, telling in enumerate(ordered):
        earlier = [t for t in ordered[:rank] if t.name == telling.name and t.held.batch.parts]
        if not telling.held.batch.replaces or not earlier or not telling.held.batch.parts:
            continue
        now = pl.scan_parquet(telling.held.batch.parts).select(_ID)
        before = pl.scan_parquet(earlier[-1].held.batch.parts)
        lost = before.join(now, on=_ID, how="anti").drop("line").collect()
        lost = placed_payments(lost, places[id(earlier[-1])])
        simulated = earlier[-1].held.batch.simulated
        found.append(withdrawn(payments(lost, telling.known_on, simulated=simulated), telling.known_on))
    return pl.concat(found)
