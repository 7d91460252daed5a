"""Access to five professions as Maillage computes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from maillage.definitions.indicators.apl import CONSULTATION, CONSULTATIONS, FTE
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
EXAMPLE_PEOPLE = tuple(
    {"code": code, "level": "commune", "year": 2021, "sex": "all", "age_band": band, "population": people}
    for code, band, people in (
        ("01001", "0-64", 600.0),
        ("01001", "65+", 400.0),
        ("01002", "0-64", 3000.0),
        ("01004", "0-64", 100.0),
    )
)
LESS_THAN_ALL = Text("Trois communes, dont une hors d’atteinte.", "Three communes, one of them out of reach.")


@dataclass(frozen=True, slots=True)
class _Computed:
    """What sets the computed APL of one profession apart."""

    profession: str
    who: Text
    short: Text
    supply: Text
    limits: Text


def _apl(profession: str, engine: Engine) -> Any:
    rows = engine.table("access")
    rows = rows.filter(rows.profession == profession)
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


def _example(profession: str) -> Example:
    return Example(
        LESS_THAN_ALL,
        tables={"access": tuple({"year": 2024, "profession": profession, **row} for row in EXAMPLE_ROWS)},
        expected=(
            {"code": "01001", "period": "2024", "value": 2.0, "low": 1.5, "high": 2.4, "numerator": 2000.0},
            {"code": "01002", "period": "2024", "value": 4.0, "low": 3.0, "high": 4.8, "denominator": 3000.0},
            {"code": "01004", "period": "2024", "value": 0.0, "low": 0.0, "high": 0.0, "numerator": 0.0},
        ),
        oracle=lambda tables: {r["code"]: (r["apl"] * r["demand"], r["demand"]) for r in tables["access"]},
    )


def _indicator(one: _Computed) -> Indicator:
    doctors = one.profession == "mg"
    return Indicator(
        id=f"apl_{one.profession}_calcule",
        label=Text(
            f"Accessibilité aux {one.who.fr} calculée par Maillage",
            f"Accessibility to {one.who.en} computed by Maillage",
        ),
        short_label=one.short,
        volet="supply",
        unit=CONSULTATIONS if doctors else FTE,
        unit_one=CONSULTATION if doctors else None,
        decimals=1,
        direction="low",
        why=Text(
            "Refait l’APL avec des conventions ouvertes et dit de combien elles changent le résultat : un territoire "
            "sous le seuil sous toutes les conventions l’est sûrement.",
            "Rebuilds the APL with open conventions and tells how much they change the result: a territory under the "
            "threshold under all of them is surely so.",
        ),
        definition=Text(
            f"{one.supply.fr} : offre des {one.who.fr} partagée entre les habitants à moins "
            "de 20 minutes, selon une décroissance avec le temps de trajet.",
            f"{one.supply.en}: the supply of {one.who.en} shared among the inhabitants "
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
        limits=one.limits,
        inputs=INPUTS,
        author="Maillage",
        reviewer="À désigner / to be appointed",
        next_review=date(2027, 6, 30),
        grain="commune",
        aggregation=Rule("mean", weight="demand"),
        interval="range",
        compute=lambda engine: _apl(one.profession, engine),
        example=_example(one.profession),
    )


_CONSULTATIONS = Text(
    "Consultations accessibles par an et par habitant standardisé",
    "Consultations within reach a year per standardised inhabitant",
)
_FTE = Text(
    "Équivalents temps plein accessibles pour 100\u202f000 habitants standardisés",
    "Full-time equivalents within reach per 100,000 standardised inhabitants",
)
_FTE_WOMEN = Text(
    "Équivalents temps plein accessibles pour 100\u202f000 femmes standardisées",
    "Full-time equivalents within reach per 100,000 standardised women",
)
_ONE_EACH = Text(
    "Chaque professionnel compte pour un équivalent temps plein : le niveau diffère de celui de l’APL publiée, qui "
    "compte l’activité de chacun ; ni délais, ni refus.",
    "Each professional counts as one full-time equivalent: the level differs from that of the published APL, which "
    "counts the activity of each; no waiting times, no refusals.",
)
_GP_AGES = Text(
    " Poids des âges : ceux des généralistes, faute de texte.",
    " Age weights: those of general practitioners, for want of a text.",
)
_NO_AGES = Text(" Tous les âges pèsent autant, faute de texte.", " Every age weighs the same, for want of a text.")
_WOMEN = Text(
    " Rapporté aux femmes (51,6 % des habitants partout), et partagé selon le nombre des 15 à 49 ans, estimé sur trois "
    "classes d’âge.",
    " Related to women (51.6% of inhabitants everywhere), and shared by the number of those aged 15 to 49, estimated "
    "from three age bands.",
)


def _with(first: Text, second: Text) -> Text:
    return Text(first.fr + second.fr, first.en + second.en)


_COMPUTED = (
    _Computed(
        "mg",
        Text("médecins généralistes", "general practitioners"),
        Text("APL généralistes calculée", "GP access, computed"),
        _CONSULTATIONS,
        Text(
            "Aucun fichier ne donne l’activité de chaque généraliste : une moyenne nationale, un peu plus là où "
            "l’offre est rare ; trois classes d’âge seulement ; ni délais, ni refus. Ne se compare pas à l’APL "
            "publiée au dixième près.",
            "No file gives the activity of each GP: a national mean, a little more where supply is scarce; three age "
            "bands only; no waiting times, no refusals. Not to be compared with the published APL to the tenth.",
        ),
    ),
    _Computed(
        "inf",
        Text("infirmiers", "nurses"),
        Text("APL infirmiers calculée", "Nurse access, computed"),
        _FTE,
        _with(_ONE_EACH, _GP_AGES),
    ),
    _Computed(
        "mk",
        Text("masseurs-kinésithérapeutes", "physiotherapists"),
        Text("APL kinésithérapeutes calculée", "Physiotherapist access, computed"),
        _FTE,
        _with(_ONE_EACH, _GP_AGES),
    ),
    _Computed(
        "sf",
        Text("sages-femmes", "midwives"),
        Text("APL sages-femmes calculée", "Midwife access, computed"),
        _FTE_WOMEN,
        _with(_ONE_EACH, _WOMEN),
    ),
    _Computed(
        "cd",
        Text("chirurgiens-dentistes", "dentists"),
        Text("APL dentistes calculée", "Dentist access, computed"),
        _FTE,
        _with(_ONE_EACH, _NO_AGES),
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
        "De mairie à mairie, plus lent en ville dense, sans heures de pointe ni relief fin ; sans valeur là où aucun "
        "généraliste n’est atteint.",
        "From town hall to town hall, slower in dense towns, without rush hours or fine relief; no value where no GP "
        "is reached.",
    ),
    inputs=INPUTS,
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("mean", weight="population"),
    compute=_minutes,
    example=Example(
        LESS_THAN_ALL,
        tables={"access": _example("mg").tables["access"], "population": EXAMPLE_PEOPLE},
        expected=(
            {"code": "01001", "period": "2024", "value": 12.0, "numerator": 12000.0, "denominator": 1000.0},
            {"code": "01002", "period": "2024", "value": 0.0, "denominator": 3000.0},
            {"code": "01004", "period": "2024", "value": None, "status": "missing"},
        ),
    ),
)

INDICATORS = (*(_indicator(one) for one in _COMPUTED), _MINUTES)
