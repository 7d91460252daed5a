"""The report and the one page of a protocol of another design: the same parts, and whose effect it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from maillage.evaluation.sensitivity import Line
from maillage.evaluation.special import Special
from maillage.pipeline.evaluation_ask import Deviations
from maillage.pipeline.evaluations import Dossier
from maillage.report.document import Answer, Block, Document, Heading, Paragraph, Section, Sentence, say
from maillage.report.evaluation.check import CHOICES_TITLE, described
from maillage.report.evaluation.choices import choices_table
from maillage.report.evaluation.details import detail_blocks
from maillage.report.evaluation.deviations import deviations_section
from maillage.report.evaluation.effect import TITLE as EFFECT
from maillage.report.evaluation.essentials import SURE, sure
from maillage.report.evaluation.feasible import feasible_section
from maillage.report.evaluation.figures import Figures, quoted
from maillage.report.evaluation.footing import footing_section
from maillage.report.evaluation.head import libraries, scope, subtitle, versions_section
from maillage.report.evaluation.limits import design_limits
from maillage.report.evaluation.robust import robust_section, sensitivity_blocks
from maillage.report.evaluation.tidier import measure_section
from maillage.report.evaluation.trial import trial_section
from maillage.report.evaluation.units import units_section
from maillage.report.evaluation.verdict import estimate, verdict
from maillage.text import Text

WHOSE = say("De qui est-ce l’effet ?", "Whose effect is it?")


def special_report(
    special: Special, dossier: Dossier | None, told: Deviations | None, figures: Figures, kind: Text
) -> Document:
    """The whole report."""
    study = special.study
    return Document(
        id=f"report-{study.protocol.id}",
        title=study.protocol.title.text,
        subtitle=subtitle(figures, kind),
        day=figures.day,
        warning=figures.warning,
        sections=(
            Section(
                id="short",
                title=Text("L’essentiel", "In short"),
                blocks=(
                    Paragraph(verdict(figures, special.decision), "lead"),
                    *_answers(figures, special),
                    Paragraph(scope(figures), "note"),
                ),
            ),
            Section(
                id="effect",
                title=EFFECT,
                blocks=(Paragraph(_effect(figures, special), "lead"), *detail_blocks(figures, special)),
            ),
            robust_section(_robust(figures, special)),
            deviations_section(figures, dossier, told),
            trial_section(figures),
            units_section(figures),
            *_before(figures, special),
            measure_section(figures),
            Section(id="protocol", title=CHOICES_TITLE, blocks=(*described(figures), choices_table(figures))),
            design_limits(figures, special.scope),
            versions_section(figures, libraries()),
        ),
    )


def special_summary(special: Special, figures: Figures, kind: Text, how: Sentence, day: date) -> Document:
    """The page."""
    study = special.study
    return Document(
        id=f"summary-{study.protocol.id}",
        title=study.protocol.title.text,
        subtitle=say("{kind}", "{kind}", kind=kind),
        day=day,
        warning=figures.warning,
        brief=True,
        sections=(
            Section(
                id="summary",
                title=Text("La question et la réponse", "The question and the answer"),
                blocks=(
                    Heading(study.protocol.question.text),
                    Paragraph(verdict(figures, special.decision), "lead"),
                    *_answers(figures, special),
                    Answer(say("Comment a-t-on fait ?", "How was it done?"), (how,)),
                ),
            ),
        ),
    )


def _before(figures: Figures, special: Special) -> tuple[Section, ...]:
    """What could be said before the result."""
    parts = [footing_section(figures, special.footing)] if special.footing else []
    return (*parts, *([feasible_section(figures, special.feasibility)] if special.feasibility else []))


def _answers(figures: Figures, special: Special) -> tuple[Answer, ...]:
    return (
        Answer(SURE, (sure(figures, special.decision),)),
        Answer(WHOSE, (quoted(special.scope),)),
    )


def _effect(figures: Figures, special: Special) -> Sentence:
    return say("Effet estimé : {told}.", "Estimated effect: {told}.", told=estimate(figures, special.decision))


def _robust(figures: Figures, special: Special) -> tuple[Block, ...]:
    """The lines drawn and told; where they are placebos or have no interval, their own words instead of the count.

    The change of level and that of slope are parts of the effect, told with it.
    """
    lines = [line for line in special.lines if line.kind != "component"]
    if not lines:
        return (Paragraph(UNTRIED, "warning"),)
    blocks = sensitivity_blocks(figures, special.headline, lines)
    words = {"single": _ranges, "interrupted": _false_dates}.get(special.study.protocol.design)
    return blocks if words is None else (*(Paragraph(each) for each in words(figures, lines)), *blocks[1:])


UNTRIED = say(
    "Les données sont trop courtes pour poser la question autrement : le résultat n’est pas éprouvé.",
    "The data are too short to ask the question otherwise: the result is untried.",
)


def _false_dates(figures: Figures, lines: Sequence[Line]) -> Iterator[Sentence]:
    alarms = sum(line.low > 0 or line.high < 0 for line in lines)
    yield say(
        "La même question a été posée à de fausses dates, avant le début. Dates essayées : {all} ; où un changement"
        " apparaît alors que rien n’avait commencé : {alarms}.",
        "The same question was asked at false dates, before the start. Dates tried: {all}; where a change shows though"
        " nothing had begun: {alarms}.",
        all=figures.found(len(lines)),
        alarms=figures.found(alarms),
    )


def _ranges(figures: Figures, lines: Sequence[Line]) -> Iterator[Sentence]:
    kept, early = ([line.att for line in lines if line.expected_zero is placebo] for placebo in (False, True))
    if kept:
        yield say(
            "Sans chacun des territoires qui pèsent dans la comparaison, l’effet va {ends}.",
            "Without each of the territories that weigh in the comparison, the effect goes {ends}.",
            ends=figures.interval(min(kept), max(kept)),
        )
    if early:
        yield say(
            "À de fausses dates, où rien n’avait commencé, l’écart trouvé est au plus de {most}.",
            "At false dates, when nothing had begun, the gap found is at most {most}.",
            most=figures.effect(max(abs(att) for att in early), signed=False),
        )
