"""Where the data of a study come from: files and their hash, the version of the store, and what is simulated."""

from __future__ import annotations

import polars as pl

from maillage.catalog.store import Version
from maillage.evaluation.protocol import Protocol
from maillage.indicators.registry import load_indicators
from maillage.pipeline.studies.ground import Ground


def origins_of(version: Version, protocol: Protocol, ground: Ground) -> dict[str, str]:
    """The version of the store, and the SHA-256 of each file that the outcome or the register was read from."""
    indicator = load_indicators().get(protocol.outcome.indicator)
    mine = ground.events.filter(pl.col("measure") == protocol.treatment.measure)
    told = mine.get_column("source").unique().to_list()
    wanted = {*told, *(i.source for i in (indicator.inputs if indicator else ()))}
    files = version.read("source_file").filter(pl.col("source").is_in(sorted(wanted))).sort("source", "file")
    return {"store": version.id} | {
        f"{source}: {file}": digest for source, file, digest in files.select("source", "file", "sha256").iter_rows()
    }


def rests_on_simulated(ground: Ground, outcome: pl.DataFrame, protocol: Protocol) -> bool:
    """Whether the outcome, the dates or the territories of a study are simulated in any part."""
    events = ground.events.filter(pl.col("measure") == protocol.treatment.measure, "simulated").height
    drawn = ground.membership.filter(pl.col("parent_level") == protocol.population.level, "simulated").height
    indicator = load_indicators().get(protocol.outcome.indicator)
    inputs = [i.source for i in indicator.inputs] if indicator else []
    files = ground.version.read("source_file").filter(pl.col("source").is_in(inputs), "simulated").height
    origin = ground.version.read("origin").filter("simulated")
    figures = outcome.join(origin, on="origin", how="semi").height
    return bool(events or drawn or files or figures)
