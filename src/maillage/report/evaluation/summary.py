"""One page in plain words, for whoever votes: the question, the answer, how sure, how many, what is not said."""

from __future__ import annotations

from datetime import date

from maillage.evaluation.result import Result
from maillage.evaluation.special import Special
from maillage.report.document import Answer, Block, Document, Heading, Name, Paragraph, Section, Sentence, say
from maillage.report.evaluation.choice_words import DESIGNS, LEVELS
from maillage.report.evaluation.choices import short_name
from maillage.report.evaluation.essentials import essentials
from maillage.report.evaluation.figures import Figures, named, year
from maillage.report.evaluation.limits import UNPROVEN
from maillage.report.evaluation.special import special_summary
from maillage.report.evaluation.verdict import verdict
from maillage.text import Text

KIND = Text("Résumé en une page", "One-page summary")
ANSWER = Text("La question et la réponse", "The question and the answer")


def summary(result: Result | Special, *, day: date, data: str = "") -> Document:
    """The page, as known on ``day``; ``data`` names the version of the data."""
    figures = Figures(study=result.study, day=day, data=data)
    if isinstance(result, Special):
        return special_summary(result, figures, KIND, _how_special(figures), day)
    return Document(
        id=f"summary-{result.study.protocol.id}",
        title=result.study.protocol.title.text,
        subtitle=say("{kind}", "{kind}", kind=KIND),
        day=day,
        warning=figures.warning,
        brief=True,
        sections=(Section(id="summary", title=ANSWER, blocks=_blocks(figures, result)),),
    )


def _blocks(figures: Figures, result: Result) -> tuple[Block, ...]:
    return (
        Heading(result.study.protocol.question.text),
        Paragraph(verdict(figures, result.decision, result.feasibility.power), "lead"),
        *essentials(figures, result),
        Answer(
            say("Qu’est-ce que cela ne dit pas ?", "What does it not say?"),
            (
                UNPROVEN,
                say(
                    "Ni l’effet là où la mesure n’est pas entrée, ni après {last}, ni sur autre chose que l’indicateur"
                    " suivi.",
                    "Nor the effect where the measure was not entered, nor after {last}, nor on anything but the"
                    " outcome followed.",
                    last=year(result.study.protocol.outcome.last),
                ),
            ),
        ),
        Answer(say("Comment a-t-on fait ?", "How was it done?"), (_how(figures),)),
    )


def _how(figures: Figures) -> Sentence:
    protocol = figures.study.protocol
    return say(
        "On compare l’évolution de l’indicateur ({label}) dans les {level} où la mesure ({measure}) est entrée et là"
        " où elle ne l’est pas encore, de {first} à {last}, selon le protocole {id} (empreinte {digest}).",
        "The course of the outcome ({label}) is compared between the {level} that entered the measure ({measure}) and"
        " those that have not yet, {first} to {last}, by the protocol {id} (hash {digest}).",
        label=named(figures.study.label),
        level=LEVELS[protocol.population.level],
        measure=named(short_name(protocol.treatment.measure)),
        first=year(protocol.outcome.first),
        last=year(protocol.outcome.last),
        id=Name(Text(protocol.id, protocol.id)),
        digest=Name(Text(figures.short_digest, figures.short_digest)),
    )


def _how_special(figures: Figures) -> Sentence:
    protocol = figures.study.protocol
    return say(
        "Plan : {design}. Indicateur : {label}, de {first} à {last}. Mesure : {measure}. Protocole {id} (empreinte"
        " {digest}).",
        "Design: {design}. Outcome: {label}, {first} to {last}. Measure: {measure}. Protocol {id} (hash {digest}).",
        design=DESIGNS[protocol.design],
        label=named(figures.study.label),
        first=year(protocol.outcome.first),
        last=year(protocol.outcome.last),
        measure=named(short_name(protocol.treatment.measure)),
        id=Name(Text(protocol.id, protocol.id)),
        digest=Name(Text(figures.short_digest, figures.short_digest)),
    )
