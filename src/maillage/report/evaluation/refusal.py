"""Why a protocol cannot be answered, and which data would make it answerable."""

from __future__ import annotations

from maillage.evaluation.study import Refusal
from maillage.report.document import Answer, Block, Bullets, Heading, Paragraph, Section, say
from maillage.report.evaluation.figures import Figures, quoted
from maillage.text import Text

TITLE = Text("Ce protocole ne peut pas recevoir de réponse", "This protocol cannot be answered")
REMEDIES = Text("Quelles données permettraient de répondre", "Which data would make it answerable")
POSSIBLE = Text("Ce protocole peut recevoir une réponse", "This protocol can be answered")


def refusal_section(figures: Figures) -> Section:
    """The first section of a refusal: each reason, then what would mend it, each remedy once."""
    refusals = figures.study.refusals
    lead = say(
        "Avec les données chargées, une estimation ne dirait rien de l’effet de la mesure. Aucun effet n’a donc été"
        " calculé. Ce n’est ni un effet, ni une absence d’effet. Nombre de raisons : {n}.",
        "With the data loaded, an estimate would say nothing of the effect of the measure. So none was computed. This"
        " is neither an effect nor the absence of one. Number of reasons: {n}.",
        n=figures.count(len(refusals)),
    )
    blocks: list[Block] = [Paragraph(lead, "warning"), *(_reason(rank, r) for rank, r in enumerate(refusals, 1))]
    return Section(id="refusal", title=TITLE, blocks=(*blocks, *remedies(refusals)))


def _reason(rank: int, refusal: Refusal) -> Answer:
    label = Text(f"Raison {rank}", f"Reason {rank}")
    return Answer(quoted(label), (quoted(refusal.words),))


def remedies(refusals: tuple[Refusal, ...]) -> tuple[Block, ...]:
    """What would make a protocol answerable, each remedy once."""
    told = dict.fromkeys(r.remedy for r in refusals)
    items = tuple(quoted(remedy) for remedy in told)
    return (Heading(REMEDIES), Bullets(items)) if items else ()
