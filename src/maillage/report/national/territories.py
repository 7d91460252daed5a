"""Measures, money and alerts face to face, territory by territory: what a store holds."""

from __future__ import annotations

from maillage.report.document import Block, Paragraph, Section, say
from maillage.text import Text

TITLE = Text("Territoire par territoire : alertes, mesures, argent", "Territory by territory: alerts, measures, money")


def territories(sheets: tuple[Block, ...] = ()) -> Section:
    """The section of confrontation; without a store it says what is needed."""
    if sheets:
        return Section(id="territories", title=TITLE, blocks=sheets)
    words = say(
        "Les chiffres publiés sont nationaux : ils ne permettent pas de dire ce que chaque département a reçu ni ce"
        " qui y a changé. Ce tableau se remplit dès que Maillage dispose d’un registre des mesures et des versements"
        " par commune.",
        "The published figures are national: they do not tell what each département got nor what changed there. This"
        " table fills as soon as Maillage has a register of measures and payments by commune.",
    )
    return Section(id="territories", title=TITLE, blocks=(Paragraph(words),))
