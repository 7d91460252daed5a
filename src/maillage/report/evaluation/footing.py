"""What a design that is not about dates stands on, in words, before any result: for documents and for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from maillage.evaluation.discontinuity_checks import Density
from maillage.evaluation.footing import Donors, Footing, Points, Sides
from maillage.report.document import Number, Paragraph, Section, Sentence, say
from maillage.report.evaluation.choices import known_words
from maillage.report.evaluation.figures import Figures, named, year
from maillage.text import Text

TITLE = Text("Sur quoi repose la comparaison", "What the comparison stands on")
UNTOLD = say(
    "Pour ce plan de comparaison, le plus petit effet que l’on verrait n’est pas calculé d’avance.",
    "For this design, the smallest effect that would be seen is not computed beforehand.",
)
POINTS, POINT = Text("points", "points"), Text("point", "point")
SORTED = Text(
    "Alerte : le score ne se répartit pas de la même façon juste sous le seuil et juste au-dessus, il a pu être ajusté",
    "Alarm: the score is not spread alike just below and just above the cutoff, it may have been tuned",
)
NOT_SORTED = Text(
    "Rien ne montre que le score ait été ajusté autour du seuil, ce qui n’est pas une preuve",
    "Nothing shows that the score was tuned at the cutoff, which is no proof",
)


def footing_section(figures: Figures, found: Footing) -> Section:
    """What can be said before a result."""
    told = (*footing_sentences(figures, found), UNTOLD)
    return Section(id="footing", title=TITLE, blocks=tuple(Paragraph(each) for each in told))


def footing_sentences(figures: Figures, found: Footing) -> Iterator[Sentence]:
    """Units around a cutoff and the density of the score; points of a series; donors and periods."""
    match found:
        case Sides():
            yield from _sides(figures, found)
        case Points():
            yield from _points(figures, found)
        case Donors():
            yield from _donors(figures, found)


def _sides(figures: Figures, found: Sides) -> Iterator[Sentence]:
    cut = figures.study.protocol.threshold
    yield say(
        "Score : {score}. Unités sous le seuil de {cutoff} : {below} ; au seuil ou au-dessus : {above}.",
        "Score: {score}. Units below the cutoff of {cutoff}: {below}; at or above it: {above}.",
        score=named(known_words(cut.running) if cut else Text("", "")),
        cutoff=bare(figures, found.cutoff),
        below=figures.count(found.below),
        above=figures.count(found.above),
    )
    yield density_words(figures, found.density, found.unseen)


def bare(figures: Figures, value: float) -> Number:
    """A value of the protocol with the decimals it needs."""
    return Number(figures.chosen(value), decimals=next((d for d in range(4) if abs(round(value, d) - value) < 1e-9), 4))


def density_words(figures: Figures, found: Density | None, unseen: Text | None = None) -> Sentence:
    """Whether the score looks tuned around the cutoff."""
    if found is None:
        return say(
            "Test de densité impossible, on ne sait pas si le score a été ajusté{why}.",
            "The test of density cannot be made, whether the score was tuned is not known{why}.",
            why=say(" : {why}", ": {why}", why=named(_ended(unseen))) if unseen else say("", ""),
        )
    told = found.p_value < 1 - figures.study.protocol.inference.level
    return say(
        "{what} (test de densité de Cattaneo, Jansson et Ma, p : {p}, sur {units} valeurs).",
        "{what} (density test of Cattaneo, Jansson and Ma, p: {p}, on {units} values).",
        what=SORTED if told else NOT_SORTED,
        p=figures.probability(found.p_value),
        units=figures.count(found.units),
    )


def _ended(words: Text) -> Text:
    return Text(words.fr.rstrip("."), words.en.rstrip("."))


def _points(figures: Figures, found: Points) -> Iterator[Sentence]:
    yield say(
        "Tout commence en {start}. Avant : {before} ; à partir de là : {after}. Années mises à part : {aside}.",
        "All begins in {start}. Before: {before}; from then on: {after}. Years set aside: {aside}.",
        start=year(found.start),
        before=Number(figures.counted(found.before), POINTS, unit_one=POINT),
        after=Number(figures.counted(found.after), POINTS, unit_one=POINT),
        aside=figures.count(found.aside),
    )
    if found.untreated:
        yield say(
            "La série est la moyenne de {treated}, moins celle de {untreated} où rien n’a commencé.",
            "The series is the mean of {treated}, less that of {untreated} where nothing began.",
            treated=figures.units(found.treated),
            untreated=figures.units(found.untreated),
        )
        return
    yield say(
        "La série est la moyenne de {treated}. Aucune unité n’est restée sans la mesure : seul le passé sert de"
        " comparaison, et tout ce qui a changé au même moment comptera dans l’effet.",
        "The series is the mean of {treated}. No unit stayed without the measure: the past alone stands for a"
        " comparison, and whatever else changed then will count in the effect.",
        treated=figures.units(found.treated),
    )


def _donors(figures: Figures, found: Donors) -> Iterator[Sentence]:
    yield say(
        "Territoire évalué : {territory}. Années avant la mesure, qui servent à composer sa comparaison : {before} ;"
        " années traitées : {after}. Territoires qui peuvent y entrer : {donors}.",
        "Territory evaluated: {territory}. Years before the measure, from which its comparison is made: {before};"
        " treated years: {after}. Territories that may be part of it: {donors}.",
        territory=named(Text(found.territory, found.territory)),
        before=figures.count(found.before),
        after=figures.count(found.after),
        donors=figures.count(found.donors),
    )
    yield say(
        "Ce plan ne donne pas d’intervalle, mais une valeur p par rang, qui ne peut pas descendre au-dessous de"
        " {least}.",
        "This design gives no interval, but a p-value by rank, which cannot fall below {least}.",
        least=Number(figures.counted(found.least_p), decimals=3),
    )
