"""The register of measures and the ledger of a run: files told day after day become events and payments."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from maillage.catalog.layout import FileLayout
from maillage.catalog.parameters import load_parameters
from maillage.catalog.store import Draft
from maillage.catalog.tables import FIGURE, MEASURE_EVENT, PAYMENT, TARGET
from maillage.measures.reference import Reference
from maillage.measures.registry import load_measures
from maillage.measures.statements import STATEMENT, TELLER
from maillage.pipeline.held import Held, Records, batch_of, told
from maillage.pipeline.inputs import Inputs
from maillage.pipeline.register_check import KnownTerritories, settle
from maillage.pipeline.register_events import Listing, Telling, events_of
from maillage.pipeline.register_payments import write_payments
from maillage.pipeline.register_place import Ground
from maillage.sources.ars_cpts import ARS_CPTS
from maillage.sources.records.batch import RecordBatch
from maillage.sources.records.read import dated_columns, refuse_when_too_many
from maillage.sources.registers.payments import PAYMENTS
from maillage.sources.registry import FoundRecords
from maillage.territory.geography import Geography
from maillage.text import Text


def write_register(
    draft: Draft, found: Sequence[FoundRecords], ground: Ground, reference: Reference, listings: Sequence[Listing] = ()
) -> Records:
    """Read the registers that are not read yet, and write MEASURE_EVENT, PAYMENT, TARGET and FIGURE.

    Registers are told in the order of the days on which they were made known. Targets, figures and the national
    payments are those of ``reference``. Raises UnreadableFileError or TooManyBadRowsError for a file that cannot be
    taken in.
    """
    scratch = draft.folder / "scratch"
    tellings, undated = _tellings(found, scratch)
    lists = [t for t in tellings if t.held.source.records is not PAYMENTS]
    paid = [t for t in tellings if t.held.source.records is PAYMENTS]
    draft.write(MEASURE_EVENT, events_of(lists, ground, listings))
    with draft.stream(PAYMENT) as write:
        write(reference.payment_table())
        write_payments(paid, ground, write)
    draft.write(TARGET, reference.target_table())
    draft.write(FIGURE, reference.figure_table())
    gone = {t.layout.id for t in tellings}
    findings = [*undated, *(listing.finding for listing in listings if listing.gives_way not in gone)]
    done = told(draft, [t.held for t in tellings], findings)
    shutil.rmtree(scratch, ignore_errors=True)
    return done


def _tellings(found: Sequence[FoundRecords], scratch: Path) -> tuple[list[Telling], list[Text]]:
    """Each file with the day on which it was made known, and which ones had none and took the last they tell."""
    limit = float(load_parameters("records")["bad_share_max"].value)
    known = KnownTerritories(None, load_measures())
    tellings, undated = [], []
    for rank, record in enumerate(found):
        batch = batch_of(record, scratch / f"{rank:06d}", partial(settle, known=known))
        refuse_when_too_many(batch, limit)
        day = date.fromisoformat(batch.known_on) if batch.known_on else record.known_on
        if day is None:
            day = _last_told(batch, record.layout)
            undated.append(_undated(batch.file, day))
        tellings.append(Telling(Held(batch, record.source), record.layout, day, rank))
    return tellings, undated


def _last_told(batch: RecordBatch, layout: FileLayout) -> date:
    """The last day that a file tells of what has begun."""
    names = [n for n in dated_columns(layout) if n not in ("end_date", "closing_date")]
    last = [date(1900, 1, 1)]
    for name in names if batch.parts else ():
        found = pl.scan_parquet(batch.parts).select(pl.col(name).max()).collect().item()
        last += [date(found, 12, 31) if name == "year" else found] if found else []
    return max(last)


def _undated(file: str, day: date) -> Text:
    return Text(
        f"{file} : le jour où ce registre a été connu n’est pas dit ; le dernier jour qu’il énonce est pris, le"
        f" {day:%d/%m/%Y} (known_on dans origine.toml le dirait).",
        f"{file}: the day on which this register was made known is not said; the last day that it tells is taken, {day}"
        " (known_on in origine.toml would say it).",
    )


def perimeter_listing(inputs: Inputs, geography: Geography) -> list[Listing]:
    """The published list of CPTS (ARS), as perimeters from the first day of its vintage; none where it is absent.

    It tells no date and no status: its communes are stated as of the vintage, on the geography of the run.
    """
    if (rows := inputs.frames.get(ARS_CPTS.id)) is None or rows.is_empty():
        return []
    day = date(int(ARS_CPTS.vintage), 1, 1)
    members = geography.membership.filter(pl.col("parent_level") == "cpts")
    share = pl.col("share").cast(pl.String).str.strip_suffix(".0")
    perimeters = members.select(beneficiary="parent_code", item="child_code", content=share)
    named = geography.territory.filter(pl.col("level") == "cpts").select(beneficiary="code", content="name")
    told = pl.concat(
        [
            perimeters.with_columns(attribute=pl.lit("perimeter")),
            named.with_columns(attribute=pl.lit("name"), item=pl.lit("")).select(
                "beneficiary", "item", "content", "attribute"
            ),
        ]
    ).with_columns(
        measure=pl.lit("cpts"),
        event_date=pl.lit(day),
        source=pl.lit(ARS_CPTS.id),
        reliability=pl.lit("observed"),
        simulated=pl.lit(ARS_CPTS.id in inputs.simulated),
    )
    known_on = inputs.known_on.get(ARS_CPTS.id, day)
    finding = Text(
        f"{ARS_CPTS.title.fr} : ni statut ni date d’adoption ; les périmètres sont énoncés au {day:%d/%m/%Y},"
        " millésime de la liste.",
        f"{ARS_CPTS.title.en}: no status nor date of adoption; the perimeters are stated as of {day}, the vintage of"
        " the list.",
    )
    return [Listing(told.select(*STATEMENT, *TELLER), known_on, "cpts_perimetre", finding)]
