"""The words of a line of the sensitivity table."""

from __future__ import annotations

from collections.abc import Mapping

from maillage.evaluation.sensitivity import Kind, Line
from maillage.report.evaluation.choices import known_words
from maillage.text import Text

KINDS: Mapping[Kind, Text] = {
    "estimator": Text("Autres estimateurs", "Other estimators"),
    "component": Text("Ce qui change au début", "What changes at the start"),
    "control": Text("Autres témoins", "Other controls"),
    "covariates": Text("Autres covariables", "Other covariates"),
    "weights": Text("Autres poids", "Other weights"),
    "anticipation": Text("Anticipation", "Anticipation"),
    "spillover": Text("Effets sur les voisins", "Effects on neighbours"),
    "dose": Text("Effet selon la dose", "Effect by dose"),
    "heterogeneity": Text("Effet selon le type de territoire", "Effect by type of territory"),
    "leave_out_cohort": Text("Sans chaque cohorte à son tour", "Without each cohort in turn"),
    "leave_out_group": Text("Sans chaque région à son tour", "Without each region in turn"),
    "leave_out_donor": Text("Sans chaque territoire de comparaison à son tour", "Without each donor in turn"),
    "placebo_date": Text("Fausses dates d’entrée", "False dates of entry"),
    "bandwidth": Text("Autres largeurs autour du seuil", "Other widths around the cutoff"),
    "donut": Text("Sans les unités tout près du seuil", "Without units next to the cutoff"),
    "placebo_cutoff": Text("Faux seuils", "False cutoffs"),
    "placebo_outcome": Text("Indicateurs qui ne devraient pas bouger", "Outcomes that should not move"),
}
KEYS: Mapping[tuple[Kind, str], Text] = {
    ("estimator", "group_time_plain"): Text("par cohorte et année, sans covariable", "by cohort and year, plain"),
    ("estimator", "group_time_reg"): Text("par cohorte et année, régression", "by cohort and year, regression"),
    ("estimator", "group_time_ipw"): Text("par cohorte et année, pondération", "by cohort and year, weighting"),
    ("estimator", "group_time_dr"): Text(
        "par cohorte et année, doublement robuste", "by cohort and year, doubly robust"
    ),
    ("estimator", "imputation"): Text("imputation", "imputation"),
    ("estimator", "counts"): Text("modèle de comptage (Poisson)", "count model (Poisson)"),
    ("estimator", "randomisation"): Text("dates redistribuées au hasard", "dates dealt anew"),
    ("control", "never_treated"): Text("jamais traités", "never treated"),
    ("control", "not_yet_treated"): Text("pas encore traités", "not yet treated"),
    ("control", "last_treated"): Text("derniers traités", "treated last"),
    ("estimator", "wider caliper"): Text("appariement plus lâche", "wider matching"),
    ("estimator", "closer caliper"): Text("appariement plus serré", "closer matching"),
    ("component", "level"): Text("niveau, la première année", "level, in the first year"),
    ("component", "slope"): Text("pente, par an", "slope, a year"),
    ("weights", "units"): Text("chaque unité compte autant", "each unit alike"),
    ("weights", "people"): Text("chaque habitant compte autant", "each resident alike"),
    ("spillover", "ignored"): Text("voisins ignorés", "neighbours ignored"),
    ("spillover", "dropped"): Text("témoins exposés écartés", "exposed controls dropped"),
    ("spillover", "dropped_early"): Text(
        "écartés aussi ceux exposés avant leur entrée", "those exposed before their entry dropped too"
    ),
    ("spillover", "direct"): Text("effet sur les traités, voisins modélisés", "effect on the treated, modelled"),
    ("spillover", "spilled"): Text("effet sur les voisins non traités", "effect on untreated neighbours"),
    ("spillover", "total"): Text("effet sur les deux ensemble", "effect on both together"),
    ("covariates", "none"): Text("aucune covariable", "no covariate"),
    ("covariates", "all"): Text("toutes les covariables", "all covariates"),
}
# Kinds whose keys are numbers.
NUMBERED = ("bandwidth", "donut", "placebo_cutoff")
DOSES: Mapping[str, Text] = {
    "members": Text("adhérents", "members"),
    "euros": Text("euros versés", "euros paid"),
    "contracts_per_gp": Text("contrats par médecin", "contracts per doctor"),
}
THIRDS: Mapping[str, Text] = {
    "low": Text("tiers bas", "lowest third"),
    "middle": Text("tiers moyen", "middle third"),
    "high": Text("tiers haut", "highest third"),
    "slope": Text("pente, pour une unité de plus", "slope, for one unit more"),
}
_BEGINNINGS: Mapping[tuple[Kind, str], Text] = {
    ("estimator", "synthetic_did_"): Text("synthétique, cohorte ", "synthetic, cohort "),
    ("covariates", "without "): Text("sans ", "without "),
    ("bandwidth", ""): Text("largeur multipliée par ", "width times "),
    ("donut", ""): Text("part de la dispersion du score écartée : ", "share of the spread of the score left out: "),
    ("placebo_cutoff", ""): Text("seuil à ", "cutoff at "),
    ("spillover", "ring "): Text("voisins, couronne ", "neighbours, ring "),
    ("leave_out_cohort", ""): Text("sans la cohorte ", "without cohort "),
    ("leave_out_donor", ""): Text("sans ", "without "),
    ("leave_out_group", ""): Text("sans la région ", "without region "),
}


def line_words(line: Line) -> Text:
    """What a line answers, in words."""
    if (known := KEYS.get((line.kind, line.key))) is not None:
        return known
    if line.kind in ("placebo_date", "anticipation"):
        return _years(line)
    if line.kind == "dose":
        return _dose(line.key)
    for (kind, start), words in _BEGINNINGS.items():
        if kind == line.kind and line.key.startswith(start):
            rest = known_words(line.key.removeprefix(start))
            fr = rest.fr.replace(".", ",") if kind in NUMBERED else rest.fr
            return Text(f"{words.fr}{fr}", f"{words.en}{rest.en}")
    return known_words(line.key)


def _dose(key: str) -> Text:
    name, _, third = key.rpartition(" ")
    of, which = DOSES.get(name, Text(name, name)), THIRDS.get(third, Text(third, third))
    return Text(f"{of.fr} : {which.fr}", f"{of.en}: {which.en}")


def _years(line: Line) -> Text:
    if len(line.key) == 4:
        return Text(f"début en {line.key}", f"start in {line.key}")
    fr = f"{line.key} an{'' if line.key in ('0', '1') else 's'}"
    en = f"{line.key} year{'' if line.key == '1' else 's'}"
    if line.kind == "placebo_date":
        return Text(f"entrée avancée de {fr}", f"entry {en} earlier")
    return Text(f"{fr} avant", f"{en} before")
