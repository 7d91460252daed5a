"""What a threshold changes: the drawing of both sides, the widths looked at, and whether the score was tuned."""

from __future__ import annotations

from collections.abc import Iterator

from maillage.evaluation.discontinuity import Jump
from maillage.evaluation.discontinuity_drawn import FEWEST, drawn
from maillage.evaluation.footing import Sides
from maillage.evaluation.special import Special
from maillage.evaluation.threshold import Threshold
from maillage.report.cutoff_chart import SIDES, CutoffMark, cutoff_chart
from maillage.report.document import Block, Cell, Chart, Column, Number, Paragraph, Row, Table, say
from maillage.report.evaluation.choices import known_words
from maillage.report.evaluation.figures import Figures, named
from maillage.report.evaluation.footing import bare, density_words
from maillage.text import Text

POINT, FAR, NEAR = (
    Text("moyenne d’unités voisines", "mean of units alike"),
    Text("droite, au bord de la fenêtre", "line, at the edge of the window"),
    Text("droite, au seuil", "line, at the cutoff"),
)


def cutoff_blocks(figures: Figures, special: Special, found: Jump) -> Iterator[Block]:
    """The drawing, then the window and the units in it, take-up, and the density of the score."""
    if isinstance(special.ground, Threshold):
        yield _chart(figures, special.ground, found)
    yield Paragraph(
        say(
            "Fenêtre retenue : {width} de part et d’autre du seuil ; pour corriger la courbure : {wider}. Unités dans"
            " la fenêtre : {below} sous le seuil, {above} au-dessus. Sans cette correction, le saut serait de {plain}.",
            "Window kept: {width} on either side of the cutoff; to correct curvature: {wider}. Units in the window:"
            " {below} below the cutoff, {above} above. Without this correction the jump would be {plain}.",
            width=Number(figures.estimated(found.bandwidth), decimals=2),
            wider=Number(figures.estimated(found.bias_bandwidth), decimals=2),
            below=figures.count(found.below),
            above=figures.count(found.above),
            plain=figures.effect(found.effect),
        )
    )
    if found.stage != 1:
        yield Paragraph(
            say(
                "Le seuil n’impose pas la mesure : il change la part des unités qui y entrent de {stage}, par quoi le"
                " saut est divisé.",
                "The cutoff does not impose the measure: it changes the share of units that enter it by {stage}, by"
                " which the jump is divided.",
                stage=figures.share(found.stage, 1),
            )
        )
    ground = special.footing
    if isinstance(ground, Sides):
        yield Paragraph(density_words(figures, ground.density, ground.unseen))


def _chart(figures: Figures, design: Threshold, found: Jump) -> Chart:
    marks = _marks(figures, design, found)
    table = Table(
        id="cutoff",
        caption=say("L’indicateur selon le score, près du seuil", "The outcome by score, near the cutoff"),
        columns=(
            Column(Text("Ce qui est dessiné", "What is drawn"), 1.4),
            Column(Text("Côté", "Side"), 1.6),
            Column(Text("Score", "Score")),
            Column(Text("Indicateur", "Outcome")),
        ),
        rows=tuple(Row((what, *_cells(figures, mark))) for what, mark in marks),
        gathered=True,
    )
    alt = say(
        "L’indicateur ({unit}) selon le score, de part et d’autre du seuil de {cutoff} : moyennes d’au moins {fewest}"
        " unités voisines, et droite ajustée de chaque côté. L’effet se lit comme l’écart entre les deux droites au"
        " seuil.",
        "The outcome ({unit}) by score, on both sides of the cutoff of {cutoff}: means of at least {fewest} units"
        " alike, and the line fitted on each side. The effect reads as the gap between both lines at the cutoff.",
        unit=named(figures.study.unit),
        cutoff=bare(figures, design.cutoff),
        fewest=figures.count(FEWEST),
    )
    cut = figures.study.protocol.threshold
    score = known_words(cut.running) if cut else Text("score", "score")
    label, unit = figures.study.label, figures.study.unit
    axis = Text(*(f"{a} ({b})" if b else a for a, b in ((label.fr, unit.fr), (label.en, unit.en))))
    spec = cutoff_chart([mark for _, mark in marks], design.cutoff, (score, axis))
    return Chart(table=table, alt=alt, spec=spec)


def _marks(figures: Figures, design: Threshold, found: Jump) -> list[tuple[Text, CutoffMark]]:
    shown = drawn(design, found)
    opens = design.eligible == "below"
    marks = [
        (POINT, CutoffMark(float(score), figures.outcome(float(value)), (score < design.cutoff) == opens))
        for score, value in zip(shown.score, shown.outcome, strict=True)
    ]
    for rank, toward in enumerate((-1, 1)):
        eligible = (toward < 0) == opens
        edge = design.cutoff + toward * found.bandwidth
        marks.append((FAR, CutoffMark(edge, figures.outcome(shown.far[rank]), eligible, line=True)))
        marks.append((NEAR, CutoffMark(design.cutoff, figures.outcome(shown.near[rank]), eligible, line=True)))
    return marks


def _cells(figures: Figures, mark: CutoffMark) -> tuple[Cell, ...]:
    return SIDES[mark.eligible], Number(figures.counted(mark.score), decimals=2), mark.number
