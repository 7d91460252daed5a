"""The trial that the evaluation stands for, component by component, and how the data emulate it.

Components after the TARGET statement (Cashin and others, JAMA 2025, doi:10.1001/jama.2025.13350). TARGET is written for
individually randomised parallel groups: here units are mostly territories that enter at different dates.
"""

from __future__ import annotations

from collections.abc import Mapping

from maillage.evaluation.protocol import Design, Protocol
from maillage.report.document import Cell, Column, Name, Row, Section, Sentence, Table, listed, say
from maillage.report.evaluation.choice_words import CHOICES, LEVELS
from maillage.report.evaluation.choices import applies, choice_cell, known_words
from maillage.report.evaluation.figures import Figures, named, year
from maillage.text import Text

TITLE = Text("L’essai visé et son émulation", "The target trial and its emulation")
REFERENCE = Text(
    "TARGET, Cashin et coll., JAMA 2025, doi:10.1001/jama.2025.13350",
    "TARGET, Cashin and others, JAMA 2025, doi:10.1001/jama.2025.13350",
)


ASSIGNMENT = Text("Attribution", "Assignment")
ASSUMPTIONS = Text("Hypothèses d’identification", "Identifying assumptions")
ANALYSIS = Text("Analyse", "Analysis")
STRATEGIES = Text("Stratégies comparées", "Treatment strategies")
FOLLOW_UP = Text("Début et durée du suivi", "Start and length of follow-up")
CONTRAST = Text("Contraste causal", "Causal contrast")
# What emulates these components in designs other than staggered entry.
OTHERS: Mapping[Design, Mapping[Text, Sentence]] = {
    "discontinuity": {
        STRATEGIES: say(
            "Être du côté du seuil que la mesure ouvre, ou de l’autre, que la mesure ait été prise ou non.",
            "Being on the side of the cutoff that the measure opens, or on the other, whether it was taken or not.",
        ),
        FOLLOW_UP: say(
            "La moyenne des années étudiées, de chaque côté du seuil.",
            "The mean of the years studied, on each side of the cutoff.",
        ),
        CONTRAST: say(
            "Effet d’être du côté ouvert, au seuil et là seulement.",
            "The effect of being on the open side, at the cutoff and there only.",
        ),
        ASSIGNMENT: say(
            "Un seuil décide de l’éligibilité ; tout près de lui, le côté où l’on tombe tient presque du hasard.",
            "A cutoff decides who is eligible; next to it, the side on which one falls is almost chance.",
        ),
        ASSUMPTIONS: say(
            "Rien d’autre ne change au seuil, et le score n’a pas été ajusté pour le passer.",
            "Nothing else changes at the cutoff, and the score was not tuned to pass it.",
        ),
        ANALYSIS: say(
            "Régression locale de part et d’autre du seuil, intervalle robuste et corrigé du biais (Calonico, Cattaneo"
            " et Titiunik).",
            "Local regression on both sides of the cutoff, robust bias-corrected interval (Calonico, Cattaneo and"
            " Titiunik).",
        ),
    },
    "interrupted": {
        STRATEGIES: say(
            "Tous ont la mesure à partir d’une date ; ce qui serait arrivé sans elle se lit dans leur passé.",
            "All have the measure from one date on; what would have happened without it is read in their past.",
        ),
        FOLLOW_UP: say(
            "Toutes les années, avant comme après le début, sauf celles que le protocole met à part.",
            "Every year, before as after the start, but those that the protocol sets aside.",
        ),
        CONTRAST: say(
            "Écart moyen, à partir du début, entre la série et le chemin que le passé laissait attendre.",
            "Mean gap, from the start on, between the series and the path that the past led to expect.",
        ),
        ASSIGNMENT: say("Tous commencent à la même date.", "All begin at the same date."),
        ASSUMPTIONS: say(
            "Sans la mesure, la série aurait suivi son chemin ; rien d’autre n’a changé à cette date.",
            "Without the measure, the series would have kept its path; nothing else changed at that date.",
        ),
        ANALYSIS: say(
            "Régression par morceaux, avec des erreurs qui ont de la mémoire.",
            "Segmented regression, with errors that remember.",
        ),
    },
    "single": {
        STRATEGIES: say(
            "Un territoire a la mesure ; ceux qui composent sa comparaison ne l’ont jamais.",
            "One territory has the measure; those that make its comparison never do.",
        ),
        FOLLOW_UP: say(
            "De la première année traitée à la dernière des données, pour lui comme pour sa comparaison.",
            "From the first treated year to the last of the data, for it as for its comparison.",
        ),
        CONTRAST: say(
            "Effet sur ce territoire, en moyenne des années traitées.",
            "The effect on this territory, as a mean of treated years.",
        ),
        ASSIGNMENT: say(
            "Un seul territoire, qui n’a pas été tiré au sort.", "One territory, which was not drawn at random."
        ),
        ASSUMPTIONS: say(
            "Le mélange d’autres territoires qui le suivait avant l’aurait suivi après.",
            "The mix of other territories that followed it before would have followed it after.",
        ),
        ANALYSIS: say(
            "Contrôle synthétique ; la même estimation sur chaque autre territoire dit ce que donne le hasard.",
            "Synthetic control; the same estimate on each other territory tells what chance gives.",
        ),
    },
    "matched": {
        FOLLOW_UP: say(
            "Quelques années avant l’entrée et quelques années après, les mêmes pour tous ceux qui sont appariés.",
            "Some years before entry and some years after, the same for all that are matched.",
        ),
        CONTRAST: say(
            "Effet sur les traités qui ont trouvé des témoins, chacun comptant autant, en moyenne des années depuis"
            " l’entrée.",
            "The effect on the treated that found controls, each counting alike, as a mean of the years from entry on.",
        ),
        ASSIGNMENT: say("Chacun décide d’entrer.", "Each decides to enter."),
        ASSUMPTIONS: say(
            "Parmi des unités au même passé, entrer ne dépend pas de ce qui allait suivre.",
            "Among units with the same past, entering does not depend on what was to come.",
        ),
        ANALYSIS: say(
            "Appariement sur le chemin d’avant et les covariables, ajustement de ce qui reste (Abadie et Imbens).",
            "Matching on the path before and on covariates, adjustment of what remains (Abadie and Imbens).",
        ),
    },
}


DATED = Text("des unités qui entrent à des dates différentes", "units that enter at different dates")
OTHER = Text("un autre plan de comparaison", "another design")


def trial_section(figures: Figures) -> Section:
    """One line a component: what an ideal trial would do, what the data allow."""
    return Section(id="trial", title=TITLE, blocks=(_table(figures),))


def _table(figures: Figures) -> Table:
    others = OTHERS.get(figures.study.protocol.design, {})
    rows = (
        (Text("Éligibilité", "Eligibility"), _eligible(figures)),
        (STRATEGIES, _strategies(figures)),
        (ASSIGNMENT, _assignment(figures)),
        (FOLLOW_UP, _follow_up(figures)),
        (Text("Critère de jugement", "Outcome"), _outcome(figures)),
        (CONTRAST, _contrast(figures)),
        (ASSUMPTIONS, _assumptions(figures)),
        (ANALYSIS, _analysis(figures)),
    )
    return Table(
        id="target",
        caption=say(
            "L’essai visé et ce qui l’émule, selon la déclaration TARGET",
            "The target trial and what emulates it, after the TARGET statement",
        ),
        columns=(
            Column(Text("Composante", "Component"), 1),
            Column(Text("Essai visé", "Target trial"), 1.6),
            Column(Text("Émulation", "Emulation"), 2),
        ),
        rows=tuple(Row((label, ideal, others.get(label, emulated))) for label, (ideal, emulated) in rows),
        notes=(
            say(
                "Référence : {where}. La grille vise des essais individuels à groupes parallèles ; elle est suivie ici"
                " pour {what}.",
                "Reference: {where}. The checklist is for individual parallel-group trials; it is followed here for"
                " {what}.",
                where=Name(REFERENCE),
                what=OTHER if others else DATED,
            ),
        ),
    )


def _said(figures: Figures, name: str) -> Sentence:
    """A choice by its dotted name, in words."""
    part, _, field = name.partition(".")
    value = getattr(getattr(figures.study.protocol, part), field)
    cell: Cell = choice_cell(figures, name, list(value) if isinstance(value, tuple) else value)
    if cell is None:
        return say("", "")
    return cell if isinstance(cell, Sentence) else listed([cell])


def _level(protocol: Protocol) -> Text:
    return LEVELS[protocol.population.level]


def _eligible(figures: Figures) -> tuple[Cell, Cell]:
    protocol = figures.study.protocol
    return (
        say(
            "Les {level} qui n’ont pas la mesure au début.",
            "The {level} without the measure at the start.",
            level=_level(protocol),
        ),
        say(
            "Les {level}, de {first} à {last} ; périmètre : {perimeter} ; série incomplète : {incomplete}.",
            "The {level} observed from {first} to {last}; perimeter: {perimeter}; incomplete series: {incomplete}.",
            level=_level(protocol),
            first=year(protocol.outcome.first),
            last=year(protocol.outcome.last),
            perimeter=_said(figures, "population.perimeter"),
            incomplete=_said(figures, "population.incomplete"),
        ),
    )


def _strategies(figures: Figures) -> tuple[Cell, Cell]:
    protocol = figures.study.protocol
    measure = named(known_words(protocol.treatment.measure))
    return (
        say(
            "Entrer dans la mesure ({what}) à une date donnée, ou ne pas y entrer de toute la durée.",
            "Enter the measure ({what}) at a given date, or not throughout.",
            what=measure,
        ),
        say(
            "Date d’entrée : {date} ; première année traitée : {first}.{share} Qui est entré le reste jusqu’à la fin.",
            "Date of entry: {date}; first treated year: {first}.{share} Who has entered stays treated to the end.",
            date=_said(figures, "treatment.date"),
            first=_said(figures, "treatment.first_period"),
            share=_covered(figures),
        ),
    )


def _covered(figures: Figures) -> Sentence:
    if not applies(figures.study.protocol, "treatment.covered_share"):
        return say("", "")
    return say(
        " Un territoire est traité quand {share} de ses habitants sont couverts.",
        " A territory is treated when {share} of its residents are covered.",
        share=_said(figures, "treatment.covered_share"),
    )


def _assignment(figures: Figures) -> tuple[Cell, Cell]:
    return (
        say("Dates d’entrée tirées au sort.", "Dates of entry drawn at random."),
        say(
            "Aucun tirage au sort : qui entre, et quand, a été décidé. Comparaison : {control} ; covariables :"
            " {covariates}.",
            "Nothing was drawn: who enters, and when, was decided. Comparison: {control}; covariates: {covariates}.",
            control=_said(figures, "estimator.control"),
            covariates=_covariates(figures),
        ),
    )


def _covariates(figures: Figures) -> Sentence:
    value = [c.model_dump(mode="json") for c in figures.study.protocol.estimator.covariates]
    cell = choice_cell(figures, "estimator.covariates", value)
    return (
        cell
        if isinstance(cell, Sentence)
        else say("{none}", "{none}", none=CHOICES["estimator.covariates"].none or Text("", ""))
    )


def _follow_up(figures: Figures) -> tuple[Cell, Cell]:
    protocol = figures.study.protocol
    return (
        say("De la date d’entrée à la fin de l’étude.", "From the date of entry to the end of the study."),
        say(
            "De la première année traitée à {last} ; pour la comparaison, les mêmes années. Anticipation admise :"
            " {anticipation}.",
            "From the first treated year to {last}; for the comparison, the same years. Anticipation allowed:"
            " {anticipation}.",
            last=year(protocol.outcome.last),
            anticipation=_said(figures, "estimator.anticipation"),
        ),
    )


def _outcome(figures: Figures) -> tuple[Cell, Cell]:
    label = named(figures.study.label)
    return (
        say("{what}.", "{what}.", what=label),
        say(
            "Le même indicateur, par année ({unit}). Valeurs : {source}. Ruptures de série : {breaks}.",
            "The same outcome, by year ({unit}). Values: {source}. Breaks of series: {breaks}.",
            unit=named(figures.study.unit),
            source=_said(figures, "outcome.source"),
            breaks=_said(figures, "outcome.breaks"),
        ),
    )


def _contrast(figures: Figures) -> tuple[Cell, Cell]:
    return (
        say(
            "Effet d’entrer plutôt que de ne pas entrer, sur ceux qui entrent.",
            "The effect of entering rather than not, on those who enter.",
        ),
        say(
            "Le même : effet moyen sur les traités. Moyenne {over} ; poids : {weights}.",
            "The same: the mean effect on the treated. Average {over}; weights: {weights}.",
            over=_said(figures, "estimand.over"),
            weights=_said(figures, "estimand.weights"),
        ),
    )


def _assumptions(figures: Figures) -> tuple[Cell, Cell]:
    return (
        say("Tirage au sort, pas d’effet sur les voisins.", "Random assignment, no effect on neighbours."),
        say(
            "Sans la mesure, l’indicateur aurait évolué comme celui de la comparaison ; avant l’entrée, aucun effet"
            " au-delà de l’anticipation admise ; voisins : {by} ; autres mesures : {others}.",
            "Without the measure, the outcome would have moved as in the comparison; before entry, no effect beyond"
            " the anticipation allowed; neighbours: {by}; other measures: {others}.",
            by=_neighbours(figures),
            others=_said(figures, "concurrent.measures"),
        ),
    )


def _neighbours(figures: Figures) -> Sentence:
    by = _said(figures, "spillover.by")
    if not applies(figures.study.protocol, "spillover.handling"):
        return by
    handling = _said(figures, "spillover.handling")
    return say("{by}, témoins exposés {handling}", "{by}, exposed controls {handling}", by=by, handling=handling)


def _analysis(figures: Figures) -> tuple[Cell, Cell]:
    return (
        say("Différence entre groupes, en intention de traiter.", "Difference between groups, by intention to treat."),
        say(
            "Différences de différences par cohorte et par année, méthode {method}. Erreurs : unités groupées par"
            " {cluster} ; intervalles à {level}. Sensibilité : {checks}.",
            "Differences in differences by cohort and year, {method}. Errors: clustered by {cluster}; intervals at"
            " {level}. Sensitivity: {checks}.",
            method=_said(figures, "estimator.method"),
            cluster=_said(figures, "inference.cluster"),
            level=figures.level,
            checks=_said(figures, "sensitivity.checks"),
        ),
    )
