"""Access to general practitioners as Maillage computes it."""

from __future__ import annotations

from datetime import date
from typing import Any

from maillage.engine import Engine
from maillage.indicators.definition import Example, Indicator, Input
from maillage.indicators.expressions import base, period_of, resident, where_known
from maillage.territory.rule import Rule
from maillage.text import Text

INPUTS = (
    Input("insee_bpe"),
    Input("insee_iris_population"),
    Input("geo_commune"),
    Input(
        "measured_travel",
        (),
        Text(
            "Temps de trajet modélisés, calés sur des minutes mesurées en Alsace et en Gironde.",
            "Modelled travel times, calibrated on minutes measured in Alsace and Gironde.",
        ),
    ),
    Input(
        "travel_times",
        (),
        Text(
            "Temps de trajet d’un fichier donné au calcul, tels quels.",
            "Travel times of a file given to the run, taken as they are.",
        ),
        instead_of=("measured_travel",),
    ),
    Input(
        "osm_roads",
        (),
        Text(
            "Temps de trajet calculés sur un réseau routier, aux vitesses supposées de travel_roads.toml.",
            "Travel times computed on a road network, at the assumed speeds of travel_roads.toml.",
        ),
        instead_of=("measured_travel",),
    ),
)
EXAMPLE_ROWS = (
    {"code": "01001", "apl": 2.0, "low": 1.5, "high": 2.4, "nearest_min": 12.0, "demand": 1000.0},
    {"code": "01002", "apl": 4.0, "low": 3.0, "high": 4.8, "nearest_min": 0.0, "demand": 3000.0},
    {"code": "01004", "apl": 0.0, "low": 0.0, "high": 0.0, "nearest_min": None, "demand": 100.0},
)
EXAMPLE_ACCESS = tuple({"year": 2024, "profession": "mg", **row} for row in EXAMPLE_ROWS)
EXAMPLE_PEOPLE = tuple(
    {"code": code, "level": "commune", "year": 2021, "sex": "all", "age_band": band, "population": people}
    for code, band, people in (
        ("01001", "0-64", 600.0),
        ("01001", "65+", 400.0),
        ("01002", "0-64", 3000.0),
        ("01004", "0-64", 100.0),
    )
)


def _apl(engine: Engine) -> Any:
    rows = engine.table("access")
    rows = rows.filter(rows.profession == "mg")
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=rows.apl * rows.demand,
        denominator=rows.demand,
        value=rows.apl,
        low=rows.low,
        high=rows.high,
    )


def _minutes(engine: Engine) -> Any:
    rows = engine.table("access")
    people = resident(engine).select("code", "population")
    rows = rows.filter(rows.profession == "mg").left_join(people, "code")
    weight = where_known(rows.nearest_min, rows.population.fill_null(0.0))
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=rows.nearest_min * weight,
        denominator=weight,
        value=rows.nearest_min,
    )


_APL = Indicator(
    id="apl_mg_calcule",
    label=Text(
        "Accessibilité aux médecins généralistes calculée par Maillage",
        "Accessibility to general practitioners computed by Maillage",
    ),
    short_label=Text("APL généralistes calculée", "GP access, computed"),
    volet="supply",
    unit=Text("consultations par an et par habitant", "consultations a year per inhabitant"),
    unit_one=Text("consultation par an et par habitant", "consultation a year per inhabitant"),
    decimals=1,
    direction="low",
    why=Text(
        "Refait l’APL avec des conventions ouvertes et dit de combien elles changent le résultat : un territoire sous "
        "le seuil sous toutes les conventions l’est sûrement.",
        "Rebuilds the APL with open conventions and tells how much they change the result: a territory under the "
        "threshold under all of them is surely so.",
    ),
    definition=Text(
        "Consultations accessibles par an et par habitant standardisé : offre des généralistes partagée entre les "
        "habitants à moins de 20 minutes, selon une décroissance avec le temps de trajet.",
        "Consultations within reach a year per standardised inhabitant: the supply of GPs shared among the inhabitants "
        "within 20 minutes, under a decay with travel time.",
    ),
    numerator=Text("Somme de l’accès calculé multiplié par la demande", "Sum of the computed access times demand"),
    denominator=Text(
        "Demande : population pondérée par la consommation relative de soins par âge",
        "Demand: population weighted by relative consumption of care by age",
    ),
    method=Text(
        "Calcul de Maillage par bassins flottants en deux temps ; au-dessus de la commune, moyenne pondérée par la "
        "demande ; l’intervalle est l’étendue des résultats selon les conventions, et non une marge d’erreur "
        "statistique (au-dessus de la commune, moyenne des bornes).",
        "Computed by Maillage with two-step floating catchment areas; above the commune, mean weighted by demand; "
        "the interval is the range over the conventions, not a statistical margin (above the commune, mean of "
        "the bounds).",
    ),
    limits=Text(
        "Chaque généraliste compte pour une activité moyenne là où la sienne est inconnue ; trois classes d’âge "
        "seulement ; ni délais, ni refus. Ne se compare pas à l’APL publiée au dixième près.",
        "Each GP counts for a mean activity where his own is unknown; three age bands only; no waiting times, no "
        "refusals. Not to be compared with the published APL to the tenth.",
    ),
    inputs=INPUTS,
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("mean", weight="demand"),
    interval="range",
    compute=_apl,
    example=Example(
        Text("Trois communes, dont une hors d’atteinte.", "Three communes, one of them out of reach."),
        tables={"access": EXAMPLE_ACCESS},
        expected=(
            {"code": "01001", "period": "2024", "value": 2.0, "low": 1.5, "high": 2.4, "numerator": 2000.0},
            {"code": "01002", "period": "2024", "value": 4.0, "low": 3.0, "high": 4.8, "denominator": 3000.0},
            {"code": "01004", "period": "2024", "value": 0.0, "low": 0.0, "high": 0.0, "numerator": 0.0},
        ),
        oracle=lambda tables: {r["code"]: (r["apl"] * r["demand"], r["demand"]) for r in tables["access"]},
    ),
)

_MINUTES = Indicator(
    id="minutes_mg",
    label=Text("Minutes jusqu’au médecin généraliste le plus proche", "Minutes to the nearest general practitioner"),
    short_label=Text("Minutes au généraliste", "Minutes to a GP"),
    volet="supply",
    unit=Text("minutes", "minutes"),
    unit_one=Text("minute", "minute"),
    decimals=0,
    direction="high",
    why=Text(
        "Dit en une grandeur que chacun comprend si un généraliste exerce près de chez soi, sans dire s’il est "
        "disponible.",
        "Tells in a quantity that everyone understands whether a GP practises nearby, not whether one is available.",
    ),
    definition=Text(
        "Temps de trajet en voiture, modélisé, jusqu’à la commune la plus proche où exerce un généraliste.",
        "Modelled travel time by car to the nearest commune where a GP practises.",
    ),
    numerator=Text("Somme des minutes multipliées par la population", "Sum of minutes times population"),
    denominator=Text("Population résidente", "Resident population"),
    method=Text(
        "Temps modélisés par Maillage ; au-dessus de la commune, moyenne pondérée par la population.",
        "Times modelled by Maillage; above the commune, mean weighted by population.",
    ),
    limits=Text(
        "De mairie à mairie, hors embouteillages et relief fin ; sans valeur là où aucun généraliste n’est atteint.",
        "From town hall to town hall, without congestion or fine relief; no value where no GP is reached.",
    ),
    inputs=INPUTS,
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("mean", weight="population"),
    compute=_minutes,
    example=Example(
        Text("Trois communes, dont une hors d’atteinte.", "Three communes, one of them out of reach."),
        tables={"access": EXAMPLE_ACCESS, "population": EXAMPLE_PEOPLE},
        expected=(
            {"code": "01001", "period": "2024", "value": 12.0, "numerator": 12000.0, "denominator": 1000.0},
            {"code": "01002", "period": "2024", "value": 0.0, "denominator": 3000.0},
            {"code": "01004", "period": "2024", "value": None, "status": "missing"},
        ),
    ),
)

INDICATORS = (_APL, _MINUTES)
