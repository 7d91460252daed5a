"""What cannot be said for want of data, and who holds it."""

from __future__ import annotations

from maillage.report.document import Column, Paragraph, Row, Section, Table, say
from maillage.text import Text

TITLE = Text("Ce qu’on ne peut pas dire, et ce qu’il faudrait", "What cannot be said, and what it would take")
# What is missing, why it matters, who holds it, and the schema in which Maillage proposes to publish it.
GAPS: tuple[tuple[Text, Text, Text], ...] = (
    (
        Text("La liste des CPTS avec leurs communes, datée", "The dated list of CPTS with their communes"),
        Text("calculer la couverture au lieu de la citer", "compute coverage instead of quoting it"),
        Text("ARS, assurance maladie", "ARS, health insurance"),
    ),
    (
        Text("Les adhérents par CPTS et par profession", "Members by CPTS and profession"),
        Text("dire qui adhère, et où", "tell who joins, and where"),
        Text("CPTS, assurance maladie", "CPTS, health insurance"),
    ),
    (
        Text(
            "Les contrats d’assistants, par commune et quotité",
            "Contracts of assistants, by commune and share of full time",
        ),
        Text("compter des temps pleins, et voir où ils vont", "count full times, and see where they go"),
        Text("assurance maladie", "health insurance"),
    ),
    (
        Text("Les versements par mesure, payeur et territoire", "Payments by measure, payer and territory"),
        Text("rapporter l’argent aux besoins", "set money against need"),
        Text("assurance maladie, ARS, collectivités", "health insurance, ARS, local authorities"),
    ),
    (
        Text("Le détail des crédits régionaux (FIR)", "The detail of regional credits (FIR)"),
        Text(
            "savoir ce que paient les ARS, et pour quoi",
            "know what the ARS pay, and for what",
        ),
        Text("ministère, ARS", "ministry, ARS"),
    ),
    (
        Text("Les dépenses des communes, départements et régions", "What communes, départements and régions spend"),
        Text("remplacer des estimations par des comptes", "replace estimates by accounts"),
        Text("collectivités territoriales", "local authorities"),
    ),
    (
        Text(
            "Les délais d’obtention d’un rendez-vous, par territoire", "Waiting times for an appointment, by territory"
        ),
        Text("dire si l’accès s’améliore", "tell whether access improves"),
        Text("DREES, plateformes de rendez-vous", "DREES, booking platforms"),
    ),
)


def gaps() -> Section:
    """The section on what is missing."""
    lead = say(
        "Les chiffres publiés permettent de compter des structures et des contrats. Ils ne permettent de dire ni"
        " l’effet des CPTS et des assistants sur les délais d’accès et sur la démographie médicale, ni ce que reçoit"
        " chaque territoire. Ce qui manque existe le plus souvent, chez ceux qui signent et qui paient ; il n’est"
        " pas publié.",
        "The published figures allow one to count structures and contracts. They do not allow one to tell the effect"
        " of CPTS and assistants on waiting times and on the medical workforce, nor what each territory gets. What"
        " is missing mostly exists, with those who sign and pay; it is not published.",
    )
    table = Table(
        id="gaps",
        caption=say("Les données qui manquent", "The data that are missing"),
        columns=(
            Column(Text("Donnée", "Data"), 1.6),
            Column(Text("À quoi elle servirait", "What it would serve"), 1.6),
            Column(Text("Qui la détient", "Who holds it"), 1.2),
        ),
        rows=tuple(Row(gap) for gap in GAPS),
        notes=(
            say(
                "Maillage propose un schéma de données ouvert pour chacune des quatre premières (commande « maillage"
                " schemas »).",
                "Maillage offers an open data schema for each of the first four (command “maillage schemas”).",
            ),
        ),
    )
    return Section(id="gaps", title=TITLE, blocks=(Paragraph(lead), table))
