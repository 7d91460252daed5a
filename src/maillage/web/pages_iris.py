"""The page of an IRIS, a district of the census: its inhabitants, and the way to the figures of its commune."""

from __future__ import annotations

import polars as pl
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from maillage.errors import NotFoundError
from maillage.sources.insee_population import INSEE_IRIS_POPULATION
from maillage.web.page import Page, PageOf

router = APIRouter(include_in_schema=False)
IRIS_WIDTH = 9


@router.get("/territoire/iris/{code}", response_class=HTMLResponse)
def iris(code: str, page: PageOf) -> HTMLResponse:
    """Inhabitants of an IRIS by age beside those of its commune; raises NotFoundError."""
    communes = [(page.atlas.territory("commune", c), share) for c, share in communes_of(page, code)]
    if not communes:
        raise NotFoundError(f"No IRIS has the code {code!r}.")
    tables = page.atlas.tiles.parent / "tables"
    named = pl.scan_parquet(tables / "territory.parquet").filter(pl.col("level") == "iris", pl.col("code") == code)
    population = pl.scan_parquet(tables / "population.parquet").filter(pl.col("sex") == "all")
    own = _bands(population.filter(pl.col("level") == "iris", pl.col("code") == code))
    around = _bands(population.filter(pl.col("level") == "commune", pl.col("code") == communes[0][0].code))
    return page.render(
        "iris.html",
        code=code,
        name=named.select("name").collect().item(),
        communes=communes,
        bands=[
            (band, people, _share(people, own), _share(around.get(band, 0.0), around)) for band, people in own.items()
        ],
        total=sum(own.values()),
        source=INSEE_IRIS_POPULATION,
    )


def communes_of(page: Page, code: str) -> list[tuple[str, float]]:
    """The communes that an IRIS lies in, with its share in each; none where no IRIS has the code."""
    if len(code) != IRIS_WIDTH:
        return []
    member = pl.scan_parquet(page.atlas.tiles.parent / "tables" / "membership.parquet")
    here = (pl.col("child_level") == "iris") & (pl.col("child_code") == code) & (pl.col("parent_level") == "commune")
    return member.filter(here).select("parent_code", "share").sort("parent_code").collect().rows()


def _bands(population: pl.LazyFrame) -> dict[str, float]:
    latest = population.filter(pl.col("year") == pl.col("year").max())
    return dict(latest.group_by("age_band").agg(pl.col("population").sum()).sort("age_band").collect().iter_rows())


def _share(people: float, bands: dict[str, float]) -> float | None:
    total = sum(bands.values())
    return people / total if total else None
