"""The protocol's own file: a row a unit and period, by the columns that the protocol names."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from maillage.errors import NotFoundError, UnreadableFileError
from maillage.evaluation.protocol import File, Protocol
from maillage.pipeline.studies.said import Said
from maillage.pipeline.studies.table import CELLS, NEVER, Table, outcome_words
from maillage.text import Text

_EMPTY = ("", "NA", "NaN", "nan", "null")
_SEPARATORS = (",", ";", "\t")
# Where commas do not part columns, they part decimals.
_DECIMAL_COMMA = r"^([-+]?\d*),(\d+(?:[eE][-+]?\d+)?)$"
_YEARS = ("period", "cohort")
_UNIT_COLUMNS = ("cohort", "cluster", "group", "dose")


def read_file_table(protocol: Protocol, folder: Path, said: Said) -> Table:
    """The table of the file of a protocol, whose path is relative to ``folder``.

    Where the file has no cohort, every unit is NEVER treated: dates may then come from the register. What changes
    within a unit and should not, and a unit told twice in a year, are refused. Raises NotFoundError without the file,
    UnreadableFileError when it is no CSV or Parquet file or lacks a column.
    """
    asked = protocol.file
    assert asked is not None
    path = folder / asked.path
    raw = _read(path)
    rows = _once(_typed(_columns(raw, asked, protocol, path), asked, said), said)
    inside = rows.filter(pl.col("period").is_between(protocol.outcome.first, protocol.outcome.last))
    if not asked.weight and protocol.estimand.weights == "people":
        said.note(
            'Le fichier ne nomme pas de colonne de poids : chaque unité compte pour une, malgré `weights = "people"`.',
            'The file names no column of weights: each unit counts for one, whatever `weights = "people"` says.',
        )
    label, unit, decimals, scale = outcome_words(protocol)
    named = _other_columns(protocol)
    return Table(
        label=label,
        unit=unit,
        decimals=decimals,
        scale=scale,
        cells=_cells(inside, counts=bool(asked.offset)),
        counts=bool(asked.offset),
        units=_units(inside, asked, said, own_clusters=protocol.inference.cluster == "unit"),
        about=_fixed(inside, {"group": "group"} if asked.group else {}),
        constants=_covariates(inside, protocol),
        dose=_fixed(inside, {"dose": "dose"}) if asked.dose else None,
        running=_fixed(inside, {"running": "running"}) if asked.running else None,
        others={
            name: inside.select("code", "period", value=pl.col(f"column:{name}"))
            for name in (*protocol.sensitivity.placebo_outcomes, *protocol.outcome.family)
            if name in named
        },
        origins={path.name: hashlib.sha256(path.read_bytes()).hexdigest()},
    )


def _cells(inside: pl.DataFrame, *, counts: bool) -> pl.DataFrame:
    """Rows of CELLS; a count over an offset becomes a rate, as indicators of the store are."""
    told = inside.with_columns(denominator=pl.col("offset").exp())
    return (told.with_columns(pl.col("value") / pl.col("denominator")) if counts else told).select(list(CELLS))


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise NotFoundError(
            f"The protocol names the file {path.name}, which is not in {path.parent}.",
            fr=f"Le protocole nomme le fichier {path.name}, qui n’est pas dans {path.parent}.",
        )
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        with path.open(encoding="utf-8-sig") as stream:
            header = stream.readline()
        separator = max(_SEPARATORS, key=header.count)
        rows = pl.read_csv(path, infer_schema=False, null_values=list(_EMPTY), separator=separator)
        return rows if separator == "," else rows.with_columns(pl.all().str.replace(_DECIMAL_COMMA, "${1}.${2}"))
    except (PolarsError, UnicodeDecodeError, OSError) as problem:
        raise UnreadableFileError(
            f"The file {path.name} of a protocol is CSV in UTF-8 or Parquet, and cannot be read: {problem}.",
            fr=f"Le fichier {path.name} d’un protocole est un CSV UTF-8 ou un Parquet, et ne se lit pas : {problem}.",
        ) from problem


def _other_columns(protocol: Protocol) -> tuple[str, ...]:
    """Columns that covariates, placebo outcomes and the family are read from."""
    named = [c.indicator for c in protocol.estimator.covariates]
    return tuple(dict.fromkeys((*named, *protocol.sensitivity.placebo_outcomes, *protocol.outcome.family)))


def _columns(raw: pl.DataFrame, asked: File, protocol: Protocol, path: Path) -> pl.DataFrame:
    roles = {role: name for role, name in asked.model_dump().items() if role != "path" and name}
    others = {f"column:{name}": name for name in _other_columns(protocol)}
    lacking = sorted({*roles.values(), *others.values()} - set(raw.columns))
    if lacking:
        found = ", ".join(raw.columns)
        raise UnreadableFileError(
            f"The file {path.name} has no column {', '.join(lacking)}; it has {found}.",
            hint="Name its columns in [file] of the protocol, or add the column.",
            fr=f"Le fichier {path.name} n’a pas de colonne {', '.join(lacking)} ; il a {found}. Nommer ses colonnes"
            " dans [file] du protocole, ou ajouter la colonne.",
        )
    absent = [role for role in File.model_fields if role not in (*roles, "path")]
    chosen = {"code": roles.pop("unit"), "value": roles.pop("outcome"), **roles, **others}
    return raw.select(
        *(pl.col(name).alias(role) for role, name in chosen.items()),
        *(pl.lit(None, pl.String).alias(role) for role in absent),
    )


def _called(role: str, asked: File) -> str:
    """What the file calls the column that plays a role."""
    fields = {"code": "unit", "value": "outcome"}
    return role.removeprefix("column:") if ":" in role else str(getattr(asked, fields.get(role, role)))


def _typed(rows: pl.DataFrame, asked: File, said: Said) -> pl.DataFrame:
    """Numbers as numbers; what is written and is no number, or no whole year, is refused; an empty cell is missing."""
    numbers = [c for c in rows.columns if c not in ("code", "cluster", "group")]
    read = rows.with_columns(
        pl.col("code", "cluster", "group").cast(pl.String), *(pl.col(c).cast(pl.Float64, strict=False) for c in numbers)
    )
    for name in numbers:
        number = read.get_column(name)
        wrong = number.is_null() | ((number % 1 != 0) & number.is_finite() & (name in _YEARS))
        bad = rows.filter(pl.col(name).is_not_null() & wrong)
        if bad.height:
            first, column = bad.row(0, named=True), _called(name, asked)
            fr, en = ("des années", "whole years") if name in _YEARS else ("des nombres", "numbers")
            said.refuse(
                "not_a_number",
                Text(
                    f"Cellules de la colonne {column} du fichier qui ne sont pas {fr} : {bad.height}, dont "
                    f"{first[name]!r} pour {first['code']}.",
                    f"Cells of the column {column} of the file that are not {en}: {bad.height}, such as "
                    f"{first[name]!r} for {first['code']}.",
                ),
                Text(
                    "Écrire les nombres sans espace ni unité, et laisser vide ce qui manque.",
                    "Write numbers without spaces or units, and leave empty what is missing.",
                ),
            )
    whole = read.drop_nulls(["code", "period"]).with_columns(pl.col("period").cast(pl.Int64))
    cohort = pl.when(pl.col("cohort").is_finite()).then("cohort").fill_null(float(NEVER)).cast(pl.Int64)
    finite = pl.when(pl.col("value").is_finite()).then("value")
    known = pl.when(finite.is_not_null()).then(pl.lit("published")).otherwise(pl.lit("missing"))
    return whole.with_columns(value=finite, cohort=cohort, status=known).sort("code", "period")


def _once(rows: pl.DataFrame, said: Said) -> pl.DataFrame:
    """The first row of each unit and year; more of them are refused."""
    kept = rows.unique(["code", "period"], keep="first", maintain_order=True)
    if kept.height < rows.height:
        again = rows.filter(pl.struct("code", "period").is_duplicated()).row(0, named=True)
        said.refuse(
            "seen_twice",
            Text(
                f"Lignes du fichier pour une unité et une année déjà dites : {rows.height - kept.height}, dont "
                f"{again['code']} en {again['period']}.",
                f"Rows of the file for a unit and a year already told: {rows.height - kept.height}, such as "
                f"{again['code']} in {again['period']}.",
            ),
            Text("Garder une ligne par unité et par année.", "Keep one row a unit and year."),
        )
    return kept


def _units(rows: pl.DataFrame, asked: File, said: Said, *, own_clusters: bool) -> pl.DataFrame:
    """The units of the file; a date or a group that changes within one is refused."""
    for role in (r for r in _UNIT_COLUMNS if getattr(asked, r)):
        moving = rows.group_by("code").agg(pl.col(role).n_unique().alias("found")).filter(pl.col("found") > 1)
        if moving.height:
            example = min(moving.get_column("code").to_list())
            said.refuse(
                "changes_within",
                Text(
                    f"La colonne {getattr(asked, role)} change au cours du temps pour {moving.height} unités, dont "
                    f"{example}.",
                    f"The column {getattr(asked, role)} changes through time within {moving.height} units, such as "
                    f"{example}.",
                ),
                Text(
                    "Une mesure adoptée le reste, et une unité reste dans son groupe : fixer l’une et l’autre.",
                    "Treatment stays once begun, and a unit stays in its group: fix both over the panel.",
                ),
            )
    weight = pl.col("weight").mean() if asked.weight else pl.lit(1.0)
    found = rows.group_by("code").agg(
        weight.alias("weight"), pl.col("cohort").first(), pl.col("cluster").first(), pl.col("group").first()
    )
    return found.sort("code").select(
        "code",
        pl.col("code").alias("name"),
        "weight",
        "cohort",
        pl.coalesce(*(() if own_clusters else ("cluster", "group")), "code").alias("cluster"),
        pl.coalesce("group", "code").alias("assigned"),
    )


def _fixed(rows: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    taken = [pl.col(role).first().alias(name) for name, role in columns.items()]
    return rows.group_by("code").agg(*taken).sort("code")


def _covariates(rows: pl.DataFrame, protocol: Protocol) -> pl.DataFrame:
    """``code`` and each covariate in its year, else in the first."""
    found = rows.select("code").unique().sort("code")
    for covariate in protocol.estimator.covariates:
        name, year = covariate.indicator, covariate.period or protocol.outcome.first
        then = rows.filter(pl.col("period") == year).select("code", pl.col(f"column:{name}").alias(name))
        found = found.join(then, on="code", how="left", maintain_order="left")
    return found
