"""Payments, and the statements that no other layout has a column for."""

from __future__ import annotations

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.registers.common import GUIDE, day, identifier, profession
from maillage.text import Text

PAYERS = {
    "ASSURANCE_MALADIE": "assurance_maladie",
    "ARS": "ars",
    "COMMUNE": "commune",
    "EPCI": "epci",
    "DEPARTEMENT": "departement",
    "REGION": "region",
    "ETAT": "etat",
    "COLLECTIVITES": "collectivites",
}
LEVELS = {
    **{"COMMUNE": "commune", "VILLE": "ville", "EPCI": "epci", "BASSIN_VIE": "bassin_vie", "CPTS": "cpts"},
    **{"DEPARTEMENT": "departement", "REGION": "region", "FRANCE": "france"},
}
_MEASURE = LayoutColumn(
    "dispositif",
    "measure",
    Text("Dispositif", "Measure"),
    Text(
        "Identifiant du dispositif : cpts, assistants_medicaux, msp, cds, esp, sas, caim…",
        "Identifier of the measure: cpts, assistants_medicaux, msp, cds, esp, sas, caim …",
    ),
    "cpts",
    aliases=("mesure",),
)
PAYMENTS = FileLayout(
    id="paiements",
    guide=GUIDE,
    title=Text("Paiements", "Payments"),
    description=Text(
        "Une ligne par paiement : dispositif, payeur, bénéficiaire, territoire, année, montant et fiabilité.",
        "One row a payment: measure, payer, beneficiary, territory, year, amount and reliability.",
    ),
    table=Table(
        "paiements",
        "Payments",
        (
            *("payment_id", "measure", "payer", "beneficiary", "payment_kind", "profession"),
            *("territory_level", "code", "year", "amount_eur", "reliability", "citation"),
        ),
        ("payment_id",),
        frozenset({"beneficiary", "payment_kind", "profession", "reliability", "citation"}),
    ),
    columns=(
        LayoutColumn(
            "id_paiement",
            "payment_id",
            Text("Identifiant du paiement", "Identifier of the payment"),
            Text(
                "Unique dans tous les fichiers ; une ligne corrigée garde son identifiant.",
                "Unique in all files; a corrected row keeps its identifier.",
            ),
            "P-2022-000001",
        ),
        _MEASURE,
        LayoutColumn(
            "payeur",
            "payer",
            Text("Payeur", "Payer"),
            Text(
                "ASSURANCE_MALADIE (ou CNAM, CPAM), ARS (ou FIR), COMMUNE, EPCI, DEPARTEMENT, REGION, ETAT, ou"
                " COLLECTIVITES si elles ne sont pas distinguées.",
                "ASSURANCE_MALADIE (or CNAM, CPAM), ARS (or FIR), COMMUNE, EPCI, DEPARTEMENT, REGION, ETAT, or"
                " COLLECTIVITES where they are not told apart.",
            ),
            "ASSURANCE_MALADIE",
            values=PAYERS,
            also={"CNAM": "assurance_maladie", "CPAM": "assurance_maladie", "FIR": "ars"},
        ),
        LayoutColumn(
            "beneficiaire",
            "beneficiary",
            Text("Bénéficiaire", "Beneficiary"),
            Text(
                "Identifiant de la CPTS, du contrat ou de la structure, celui de son registre ; vide si le paiement"
                " n’est connu que par territoire.",
                "Identifier of the CPTS, contract or structure, as in its register; empty where the payment is known by"
                " territory only.",
            ),
            "CPTS-08-01",
        ),
        LayoutColumn(
            "nature",
            "payment_kind",
            Text("Nature", "Kind"),
            Text(
                "Ligne de l’aide : fonctionnement, missions, aide, investissement… ; vide pour le total.",
                "Line of the aid: fonctionnement, missions, aide, investissement …; empty for the total.",
            ),
            "fonctionnement",
        ),
        profession(required=False),
        LayoutColumn(
            "niveau",
            "territory_level",
            Text("Niveau du territoire", "Level of the territory"),
            Text(
                "COMMUNE, EPCI, BASSIN_VIE, CPTS, DEPARTEMENT, REGION, FRANCE, ou VILLE pour Paris, Lyon et Marseille"
                " entières : le plus fin qui soit connu.",
                "COMMUNE, EPCI, BASSIN_VIE, CPTS, DEPARTEMENT, REGION, FRANCE, or VILLE for the whole of Paris, Lyon"
                " and Marseille: the smallest that is known.",
            ),
            "DEPARTEMENT",
            values=LEVELS,
        ),
        LayoutColumn(
            "code",
            "code",
            Text("Code du territoire", "Code of the territory"),
            Text(
                "Code du territoire à ce niveau : 08, 08105, le SIREN de l’EPCI ; FRA pour la France.",
                "Code of the territory at that level: 08, 08105, the SIREN of the EPCI; FRA for France.",
            ),
            "08",
        ),
        LayoutColumn(
            "annee",
            "year",
            Text("Année", "Year"),
            Text("Année au titre de laquelle le montant est payé.", "Year that the amount is paid for."),
            "2022",
        ),
        LayoutColumn(
            "montant_eur",
            "amount_eur",
            Text("Montant en euros", "Amount in euros"),
            Text(
                "En euros de l’année, sans signe ni espace, point pour les centimes : 12500.50 ; négatif pour une"
                " reprise. 12 500,50 € est compris et signalé ; milliers et millions d’euros (k€, M€) sont refusés.",
                "In euros of the year, without sign or space, a dot before cents: 12500.50; negative where it is taken"
                " back. 12 500,50 € is understood and told; thousands and millions of euros (k€, M€) are refused.",
            ),
            "12500.50",
            aliases=("montant",),
        ),
        LayoutColumn(
            "fiabilite",
            "reliability",
            Text("Fiabilité", "Reliability"),
            Text(
                "OBSERVE (comptes), ESTIME ou SUPPOSE ; vide pour OBSERVE.",
                "OBSERVE (accounts), ESTIME (estimated) or SUPPOSE (assumed); empty for OBSERVE.",
            ),
            "OBSERVE",
            values={"OBSERVE": "observed", "ESTIME": "estimated", "SUPPOSE": "assumed"},
            also={"OBSERVÉ": "observed", "ESTIMÉ": "estimated", "SUPPOSÉ": "assumed"},
        ),
        LayoutColumn(
            "source",
            "citation",
            Text("Source", "Source"),
            Text("Document d’où vient le montant, avec sa date et la page.", "Document, date and page of the amount."),
            "Comptes de la CPAM des Ardennes, 2022",
            aliases=("reference",),
        ),
    ),
    optional=frozenset({"beneficiaire", "nature", "profession", "fiabilite", "source"}),
)
STATEMENTS = FileLayout(
    id="evenements",
    guide=GUIDE,
    title=Text("Événements d’un dispositif", "Events of a measure"),
    description=Text(
        "Une ligne par événement, pour ce qu’aucun autre schéma ne décrit : statuts des autres dispositifs, niveaux de"
        " patientèle constatés chaque année, quotité qui change.",
        "One row an event, for what no other schema describes: statuses of other measures, levels of patients found"
        " each year, a share of a full time that changes.",
    ),
    table=Table(
        "evenements",
        "Events of measures",
        ("measure", "beneficiary", "attribute", "item", "start_date", "content"),
        ("measure", "beneficiary", "attribute", "item", "start_date"),
        frozenset({"item"}),
    ),
    columns=(
        _MEASURE,
        identifier("beneficiaire", Text("du bénéficiaire", "the beneficiary"), "AM-2021-000123"),
        LayoutColumn(
            "attribut",
            "attribute",
            Text("Attribut", "Attribute"),
            Text(
                "Ce que l’événement énonce : status (le statut), patients_mt, patients_seen, fte, place…",
                "What the event states: status, patients_mt, patients_seen, fte, place …",
            ),
            "patients_mt",
        ),
        LayoutColumn(
            "element",
            "item",
            Text("Élément", "Item"),
            Text(
                "Pour un attribut qui en a plusieurs : la commune, la profession ou la mission ; vide sinon.",
                "For an attribute that has several: the commune, profession or mission; else empty.",
            ),
            "",
        ),
        day(
            "date",
            "start_date",
            Text("Date", "Date"),
            Text("Jour à partir duquel cela vaut.", "Day from which it holds."),
            "2022-06-15",
        ),
        LayoutColumn(
            "valeur",
            "content",
            Text("Valeur", "Value"),
            Text("Ce qui vaut à partir de ce jour : un statut, un nombre, un code.", "A status, a number, a code."),
            "1140",
        ),
    ),
    optional=frozenset({"element"}),
)
