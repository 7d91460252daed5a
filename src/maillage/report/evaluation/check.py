"""What a check says before any result: can the protocol be answered, which effect could be seen, and if not, why."""

from __future__ import annotations

from datetime import date

import numpy as np

from maillage.evaluation.feasibility import Feasibility
from maillage.evaluation.footing import Footing
from maillage.evaluation.study import Study
from maillage.report.document import Block, Document, Paragraph, Section, say
from maillage.report.evaluation.choices import choices_table
from maillage.report.evaluation.feasible import feasible_section, smallest_seen
from maillage.report.evaluation.figures import Figures, quoted
from maillage.report.evaluation.footing import footing_section
from maillage.report.evaluation.head import scope, subtitle, versions_section
from maillage.report.evaluation.refusal import POSSIBLE, refusal_section
from maillage.report.evaluation.tidier import measure_section
from maillage.report.evaluation.trial import trial_section
from maillage.report.evaluation.units import units_section
from maillage.text import Text

REFUSED = Text("Contrôle avant résultat : refus", "Check before any result: refused")
CHECKED = Text("Contrôle avant résultat", "Check before any result")
CHOICES_TITLE = Text("Le protocole", "The protocol")


def check_report(
    study: Study,
    feasibility: Feasibility | None = None,
    ground: Footing | None = None,
    *,
    day: date,
    data: str = "",
) -> Document:
    """The document of a check, as known on ``day``; ``data`` names the version of the data.

    ``feasibility`` is absent where the protocol was refused before a panel could be built, and for designs that are not
    about dates, which have a ``ground``.
    """
    figures = Figures(study=study, day=day, data=data)
    first = refusal_section(figures) if study.refusals else _possible(figures, feasibility)
    return Document(
        id=f"check-{study.protocol.id}",
        title=study.protocol.title.text,
        subtitle=subtitle(figures, REFUSED if study.refusals else CHECKED),
        day=day,
        warning=figures.warning,
        sections=(
            Section(id=first.id, title=first.title, blocks=(Paragraph(scope(figures)), *first.blocks)),
            units_section(figures),
            *([feasible_section(figures, feasibility)] if feasibility else []),
            *([footing_section(figures, ground)] if ground else []),
            trial_section(figures),
            measure_section(figures),
            Section(id="protocol", title=CHOICES_TITLE, blocks=(*described(figures), choices_table(figures))),
            versions_section(figures),
        ),
    )


def _possible(figures: Figures, found: Feasibility | None) -> Section:
    lead = say(
        "Les données permettent l’estimation que demande le protocole. Aucun effet n’a encore été calculé.",
        "The data allow the estimate that the protocol asks for. No effect has been computed yet.",
    )
    power = found.power if found else None
    seen = [Paragraph(smallest_seen(figures, power))] if power and np.isfinite(power.detectable) else []
    return Section(id="check", title=POSSIBLE, blocks=(Paragraph(lead, "lead"), *seen))


def described(figures: Figures) -> tuple[Block, ...]:
    """What the protocol says of itself, where it does."""
    words = figures.study.protocol.description
    return (Paragraph(quoted(words.text)),) if words else ()
