"""Names that a protocol uses and Maillage does not know, with those that look like them."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from maillage.evaluation.protocol import Protocol
from maillage.indicators.registry import load_indicators
from maillage.measures.registry import load_measures
from maillage.pipeline.studies.said import Said
from maillage.text import Text


def check_names(protocol: Protocol, said: Said) -> None:
    """Refuse indicators and measures that are unknown; in a protocol's own file they are columns or words."""
    measures, indicators = load_measures(), load_indicators()
    if not (protocol.file and protocol.file.cohort) and protocol.treatment.measure not in measures:
        _refuse("measure", Text("mesure", "measure"), protocol.treatment.measure, measures, said)
    for name in protocol.concurrent.measures:
        if name not in measures:
            _refuse("measure", Text("mesure", "measure"), name, measures, said)
    if protocol.file is not None:
        return
    named = (
        protocol.outcome.indicator,
        *protocol.outcome.family,
        *protocol.sensitivity.placebo_outcomes,
        *(covariate.indicator for covariate in protocol.estimator.covariates),
        *((protocol.threshold.running,) if protocol.threshold else ()),
    )
    for name in dict.fromkeys(named):
        if name not in indicators:
            _refuse("indicator", Text("indicateur", "indicator"), name, indicators, said)
    known = indicators.get(protocol.outcome.indicator)
    if known is not None and protocol.outcome.slice and protocol.outcome.slice not in known.slices:
        slices = list(known.slices)
        _refuse("slice", Text(f"tranche de {known.id}", f"slice of {known.id}"), protocol.outcome.slice, slices, said)


def _refuse(kind: str, what: Text, name: str, known: Collection[str], said: Said) -> None:
    near = get_close_matches(name, sorted(known), n=3, cutoff=0.4)
    fr = f"Noms proches : {', '.join(near)}." if near else f"Noms connus : {', '.join(sorted(known)) or 'aucun'}."
    en = f"Near names: {', '.join(near)}." if near else f"Known names: {', '.join(sorted(known)) or 'none'}."
    none = "aucun" if kind == "indicator" else "aucune"
    words = Text(f"Le nom « {name} » n’est celui d’{none} {what.fr}.", f"No {what.en} is called “{name}”.")
    said.refuse(f"unknown_{kind}", words, Text(fr, en))
