"""Health insurance: beneficiaries and their médecin traitant, one by one or counted, and the care they consumed."""

from __future__ import annotations

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.records.common import YES_NO, age, beneficiary, residence, sex, year
from maillage.text import Text

_COMMUNE, _POSTCODE = residence(Text("de résidence", "of residence"))
_REGIME = LayoutColumn(
    "REGIME",
    "regime",
    Text("Régime", "Scheme"),
    Text("RG : régime général ; MSA : agricole ; AUTRE.", "RG: general scheme; MSA: agricultural; AUTRE: other."),
    "RG",
    values={"RG": "general", "MSA": "agricole", "AUTRE": "other"},
)
_MT = LayoutColumn(
    "MEDECIN_TRAITANT",
    "mt_status",
    Text("Médecin traitant", "Médecin traitant"),
    Text(
        "OUI : déclaré ; NON : aucun ; CESSE : le médecin a cessé son activité ; FICTIF : numéro fictif de la CPAM.",
        "OUI: declared; NON: none; CESSE: the doctor has stopped; FICTIF: a fictitious number of the CPAM.",
    ),
    "NON",
    values={"OUI": "declared", "NON": "none", "CESSE": "stopped", "FICTIF": "fictitious"},
    aliases=("mt", "statut_mt"),
)
_C2S = LayoutColumn(
    "C2S",
    "c2s",
    Text("Complémentaire santé solidaire", "Complémentaire santé solidaire"),
    Text("oui ou non (1 ou 0).", "oui or non (1 or 0)."),
    YES_NO,
)
_ALD = LayoutColumn(
    "ALD",
    "ald",
    Text("Affection de longue durée", "Affection de longue durée"),
    Text("oui ou non (1 ou 0).", "oui or non (1 or 0)."),
    "non",
)

BENEFICIARIES = FileLayout(
    id="cnam_beneficiaries",
    title=Text("Bénéficiaires et médecin traitant", "Beneficiaries and their médecin traitant"),
    description=Text(
        "Une ligne par bénéficiaire et par an, au 31 décembre : résidence, régime, médecin traitant, C2S, ALD.",
        "One row a beneficiary and year, on 31 December: residence, scheme, médecin traitant, C2S, ALD.",
    ),
    table=Table(
        "cnam_beneficiaries",
        "Beneficiaries on 31 December",
        (
            *("beneficiary_id", "year", "code_commune", "postcode", "age_years", "sex"),
            *("regime", "mt_status", "c2s", "ald"),
        ),
        ("beneficiary_id", "year"),
        frozenset({"sex", "code_commune", "postcode"}),
        any_of=(("code_commune", "postcode"),),
    ),
    columns=(beneficiary(), year(), _COMMUNE, _POSTCODE, age(), sex(), _REGIME, _MT, _C2S, _ALD),
    optional=frozenset({"CODE_INSEE", "CP", "SEXE"}),
)
BENEFICIARY_COUNTS = FileLayout(
    id="cnam_beneficiary_counts",
    title=Text("Bénéficiaires comptés par commune", "Beneficiaries counted by commune"),
    description=Text(
        "Une ligne par commune, année et situation, au 31 décembre : effectif de bénéficiaires.",
        "One row a commune, year and situation, on 31 December: number of beneficiaries.",
    ),
    table=Table(
        "cnam_beneficiary_counts",
        "Beneficiaries counted on 31 December",
        ("code_commune", "year", "age_band", "regime", "mt_status", "c2s", "ald", "beneficiaries"),
        ("code_commune", "year", "age_band", "regime", "mt_status", "c2s", "ald"),
    ),
    columns=(
        _COMMUNE,
        year(),
        LayoutColumn(
            "CLASSE_AGE",
            "age_band",
            Text("Classe d’âge", "Age band"),
            Text("En années révolues : 16-49, 50+ …", "In completed years: 16-49, 50+ …"),
            "16-49",
        ),
        _REGIME,
        _MT,
        _C2S,
        _ALD,
        LayoutColumn(
            "EFFECTIF",
            "beneficiaries",
            Text("Effectif", "Number"),
            Text("Nombre de bénéficiaires.", "Number of beneficiaries."),
            "153",
        ),
    ),
)
CARE = FileLayout(
    id="cnam_care",
    title=Text("Consommation de soins", "Care consumed"),
    description=Text(
        "Une ligne par bénéficiaire, jour et nature de soin remboursé.",
        "One row a beneficiary, day and kind of reimbursed care.",
    ),
    table=Table(
        "cnam_care",
        "Care consumed",
        ("beneficiary_id", "care_date", "care_kind"),
        ("beneficiary_id", "care_date", "care_kind"),
    ),
    columns=(
        beneficiary(),
        LayoutColumn(
            "DATE_SOIN",
            "care_date",
            Text("Date du soin", "Date of care"),
            Text("Jour du soin.", "Day of the care."),
            "2023-05-17",
            aliases=("date_soins",),
        ),
        LayoutColumn(
            "NATURE",
            "care_kind",
            Text("Nature du soin", "Kind of care"),
            Text(
                "MG : généraliste ; SPE : spécialiste ; INF : infirmier ; DENT : dentiste ; PHARMA : pharmacie ;"
                " HOSP : hôpital ; AUTRE.",
                "MG: general practitioner; SPE: specialist; INF: nurse; DENT: dentist; PHARMA: pharmacy; HOSP:"
                " hospital; AUTRE: other.",
            ),
            "MG",
            values={
                **{"MG": "gp", "SPE": "specialist", "INF": "nurse", "DENT": "dentist"},
                **{"PHARMA": "pharmacy", "HOSP": "hospital", "AUTRE": "other"},
            },
        ),
    ),
)
