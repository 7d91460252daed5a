"""What each simulated file is, and which published figures it matches."""

from __future__ import annotations

from maillage.demo.origin import Declared
from maillage.text import Text

_MEAN_AND_DECILES = Text(
    fr="Moyenne nationale pondérée par la population standardisée et moyennes des premier et dernier déciles de"
    " population : celles de l'APL 2021 de la DREES ({who}).",
    en="National mean weighted by standardised population and means of the first and last population deciles: those of"
    " DREES' APL 2021 ({who}).",
)


def _apl(who_fr: str, who_en: str) -> Declared:
    return Declared(
        "drees_apl",
        Text(_MEAN_AND_DECILES.fr.replace("{who}", who_fr), _MEAN_AND_DECILES.en.replace("{who}", who_en)),
    )


DECLARED: dict[str, Declared] = {
    "SIMULE_APL_mg_2021.xlsx": Declared(
        "drees_apl",
        Text(
            fr="APL 2021 de la DREES, médecins généralistes : moyennes nationales 3,811 (sans borne d'âge), 3,369"
            " (65 ans et moins), 3,001 (62 ans et moins) ; déciles de population extrêmes 1,52 et 5,63 (65 ans"
            " et moins).",
            en="DREES' APL 2021, GPs: national means 3.811 (no age limit), 3.369 (65 or under), 3.001 (62 or under);"
            " first and last population deciles 1.52 and 5.63 (65 or under).",
        ),
    ),
    "SIMULE_APL_inf_2021.xlsx": _apl("infirmières", "nurses"),
    "SIMULE_APL_mk_2021.xlsx": _apl("masseuses-kinésithérapeutes", "physiotherapists"),
    "SIMULE_APL_sf_2021.xlsx": _apl("sages-femmes", "midwives"),
    "SIMULE_APL_cd_2021.xlsx": _apl("chirurgiens-dentistes", "dental surgeons"),
    "SIMULE_apl_2022_communes.csv": Declared(
        "drees_apl_2022",
        Text(
            fr="Dérive simulée des scores simulés de 2021, aux moyennes nationales de l'APL 2022 de la DREES : elle ne"
            " mesure aucune évolution réelle.",
            en="A simulated drift of the simulated scores of 2021, at the national means of DREES' APL 2022: it"
            " measures no real change.",
        ),
    ),
    "SIMULE_bpe2024_sante_communes.csv": Declared(
        "insee_bpe",
        Text(
            fr="Totaux nationaux de neuf équipements de la BPE 2024 de l'INSEE (60 573 médecins généralistes).",
            en="National totals of nine equipments of INSEE's BPE 2024 (60 573 general practitioners).",
        ),
    ),
    "SIMULE_zonage_mg_communes.csv": Declared(
        "ars_zonage",
        Text(
            fr="Parts de la population : 28,2 % en ZIP, 68 % en ZIP ou ZAC, 75,3 % avec les ZAR.",
            en="Shares of the population: 28.2 % in ZIP, 68 % in ZIP or ZAC, 75.3 % with ZAR.",
        ),
    ),
    "SIMULE_cpts_communes.csv": Declared(
        "ars_cpts",
        Text(
            fr="Environ 803 CPTS (nombre du 31 mars 2023), 82 % de la population ; noms et périmètres inventés.",
            en="About 803 CPTS (the number of 31 March 2023), 82 % of the population; names and perimeters are"
            " invented.",
        ),
    ),
    "SIMULE_commune2024_bv2022.csv": Declared(
        "insee_bassin_vie",
        Text(
            fr="Environ 1 700 bassins autour de pôles choisis par la population et la distance ; ce ne sont pas ceux de"
            " l'INSEE.",
            en="About 1 700 basins around poles chosen by population and distance; they are not INSEE's.",
        ),
    ),
    "SIMULE_toutes_specialites_departement.csv": Declared(
        "cnam_professionals",
        Text(
            fr="Effectifs nationaux 2024 de data.ameli pour les professions écrites.",
            en="National headcounts of data.ameli in 2024 for the professions written.",
        ),
    ),
}
