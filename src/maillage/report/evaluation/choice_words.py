"""The words of every choice of a protocol: what it is called, and what each of its values means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from maillage.text import Text

YEARS = Text("années", "years")


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice by its label; ``values`` are the words of its values; ``form`` tells how a number is printed.

    ``none`` are the words of an empty value; without them an empty choice is not told.
    """

    label: Text
    values: Mapping[str, Text] = field(default_factory=dict)
    form: str = "words"
    none: Text | None = None


PARTS: Mapping[str, Text] = {
    "population": Text("Population", "Population"),
    "treatment": Text("Mesure évaluée", "Measure evaluated"),
    "outcome": Text("Indicateur suivi", "Outcome"),
    "file": Text("Fichier du protocole", "File of the protocol"),
    "threshold": Text("Seuil", "Threshold"),
    "estimand": Text("Effet moyen recherché", "Estimand"),
    "estimator": Text("Estimation", "Estimation"),
    "inference": Text("Incertitude", "Uncertainty"),
    "spillover": Text("Effets sur les voisins", "Effects on neighbours"),
    "concurrent": Text("Autres mesures", "Other measures"),
    "covid": Text("Épidémie de covid", "Covid epidemic"),
    "sensitivity": Text("Contrôles de sensibilité", "Sensitivity"),
    "decision": Text("Règle de décision", "Decision rule"),
}
LEVELS: Mapping[str, Text] = {
    "commune": Text("communes", "communes"),
    "bassin_vie": Text("bassins de vie", "bassins de vie"),
    "epci": Text("intercommunalités (EPCI)", "groups of communes (EPCI)"),
    "cpts": Text("périmètres de CPTS", "CPTS perimeters"),
    "departement": Text("départements", "départements"),
    "region": Text("régions", "regions"),
    "gp": Text("médecins généralistes", "general practitioners"),
}
CHECKS: Mapping[str, Text] = {
    "estimators": Text("autres estimateurs", "other estimators"),
    "placebo_dates": Text("fausses dates d’entrée", "false dates of entry"),
    "placebo_outcomes": Text("indicateurs que la mesure ne peut pas changer", "outcomes the measure cannot change"),
    "leave_out_cohort": Text("sans chaque cohorte à son tour", "without each cohort in turn"),
    "leave_out_region": Text("sans chaque région à son tour", "without each region in turn"),
    "controls": Text("autres témoins", "other controls"),
    "weights": Text("autres poids", "other weights"),
    "anticipation": Text("autre durée d’anticipation", "another anticipation"),
    "spillover": Text("effets sur les voisins", "effects on neighbours"),
    "dose": Text("effet selon la dose", "effect by dose"),
    "heterogeneity": Text("effet selon le type de territoire", "effect by type of territory"),
    "honest": Text("tendances non parallèles", "trends that are not parallel"),
    "randomisation": Text("dates redistribuées au hasard", "dates dealt anew at random"),
}
DESIGNS: Mapping[str, Text] = {
    "staggered": Text("entrées échelonnées, comparées à ceux qui n’y sont pas encore", "staggered entry"),
    "matched": Text("entrées échelonnées, témoins appariés", "staggered entry, matched controls"),
    "single": Text("un seul territoire, contrôle synthétique", "one territory, synthetic control"),
    "interrupted": Text("série interrompue : tous commencent ensemble", "interrupted series: all begin at once"),
    "discontinuity": Text("régression sur discontinuité, de part et d’autre d’un seuil", "regression discontinuity"),
}
_NOTHING = Text("aucun", "none")

CHOICES: Mapping[str, Choice] = {
    "design": Choice(Text("Plan de comparaison", "Design"), DESIGNS),
    "population.level": Choice(Text("Unités comparées", "Units compared"), LEVELS),
    "population.within": Choice(Text("Limitées à", "Kept within"), none=Text("toute la France", "the whole of France")),
    "population.within.departement": Choice(Text("Limitées aux départements", "Kept within départements")),
    "population.within.region": Choice(Text("Limitées aux régions", "Kept within regions")),
    "population.perimeter": Choice(
        Text("Périmètre des territoires", "Perimeter of territories"),
        {"fixed": Text("fixe sur toute la durée", "fixed throughout"), "as_then": Text("celui de l’année", "as then")},
    ),
    "population.perimeter_on": Choice(
        Text("Périmètre à la date du", "Perimeter as on"),
        none=Text("dernier jour des données", "the last day of the data"),
    ),
    "population.incomplete": Choice(
        Text("Unités sans série complète", "Units without a full series"),
        {
            "refuse": Text("l’évaluation est refusée", "the evaluation is refused"),
            "leave_out": Text("écartées et comptées", "left out and counted"),
        },
    ),
    "treatment.measure": Choice(Text("Mesure", "Measure"), form="measure"),
    "treatment.date": Choice(
        Text("Date d’entrée", "Date of entry"),
        {"signature": Text("la signature", "the signature"), "start": Text("le démarrage effectif", "the start")},
    ),
    "treatment.statuses": Choice(
        Text("Statuts qui valent entrée", "Statuses that count"),
        form="statuses",
        none=Text("ceux où la mesure agit", "those in which it is at work"),
    ),
    "treatment.covered_share": Choice(
        Text("Part des habitants à couvrir pour être traité", "Share of residents covered to be treated"), form="share"
    ),
    "treatment.first_period": Choice(
        Text("Première année traitée", "First treated year"),
        {"same": Text("celle de la date", "that of the date"), "next": Text("la suivante, entière", "the next, whole")},
    ),
    "treatment.minimum": Choice(
        Text("Nombre de contrats à partir duquel un territoire est traité", "Contracts that make a territory treated"),
        form="count",
    ),
    "treatment.dose": Choice(
        Text("Dose", "Dose"),
        {
            "none": Text("non étudiée", "not studied"),
            "members": Text("adhérents", "members"),
            "euros": Text("euros versés", "euros paid"),
            "contracts_per_gp": Text("contrats par médecin", "contracts per doctor"),
        },
    ),
    "outcome.indicator": Choice(Text("Indicateur", "Indicator"), form="indicator"),
    "outcome.slice": Choice(Text("Tranche", "Slice")),
    "outcome.first": Choice(Text("Première année", "First year"), form="year"),
    "outcome.last": Choice(Text("Dernière année", "Last year"), form="year"),
    "outcome.source": Choice(
        Text("Valeurs", "Values"),
        {
            "observations": Text("observations publiées, secret appliqué", "published, confidentiality applied"),
            "records": Text("enregistrements ; seules des moyennes en sortent", "records; only averages leave them"),
            "file": Text("fichier du protocole", "the file of the protocol"),
        },
    ),
    "outcome.breaks": Choice(
        Text("Ruptures de série connues", "Known breaks of series"),
        {
            "refuse": Text("l’évaluation est refusée", "the evaluation is refused"),
            "model": Text("admises : elles toucheraient toutes les unités", "admitted: they would move all units"),
        },
    ),
    "outcome.family": Choice(Text("Indicateurs lus ensemble", "Outcomes read together"), none=_NOTHING),
    "file.path": Choice(Text("Chemin", "Path")),
    "file.unit": Choice(Text("Colonne des unités", "Column of units")),
    "file.period": Choice(Text("Colonne des périodes", "Column of periods")),
    "file.outcome": Choice(Text("Colonne des valeurs", "Column of values")),
    "file.cohort": Choice(Text("Colonne de la première période traitée", "Column of the first treated period")),
    "file.weight": Choice(Text("Colonne des poids", "Column of weights")),
    "file.cluster": Choice(Text("Colonne des grappes", "Column of clusters")),
    "file.group": Choice(Text("Colonne des groupes", "Column of groups")),
    "file.offset": Choice(Text("Colonne des personnes exposées", "Column of people at risk")),
    "file.running": Choice(Text("Colonne du score", "Column of the running score")),
    "file.dose": Choice(Text("Colonne de la dose", "Column of the dose")),
    "threshold.running": Choice(Text("Score", "Running score"), form="indicator"),
    "threshold.period": Choice(Text("Année du score", "Year of the score"), form="year"),
    "threshold.cutoff": Choice(Text("Seuil", "Cutoff"), form="number"),
    "threshold.eligible": Choice(
        Text("Unités éligibles", "Eligible units"),
        {"below": Text("sous le seuil", "below the cutoff"), "above": Text("au-dessus", "above")},
    ),
    "estimand.over": Choice(
        Text("Moyenne", "Average"),
        {
            "cell": Text("de toutes les cellules traitées", "over every treated cell"),
            "cohort": Text("des cohortes, chacune sur ses années traitées", "of cohorts, over their treated years"),
            "calendar": Text("des années", "of calendar years"),
            "event": Text("des durées depuis l’entrée", "of times since entry"),
        },
    ),
    "estimand.weights": Choice(
        Text("Poids", "Weights"),
        {
            "people": Text("l’habitant : les grands territoires comptent plus", "the average resident"),
            "units": Text("l’unité : toutes comptent autant", "the average unit"),
        },
    ),
    "estimand.longest": Choice(
        Text("Durée la plus longue", "Longest time"), form="years", none=Text("toutes les durées", "all")
    ),
    "estimator.method": Choice(
        Text("Méthode", "Method"),
        {
            "dr": Text("doublement robuste", "doubly robust"),
            "reg": Text("régression", "outcome regression"),
            "ipw": Text("pondération", "inverse probability weighting"),
        },
    ),
    "estimator.control": Choice(
        Text("Comparaison", "Comparison"),
        {
            "never_treated": Text("unités jamais traitées", "units never treated"),
            "not_yet_treated": Text("unités pas encore traitées", "units not yet treated"),
        },
    ),
    "estimator.covariates": Choice(Text("Covariables", "Covariates"), form="covariates", none=Text("aucune", "none")),
    "estimator.anticipation": Choice(Text("Anticipation", "Anticipation"), form="years"),
    "inference.cluster": Choice(
        Text("Unités groupées par", "Clustered by"),
        {
            "assignment": Text("le niveau où les dates se décident", "the level where dates are decided"),
            "unit": Text("unité", "unit"),
            "epci": Text("EPCI", "EPCI"),
            "bassin_vie": Text("bassin de vie", "bassin de vie"),
            "departement": Text("département", "département"),
            "region": Text("région", "region"),
        },
    ),
    "inference.level": Choice(Text("Niveau des intervalles", "Level of intervals"), form="share"),
    "inference.draws": Choice(Text("Tirages", "Draws"), form="count"),
    "inference.seed": Choice(Text("Graine des tirages", "Seed of draws"), form="count"),
    "spillover.by": Choice(
        Text("Voisins", "Neighbours"),
        {
            "none": Text("non étudiés", "not studied"),
            "contiguity": Text("les territoires qui se touchent", "territories that touch"),
            "travel": Text("ceux qui sont à portée de trajet", "those within travel time"),
            "flow": Text("ceux d’où viennent les patients", "those that patients come from"),
        },
    ),
    "spillover.within_min": Choice(Text("Trajet au plus", "Travel at most"), form="minutes"),
    "spillover.above": Choice(
        Text("Part traitée du voisinage au-delà de laquelle on est exposé", "Share treated above which one is exposed"),
        form="share",
    ),
    "spillover.handling": Choice(
        Text("Témoins exposés", "Exposed controls"),
        {
            "ignore": Text("gardés", "kept"),
            "drop": Text("écartés", "dropped"),
            "model": Text("leur effet est estimé à part", "their effect is modelled"),
        },
    ),
    "concurrent.measures": Choice(Text("Mesures concomitantes", "Concurrent measures"), form="measures", none=_NOTHING),
    "concurrent.handling": Choice(
        Text("Ce qui en est fait", "What is made of them"),
        {
            "report": Text("signalées", "told"),
            "leave_out": Text("unités concernées écartées", "units that have them left out"),
        },
    ),
    "covid.handling": Choice(
        Text("Années de l’épidémie", "Years of the epidemic"),
        {"keep": Text("gardées", "kept"), "drop": Text("écartées", "dropped")},
    ),
    "covid.years": Choice(Text("Ces années", "These years"), form="year"),
    "covid.why": Choice(Text("Pourquoi", "Why"), form="why"),
    "sensitivity.checks": Choice(Text("À montrer quoi qu’ils disent", "Shown whatever they say"), CHECKS),
    "sensitivity.placebo_outcomes": Choice(
        Text("Indicateurs placebo", "Placebo outcomes"), form="indicator", none=_NOTHING
    ),
    "sensitivity.placebo_shift": Choice(Text("Fausses dates : avancées de", "False dates: moved by"), form="years"),
    "sensitivity.permutations": Choice(Text("Redistributions des dates", "Dates dealt anew"), form="count"),
    "decision.smallest_effect": Choice(
        Text("Plus petit effet qui compte", "Smallest effect that matters"), form="effect"
    ),
    "decision.good": Choice(
        Text("Bon sens", "Good direction"),
        {"up": Text("la hausse", "up"), "down": Text("la baisse", "down")},
    ),
    "decision.power": Choice(Text("Puissance demandée", "Power asked for"), form="share"),
    "decision.multiplicity": Choice(
        Text("Lecture de plusieurs indicateurs", "Several outcomes"),
        {
            "none": Text("chacun pour soi", "each by itself"),
            "holm": Text("correction de Holm", "Holm’s correction"),
        },
    ),
    "decision.rule": Choice(Text("Règle", "Rule"), form="rule"),
}
# Told in the head of a document, not in the table.
IN_HEAD = ("id", "authors", "written", "title", "question", "description")
