"""Town halls that a published file places where their commune is not."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from maillage.catalog import reasons
from maillage.territory.convert import problem

# Outlines are drawn to some 200 m: a town hall this near (about 500 m) is not known to be outside. Beyond, the drawing
# does not err: of the 569 communes placed 1 to 3 km outside in the package of 2025, all but one lie well inside a
# neighbour, and the distances rise to a peak at 2 to 4 km, the next village, where those of a drawing would fall.
TOLERANCE_DEG = 0.005
_KM_PER_DEGREE = 111.195


def placed_within(communes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame ``geo_commune`` with each town hall at its commune, and rows of the table ``quarantine``.

    A town hall farther than ``TOLERANCE_DEG`` from the outline of its row (another town of the same name, a longitude
    of the wrong sign) is replaced by a point within that outline: it would send the doctors and residents of the
    commune elsewhere. A row without a town hall or an outline is left as it is.
    """
    known = communes.with_row_index("row").drop_nulls(["longitude", "latitude", "geometry_wkb"])
    outlines = shapely.from_wkb(known.get_column("geometry_wkb").to_list())
    halls = shapely.points(known.get_column("longitude").to_numpy(), known.get_column("latitude").to_numpy())
    away_deg = np.asarray(shapely.distance(outlines, halls), dtype=np.float64)
    far = away_deg > TOLERANCE_DEG
    within = shapely.point_on_surface(np.asarray(outlines, dtype=object)[far])
    moved = known.filter(far).select(
        "row",
        "code_commune",
        x=pl.Series(shapely.get_x(within), dtype=pl.Float64),
        y=pl.Series(shapely.get_y(within), dtype=pl.Float64),
        km=pl.Series((away_deg[far] * _KM_PER_DEGREE).round().astype(np.int64)),
    )
    rows = (
        communes.with_row_index("row")
        .join(moved.drop("code_commune"), on="row", how="left", maintain_order="left")
        .with_columns(longitude=pl.coalesce("x", "longitude"), latitude=pl.coalesce("y", "latitude"))
        .select(communes.columns)
    )
    away = moved.select(pl.format("{} km", pl.max_horizontal("km", 1))).to_series()
    return rows, problem(moved.get_column("code_commune"), "geo_commune", reasons.ASTRAY.en, away)
