"""Build the history of communes from INSEE's table of changes and the delegated communes of 2025."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from maillage.territory.vintages import LAST, PIVOT, CommuneHistory

_SOURCE = "INSEE, code officiel géographique 2025, simple merger of 1 January 2025 (no delegated commune was kept)"


@dataclass(frozen=True, slots=True)
class DeclaredMerger:
    """A commune of 2024 that belongs to another one in 2025, and how that is known."""

    code_before: str
    code_after: str
    reason: str


MERGERS_2025: tuple[DeclaredMerger, ...] = (
    DeclaredMerger("02311", "02589", f"Filain joined Pargny-Filain, now Pargny-et-Filain: {_SOURCE}"),
    DeclaredMerger("08300", "08439", f"Le Mont-Dieu joined Tannay, now Tannay-le-Mont-Dieu: {_SOURCE}"),
    DeclaredMerger("16238", "16023", f"Moutonneau joined Aunac-sur-Charente: {_SOURCE}"),
    DeclaredMerger("25297", "25364", f"Le Gratteris joined Mamirolle: {_SOURCE}"),
    DeclaredMerger("26371", "26289", f"Véronne joined Saillans: {_SOURCE}"),
    DeclaredMerger("42072", "42217", f"La Côte-en-Couzan joined Saint-Didier, now La Côte-Saint-Didier: {_SOURCE}"),
    DeclaredMerger("71131", "71566", f"Ciel joined Verdun-sur-le-Doubs, now Verdun-Ciel: {_SOURCE}"),
    DeclaredMerger("72287", "72155", f"Saint-Gervais-en-Belin joined Laigné, now Laigné-Saint-Gervais: {_SOURCE}"),
)


def steps_to_2025(codes_2024: pl.Series, communes: pl.DataFrame, passage: pl.DataFrame) -> pl.DataFrame:
    """What each commune of 2024 became in 2025, ``code, code_after``.

    ``communes`` has ``code_commune, kind, code_parent`` of 2025. A code that disappeared goes to the commune of which
    it is a delegated or associated part, else where ``MERGERS_2025`` declares. A new code that was a commune of earlier
    years (``passage``) was drawn from the commune that had absorbed it.
    """
    current = communes.filter(kind="COM").select("code_commune").to_series()
    before = codes_2024.alias("code").to_frame()
    parts = communes.filter(pl.col("kind").is_in(["COMD", "COMA"]), ~pl.col("code_commune").is_in(current.implode()))
    declared = pl.DataFrame(
        [(m.code_before, m.code_after) for m in MERGERS_2025],
        {"code": pl.String, "code_after": pl.String},
        orient="row",
    )
    absorbed = pl.concat([parts.select(code="code_commune", code_after="code_parent"), declared]).unique(
        "code", keep="first"
    )
    kept = before.filter(pl.col("code").is_in(current.implode())).with_columns(pl.col("code").alias("code_after"))
    gone = before.filter(~pl.col("code").is_in(current.implode())).join(absorbed, on="code")
    known = pl.concat([kept, gone]).get_column("code_after")
    restored = (
        passage.filter(
            pl.col("code_before").is_in(current.implode()),
            ~pl.col("code_before").is_in(known.implode()),
            pl.col("code_after").is_in(current.implode()),
        )
        .select(code="code_after", code_after="code_before")
        .unique()
    )
    return (
        pl.concat([kept, gone, restored])
        .filter(pl.col("code_after").is_in(current.implode()))
        .sort("code", "code_after")
    )


def commune_history(
    communes: pl.DataFrame, passage: pl.DataFrame | None, census: pl.DataFrame | None, *, millesime: int = LAST
) -> CommuneHistory:
    """Build the history from the source frames ``geo_commune``, ``insee_passage`` and ``insee_iris_population``.

    Without ``passage`` only the communes of 2025 are known. Raises UsageError when ``millesime`` is not.
    """
    arms = communes.filter(kind="ARM").select(code="code_commune", city="code_parent").sort("code")
    cities = arms.get_column("city").unique().sort()
    whole = communes.filter(
        kind="COM",
    ).get_column("code_commune")
    current = pl.concat([whole.filter(~whole.is_in(cities.implode())), arms.get_column("code")]).sort().alias("code")
    after = pl.DataFrame(schema={"code": pl.String, "year": pl.Int32, "code_after": pl.String})
    steps = pl.DataFrame(schema={"code": pl.String, "code_after": pl.String})
    if passage is not None and passage.height:
        latest = passage.get_column("code_after").unique().sort()
        steps = _by_arrondissement(steps_to_2025(latest, communes, passage), arms)
        pivot = pl.DataFrame({"code": latest, "code_after": latest}).with_columns(pl.lit(PIVOT, pl.Int32).alias("year"))
        rows = pl.concat(
            [
                passage.select(code="code_before", year=pl.col("year_before").cast(pl.Int32), code_after="code_after"),
                pivot.select("code", "year", "code_after"),
            ]
        ).unique()
        years = rows.get_column("year").unique().to_list()
        after = pl.concat(
            _by_arrondissement(rows.filter(year=year), arms).with_columns(pl.lit(year, pl.Int32).alias("year"))
            for year in years
        ).sort("year", "code", "code_after")
    delegated = communes.filter(pl.col("kind").is_in(["COMD", "COMA"])).select(
        code="code_commune", code_after="code_parent"
    )
    history = CommuneHistory(after, steps, current, arms, delegated, _people(communes, census))
    return history.at(millesime)


def _by_arrondissement(pairs: pl.DataFrame, arms: pl.DataFrame) -> pl.DataFrame:
    """Replace the pairs of a whole city by those of its arrondissements, which never changed."""
    cities = arms.get_column("city").implode()
    same = arms.select("code", code_after="code")
    others = pairs.filter(~pl.col("code").is_in(cities), ~pl.col("code_after").is_in(cities))
    known = others.get_column("code").implode()
    rest = [pl.lit(None, t).alias(c) for c, t in pairs.schema.items() if c not in same.columns]
    added = same.filter(~pl.col("code").is_in(known)).with_columns(rest).select(pairs.columns)
    return pl.concat([others, added]).sort("code", "code_after")


def _people(communes: pl.DataFrame, census: pl.DataFrame | None) -> pl.DataFrame:
    figures = communes.drop_nulls("population").select("kind", code="code_commune", population="population")
    is_part = pl.col("kind").is_in(["COMD", "COMA"])
    kinds = {
        "legal": figures.filter(~is_part),
        "part": figures.filter(is_part).unique("code", keep="first", maintain_order=True),
    }
    if census is not None and census.height:
        kinds["census"] = census.group_by(code="code_commune").agg(pl.col("population").sum()).sort("code")
    return pl.concat(
        frame.select("code", pl.lit(kind).alias("kind"), pl.col("population").cast(pl.Float64))
        for kind, frame in kinds.items()
    )
