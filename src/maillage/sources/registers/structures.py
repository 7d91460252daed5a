"""Structures: maisons de santé, health centres, care teams, access-to-care services."""

from __future__ import annotations

from collections.abc import Mapping

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.registers.common import DATES, GUIDE, commune, day, departement, form, identifier, name_of
from maillage.text import Text


def _planned(title: Text) -> LayoutColumn:
    return day(
        "date_projet",
        "project_date",
        Text("Projet", "Project"),
        Text(f"Jour où {title.fr}.", f"Day on which {title.en}."),
        "2019-03-01",
    )


def _opened(title: Text) -> LayoutColumn:
    return day(
        "date_ouverture",
        "opening_date",
        Text("Ouverture", "Opening"),
        Text(f"Jour où {title.fr}.", f"Day on which {title.en}."),
        "2020-01-06",
    )


def _agreed(title: Text) -> LayoutColumn:
    return day("date_signature_accord", "agreement_date", title, Text("Jour de la signature.", "Day of the signature."),
               "2021-04-12")  # fmt: skip


def _closed() -> LayoutColumn:
    return day(
        "date_fermeture",
        "closing_date",
        Text("Fermeture", "Closing"),
        Text(
            "Jour de la fermeture ou de l’abandon du projet ; vide si elle reste ouverte.",
            "Day on which it closed or was given up; empty where it stays open.",
        ),
        "2027-12-31",
    )


_PLANNED = _planned(Text("le projet est connu de l’ARS", "the ARS knew of the project"))
_OPENED = _opened(Text("la structure ouvre", "the structure opened"))


def _structure(
    identifier_: LayoutColumn, title: Text, description: Text, values: Mapping[str, str], agreement: Text | None
) -> FileLayout:
    """The layout of a kind of structure; its id is that of its measure, told by the name of the identifier."""
    name = identifier_.name.removeprefix("id_")
    agreed = ("agreement_date",) if agreement else ()
    dates = ("project_date", "opening_date", *agreed, "closing_date")
    columns = ("beneficiary", "beneficiary_name", "form", "code_commune", *dates)
    return FileLayout(
        id=name,
        guide=GUIDE,
        title=title,
        description=description,
        table=Table(
            name,
            title.en,
            columns,
            ("beneficiary",),
            frozenset({"form", *dates}),
            ordered=(("project_date", "opening_date"), *((d, "closing_date") for d in dates[:-1])),
            any_of=(dates[:-1],),
        ),
        columns=(
            identifier_,
            name_of(Text("de la structure", "the structure"), "Maison de santé de Charleville"),
            form(
                f"type_{name}",
                Text("Type", "Kind"),
                Text(f"{', '.join(values)} ; vide si inconnu.", f"{', '.join(values)}; empty where unknown."),
                next(iter(values)),
                values,
            ),
            commune(Text("Commune du site principal", "Commune of the main site")),
            _PLANNED,
            _OPENED,
            *((_agreed(agreement),) if agreement else ()),
            _closed(),
        ),
        optional=frozenset(
            {
                f"type_{name}",
                "date_projet",
                "date_ouverture",
                "date_fermeture",
                *(["date_signature_accord"] * bool(agreed)),
            }
        ),
        notes=(DATES,),
    )


MSP = _structure(
    identifier("id_msp", Text("de la maison de santé", "the maison de santé"), "080010234", aliases=("finess_msp",)),
    Text("Maisons de santé pluriprofessionnelles (MSP)", "Maisons de santé pluriprofessionnelles (MSP)"),
    Text(
        "Une ligne par maison de santé pluriprofessionnelle : lieu et dates.",
        "One row a maison de santé pluriprofessionnelle: place and dates.",
    ),
    {"UN_SITE": "one_site", "PLUSIEURS_SITES": "several_sites", "HORS_LES_MURS": "without_walls"},
    Text("Signature de l’ACI", "ACI signed"),
)
CDS = _structure(
    identifier("id_cds", Text("du centre de santé", "the health centre"), "080006789", aliases=("finess_cds",)),
    Text("Centres de santé (CdS)", "Health centres (CdS)"),
    Text("Une ligne par centre de santé : lieu, type et dates.", "One row a health centre: place, kind and dates."),
    {"POLYVALENT": "polyvalent", "MEDICAL": "medical", "INFIRMIER": "nursing", "SPECIALISE": "specialised"},
    Text("Adhésion à l’accord national", "National agreement joined"),
)
ESP = _structure(
    identifier("id_esp", Text("de l’équipe de soins primaires", "the primary care team"), "ESP-08-003"),
    Text("Équipes de soins primaires (ESP)", "Primary care teams (ESP)"),
    Text(
        "Une ligne par équipe de soins primaires autour de médecins généralistes : lieu et dates.",
        "One row a primary care team around GPs: place and dates.",
    ),
    {"EQUIPE": "team", "VERS_MSP": "towards_msp"},
    None,
)
SAS = FileLayout(
    id="sas",
    guide=GUIDE,
    title=Text("Services d’accès aux soins (SAS)", "Access-to-care services (SAS)"),
    description=Text(
        "Une ligne par service d’accès aux soins et département desservi : dates du pilote et de la mise en service.",
        "One row an access-to-care service and département served: dates of the pilot and of the service.",
    ),
    table=Table(
        "sas",
        "Access-to-care services",
        (
            *("beneficiary", "beneficiary_name", "code_departement"),
            *("project_date", "start_date", "opening_date", "closing_date"),
        ),
        ("beneficiary", "code_departement"),
        frozenset({"project_date", "start_date", "opening_date", "closing_date"}),
        ordered=(
            *(("project_date", "start_date"), ("project_date", "opening_date"), ("start_date", "opening_date")),
            *(("start_date", "closing_date"), ("opening_date", "closing_date")),
        ),
        any_of=(("project_date", "start_date", "opening_date"),),
    ),
    columns=(
        identifier("id_sas", Text("du service", "the service"), "SAS-08"),
        name_of(Text("du service", "the service"), "SAS des Ardennes"),
        departement(),
        _PLANNED,
        day(
            "date_pilote",
            "start_date",
            Text("Début du pilote", "Pilot begins"),
            Text("Jour où le service commence à titre de pilote.", "Day on which the service began as a pilot."),
            "2021-01-04",
        ),
        day(
            "date_mise_en_service",
            "opening_date",
            Text("Mise en service", "In service"),
            Text("Jour où le service est ouvert à toute la population.", "Day on which it opened to all."),
            "2022-10-03",
        ),
        _closed(),
    ),
    optional=frozenset({"date_projet", "date_pilote", "date_mise_en_service", "date_fermeture"}),
    notes=(DATES,),
)
