"""The report of a run: the answer first, then all that it rests on."""

from __future__ import annotations

from datetime import date

from maillage.evaluation.aggregate import Band, band
from maillage.evaluation.result import Result
from maillage.evaluation.special import Special
from maillage.pipeline.evaluation_ask import Deviations
from maillage.pipeline.evaluations import Dossier
from maillage.report.document import Block, Document, Paragraph, Section
from maillage.report.evaluation.check import CHOICES_TITLE, described
from maillage.report.evaluation.choices import choices_table
from maillage.report.evaluation.deviations import deviations_section
from maillage.report.evaluation.effect import by_cohort, effect_section, event_blocks
from maillage.report.evaluation.essentials import essentials
from maillage.report.evaluation.feasible import feasible_section
from maillage.report.evaluation.figures import Figures
from maillage.report.evaluation.head import libraries, scope, subtitle, versions_section
from maillage.report.evaluation.limits import limits_section
from maillage.report.evaluation.robust import honest_blocks, robust_section, sensitivity_blocks
from maillage.report.evaluation.special import special_report
from maillage.report.evaluation.stakes import stakes_section
from maillage.report.evaluation.tidier import measure_section
from maillage.report.evaluation.trial import trial_section
from maillage.report.evaluation.units import units_section
from maillage.report.evaluation.verdict import multiplicity, verdict
from maillage.report.evaluation.whom import family_blocks, whom_section
from maillage.text import Text

KIND = Text("Rapport d’évaluation", "Evaluation report")
IN_SHORT = Text("L’essentiel", "In short")


def run_report(
    result: Result | Special, dossier: Dossier | None, told: Deviations | None, *, day: date, data: str = ""
) -> Document:
    """The whole report, as known on ``day``; ``dossier`` and ``told`` are what the register and its deviations say."""
    figures = Figures(study=result.study, day=day, data=data)
    if isinstance(result, Special):
        return special_report(result, dossier, told, figures, KIND)
    return _staggered(result, dossier, told, figures)


def _staggered(result: Result, dossier: Dossier | None, told: Deviations | None, figures: Figures) -> Document:
    study, estimates, checked = result.study, result.estimates, result.checked
    return Document(
        id=f"report-{study.protocol.id}",
        title=study.protocol.title.text,
        subtitle=subtitle(figures, KIND),
        day=figures.day,
        warning=figures.warning,
        sections=(
            Section(
                id="short",
                title=IN_SHORT,
                blocks=(
                    Paragraph(verdict(figures, result.decision, result.feasibility.power), "lead"),
                    *essentials(figures, result),
                    Paragraph(scope(figures), "note"),
                ),
            ),
            effect_section(
                figures,
                result.headline,
                (
                    *event_blocks(
                        figures, estimates.event, estimates.event_band, estimates.pretest, estimates.untested
                    ),
                    *by_cohort(figures, estimates.by_cohort, _cohort_band(result)),
                ),
            ),
            robust_section(
                (
                    *sensitivity_blocks(figures, result.headline, checked.lines),
                    *honest_blocks(figures, checked.robust, checked.not_robust),
                )
            ),
            whom_section(figures, checked.heterogeneity, estimates),
            stakes_section(figures, result),
            *_family(figures, result),
            deviations_section(figures, dossier, told),
            trial_section(figures),
            units_section(figures),
            feasible_section(figures, result.feasibility),
            measure_section(figures),
            Section(id="protocol", title=CHOICES_TITLE, blocks=(*described(figures), choices_table(figures))),
            limits_section(figures, result),
            versions_section(figures, libraries()),
        ),
    )


def _cohort_band(result: Result) -> Band:
    asked = result.study.protocol.inference
    return band(result.estimates.by_cohort, level=asked.level, draws=asked.draws, seed=asked.seed)


def _family(figures: Figures, result: Result) -> tuple[Section, ...]:
    if not result.family:
        return ()
    blocks: tuple[Block, ...] = (
        Paragraph(multiplicity(figures, result)),
        *family_blocks(figures, result.family),
    )
    return (Section(id="family", title=Text("Plusieurs indicateurs", "Several outcomes"), blocks=blocks),)
