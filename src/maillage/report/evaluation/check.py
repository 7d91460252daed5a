"""What a check says before any result: can the protocol be answered, which effect could be seen, and if not, why."""

from __future__ import annotations

from datetime import date

from maillage.evaluation.study import Study
from maillage.report.document import Block, Document, Paragraph, Section, say
from maillage.report.evaluation.choices import choices_table
from maillage.report.evaluation.dossier import Dossier, quoted
from maillage.report.evaluation.head import scope, subtitle, versions_section
from maillage.report.evaluation.refusal import POSSIBLE, refusal_section
from maillage.report.evaluation.tidier import measure_section
from maillage.report.evaluation.trial import trial_section
from maillage.report.evaluation.units import units_section
from maillage.text import Text

REFUSED = Text("Contrôle avant résultat : refus", "Check before any result: refused")
CHECKED = Text("Contrôle avant résultat", "Check before any result")
CHOICES_TITLE = Text("Le protocole", "The protocol")


def check_report(study: Study, *, day: date, data: str = "") -> Document:
    """The document of a check, as known on ``day``; ``data`` names the version of the data."""
    dossier = Dossier(study=study, day=day, data=data)
    first = refusal_section(dossier) if study.refusals else _possible()
    return Document(
        id=f"check-{study.protocol.id}",
        title=study.protocol.title.text,
        subtitle=subtitle(dossier, REFUSED if study.refusals else CHECKED),
        day=day,
        warning=dossier.warning,
        sections=(
            Section(id=first.id, title=first.title, blocks=(Paragraph(scope(dossier)), *first.blocks)),
            units_section(dossier),
            trial_section(dossier),
            measure_section(dossier),
            Section(id="protocol", title=CHOICES_TITLE, blocks=(*_described(dossier), choices_table(dossier))),
            versions_section(dossier),
        ),
    )


def _possible() -> Section:
    lead = say(
        "Les données permettent l’estimation que demande le protocole. Aucun effet n’a encore été calculé.",
        "The data allow the estimate that the protocol asks for. No effect has been computed yet.",
    )
    return Section(id="check", title=POSSIBLE, blocks=(Paragraph(lead, "lead"),))


def _described(dossier: Dossier) -> tuple[Block, ...]:
    words = dossier.study.protocol.description
    return (Paragraph(quoted(words.text)),) if words else ()
