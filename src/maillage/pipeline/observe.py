"""From the tables of a draft to what is published of them: indicators, confidentiality, alerts."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from maillage.alerts.battery import raise_alerts, selectivity
from maillage.catalog import tables
from maillage.catalog.kept import Kept
from maillage.catalog.store import Draft
from maillage.disclosure.protect import EarlierRelease, protect, publishable_slices, subject_of
from maillage.engine import Kind, open_engine
from maillage.indicators.compute import compute_in_turn
from maillage.indicators.partials import count_parts
from maillage.indicators.registry import load_indicators
from maillage.pipeline.stages import Recorder
from maillage.text import LANGS, Text, format_quantity


def observe(
    draft: Draft,
    membership: pl.DataFrame,
    stability: pl.DataFrame,
    engine: Kind,
    recorder: Recorder,
    kept: Kept,
    earlier: EarlierRelease | None = None,
) -> list[Text]:
    """Compute indicators, withhold what must be, raise alerts on what is left; write the three tables.

    ``draft`` holds the other core tables; ``stability`` is ACCESS_STABILITY; records counted before are not counted
    again where ``kept`` has their sums; ``earlier`` what was public before. Returns what a person should know.
    """
    with recorder.stage("indicators", Text("Indicateurs, secret statistique", "Indicators, confidentiality")) as stage:
        subjects = [subject_of(indicator) for indicator in load_indicators().values()]
        source, origins = open_engine(draft.folder / "tables", kind=engine), []

        counted = count_parts(load_indicators().values(), source, draft.parts(), kept)

        def computed() -> Iterator[pl.DataFrame]:
            for made in compute_in_turn(source, counted=counted, slices=publishable_slices(subjects)):
                origins.append(made.origin)
                yield made.observation

        protected = protect(computed(), membership, subjects, earlier=earlier)
        origin = pl.concat([tables.ORIGIN.empty(), *origins])
        draft.write(tables.ORIGIN, origin)
        draft.write(tables.OBSERVATION, protected.frame)
        stage.rows_in = sum(int(t["rows"]) for t in draft.tables)
        stage.rows_out = protected.frame.height
    with recorder.stage("alerts", Text("Alertes", "Alerts")) as stage:
        alerts = raise_alerts(protected.frame, origin, access_stability=stability)
        draft.write(tables.ALERT, alerts)
        stage.rows_in, stage.rows_out = protected.frame.height, alerts.height
        chosen = selectivity(alerts, protected.frame)
    return _selectivity_finding(chosen)


def _selectivity_finding(chosen: pl.DataFrame) -> list[Text]:
    """How much of the population the battery touches, against the zoning."""
    whole = chosen.filter(pl.col("rule") == "any").sort("degree")
    shares = whole.get_column("people_share").to_list()
    zoned = whole.get_column("zip_zac_share").to_list()
    if not shares or shares[0] is None:
        return []

    fr, en = ([format_quantity(v, 1, Text("%", "%"), lang) for v in (*shares, zoned[0])] for lang in LANGS)
    return [
        Text(
            fr=f"Alertes : {fr[0]} de la population vit dans une commune en alerte, {fr[1]} au degré 2 ou plus, "
            f"{fr[2]} au degré 3 ; ZIP et ZAC : {fr[3]}.",
            en=f"Alerts: {en[0]} of the population lives in a commune in alert, {en[1]} at degree 2 or more, "
            f"{en[2]} at degree 3; ZIP and ZAC: {en[3]}.",
        )
    ]
