"""Read a file of records by the million, in bounded memory: batch after batch to Parquet parts and a quarantine."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.check import LINE, ROW, check_cells, respelled
from maillage.catalog.fields import FIELDS
from maillage.catalog.layout import FileLayout
from maillage.catalog.times import orders_seen
from maillage.errors import TooManyBadRowsError, UnreadableFileError
from maillage.sources.records.batch import ASIDE_COUNTS, ASIDE_FILE, FAULTS, FAULTS_STEM, NOTICES_STEM, RecordBatch
from maillage.sources.records.files import RawBatch, RecordFile
from maillage.sources.records.keys import PART, RANK, same_key
from maillage.sources.records.lines import BLOCK_BYTES
from maillage.sources.records.mapping import Declared, Match, match
from maillage.sources.records.translate import translate
from maillage.text import format_number

# Where this many of a hundred dates that read one way only are month first, the others cannot be told.
MONTH_FIRST_PERCENT = 1
Listener = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read, how it is declared, and where its parts go; ``listener`` is told the rows read so far."""

    layout: FileLayout
    file: RecordFile
    into: Path
    mapping: Declared = field(default_factory=Declared)
    listener: Listener | None = None
    block_bytes: int = BLOCK_BYTES
    mapping_sha256: str = ""


@dataclass(slots=True)
class _Tally:
    """What the batches gave so far."""

    rows_in: int = 0
    decided: int = 0
    cp1252: int = 0
    accented: int = 0
    parts: int = 0
    faults: int = 0
    aside: list[pl.DataFrame] = field(default_factory=list)
    orders: dict[str, list[int]] = field(default_factory=dict)


def read_records(reading: Reading, *, file: str = "", simulated: bool = False, note: str = "") -> RecordBatch:
    """Read a whole file into parts, faults and counts in ``reading.into``, and say what was understood.

    A row that cannot be read, or that contradicts another of its key, is put aside; identical rows are kept once.
    Raises UnreadableFileError when columns lack or there is no row, UsageError when the mapping names no column.
    """
    met = match(reading.layout, reading.file.names, reading.mapping)
    name = file or reading.file.path.name
    if lacking := met.lacks(reading.layout, reading.mapping.constants):
        raise UnreadableFileError(
            f"{name}: the columns {', '.join(lacking)} of {reading.layout.id} were expected,"
            f" found {', '.join(reading.file.names)}.",
            fr=f"Il manque à {name}, pour être lu comme « {reading.layout.title.fr} » : {', '.join(lacking)}."
            f" Colonnes du fichier : {', '.join(reading.file.names)}.",
        )
    tally = _pass(reading, met, frozenset())
    if swapped := _month_first(tally):
        tally = _pass(reading, met, swapped)
    if not tally.rows_in:
        raise UnreadableFileError(
            f"{name}: rows were expected below the header, found none.",
            fr=f"{name} ne contient aucune ligne sous les noms des colonnes.",
        )
    repeated = _settle_repeats(reading, tally)
    return _told(
        reading,
        met,
        tally,
        repeated,
        RecordBatch(reading.into, reading.layout.id, name, "", 0, simulated=simulated, note=note),
    )


def refuse_when_too_many(batch: RecordBatch, bad_share_max: float) -> None:
    """Raises TooManyBadRowsError when more than ``bad_share_max`` of a batch's rows are bad."""
    if batch.bad_share <= bad_share_max:
        return
    first = batch.faults().sort("line").head(1).collect().row(0, named=True)
    raise TooManyBadRowsError(
        f"{batch.file}: {batch.rows_quarantined} of {batch.rows_in} rows cannot be read"
        f" ({100 * batch.bad_share:.1f} %, the limit is {100 * bad_share_max:g} %); the first is line {first['line']},"
        f" field {first['field']}: {first['reason']} (found {first['found']!r}).",
        fr=f"Lignes qui ne peuvent pas être lues : {format_number(batch.rows_quarantined, 0, 'fr')} sur"
        f" {format_number(batch.rows_in, 0, 'fr')} ({format_number(100 * batch.bad_share, 1, 'fr')} %, la limite est de"
        f" {format_number(100 * bad_share_max, 0, 'fr')} %). Les raisons ci-dessous disent quoi corriger.",
    )


def _pass(reading: Reading, met: Match, both_ways: frozenset[str]) -> _Tally:
    """One reading of the whole file; ``both_ways`` are the fields whose dates may be month first."""
    shutil.rmtree(reading.into, ignore_errors=True)
    reading.into.mkdir(parents=True)
    tally = _Tally()
    for batch in reading.file.batches(block_bytes=reading.block_bytes):
        _take(reading, met, both_ways, batch, tally)
        if reading.listener:
            reading.listener(tally.rows_in)
    return tally


def _take(reading: Reading, met: Match, both_ways: frozenset[str], batch: RawBatch, tally: _Tally) -> None:
    table = reading.layout.table
    raw = translate(batch.cells, reading.layout, met, reading.mapping)
    cells = check_cells(raw, table, both_ways=both_ways)
    tally.rows_in += raw.height
    tally.decided += cells.decided
    tally.cp1252 += batch.cp1252
    tally.accented += batch.accented
    for column in table.fields:
        if column.dtype.is_temporal() and raw.schema[column.name] == pl.String:
            seen = orders_seen(raw.get_column(column.name).drop_nulls())
            so_far = tally.orders.setdefault(column.name, [0, 0])
            so_far[0], so_far[1] = so_far[0] + seen[0], so_far[1] + seen[1]
    if cells.faults.height:
        _write_faults(reading, tally, _spelled(cells.faults, reading, met))
        told = raw.with_row_index(ROW).filter(pl.col("aside").is_null())
        tally.aside.append(
            count_aside(told.join(cells.faults.select(ROW).unique(), on=ROW, how="semi"), reading.layout)
        )
    notices = respelled(raw, cells, table)
    if notices.height:
        path = reading.into / f"{NOTICES_STEM}-{tally.parts:06d}.parquet"
        _spelled(notices, reading, met).write_parquet(path)
    if cells.rows.height:
        cells.rows.drop(ROW).write_parquet(reading.into / f"part-{tally.parts:06d}.parquet")
        tally.parts += 1


def _spelled(faults: pl.DataFrame, reading: Reading, met: Match) -> pl.DataFrame:
    """Faults with the file's own names of its columns."""
    names = {c.field: " ".join(met.columns[c.name]) for c in reading.layout.columns if c.name in met.columns}
    field_ = pl.col("field").replace(names)
    return faults.sort(ROW, "field", "reason").with_columns(field_).select(*FAULTS).unique(maintain_order=True)


def _month_first(tally: _Tally) -> frozenset[str]:
    return frozenset(name for name, (day, month) in tally.orders.items() if month * 100 > day * MONTH_FIRST_PERCENT)


def count_aside(rows: pl.DataFrame, layout: FileLayout) -> pl.DataFrame:
    """Bad rows counted by commune, postcode, département of the hospital and year, each as far as it is known."""
    text = {name: pl.col(name).cast(pl.String) for name in rows.columns}
    none = pl.lit(None, pl.String)
    departement = site_departement(text.get("site_id_finess", none))
    when = dated_columns(layout)[0]
    return (
        rows.select(
            text.get("code_commune", none).alias("code_commune"),
            text.get("postcode", none).alias("postcode"),
            departement.alias("departement"),
            text[when].str.extract(r"((?:19|20)\d\d)", 1).alias("year"),
        )
        .group_by(pl.all())
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .select(*ASIDE_COUNTS)
    )


def site_departement(site: pl.Expr) -> pl.Expr:
    """The département of a FINESS number: its first two characters, four overseas (9701 is 971); null if unreadable."""
    overseas = pl.lit("97") + site.str.extract(r"^970([1-4])\d{5}$", 1)
    mayotte = pl.when(site.str.contains(r"^98\d{7}$")).then(pl.lit("976"))
    return pl.coalesce(overseas, mayotte, site.str.extract(r"^(\d\d|2[AB])\d{7}$", 1))


def dated_columns(layout: FileLayout) -> tuple[str, ...]:
    """The columns of a layout that say when, the first being that of the period."""
    return tuple(f.name for f in layout.table.fields if f.dtype.is_temporal() or f.name == "year")


def _settle_repeats(reading: Reading, tally: _Tally) -> int:
    """Keep identical rows of a key once, put contradictory ones aside; returns how many repeats were dropped."""
    table, parts = reading.layout.table, sorted(reading.into.glob("part-*.parquet"))
    dropped = 0
    for rows in same_key(parts, table):
        contradictory = pl.struct(table.columns).n_unique().over(table.key) > 1
        marked = rows.with_columns(contradictory.alias("contradictory"))
        wrong = marked.filter("contradictory")
        again = marked.filter(~pl.col("contradictory") & ~pl.struct(table.key).is_first_distinct())
        dropped += again.height
        found = pl.concat_str([pl.col(k).cast(pl.String) for k in table.key], separator=" / ")
        for group, reason in ((wrong, reasons.CONTRADICTION), (again, reasons.REPEATED)):
            told = group.select(
                LINE,
                pl.lit(", ".join(table.key)).alias("field"),
                found.alias("found"),
                pl.lit(reason.en).alias("reason"),
            )
            _write_faults(reading, tally, told)
        tally.aside.append(count_aside(wrong, reading.layout))
        _remove(parts, pl.concat([wrong, again]))
    return dropped


def _remove(parts: list[Path], rows: pl.DataFrame) -> None:
    for (part,), chosen in rows.group_by(PART, maintain_order=True):
        path = parts[int(str(part))]
        frame = pl.read_parquet(path)
        gone = pl.int_range(pl.len()).is_in(chosen.get_column(RANK).implode())
        frame.filter(~gone).write_parquet(path)


def _told(reading: Reading, met: Match, tally: _Tally, repeated: int, batch: RecordBatch) -> RecordBatch:
    """The batch with its counts and its period, saved."""
    layout, into = reading.layout, reading.into
    kept = sum(pl.scan_parquet(part).select(pl.len()).collect().item() for part in batch.parts)
    period = _period(layout, batch) if kept else ("", "")
    counts = (
        pl.concat([pl.DataFrame(schema=ASIDE_COUNTS), *tally.aside])
        .group_by(pl.all().exclude("rows"))
        .agg(pl.sum("rows"))
    )
    counts.sort(pl.all()).write_parquet(into / ASIDE_FILE)
    with reading.file.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    done = replace(
        batch,
        sha256=digest,
        size_bytes=reading.file.path.stat().st_size,
        rows_in=tally.rows_in,
        rows_kept=kept,
        rows_quarantined=tally.rows_in - kept - tally.decided - repeated,
        rows_left_out=tally.decided,
        rows_repeated=repeated,
        cp1252_lines=tally.cp1252,
        accented=tally.accented > 0,
        period_from=period[0],
        period_to=period[1],
        columns={k: list(v) for k, v in met.columns.items()},
        absent=met.absent,
        ignored=met.ignored,
        mapping_sha256=reading.mapping_sha256,
    )
    done.save()
    return done


def _period(layout: FileLayout, batch: RecordBatch) -> tuple[str, str]:
    """The first and the last day of the rows kept, each row by the first of its dates that is filled."""
    dated = dated_columns(layout)
    when = pl.coalesce(name for name in dated if FIELDS[name].dtype == FIELDS[dated[0]].dtype)
    found = pl.scan_parquet(batch.parts).select(low=when.min(), high=when.max()).collect()
    return str(found.item(0, "low")), str(found.item(0, "high"))


def _write_faults(reading: Reading, tally: _Tally, faults: pl.DataFrame) -> None:
    if faults.height:
        faults.select(*FAULTS).write_parquet(reading.into / f"{FAULTS_STEM}-{tally.faults:06d}.parquet")
        tally.faults += 1
