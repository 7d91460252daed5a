"""Travel from a file of times between communes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from maillage.access import CarTravelModel, TravelMatrix, travel_from_pairs, travel_from_points
from maillage.catalog import reasons
from maillage.catalog.check import LINE
from maillage.catalog.parameters import load_parameters
from maillage.errors import UnreadableFileError
from maillage.pipeline.access_conventions import Places
from maillage.pipeline.access_travel import GivenTravel, TravelNotes, TravelRead, one_way_pairs
from maillage.pipeline.inputs import placed_rows, source_files
from maillage.sources.origin import load_origin
from maillage.sources.reading import read_source
from maillage.sources.source import SourceRead
from maillage.sources.travel_file import TRAVEL_TIMES
from maillage.text import Text

START, END, MINUTES = TRAVEL_TIMES.table.columns
SENTENCES = {
    "pairs": Text(
        "Temps de trajet : {n} paires de {file}, à la place du modèle calé.",
        "Travel times: {n} pairs of {file}, instead of the calibrated model.",
    ),
    "rows_put_aside": Text(
        "Lignes de {file} mises de côté : {n} ; la table des lignes écartées dit lesquelles et pourquoi.",
        "Rows of {file} put aside: {n}; the quarantine says which and why.",
    ),
    "pairs_of_unknown_communes": Text(
        "Dont paires d’une commune inconnue de la géographie du calcul : {n} ({codes}).",
        "Of which pairs of a commune that the geography of the run does not have: {n} ({codes}).",
    ),
    "communes_absent": Text(
        "Communes absentes de {file}, dont l’accès n’est pas calculé : {n} ({codes}).",
        "Communes that {file} does not name, whose access is not computed: {n} ({codes}).",
    ),
    "pairs_missing": Text(
        "Paires que le modèle met à portée et que {file} n’a pas, comptées hors d’atteinte : {n} ({codes}).",
        "Pairs that the model puts within reach and {file} does not have, taken as out of reach: {n} ({codes}).",
    ),
    "pairs_within_communes": Text(
        "Temps à l’intérieur d’une commune que {file} n’a pas, pris au modèle : {n}.",
        "Times within a commune that {file} does not have, taken from the model: {n}.",
    ),
    "one_way_pairs": Text(
        "Paires à portée dont le retour ne l’est pas ou n’est pas donné : {n}.",
        "Pairs within reach whose way back is not, or is not given: {n}.",
    ),
}


@dataclass(frozen=True, slots=True)
class TimesTravel:
    """The pairs of a file between known communes, as a ``TravelBuilder``; ``notes`` take what the pairs lack."""

    pairs: pl.DataFrame
    notes: TravelNotes

    def __call__(self, homes: Places, practices: Places, max_min: float) -> TravelMatrix:
        """The pairs of the file in at most ``max_min``; those within a commune that it lacks are those of the model."""
        lacking = self._modelled(homes, practices, max_min).join(self.pairs, on=[START, END], how="anti")
        within = lacking.filter(pl.col(START) == pl.col(END))
        between = lacking.filter(pl.col(START) != pl.col(END))
        near = pl.concat([self.pairs, within]).filter(
            pl.col(MINUTES) <= max_min, pl.col(START).is_in(homes.codes), pl.col(END).is_in(practices.codes)
        )
        starts, ends = (near.get_column(name).to_numpy().astype(np.str_) for name in (START, END))
        travel = travel_from_pairs(
            starts,
            ends,
            near.get_column(MINUTES).to_numpy(),
            demand_ids=np.array(homes.codes, dtype=np.str_),
            supply_ids=np.array(practices.codes, dtype=np.str_),
        )
        self.notes.count("pairs_missing", between.select(pl.concat_str(START, END, separator=" → ")).to_series())
        self.notes.counts["pairs_within_communes"] = within.height
        self.notes.counts["one_way_pairs"] = one_way_pairs(travel, homes, practices)
        return travel

    def _modelled(self, homes: Places, practices: Places, max_min: float) -> pl.DataFrame:
        """The pairs that the car model puts within reach, in the columns of the file."""
        declared = load_parameters("travel_car")
        model = CarTravelModel(declared["coefficient"].value, declared["exponent"].value)
        travel = travel_from_points(homes.points, practices.points, model=model, max_min=max_min)
        ends = {START: np.array(homes.codes)[travel.rows], END: np.array(practices.codes)[travel.indices]}
        return pl.DataFrame({**ends, MINUTES: travel.minutes.astype(np.float64)}, schema=TRAVEL_TIMES.table.schema)


def read_times(path: Path) -> TravelRead:
    """Read a file of times between communes; raises as ``parse_travel_times`` does, and TooManyBadRowsError."""
    said = load_origin(path, path.parent)
    read = read_source(TRAVEL_TIMES, path, simulated=said.simulated, note=said.note)
    return TravelRead(source_files([read]), placed_rows(read), partial(times_between, read))


def times_between(read: SourceRead, territory: pl.DataFrame) -> GivenTravel:
    """The times of a file between the communes of ``territory``; pairs of unknown ones are put aside.

    Raises UnreadableFileError when no pair is left.
    """
    notes = TravelNotes(
        {"model": "file of times", "source": TRAVEL_TIMES.id, "file": read.file, "sha256": read.sha256}
        | {"parameters": "travel_car"}
    )
    codes = territory.filter(pl.col("level") == "commune").get_column("code").sort()
    rows = read.rows.with_columns(read.lines.alias(LINE))
    astray = {end: rows.filter(~pl.col(end).is_in(codes.implode())) for end in (START, END)}
    for end, found in astray.items():
        notes.put_aside(found[end], reasons.ELSEWHERE.en, column=end, lines=found[LINE])
    pairs = rows.filter(pl.all_horizontal(pl.col(end).is_in(codes.implode()) for end in (START, END))).drop(LINE)
    if pairs.is_empty():
        raise UnreadableFileError(
            f"{read.file}: times between communes of the run's geography were expected, found none of them: the first"
            f" pair goes from {rows[START][0]} to {rows[END][0]}."
        )
    absent = codes.filter(~codes.is_in(pl.concat([pairs[START], pairs[END]]).implode()))
    notes.put_aside(absent, reasons.UNTIMED.en)
    notes.counts["pairs"] = pairs.height
    notes.counts["rows_put_aside"] = read.rows_quarantined + rows.height - pairs.height
    notes.count("pairs_of_unknown_communes", pl.concat([found[end] for end, found in astray.items()]).unique().sort())
    notes.counts["pairs_of_unknown_communes"] = rows.height - pairs.height
    notes.count("communes_absent", absent)
    kept = territory.filter((pl.col("level") != "commune") | ~pl.col("code").is_in(absent.implode()))
    return GivenTravel(TimesTravel(pairs, notes), kept, notes, SENTENCES)
