"""What was understood of a file of records, in sentences that its holder can act on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from maillage.catalog.layout import FileLayout
from maillage.catalog.reasons import in_language
from maillage.sources.records.batch import RecordBatch
from maillage.text import Lang, Text, format_number, format_quantity

SHOWN_REASONS, SHOWN_CODES, SHOWN_ROWS = 12, 5, 2
_NO_FRACTION = ".000000"
_COUNTS = Text(
    "Lu : {rows_in}. Gardé : {kept} ; mis de côté : {bad} ; hors champ : {left} ; répété à l’identique : {again}.",
    "Read: {rows_in}. Kept: {kept}; put aside: {bad}; out of scope: {left}; identical repeats: {again}.",
)
_PERIOD = Text("Période : du {low} au {high}.", "Period: {low} to {high}.")
_FOUND = Text("Colonnes reconnues : {names}.", "Columns recognised: {names}.")
_ABSENT = Text("Colonnes absentes, laissées vides : {names}.", "Columns absent, left empty: {names}.")
_IGNORED = Text("Colonnes du fichier non lues : {names}.", "Columns of the file that are not read: {names}.")
_MIXED = Text(
    "Deux encodages dans le fichier : {count} en Windows-1252, le reste en UTF-8 ; chaque ligne est lue dans le sien.",
    "Two encodings in the file: {count} in Windows-1252, the rest in UTF-8; each line was read in its own.",
)
_CP1252 = Text("Encodage Windows-1252 : {count}.", "Windows-1252 encoding: {count}.")
_COMMUNES = Text(
    "Commune connue : {known} (communes différentes : {codes}) ; commune inconnue : {unknown}{shown}.",
    "Known commune: {known} (different communes: {codes}); unknown commune: {unknown}{shown}.",
)
_POSTCODES = Text(
    "Code postal seul : {rows}, dont {shared} d’un code postal que plusieurs communes partagent : la plus peuplée est"
    " prise.",
    "Postcode only: {rows}, of which {shared} with one that several communes share: the most populated is taken.",
)
_FORMER = Text(
    "Le code d’une ancienne commune est converti par `maillage run` quand la table de passage de l’INSEE est là.",
    "The code of a former commune is converted by `maillage run` where INSEE's table of changes is at hand.",
)
_REASON = Text(
    "{rows} : {reason} (la première : ligne {line}, {field}, trouvé : {found}{example})",
    "{rows}: {reason} (the first: line {line}, {field}, found {found}{example})",
)
_TO_CHECK = Text("Gardé, à vérifier : {sentence}", "Kept, to be checked: {sentence}")
_EXAMPLE = Text(" ; attendu par exemple : {value}", "; expected for example: {value}")
_WHOLE = Text("ligne entière", "whole row")
_ROW, _ROWS = Text("ligne", "row"), Text("lignes", "rows")
_SAMPLE = Text("Ce qui a été compris, par exemple : {cells}.", "What was understood, for example: {cells}.")


@dataclass(frozen=True, slots=True)
class CommuneCheck:
    """How many kept rows have a known commune, by code or by postcode; the unknown codes met most."""

    rows_known: int
    rows_unknown: int
    communes: int
    unknown: Sequence[str]
    rows_postcode: int
    rows_shared: int


@dataclass(frozen=True, slots=True)
class ToldReason:
    """Why some rows were put aside, in words: how many, the first of them, and an example of what was expected."""

    rows: int
    words: str
    line: int
    field: str
    found: str
    example: str


@dataclass(frozen=True, slots=True)
class RecordReport:
    """A batch, why its rows were put aside (``field, reason, rows, line, found``), its communes and a sample.

    ``notices`` say in the same way what is to be looked at in rows that are kept.
    """

    batch: RecordBatch
    layout: FileLayout
    reasons: Sequence[Mapping[str, Any]]
    communes: CommuneCheck | None
    sample: Sequence[Mapping[str, Any]]
    notices: Sequence[Mapping[str, Any]] = ()

    def lines(self, lang: Lang) -> list[str]:
        """The report, one sentence a line."""
        said = [f"{self.layout.title[lang]} ({self.batch.file})", *self.understood(lang)]
        said += [self._sentence(reason, lang) for reason in self.told_reasons(lang)[:SHOWN_REASONS]]
        looked_at = self._told(self.notices, lang)[:SHOWN_REASONS]
        said += [_TO_CHECK[lang].format(sentence=self._sentence(notice, lang)) for notice in looked_at]
        return [*said, *(_SAMPLE[lang].format(cells=cells) for cells in self.samples())]

    def understood(self, lang: Lang) -> list[str]:
        """Sentences on the rows, the period, the columns, the encoding and the communes."""
        batch = self.batch
        said = [_counts(batch, lang)]
        said += [self.period(lang)] if batch.period_from else []
        columns = [_paired(c.name, batch.columns[c.name]) for c in self.layout.columns if c.name in batch.columns]
        said.append(_FOUND[lang].format(names=", ".join(columns)))
        said += [
            t[lang].format(names=", ".join(n)) for t, n in ((_ABSENT, batch.absent), (_IGNORED, batch.ignored)) if n
        ]
        return [*said, *self.notes(lang)]

    def period(self, lang: Lang) -> str:
        """The first and the last day or year of the rows kept, in a sentence; empty where there are none."""
        batch = self.batch
        days = _day(batch.period_from, lang), _day(batch.period_to, lang)
        return _PERIOD[lang].format(low=days[0], high=days[1]) if batch.period_from else ""

    def notes(self, lang: Lang) -> list[str]:
        """Sentences on the encoding and on the communes."""
        batch, words = self.batch, _MIXED if self.batch.accented else _CP1252
        said = [words[lang].format(count=_rows(batch.cp1252_lines, lang))] if batch.cp1252_lines else []
        return [*said, *_about_communes(self.communes, lang)]

    def samples(self) -> list[str]:
        """The cells of the first rows kept, as they were understood."""
        return [_cells(row, self.layout) for row in self.sample]

    def told_reasons(self, lang: Lang) -> list[ToldReason]:
        """Why rows were put aside, the most frequent reason first, under the file's names of its columns."""
        return self._told(self.reasons, lang)

    def _told(self, reasons: Sequence[Mapping[str, Any]], lang: Lang) -> list[ToldReason]:
        examples = {" ".join(self.batch.columns.get(c.name, ())): c.example for c in self.layout.columns}
        return [
            ToldReason(
                rows=reason["rows"],
                words=self.words(reason["reason"], lang),
                line=reason["line"],
                field=_WHOLE[lang] if reason["field"] == "(row)" else self.words(reason["field"], lang),
                found=(reason["found"] or "∅").replace(_NO_FRACTION, ""),
                example=examples.get(reason["field"], ""),
            )
            for reason in reasons
        ]

    def words(self, reason: str, lang: Lang) -> str:
        """A reason of the quarantine in a language, under the layout's names of its columns."""
        words = in_language(reason, lang)
        for column in self.layout.columns:
            if column.values:
                words = words.replace(", ".join(column.meaning.allowed), ", ".join(column.values))
            words = re.sub(rf"\b{column.field}\b", column.name, words)
        return words

    def _sentence(self, told: ToldReason, lang: Lang) -> str:
        return _REASON[lang].format(
            rows=_rows(told.rows, lang),
            reason=told.words,
            line=told.line,
            field=told.field,
            found=told.found,
            example=_EXAMPLE[lang].format(value=told.example) if told.example else "",
        )

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        batch = {k: v for k, v in asdict(self.batch).items() if k != "folder"}
        communes = asdict(self.communes) if self.communes else None
        return {
            "batch": batch,
            "reasons": list(self.reasons),
            "communes": communes,
            "sample": list(self.sample),
            "notices": list(self.notices),
        }


def record_report(batch: RecordBatch, layout: FileLayout, known: KnownCommunes | None) -> RecordReport:
    """The report on a batch; ``known`` are the communes that codes are looked up in, where there are any."""
    communes = check_communes(batch, known) if known and "code_commune" in layout.table.columns else None
    sample = pl.scan_parquet(batch.parts).head(SHOWN_ROWS).collect().to_dicts() if batch.parts else []
    return RecordReport(batch, layout, _grouped(batch.faults()), communes, sample, _grouped(batch.notices()))


def _grouped(told: pl.LazyFrame) -> list[dict[str, Any]]:
    """Each field and reason once, with the rows it is told of and the first of them, the most frequent first."""
    grouped = told.group_by("field", "reason").agg(
        pl.col("line").n_unique().alias("rows"), pl.col("line").min(), pl.col("found").sort_by("line").first()
    )
    return grouped.sort("rows", "field", "reason", descending=[True, False, False]).collect().to_dicts()


@dataclass(frozen=True, slots=True)
class KnownCommunes:
    """Codes of communes, and postcodes with the number of communes that share each (``postcode, shared``).

    ``former`` reads the codes of communes and of their parts, wherever they are known.
    """

    codes: pl.Series
    postcodes: pl.DataFrame
    former: Callable[[], pl.Series] | None = None


def check_communes(batch: RecordBatch, known: KnownCommunes) -> CommuneCheck:
    """Count the kept rows of a batch by whether their commune is known."""
    if not batch.parts:
        return CommuneCheck(0, 0, 0, (), 0, 0)
    rows = pl.scan_parquet(batch.parts)
    columns = [c for c in ("code_commune", "postcode") if c in rows.collect_schema().names()]
    met = rows.group_by(columns).agg(pl.len().alias("rows")).collect()
    met = met if "postcode" in columns else met.with_columns(pl.lit(None, pl.String).alias("postcode"))
    met = met.join(known.postcodes, on="postcode", how="left")
    by_code = pl.col("code_commune").is_not_null()
    fits = (
        pl.when(by_code)
        .then(pl.col("code_commune").is_in(known.codes.implode()))
        .otherwise(pl.col("shared").is_not_null())
    )
    met = met.with_columns(fits.alias("fits"))
    lost = met.filter(~pl.col("fits")).sort("rows", "code_commune", "postcode", descending=[True, False, False])
    only = met.filter(~by_code & pl.col("fits"))
    return CommuneCheck(
        rows_known=int(met.filter("fits").get_column("rows").sum()),
        rows_unknown=int(lost.get_column("rows").sum()),
        communes=met.filter(by_code & pl.col("fits")).get_column("code_commune").n_unique(),
        unknown=tuple(lost.select(pl.coalesce("code_commune", "postcode")).head(SHOWN_CODES).to_series().to_list()),
        rows_postcode=int(only.get_column("rows").sum()),
        rows_shared=int(only.filter(pl.col("shared") > 1).get_column("rows").sum()),
    )


def _counts(batch: RecordBatch, lang: Lang) -> str:
    kept, bad, left, again = (
        format_number(n, 0, lang)
        for n in (batch.rows_kept, batch.rows_quarantined, batch.rows_left_out, batch.rows_repeated)
    )
    return _COUNTS[lang].format(rows_in=_rows(batch.rows_in, lang), kept=kept, bad=bad, left=left, again=again)


def _rows(count: int, lang: Lang) -> str:
    return format_quantity(count, 0, _ROWS, lang, unit_one=_ROW)


def _day(when: str, lang: Lang) -> str:
    day = when[:10].split("-")
    return "/".join(reversed(day)) if lang == "fr" else "-".join(day)


def _paired(column: str, sources: Sequence[str]) -> str:
    return column if list(sources) == [column] else f"{column} ← {' + '.join(sources)}"


def _about_communes(found: CommuneCheck | None, lang: Lang) -> list[str]:
    if found is None:
        return []
    shown = f" ({', '.join(found.unknown)}{'…' if len(found.unknown) == SHOWN_CODES else ''})" if found.unknown else ""
    rows = {
        name: _rows(getattr(found, name), lang)
        for name in ("rows_known", "rows_unknown", "rows_postcode", "rows_shared")
    }
    said = [
        _COMMUNES[lang].format(
            known=rows["rows_known"],
            codes=format_number(found.communes, 0, lang),
            unknown=rows["rows_unknown"],
            shown=shown,
        )
    ]
    if found.rows_unknown:
        said.append(_FORMER[lang])
    if found.rows_postcode:
        said.append(_POSTCODES[lang].format(rows=rows["rows_postcode"], shared=rows["rows_shared"]))
    return said


def _cells(row: Mapping[str, Any], layout: FileLayout) -> str:
    """The cells of a row under the layout's names, in its own codes."""
    said = [(c, row[c.field]) for c in layout.columns if row.get(c.field) is not None]
    return ", ".join(f"{c.name} = {next((k for k, v in c.values.items() if v == value), value)}" for c, value in said)
