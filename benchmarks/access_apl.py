"""The computed APL of five professions against the one that DREES publishes, and what the stage costs.

    python benchmarks/access_apl.py --data ../shared/data --json [--figure docs/figures/apl_calcule.svg]

Nothing here is fitted to DREES' scores: they are read only to be compared with.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import vl_convert
from figures import emit, options, show
from numpy.typing import NDArray
from scipy.stats import rankdata

from maillage.access import AgeWeights, Decay
from maillage.catalog.tables import APL, PROFESSIONAL, STATISTIC
from maillage.pipeline.access_conventions import CarConventions, Conventions, load_apl, load_conventions, load_decay
from maillage.pipeline.access_stage import AccessStage, compute_access
from maillage.pipeline.harmonise import harmonise
from maillage.settings import load_settings
from maillage.sources.registry import frames, read_carriers, read_folder
from maillage.territory.geography import build_geography

FOLDERS = ("apl_drees", "bpe", "insee", "social")
YEARS = (2021, 2022)
CELL = 0.25
SHOWN_TO = 8.0


@dataclass(frozen=True, slots=True)
class Core:
    """The core tables that the stage takes, and the published scores and statistics, all on one geography."""

    territory: pl.DataFrame
    population: pl.DataFrame
    professional: pl.DataFrame
    outlines: pl.DataFrame
    published: pl.DataFrame
    statistic: pl.DataFrame

    def compute(self, conventions: Conventions | None = None) -> AccessStage:
        return compute_access(
            self.territory, self.population, self.professional, self.outlines, conventions=conventions
        )


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--figure", type=Path, help="write the scatter plot there (SVG)")
    asked = parser.parse_args()
    core = read_core(asked.data)
    stage = core.compute()
    compared = by_profession(stage.frame, core)
    refined = refinements(core)
    variants = [
        {"variant": name} | comparison(access, core, year)
        for name, change in VARIANTS.items()
        for access in [core.compute(change(doctors_only())).frame]
        for year in YEARS
    ]
    sizes = by_size(stage.frame, core, YEARS[-1])
    seconds = min(timed(core.compute) for _ in range(3))
    alone = min(timed(lambda: core.compute(doctors_only())) for _ in range(3))
    show("Computed against published", compared)
    show("What each refinement brings", refined)
    show("One convention changed at a time", variants)
    show("By size of commune", sizes)
    rows = f"{stage.frame.height} rows in {seconds:.2f} s, {alone:.2f} s for general practitioners alone"
    print(f"\nStage: {rows}; {dict(stage.summary)}", *(found.en for found in stage.findings), sep="\n")
    if asked.figure:
        asked.figure.parent.mkdir(parents=True, exist_ok=True)
        asked.figure.write_text(vl_convert.vegalite_to_svg(plot(stage.frame, core)) + "\n", "utf-8")
    figures = {"compared": compared, "refinements": refined, "variants": variants, "by_size": sizes}
    costs = {"stage_seconds": seconds, "stage_seconds_gp": alone}
    emit(figures | costs | {"summary": dict(stage.summary)}, as_json=asked.json)


def read_core(data: Path) -> Core:
    reads = [*read_carriers(load_settings().carriers), *(r for f in FOLDERS for r in read_folder(data / f).reads)]
    rows = frames(reads)
    geography = build_geography(rows, millesime=2025, simulated=frozenset())
    tables = harmonise(rows, {read.source.id: read.source.geography for read in reads}, geography.history).tables
    published = tables[APL].filter((pl.col("profession") != "mg") | (pl.col("age_limit") == 0))
    return Core(
        geography.territory,
        geography.population,
        tables[PROFESSIONAL],
        geography.outlines,
        published,
        tables[STATISTIC],
    )


def by_profession(access: pl.DataFrame, core: Core) -> list[dict[str, Any]]:
    """The comparison of each profession with the score published for it, every age together but where DREES limits."""
    return [
        {"profession": one.profession} | comparison(access, core, year, one.profession)
        for one in load_conventions().sets
        for year in YEARS
    ]


def refinements(core: Core) -> list[dict[str, Any]]:
    """From the first method to the declared one, and the declared one without each of its refinements."""
    changes = accumulate((unrefined, *ADDED.values()), lambda before, after: lambda c: after(before(c)))
    names = ("none of the four", *(f"+ {name}" for name in ADDED))
    rows = {name: change(doctors_only()) for name, change in zip(names, changes, strict=True)}
    rows |= {f"declared, without {name}": change(doctors_only()) for name, change in REMOVED.items()}
    found = {name: core.compute(rules).frame for name, rules in rows.items()}
    found["declared, with people of 75 or more apart"] = four_bands(core).compute(doctors_only()).frame
    return [{"step": name} | comparison(frame, core, year) for name, frame in found.items() for year in YEARS]


def doctors_only() -> Conventions:
    """The declared conventions, general practitioners alone."""
    rules = load_conventions()
    return replace(rules, sets=rules.sets[:1])


def four_bands(core: Core) -> Core:
    """The population with those of 75 or more apart, from INSEE's share of them where it is known."""
    share = core.statistic.filter((pl.col("statistic") == "part_75plus") & (pl.col("level") == "commune"))
    share = share.select("code", pl.col("value").alias("share")).drop_nulls().unique("code")
    people = core.population.filter((pl.col("level") == "commune") & (pl.col("sex") == "all"))
    total = people.group_by("code", "year").agg(pl.col("population").sum().alias("total"))
    old = people.filter(pl.col("age_band") == "65+").join(total, on=["code", "year"]).join(share, on="code", how="left")
    very_old = pl.min_horizontal(pl.col("share") / 100 * pl.col("total"), pl.col("population"))
    split = old.with_columns(very_old.fill_null(pl.col("population") / 2).alias("very_old"))
    parts = [
        split.with_columns(pl.lit("75+").alias("age_band"), pl.col("very_old").alias("population")),
        split.with_columns(
            pl.lit("65-74").alias("age_band"), (pl.col("population") - pl.col("very_old")).alias("population")
        ),
    ]
    rest = people.filter(pl.col("age_band") != "65+")
    return replace(core, population=pl.concat([rest, *(part.select(rest.columns) for part in parts)]))


def comparison(access: pl.DataFrame, core: Core, year: int, profession: str = "mg") -> dict[str, Any]:
    pairs = paired(access, core, year, profession)
    ours, theirs, people = (pairs[c].to_numpy() for c in ("apl", "published", "population"))
    return {
        "year": year,
        "communes": pairs.height,
        "pearson_weighted": round(weighted_pearson(ours, theirs, people), 3),
        "spearman_weighted": round(weighted_pearson(rankdata(ours), rankdata(theirs), people), 3),
        "spearman": round(weighted_pearson(rankdata(ours), rankdata(theirs), np.ones_like(people)), 3),
        "mean_ours": round(float(np.average(ours, weights=people)), 2),
        "mean_published": round(float(np.average(theirs, weights=people)), 2),
    }


def paired(access: pl.DataFrame, core: Core, year: int, profession: str = "mg") -> pl.DataFrame:
    """One row a commune scored by both, with its population: that of the census, the same for both years."""
    people = core.population.filter((pl.col("level") == "commune") & (pl.col("sex") == "all"))
    people = people.group_by("code").agg(pl.col("population").sum())
    mine = (pl.col("year") == year) & (pl.col("profession") == profession)
    access = access.filter(pl.col("profession") == profession)
    published = core.published.filter(mine).select("code", pl.col("apl").alias("published"))
    return access.join(published.drop_nulls(), on="code").join(people, on="code").sort("code")


def by_size(access: pl.DataFrame, core: Core, year: int) -> list[dict[str, Any]]:
    """Mean computed and published score of communes of a size, weighted by population."""
    pairs = paired(access, core, year)
    edges = (0, 500, 2_000, 10_000, 50_000, 10_000_000)
    rows = []
    for low, high in pairwise(edges):
        size = pairs.filter((pl.col("population") >= low) & (pl.col("population") < high))
        people = size["population"].to_numpy()
        ours, theirs = (float(np.average(size[c].to_numpy(), weights=people)) for c in ("apl", "published"))
        row = {"inhabitants": f"{low:,}–{high:,}".replace(",", " ").replace("–10 000 000", "+"), "year": year}
        rows.append(row | {"communes": size.height, "computed": round(ours, 2), "published": round(theirs, 2)})
    return rows


def weighted_pearson(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    x, y = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    return float((weight @ (x * y)) / np.sqrt((weight @ x**2) * (weight @ y**2)))


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 2)


Change = Callable[[Conventions], Conventions]


def doctors(**changes: Any) -> Change:
    """Change the set of general practitioners."""
    return lambda c: replace(c, sets=(replace(c.sets[0], **changes), *c.sets[1:]))


def elasticity(value: float) -> Change:
    return doctors(activity=replace(load_apl("drees-2018").activity, elasticity=value))


def driving(change: Callable[[CarConventions], CarConventions]) -> Change:
    return lambda c: replace(c, car=change(c.car))


def slowing(factor: float) -> Change:
    return driving(lambda car: replace(car, slowing=replace(car.slowing, factor=factor)))


def spread(share: float) -> Change:
    return driving(lambda car: replace(car, inner_spread=share))


def times(factor: float) -> Change:
    return driving(lambda car: replace(car, model=replace(car.model, coefficient=car.model.coefficient * factor)))


SAME_AGES = doctors(age_weights=AgeWeights((0,), (1.0,)))
DECLARED = load_conventions()
REMOVED: dict[str, Change] = {
    "age weights": SAME_AGES,
    "activity by density of supply": elasticity(0.0),
    "urban speeds": slowing(1.0),
    "half of the residents around the town hall": spread(1.0),
}
ADDED: dict[str, Change] = {
    "age weights": doctors(age_weights=DECLARED.sets[0].age_weights),
    "activity by density of supply": elasticity(DECLARED.sets[0].activity.elasticity),
    "urban speeds": slowing(DECLARED.car.slowing.factor),
    "half of the residents around the town hall (as declared)": spread(DECLARED.car.inner_spread),
}


def unrefined(rules: Conventions) -> Conventions:
    for change in REMOVED.values():
        rules = change(rules)
    return rules


VARIANTS: dict[str, Change] = {
    "decay of IRDES 2012 (under 15 min)": doctors(decay=load_decay("irdes-2012")),
    "flat up to 5 min, then a line to 20": doctors(decay=Decay("flat 5", "linear", (5, 20), (1, 0))),
    "flat up to 10 min, then a line to 20": doctors(decay=Decay("flat 10", "linear", (10, 20), (1, 0))),
    "nobody away from the town hall": spread(0.0),
    "elasticity of activity 0.05": elasticity(0.05),
    "elasticity of activity 0.3": elasticity(0.3),
    "driving up to 1.25 times longer": slowing(1.25),
    "driving up to 2 times longer": slowing(2.0),
    "driving up to 2.5 times longer": slowing(2.5),
    "travel times × 0.85": times(0.85),
    "travel times × 1.15": times(1.15),
}


def plot(access: pl.DataFrame, core: Core) -> dict[str, Any]:
    """Population by cell of computed and published score, a panel a year."""
    cells = pl.concat(
        paired(access, core, year)
        .with_columns(
            pl.lit(year).alias("year"),
            *((pl.col(c).clip(0, SHOWN_TO - CELL / 2) / CELL).floor() * CELL for c in ("apl", "published")),
        )
        .group_by("year", "apl", "published")
        .agg(pl.col("population").sum())
        for year in YEARS
    ).sort("year", "published", "apl")
    marks = cells.with_columns(
        (pl.col("apl") + CELL).alias("apl_to"), (pl.col("published") + CELL).alias("published_to")
    ).to_dicts()
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "white",
        "title": {
            "text": "GP APL by commune: computed by Maillage, published by DREES",
            "subtitle": f"Consultations a year per standardised inhabitant, cells of {CELL:g}",
            "anchor": "start",
        },
        "hconcat": [
            panel([m for m in marks if m["year"] == year], year, comparison(access, core, year)) for year in YEARS
        ],
        "config": {
            "aria": False,
            "font": "sans-serif",
            "title": {"offset": 12},
            "axis": {"grid": True, "gridOpacity": 0.4},
            "view": {"stroke": None},
        },
    }


def panel(marks: list[dict[str, Any]], year: int, found: dict[str, Any]) -> dict[str, Any]:
    scale = {"domain": [0, SHOWN_TO], "nice": False}
    line = [{"v": 0}, {"v": SHOWN_TO}]
    return {
        "width": 330,
        "height": 330,
        "title": f"{year}: weighted correlation {found['pearson_weighted']:.2f}, Spearman {found['spearman']:.2f}",
        "layer": [
            {
                "data": {"values": marks},
                "mark": {"type": "rect"},
                "encoding": {
                    "x": {
                        "field": "published",
                        "type": "quantitative",
                        "scale": scale,
                        "title": f"Published, DREES {year}",
                    },
                    "x2": {"field": "published_to"},
                    "y": {"field": "apl", "type": "quantitative", "scale": scale, "title": "Computed, BPE 2024"},
                    "y2": {"field": "apl_to"},
                    "color": {
                        "field": "population",
                        "type": "quantitative",
                        "title": "Inhabitants",
                        "scale": {"type": "sqrt", "range": ["#eef3f8", "#08306b"]},
                        "legend": {"format": "~s"},
                    },
                },
            },
            {
                "data": {"values": line},
                "mark": {"type": "line", "strokeDash": [4, 3], "color": "#444"},
                "encoding": {"x": {"field": "v", "type": "quantitative"}, "y": {"field": "v", "type": "quantitative"}},
            },
        ],
    }


if __name__ == "__main__":
    main()
