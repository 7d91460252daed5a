"""The measure described item by item, as TIDieR asks; what Maillage does not know is said unknown.

TIDieR: Hoffmann and others, Better reporting of interventions, BMJ 2014;348:g1687, 12 items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from maillage.catalog.parameters import Parameter, load_parameters
from maillage.measures.definition import Measure
from maillage.measures.reference import load_reference
from maillage.measures.registry import load_measures
from maillage.report.document import (
    Block,
    Cell,
    Column,
    Day,
    Name,
    Number,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    listed,
    say,
)
from maillage.report.evaluation.choice_words import LEVELS
from maillage.report.evaluation.figures import Figures, named
from maillage.report.facts import Entry, stated
from maillage.report.national.book import EUROS, as_entry, plain, printed
from maillage.text import Text

TITLE = Text("La mesure évaluée", "The measure evaluated")
UNKNOWN = Text("Non renseigné dans Maillage.", "Not known to Maillage.")
PARAMETERS = Text("Paramètres datés de Maillage", "Dated parameters of Maillage")
# Amounts of the schedules, and quantities of the reference ledger, that tell how much and how well.
SCHEDULED: Mapping[str, Text] = {
    "aid_year_1_eur": Text("aide pour un temps plein, première année", "aid for a full time, first year"),
    "aid_year_2_eur": Text("deuxième année", "second year"),
    "aid_later_years_eur": Text("chaque année suivante", "each later year"),
}
AMOUNTS = ("running_min", "running_max", "aid_mean")
FIDELITY = ("membership", "active_members", "mission_cooperation")
ITEMS: tuple[Text, ...] = (
    Text("Nom", "Name"),
    Text("Pourquoi", "Why"),
    Text("Moyens et cadre", "What: materials"),
    Text("Ce qui est fait", "What: procedures"),
    Text("Par qui", "Who provides"),
    Text("Comment", "How"),
    Text("Où", "Where"),
    Text("Quand et combien", "When and how much"),
    Text("Adaptation aux bénéficiaires", "Tailoring"),
    Text("Changements en cours de route", "Modifications"),
    Text("Suivi prévu de l’application", "How well: planned"),
    Text("Application constatée", "How well: actual"),
)


def measure_section(figures: Figures, *, actual: Sentence | None = None) -> Section:
    """The twelve items; ``actual`` tells how far the measure was applied in the panel."""
    return Section(id="measure", title=TITLE, blocks=tuple(_blocks(figures, actual)))


def _blocks(figures: Figures, actual: Sentence | None) -> Sequence[Block]:
    name = figures.study.protocol.treatment.measure
    measure = load_measures().get(name)
    if measure is None:
        words = say(
            "La mesure {name} n’est pas décrite dans Maillage : sa description est à joindre au protocole.",
            "The measure {name} is not described in Maillage: its description is to come with the protocol.",
            name=Name(Text(name, name)),
        )
        return (Paragraph(words, "warning"),)
    cells = _cells(figures, measure, actual)
    table = Table(
        id="tidier",
        caption=say(
            "Description de la mesure selon la grille TIDieR", "The measure described after the TIDieR checklist"
        ),
        columns=(Column(Text("Élément", "Item"), 1), Column(Text("Description", "Description"), 3.2)),
        rows=tuple(Row((item, cell)) for item, cell in zip(ITEMS, cells, strict=True)),
        notes=(say("Limites : {limits}", "Limits: {limits}", limits=named(measure.limits)),),
    )
    return (table,)


def _cells(figures: Figures, measure: Measure, actual: Sentence | None) -> tuple[Cell, ...]:
    level = LEVELS[figures.study.protocol.population.level]
    return (
        named(measure.name),
        named(measure.why),
        _legal(measure),
        _procedures(measure),
        listed([named(s) for s in measure.signers]),
        _how(measure),
        say(
            "Dans la population du protocole, comptée par {level}.",
            "In the population of the protocol, by {level}.",
            level=named(level),
        ),
        _aid(measure),
        _tailoring(measure),
        _changes(measure),
        _followed(measure),
        actual or _actual(measure),
    )


def _how(measure: Measure) -> Sentence:
    return say(
        "Un bénéficiaire est {what}. Étapes : {steps}.",
        "A beneficiary is {what}. Steps: {steps}.",
        what=named(measure.beneficiary),
        steps=listed([named(s.label) for s in measure.statuses]),
    )


def _legal(measure: Measure) -> Sentence:
    return listed([named(base.text) for base in measure.legal], " ; ", "; ")


def _procedures(measure: Measure) -> Cell:
    if not measure.commitments:
        return UNKNOWN
    return say(
        "Engagements : {what}.",
        "Commitments: {what}.",
        what=listed([named(c.label) for c in measure.commitments], " ; ", "; "),
    )


def _aid(measure: Measure) -> Cell:
    """What the aid amounts to: dated amounts of its schedule, and published means."""
    told = [*_scheduled(measure), *_published(measure.id, AMOUNTS)]
    return listed(told, " ; ", "; ") if told else UNKNOWN


def _scheduled(measure: Measure) -> Iterator[Sentence]:
    if measure.schedule:
        parameters = load_parameters(measure.schedule)
        for name, words in SCHEDULED.items():
            if name in parameters:
                number = Number(stated(_parameter_entry(measure, parameters[name], words)), EUROS)
                yield say("{what} : {n}", "{what}: {n}", what=named(words), n=number)


def _parameter_entry(measure: Measure, parameter: Parameter, words: Text) -> Entry:
    since = date.fromisoformat(parameter.valid_from)
    return Entry(
        id=f"{measure.schedule}/{parameter.name}",
        words=Text(f"{measure.short.fr} : {words.fr}", f"{measure.short.en}: {words.en}"),
        value=float(parameter.value),
        unit=EUROS,
        day=since,
        known=since,
        document=PARAMETERS,
        place=Text(parameter.reference, parameter.reference),
        reliability="assumed" if parameter.assumption else "observed",
    )


def _published(measure: str, quantities: tuple[str, ...]) -> Iterator[Sentence]:
    """Figures of the reference ledger, the last of each quantity; one without a caution where there is any."""
    figures = [f for f in load_reference().figures if f.measure == measure and f.quantity in quantities]
    last = {f.quantity: f for f in sorted(figures, key=lambda f: (not f.note.fr, f.on, f.known))}
    for quantity in quantities:
        if quantity in last:
            entry = last[quantity]
            number = printed(entry, stated(as_entry(entry)))
            yield say(
                "{what} : {n} ({when})",
                "{what}: {n} ({when})",
                what=plain(entry.label),
                n=number,
                when=Day(entry.on, "year"),
            )


def _actual(measure: Measure) -> Cell:
    told = list(_published(measure.id, FIDELITY))
    if not told:
        return UNKNOWN
    return say(
        "Non mesurée dans ce panel. En France, selon les chiffres publiés : {told}.",
        "Not measured in this panel. In France, by published figures: {told}.",
        told=listed(told, " ; ", "; "),
    )


def _tailoring(measure: Measure) -> Cell:
    varying = [a.label for a in measure.attributes if a.id in ("size", "fte", "zone_at_signature", "mission")]
    if not varying:
        return UNKNOWN
    return say(
        "Varie d’un bénéficiaire à l’autre : {what}.",
        "Varies between beneficiaries: {what}.",
        what=listed([named(w) for w in varying]),
    )


def _changes(measure: Measure) -> Cell:
    """The texts that changed the measure after the first."""
    later = sorted(measure.legal, key=lambda base: base.since)[1:]
    if not later:
        return UNKNOWN
    return say(
        "Textes postérieurs au premier : {texts}.",
        "Texts after the first: {texts}.",
        texts=listed([named(base.text) for base in later], " ; ", "; "),
    )


def _followed(measure: Measure) -> Cell:
    recorded = [a.label for a in measure.attributes]
    if not recorded:
        return UNKNOWN
    return say(
        "Le registre peut noter : {what}.",
        "The register may record: {what}.",
        what=listed([named(w) for w in recorded]),
    )
