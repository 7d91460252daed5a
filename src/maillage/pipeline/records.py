"""Event records of a run: batches read, placed on the run's communes, written table by table, and counted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.parameters import load_parameters
from maillage.catalog.store import Draft
from maillage.catalog.table import Table
from maillage.catalog.tables import BENEFICIARY_COUNT, EVENT_TABLES, QUARANTINE, RECORD_QUALITY, SOURCE_FILE
from maillage.sources.head import read_head
from maillage.sources.records.batch import FAULTS, RecordBatch, load_batch
from maillage.sources.records.files import open_records
from maillage.sources.records.keys import PART, RANK, same_key
from maillage.sources.records.read import Reading, dated_columns, read_records, refuse_when_too_many, site_departement
from maillage.sources.registry import FoundRecords
from maillage.sources.source import Source
from maillage.territory.convert import Measures, convert
from maillage.territory.residence import PAIR, Communes, placed
from maillage.text import Text

UNKNOWN_YEAR = "unknown"
COUNTS = {"level": pl.String, "code": pl.String, "period": pl.String, "bad": pl.Boolean, "rows": pl.Int64}


@dataclass(frozen=True, slots=True)
class Records:
    """What the stage gives to the run: SOURCE_FILE and QUARANTINE rows, simulated sources, findings, row counts."""

    source_files: pl.DataFrame
    quarantine: pl.DataFrame
    simulated: frozenset[str]
    findings: Sequence[Text]
    rows_in: int
    rows_out: int


@dataclass(slots=True)
class Held:
    """A batch on its way to a table: what of it is written, put aside late, and chosen among several communes."""

    batch: RecordBatch
    source: Source
    written: int = 0
    chosen: int = 0
    faults: list[pl.DataFrame] = field(default_factory=list)


def write_records(draft: Draft, found: Sequence[FoundRecords], communes: Communes) -> Records:
    """Read what is not read yet, place and write every event table (empty where there is no file) and its quality.

    A copy of a file is read once; of two files that hold the same key the later in order is kept.
    Raises UnreadableFileError or TooManyBadRowsError for a file that cannot be taken in.
    """
    scratch = draft.folder / "scratch"
    held, copies = _held(found, scratch)
    counts: list[pl.DataFrame] = []
    for table in EVENT_TABLES:
        if table is not RECORD_QUALITY:
            mine = [h for h in held if table.name in h.source.feeds]
            counts.append(_write_table(draft, table, mine, communes))
    draft.write(RECORD_QUALITY, _quality(counts))
    records = Records(
        source_files=pl.DataFrame([file_row(h) for h in held], schema=SOURCE_FILE.schema),
        quarantine=pl.concat([QUARANTINE.empty(), *(quarantine_rows(draft, h) for h in held)]),
        simulated=frozenset(h.source.id for h in held if h.batch.simulated),
        findings=[*copies, *(text for h in held for text in _said(h))],
        rows_in=sum(h.batch.rows_in for h in held),
        rows_out=sum(h.written for h in held),
    )
    shutil.rmtree(scratch, ignore_errors=True)
    return records


def _held(found: Sequence[FoundRecords], scratch: Path) -> tuple[list[Held], list[Text]]:
    limit = float(load_parameters("records")["bad_share_max"].value)
    held: dict[str, Held] = {}
    copies = []
    for rank, record in enumerate(found):
        if record.path.is_dir():
            kept = load_batch(record.path)
            # Two imports may bear one name: the folder tells them apart.
            batch = replace(kept, file=f"{Path(record.file).parent.as_posix()}/{kept.file}")
        else:
            reading = Reading(record.layout, open_records(read_head(record.path)), scratch / f"{rank:06d}")
            batch = read_records(reading, file=record.file, simulated=record.simulated, note=record.note)
        refuse_when_too_many(batch, limit)
        if batch.sha256 in held:
            copies.append(_copy(batch.file, held[batch.sha256].batch.file))
        else:
            held[batch.sha256] = Held(batch, record.source)
    return list(held.values()), copies


def _copy(file: str, of: str) -> Text:
    return Text(f"{file} est une copie de {of} : lu une fois.", f"{file} is a copy of {of}: it was read once.")


def _write_table(draft: Draft, table: Table, held: Sequence[Held], communes: Communes) -> pl.DataFrame:
    """Write one event table; returns the rows kept and put aside by place and year (``COUNTS`` and the table)."""
    counts = [pl.DataFrame(schema=COUNTS)]
    if table is BENEFICIARY_COUNT:
        rows = [_counted_people(h, communes, counts) for h in held]
        draft.write(table, _added_up(rows))
    else:
        dropped = _later_wins(held)
        lookup = _lookup(held, communes)
        with draft.stream(table) as write:
            for h in held:
                for part in h.batch.parts:
                    kept = _placed_part(h, pl.read_parquet(part), dropped.get(part), lookup, counts)
                    h.written += kept.height
                    write(kept)
        counts += [_aside_counts(h.batch.aside(), lookup) for h in held]
    whole = pl.concat(counts).group_by("level", "code", "period", "bad").agg(pl.sum("rows"))
    return whole.with_columns(pl.lit(table.name).alias("event_table"))


def _later_wins(held: Sequence[Held]) -> dict[Path, pl.Series]:
    """By part, the ranks of the rows whose key a later batch of the table holds too; they are put aside with a reason.

    A row that the later file repeats as it is was only given twice; one that it contradicts was replaced.
    """
    if len(held) < 2:
        return {}
    owners = [h for h in held for _ in h.batch.parts]
    parts = [part for h in held for part in h.batch.parts]
    rank = pl.Series([held.index(owner) for owner in owners], dtype=pl.Int64)
    table, dropped = held[0].source.table, dict[Path, list[pl.Series]]()
    for rows in same_key(parts, table):
        owned = rows.with_columns(rank.gather(rows.get_column(PART)).alias("owner"))
        last = pl.col("owner") == pl.col("owner").max().over(table.key)
        same = pl.struct(table.columns).n_unique().over(table.key) == 1
        later = pl.col("owner").max().over(table.key).alias("later")
        for (part,), gone in owned.with_columns(same.alias("same"), later).filter(~last).group_by(PART):
            path = parts[int(str(part))]
            dropped.setdefault(path, []).append(gone.get_column(RANK))
            owners[int(str(part))].faults.append(_replaced(gone, held, table))
    return {path: pl.concat(ranks) for path, ranks in dropped.items()}


def _replaced(gone: pl.DataFrame, held: Sequence[Held], table: Table) -> pl.DataFrame:
    files = {n: reasons.LATER_FILE.en.format(file=h.batch.file) for n, h in enumerate(held)}
    later = pl.col("later").replace_strict(files, return_dtype=pl.String)
    key = pl.concat_str([pl.col(k).cast(pl.String) for k in table.key], separator=" / ")
    return gone.select(
        pl.col("line"),
        pl.lit(", ".join(table.key)).alias("field"),
        key.alias("found"),
        pl.when("same").then(pl.lit(reasons.REPEATED.en)).otherwise(later).alias("reason"),
    ).select(*FAULTS)


def _year(source: Source) -> pl.Expr:
    """The year of a record, as a text."""
    layout = source.records
    first = dated_columns(layout)[0] if layout else "year"
    return (pl.col(first) if first == "year" else pl.col(first).dt.year()).cast(pl.String).alias("year")


def _lookup(held: Sequence[Held], communes: Communes) -> pl.DataFrame:
    """Every place that the batches give, with its commune (``territory.residence.placed``)."""
    pairs = [pl.DataFrame(schema=dict.fromkeys(PAIR, pl.String))]
    for h in held:
        if "code_commune" in h.source.table.columns:
            told = pl.scan_parquet(h.batch.parts).select(_year(h.source), "code_commune", "postcode").unique()
            pairs += [told.collect(), h.batch.aside().select(PAIR)] if h.batch.parts else [h.batch.aside().select(PAIR)]
    return placed(communes, pl.concat(pairs).unique().sort(PAIR))


def _placed_part(
    h: Held, part: pl.DataFrame, dropped: pl.Series | None, lookup: pl.DataFrame, counts: list[pl.DataFrame]
) -> pl.DataFrame:
    """The rows of a part that have a commune, with its code; the others go to the faults of their batch."""
    if dropped is not None:
        part = part.filter(~pl.int_range(pl.len()).is_in(dropped.implode()))
    rows = part.with_columns(_year(h.source).alias("period"))
    if "code_commune" not in part.columns:
        counts.append(_count(rows.with_columns(code=pl.lit("FRA"), level=pl.lit("france")), bad=False))
        return rows
    here = rows.rename({"period": "year_"}).join(
        lookup.rename({"year": "year_"}),
        on=["year_", "code_commune", "postcode"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    here = here.rename({"year_": "period"})
    good, lost = here.filter(pl.col("code").is_not_null()), here.filter(pl.col("code").is_null())
    h.chosen += int(good.get_column("chosen").sum())
    counts.append(_count(good.with_columns(level=pl.lit("commune")), bad=False))
    if lost.height:
        h.faults.append(_lost(lost))
        counts.append(_count(_nowhere(lost), bad=True))
    return good


def _lost(rows: pl.DataFrame) -> pl.DataFrame:
    by_code = pl.col("code_commune").is_not_null()
    return rows.select(
        pl.col("line"),
        pl.when(by_code).then(pl.lit("code_commune")).otherwise(pl.lit("postcode")).alias("field"),
        pl.coalesce("code_commune", "postcode").alias("found"),
        pl.col("reason"),
    ).select(*FAULTS)


def _nowhere(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without a commune, counted at the département of their hospital where they have one, else at France."""
    site = site_departement(pl.col("site_id_finess")) if "site_id_finess" in rows.columns else pl.lit(None, pl.String)
    departement = pl.col("departement") if "departement" in rows.columns else site
    return rows.with_columns(
        code=pl.coalesce(departement, pl.lit("FRA")),
        level=pl.when(departement.is_null()).then(pl.lit("france")).otherwise(pl.lit("departement")),
    )


def _count(rows: pl.DataFrame, *, bad: bool) -> pl.DataFrame:
    weight = pl.sum("rows") if "rows" in rows.columns else pl.len().cast(pl.Int64).alias("rows")
    counted = rows.group_by("level", "code", "period").agg(weight)
    return counted.with_columns(pl.lit(bad).alias("bad")).select(*COUNTS)


def _aside_counts(aside: pl.DataFrame, lookup: pl.DataFrame) -> pl.DataFrame:
    """Bad rows at their commune where it is known, else at the département of the hospital, else at France."""
    here = aside.join(lookup, on=list(PAIR), how="left", nulls_equal=True)
    here = here.with_columns(pl.col("year").fill_null(UNKNOWN_YEAR).alias("period"))
    known = here.filter(pl.col("code").is_not_null()).with_columns(level=pl.lit("commune"))
    lost = _nowhere(here.filter(pl.col("code").is_null()))
    return pl.concat([_count(known, bad=True), _count(lost, bad=True)])


def _counted_people(h: Held, communes: Communes, counts: list[pl.DataFrame]) -> pl.DataFrame:
    """Counts of beneficiaries converted to the run's communes, year after year, shared at a split."""
    rows = pl.concat([h.source.table.empty(), *(pl.read_parquet(p).drop("line") for p in h.batch.parts)])
    found = [h.source.table.empty()]
    for (year,), part in rows.group_by("year", maintain_order=True):
        done = convert(
            communes.history, part, Measures(sums=("beneficiaries",)), from_year=int(str(year)), source=h.source.id
        )
        found.append(done.rows)
        lost = part.filter(pl.col("code_commune").is_in(done.problems.get_column("found").implode()))
        h.written += part.height - lost.height
        h.faults.append(done.problems.select(*FAULTS))
        counts.append(_count(_nowhere(lost.with_columns(period=pl.lit(str(year)))), bad=True))
        kept = done.rows.with_columns(code="code_commune", level=pl.lit("commune"), period=pl.lit(str(year)))
        counts.append(_count(kept, bad=False))
    counts.append(_aside_counts(h.batch.aside(), _lookup([], communes)))
    return pl.concat(found)


def _added_up(rows: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One row a key; of two files that count the same people, the later is kept."""
    if not rows:
        return BENEFICIARY_COUNT.empty()
    whole = pl.concat(rows).rename({"code_commune": "code"})
    return whole.unique(BENEFICIARY_COUNT.key, keep="last", maintain_order=True)


def _quality(counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat(counts)
    return whole.group_by(RECORD_QUALITY.key).agg(
        pl.sum("rows").alias("records_in"), pl.col("rows").filter("bad").sum().alias("records_quarantined")
    )


def file_row(h: Held) -> dict[str, object]:
    """The row of SOURCE_FILE of a batch."""
    batch = h.batch
    return {
        "source": h.source.id,
        "file": batch.file,
        "sha256": batch.sha256,
        "size_bytes": batch.size_bytes,
        "vintage": " – ".join(dict.fromkeys(t[:10] for t in (batch.period_from, batch.period_to) if t)),
        "rows_in": batch.rows_in,
        "rows_out": h.written,
        "rows_quarantined": batch.rows_in - h.written,
        "simulated": batch.simulated,
    }


def quarantine_rows(draft: Draft, h: Held) -> pl.DataFrame:
    """The first rows put aside for each reason; the full list is written beside the tables.

    Screens show this table: of a record it gives the commune that is unknown, and no other cell.
    """
    whole = pl.concat([h.batch.faults(), *(f.lazy() for f in h.faults)])
    path = draft.extra("quarantine", f"{h.source.id}-{h.batch.sha256[:12]}.parquet")
    whole.sink_parquet(path)
    shown = int(load_parameters("records")["shown_rows_max"].value)
    first = pl.scan_parquet(path).filter(pl.int_range(pl.len()).over("reason") < shown).collect()
    shareable = pl.col("field").is_in(("code_commune", "postcode"))
    named = first.with_columns(
        pl.when(shareable).then(pl.col("found")), source=pl.lit(h.source.id), file=pl.lit(h.batch.file)
    )
    return named.select(pl.col(c).cast(t) for c, t in QUARANTINE.schema.items())


def _said(h: Held) -> Iterator[Text]:
    if h.chosen:
        yield Text(
            f"{h.batch.file} : {h.chosen} enregistrements placés dans la commune la plus peuplée parmi plusieurs"
            " possibles (code postal partagé ou commune divisée).",
            f"{h.batch.file}: {h.chosen} records placed in the most populated of several possible communes (shared"
            " postcode, or a commune that was split).",
        )
