"""Published APL of the five professions (DREES)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from maillage.engine import Engine
from maillage.indicators.definition import Break, Example, Indicator, Input, Rows
from maillage.indicators.expressions import base, period_of, resident, where_known
from maillage.territory.rule import Rule
from maillage.text import Text

INPUTS = (
    Input(
        "drees_apl_2016_2018",
        ("2016", "2018"),
        Text(
            "France métropolitaine seulement, Paris absent.",
            "Metropolitan France only, Paris missing.",
        ),
    ),
    Input("drees_apl", ("2021",), Text("Mayotte absente.", "Mayotte missing.")),
    Input("drees_apl_2022", ("2022",), Text("Corse et Mayotte absentes.", "Corsica and Mayotte missing.")),
)
BREAK = Text(
    "Rupture de série possible : la méthode et les sources de l’APL ont changé d’un millésime de la DREES à l’autre ; "
    "l’écart entre ces deux années n’est pas une évolution de l’accès.",
    "Possible break of series: the method and sources of the APL changed from one DREES release to the next; "
    "the gap between these two years is not a change of access.",
)
BREAKS = tuple(Break(year, BREAK) for year in ("2016", "2018", "2021"))


GP_2022 = Input(
    "drees_apl_2022",
    ("2022",),
    Text(
        "Corse et Mayotte absentes ; ce millésime ne publie pas la population standardisée des généralistes, la "
        "dernière connue pondère les moyennes.",
        "Corsica and Mayotte missing; this release omits the standardised population for GPs, the latest known "
        "weights the means.",
    ),
)
CONSULTATIONS = Text("consultations par an et par habitant", "consultations a year per inhabitant")
CONSULTATION = Text("consultation par an et par habitant", "consultation a year per inhabitant")
FTE = Text("ETP pour 100\u202f000 habitants", "FTE per 100,000 inhabitants")
NUMERATOR = Text(
    "Somme sur les communes de l’APL publiée multipliée par la population standardisée",
    "Sum over the communes of the published APL times the standardised population",
)
DENOMINATOR = Text(
    "Population standardisée par la consommation de soins par âge, publiée avec l’APL (la dernière connue de la "
    "commune où le millésime l’omet, à défaut sa population totale)",
    "Population standardised by consumption of care by age, published with the APL (the latest known of the commune "
    "where a release omits it, else its total population)",
)
METHOD = Text(
    "Valeur publiée à la commune ; au-dessus, moyenne des communes pondérée par la population standardisée.",
    "Published value at the commune; above, mean of the communes weighted by standardised population.",
)
LIMITS = Text(
    "Accès potentiel et non recours réel ; ni les délais, ni les refus, ni les hôpitaux n’y entrent ; les communes "
    "proches d’une frontière ignorent l’offre étrangère. Les millésimes ne se comparent pas entre eux.",
    "Potential access, not actual use; waiting times, refusals and hospitals are left out; communes near a border "
    "ignore foreign supply. Releases do not compare with one another.",
)
_ANY = Text("", "")


@dataclass(frozen=True, slots=True)
class _Variant:
    """What sets one published APL apart; ``age_limit`` None takes the only series of the profession."""

    id: str
    profession: str
    age_limit: int | None
    who: Text
    short: Text
    age_words: Text = _ANY


def _compute(variant: _Variant, engine: Engine) -> Any:
    """APL × weight over weight: the standardised population, the latest known where a release omits it."""
    apl = engine.table("apl")
    mine = apl.filter(apl.profession == variant.profession)
    weighted = mine.filter(mine.population_standardised.notnull())
    latest = weighted.group_by("code").agg(
        latest=weighted.population_standardised.argmax(weighted.year * 100 - weighted.age_limit)
    )
    scored = mine if variant.age_limit is None else mine.filter(mine.age_limit == variant.age_limit)
    rows = scored.left_join(latest, "code").drop("code_right")
    rows = rows.left_join(resident(engine).select("code", resident="population"), "code").drop("code_right")
    weight = where_known(
        rows.apl, ibis.coalesce(rows.population_standardised, rows.latest, rows.population, rows.resident)
    )
    return base(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        numerator=rows.apl * weight,
        denominator=weight,
        value=rows.apl,
    )


def _oracle(tables: Mapping[str, Rows]) -> dict[str, tuple[float, float]]:
    return {
        row["code"]: (row["apl"] * row["population_standardised"], row["population_standardised"])
        for row in tables["apl"]
        if row["apl"] is not None
    }


def _example(variant: _Variant) -> Example:
    common = {"year": 2021, "profession": variant.profession, "age_limit": variant.age_limit or 0}
    return Example(
        Text(
            "Trois communes ; la troisième n’a pas de valeur publiée et quitte la moyenne.",
            "Three communes; the third has no published value and leaves the mean.",
        ),
        tables={
            "apl": (
                {"code": "01001", "apl": 2.0, "population_standardised": 1000.0, "population": 900.0, **common},
                {"code": "01002", "apl": 4.0, "population_standardised": 3000.0, "population": 3200.0, **common},
                {"code": "01004", "apl": None, "population_standardised": None, "population": 100.0, **common},
            )
        },
        expected=(
            {"code": "01001", "period": "2021", "value": 2.0, "numerator": 2000.0, "denominator": 1000.0},
            {"code": "01002", "period": "2021", "value": 4.0, "numerator": 12000.0, "denominator": 3000.0},
            {"code": "01004", "period": "2021", "value": None},
        ),
        oracle=_oracle,
    )


def _words(variant: _Variant) -> dict[str, Text]:
    who, age = variant.who, variant.age_words
    return {
        "label": Text(
            f"Accessibilité potentielle localisée aux {who.fr}{age.fr}",
            f"Potential local accessibility (APL) to {who.en}{age.en}",
        ),
        "why": Text(
            f"Dit combien de soins les {who.fr} à portée peuvent offrir à chaque habitant, en tenant compte de leur "
            "activité, de la distance et de l’âge de la population : une densité ne dit rien de tout cela.",
            f"Tells how much care the {who.en} within reach can offer each inhabitant, given their activity, the "
            "distance and the age of the population: a density tells none of these.",
        ),
        "definition": Text(
            f"Offre des {who.fr}{age.fr} accessibles depuis la commune, rapportée à la population qui se la partage "
            "(bassins flottants en deux temps), par habitant standardisé par l’âge.",
            f"Supply of the {who.en}{age.en} within reach of the commune, shared among the population around them "
            "(two-step floating catchment areas), per inhabitant standardised by age.",
        ),
    }


def _indicator(variant: _Variant) -> Indicator:
    doctors = variant.profession == "mg"
    words = _words(variant)
    return Indicator(
        id=variant.id,
        label=words["label"],
        why=words["why"],
        definition=words["definition"],
        short_label=variant.short,
        volet="supply",
        unit=CONSULTATIONS if doctors else FTE,
        unit_one=CONSULTATION if doctors else None,
        decimals=1,
        direction="low",
        numerator=NUMERATOR,
        denominator=DENOMINATOR,
        method=METHOD,
        limits=LIMITS,
        inputs=(*INPUTS[:2], GP_2022 if doctors else INPUTS[2]),
        author="Maillage",
        reviewer="À désigner / to be appointed",
        next_review=date(2027, 6, 30),
        grain="commune",
        aggregation=Rule("mean", weight="population_standardised"),
        breaks=BREAKS,
        compute=lambda engine: _compute(variant, engine),
        example=_example(variant),
    )


_GPS = Text("médecins généralistes", "general practitioners")
_NO_LIMIT = Text(", sans limite d’âge", ", whatever their age")
_UNDER_65 = Text(" de 65 ans et moins", " aged 65 or under")
_UNDER_62 = Text(" de 62 ans et moins", " aged 62 or under")

INDICATORS = tuple(
    _indicator(variant)
    for variant in (
        _Variant("apl_mg", "mg", 0, _GPS, Text("APL généralistes", "GP access (APL)"), _NO_LIMIT),
        _Variant("apl_mg_65", "mg", 65, _GPS, Text("APL généralistes ≤ 65 ans", "GP access, aged ≤ 65"), _UNDER_65),
        _Variant("apl_mg_62", "mg", 62, _GPS, Text("APL généralistes ≤ 62 ans", "GP access, aged ≤ 62"), _UNDER_62),
        _Variant("apl_inf", "inf", None, Text("infirmiers", "nurses"), Text("APL infirmiers", "Nurse access (APL)")),
        _Variant(
            "apl_mk",
            "mk",
            None,
            Text("masseurs-kinésithérapeutes", "physiotherapists"),
            Text("APL kinésithérapeutes", "Physiotherapist access (APL)"),
        ),
        _Variant(
            "apl_sf", "sf", None, Text("sages-femmes", "midwives"), Text("APL sages-femmes", "Midwife access (APL)")
        ),
        _Variant(
            "apl_cd",
            "cd",
            None,
            Text("chirurgiens-dentistes", "dentists"),
            Text("APL dentistes", "Dentist access (APL)"),
        ),
    )
)
