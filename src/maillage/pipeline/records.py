"""Event records of a run: batches read, placed on the run's communes, written table by table, and counted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from maillage.catalog import reasons
from maillage.catalog.kept import Kept, fingerprint
from maillage.catalog.parameters import load_parameters
from maillage.catalog.store import Draft, sha256_file, table_writer
from maillage.catalog.table import Table
from maillage.catalog.tables import BENEFICIARY_COUNT, EVENT_TABLES, RECORD_QUALITY
from maillage.pipeline.held import Held, Records, batch_of, told
from maillage.pipeline.record_repeats import replaced_rows
from maillage.sources.records.batch import FAULTS
from maillage.sources.records.keys import PART, RANK
from maillage.sources.records.read import dated_columns, refuse_when_too_many, site_departement
from maillage.sources.registry import FoundRecords
from maillage.sources.source import Source
from maillage.territory.convert import Measures, convert
from maillage.territory.residence import PAIR, Communes, placed
from maillage.text import Text

UNKNOWN_YEAR = "unknown"
COUNTS = {"level": pl.String, "code": pl.String, "period": pl.String, "bad": pl.Boolean, "rows": pl.Int64}


def write_records(draft: Draft, found: Sequence[FoundRecords], communes: Communes, kept: Kept | None = None) -> Records:
    """Read what is not read yet, place and write every event table (empty where there is no file) and its quality.

    A copy of a file is read once; of two files that hold the same key the later in order is kept. A batch that was
    placed before, on the same communes, is taken from ``kept`` and not read again.
    Raises UnreadableFileError or TooManyBadRowsError for a file that cannot be taken in.
    """
    scratch = draft.folder / "scratch"
    held, copies = _held(found, scratch)
    kept = kept or Kept(scratch / "kept")
    counts: list[pl.DataFrame] = []
    for table in EVENT_TABLES:
        if table is not RECORD_QUALITY:
            mine = [h for h in held if table.name in h.source.feeds]
            counts.append(_write_table(draft, table, mine, communes, kept))
    draft.write(RECORD_QUALITY, _quality(counts))
    records = told(draft, held, [*copies, *(text for h in held for text in _said(h))])
    shutil.rmtree(scratch, ignore_errors=True)
    return records


def _held(found: Sequence[FoundRecords], scratch: Path) -> tuple[list[Held], list[Text]]:
    limit = float(load_parameters("records")["bad_share_max"].value)
    held: dict[str, Held] = {}
    copies = []
    for rank, record in enumerate(found):
        batch = batch_of(record, scratch / f"{rank:06d}")
        refuse_when_too_many(batch, limit)
        if batch.sha256 in held:
            copies.append(_copy(batch.file, held[batch.sha256].batch.file))
        else:
            held[batch.sha256] = Held(batch, record.source)
    return list(held.values()), copies


def _copy(file: str, of: str) -> Text:
    return Text(f"{file} est une copie de {of} : lu une fois.", f"{file} is a copy of {of}: it was read once.")


def _write_table(draft: Draft, table: Table, held: Sequence[Held], communes: Communes, kept: Kept) -> pl.DataFrame:
    """Write one event table; returns the rows kept and put aside by place and year (``COUNTS`` and the table)."""
    counts = [pl.DataFrame(schema=COUNTS)]
    if table is BENEFICIARY_COUNT:
        rows = [_counted_people(h, communes, counts) for h in held]
        draft.write(table, _added_up(rows))
    elif not held:
        draft.write(table, table.empty())
    else:
        ids = [h.batch.content() for h in held]
        replaced = replaced_rows([h.batch for h in held], ids, held[0].source.table, kept)
        pairs = [_pairs(h, name, kept) for h, name in zip(held, ids, strict=True)]
        lookup = _lookup(held, pairs, communes)
        files = []
        for h, name, gone, mine in zip(held, ids, replaced, pairs, strict=True):
            if gone.height:
                h.faults.append(_replaced(gone, held, held[0].source.table))
            here = lookup.join(mine, on=list(PAIR), how="semi", nulls_equal=True, maintain_order="left")
            files.append(_placed(h, name, gone, here, kept, counts))
        draft.adopt(table, files)
        counts += [_aside_counts(h.batch.aside(), lookup) for h in held]
    whole = pl.concat(counts).group_by("level", "code", "period", "bad").agg(pl.sum("rows"))
    return whole.with_columns(pl.lit(table.name).alias("event_table"))


def _placed(
    h: Held, name: str, gone: pl.DataFrame, lookup: pl.DataFrame, kept: Kept, counts: list[pl.DataFrame]
) -> tuple[Path, int, str]:
    """The rows of a batch that have a commune, as a file, its rows and its SHA-256; from ``kept`` where they are there.

    They follow from the batch, from which of its rows were replaced, and from the communes of its places alone.
    """
    feeds = next(t for t in EVENT_TABLES if t.name in h.source.feeds)

    def make(folder: Path) -> None:
        folder.mkdir()
        _place(h, gone, lookup, folder, feeds)

    key = ("placed", feeds.name, name, fingerprint(gone.select(PART, RANK)), fingerprint(lookup))
    folder = kept.path(key, make)
    said = json.loads((folder / "said.json").read_text("utf-8"))
    h.written, h.chosen = said["written"], said["chosen"]
    counts.append(pl.read_parquet(folder / "counts.parquet"))
    h.faults.append(pl.read_parquet(folder / "lost.parquet"))
    return folder / f"{feeds.name}.parquet", said["written"], said["sha256"]


def _place(h: Held, gone: pl.DataFrame, lookup: pl.DataFrame, folder: Path, table: Table) -> None:
    """Place the rows of a batch, part by part: the rows, their counts, those that have no commune, and how many."""
    counts, lost, written, chosen = [pl.DataFrame(schema=COUNTS)], [pl.DataFrame(schema=FAULTS)], 0, 0
    dropped = {int(str(part)): rows.get_column(RANK) for (part,), rows in gone.group_by(PART)}
    path = folder / f"{table.name}.parquet"
    with table_writer(table, path) as write:
        for number, part in enumerate(h.batch.parts):
            rows = _placed_part(h.source, pl.read_parquet(part), dropped.get(number), lookup)
            write(rows.kept)
            counts += rows.counts
            lost.append(rows.lost)
            written, chosen = written + rows.kept.height, chosen + rows.chosen
    whole = pl.concat(counts).group_by("level", "code", "period", "bad").agg(pl.sum("rows"))
    whole.select(*COUNTS).sort("level", "code", "period", "bad").write_parquet(folder / "counts.parquet")
    pl.concat(lost).write_parquet(folder / "lost.parquet")
    said = {"written": written, "chosen": chosen, "sha256": sha256_file(path)}
    (folder / "said.json").write_text(json.dumps(said), "utf-8")


def _replaced(gone: pl.DataFrame, held: Sequence[Held], table: Table) -> pl.DataFrame:
    """Faults of the rows that a later file holds too: given twice as they are, or replaced by it."""
    files = {n: reasons.LATER_FILE.en.format(file=h.batch.file) for n, h in enumerate(held)}
    later = pl.col("later").replace_strict(files, return_dtype=pl.String)
    return gone.select(
        pl.col("line"),
        pl.lit(", ".join(table.key)).alias("field"),
        pl.col("found"),
        pl.when("same").then(pl.lit(reasons.REPEATED.en)).otherwise(later).alias("reason"),
    ).select(*FAULTS)


def _year(source: Source) -> pl.Expr:
    """The year of a record, as a text."""
    layout = source.records
    first = dated_columns(layout)[0] if layout else "year"
    return (pl.col(first) if first == "year" else pl.col(first).dt.year()).cast(pl.String).alias("year")


def _pairs(h: Held, name: str, kept: Kept) -> pl.DataFrame:
    """Every place that the rows of a batch give, with its year; none where they give no commune."""

    def distinct() -> pl.DataFrame:
        told = pl.scan_parquet(h.batch.parts).select(_year(h.source), "code_commune", "postcode")
        return told.unique().collect().sort(PAIR)

    if "code_commune" not in h.source.table.columns or not h.batch.parts:
        return _NO_PAIRS
    return kept.frame(("pairs", name), distinct)


_NO_PAIRS = pl.DataFrame(schema=dict.fromkeys(PAIR, pl.String))


def _lookup(held: Sequence[Held], pairs: Sequence[pl.DataFrame], communes: Communes) -> pl.DataFrame:
    """Every place that the batches give, with its commune (``territory.residence.placed``)."""
    aside = [h.batch.aside().select(PAIR) for h in held if "code_commune" in h.source.table.columns]
    return placed(communes, pl.concat([_NO_PAIRS, *pairs, *aside]).unique().sort(PAIR))


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of a part that have a commune, the faults of the others, counts, and how many had several communes."""

    kept: pl.DataFrame
    lost: pl.DataFrame
    counts: list[pl.DataFrame]
    chosen: int = 0


def _placed_part(source: Source, part: pl.DataFrame, dropped: pl.Series | None, lookup: pl.DataFrame) -> _Part:
    """The rows of a part, with the code of their commune where it is known."""
    if dropped is not None:
        part = part.filter(~pl.int_range(pl.len()).is_in(dropped.implode()))
    rows = part.with_columns(_year(source).alias("period"))
    if "code_commune" not in part.columns:
        counted = _count(rows.with_columns(code=pl.lit("FRA"), level=pl.lit("france")), bad=False)
        return _Part(rows, pl.DataFrame(schema=FAULTS), [counted])
    here = rows.rename({"period": "year_"}).join(
        lookup.rename({"year": "year_"}),
        on=["year_", "code_commune", "postcode"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    here = here.rename({"year_": "period"})
    good, lost = here.filter(pl.col("code").is_not_null()), here.filter(pl.col("code").is_null())
    counts = [_count(good.with_columns(level=pl.lit("commune")), bad=False), _count(_nowhere(lost), bad=True)]
    return _Part(good, _lost(lost), counts, int(good.get_column("chosen").sum()))


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
    counts.append(_aside_counts(h.batch.aside(), _lookup([], [], communes)))
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


def _said(h: Held) -> Iterator[Text]:
    if h.chosen:
        yield Text(
            f"{h.batch.file} : {h.chosen} enregistrements placés dans la commune la plus peuplée parmi plusieurs"
            " possibles (code postal partagé ou commune divisée).",
            f"{h.batch.file}: {h.chosen} records placed in the most populated of several possible communes (shared"
            " postcode, or a commune that was split).",
        )
