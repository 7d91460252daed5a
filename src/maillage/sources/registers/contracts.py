"""Contracts: medical assistants, installation and retention, cooperation protocols."""

from __future__ import annotations

from maillage.catalog.layout import FileLayout, LayoutColumn
from maillage.catalog.table import Table
from maillage.sources.registers.common import (
    DATES,
    GUIDE,
    LAST_DAY,
    commune,
    doctor,
    end,
    form,
    identifier,
    name_of,
    patients,
    profession,
    signature,
    specialty,
    start,
    zone,
)
from maillage.text import Text

_CONTRACT = Text("du contrat", "the contract")
# The national contracts of the medical convention and of the State, by their acronym.
CONTRACTS = {name.upper(): name for name in ("caim", "coscom", "cotram", "cstm", "cesp")}

ASSISTANTS = FileLayout(
    id="assistants_medicaux",
    guide=GUIDE,
    title=Text("Contrats d’assistant médical", "Medical-assistant contracts"),
    description=Text(
        "Une ligne par contrat d’aide à l’emploi d’un assistant médical : lieu, spécialité, zone à la signature,"
        " quotité, dates, objectifs de patientèle et niveaux de départ.",
        "One row a contract that aids the employment of a medical assistant: place, specialty, zone at signature, share"
        " of a full time, dates, commitments on patients and initial levels.",
    ),
    table=Table(
        "assistants_medicaux",
        "Medical-assistant contracts",
        (
            *("beneficiary", "doctor", "code_commune", "specialty", "zone", "fte"),
            *("signature_date", "start_date", "end_date", "commitment_patients_mt", "commitment_patients_seen"),
            *("patients_mt", "patients_seen"),
        ),
        ("beneficiary",),
        frozenset(
            {
                *("doctor", "zone", "start_date", "end_date", "commitment_patients_mt", "commitment_patients_seen"),
                *("patients_mt", "patients_seen"),
            }
        ),
        ordered=(("signature_date", "end_date"), ("signature_date", "start_date"), ("start_date", "end_date")),
    ),
    columns=(
        identifier("id_contrat_assistant", _CONTRACT, "AM-2021-000123", aliases=("id_contrat",)),
        doctor(),
        commune(Text("Commune du cabinet", "Commune of the practice")),
        specialty(),
        zone(),
        LayoutColumn(
            "quotite",
            "fte",
            Text("Quotité", "Share of a full time"),
            Text(
                "Part d’un temps plein aidée par le contrat : 1 pour un temps plein, 0.5 pour un mi-temps.",
                "Share of a full time that the contract aids: 1 for a full time, 0.5 for half of one.",
            ),
            "0.5",
            aliases=("etp", "quotite_etp"),
        ),
        signature(_CONTRACT),
        start(Text("de travail de l’assistant ; vide s’il n’est pas connu", "of work; empty where it is not known")),
        end(_CONTRACT),
        patients(
            "objectif_patients_mt",
            "commitment_patients_mt",
            Text("Objectif de patientèle médecin traitant", "Commitment on médecin-traitant patients"),
            Text("Patients médecin traitant promis au terme.", "Médecin-traitant patients committed to."),
            "1250",
        ),
        patients(
            "objectif_file_active",
            "commitment_patients_seen",
            Text("Objectif de file active", "Commitment on patients seen"),
            Text("Patients vus dans l’année promis au terme.", "Patients seen in a year committed to."),
            "1900",
        ),
        patients(
            "patients_mt_initial",
            "patients_mt",
            Text("Patientèle médecin traitant au départ", "Médecin-traitant patients at the start"),
            Text("Patients médecin traitant à la signature.", "Médecin-traitant patients at signature."),
            "1080",
        ),
        patients(
            "file_active_initiale",
            "patients_seen",
            Text("File active au départ", "Patients seen at the start"),
            Text("Patients vus dans l’année qui précède la signature.", "Patients seen in the year before signature."),
            "1640",
        ),
    ),
    optional=frozenset(
        {
            *("id_medecin", "zone_signature", "date_debut", "date_fin", "objectif_patients_mt"),
            *("objectif_file_active", "patients_mt_initial", "file_active_initiale"),
        }
    ),
    notes=(DATES, LAST_DAY),
)
INSTALLATION = FileLayout(
    id="contrats_installation",
    guide=GUIDE,
    title=Text("Contrats d’installation et de maintien", "Installation and retention contracts"),
    description=Text(
        "Une ligne par contrat : CAIM (aide à l’installation), COSCOM (coordination), COTRAM (transition), CSTM"
        " (solidarité territoriale), CESP (engagement de service public).",
        "One row a contract: CAIM (installation), COSCOM (coordination), COTRAM (transition), CSTM (territorial"
        " solidarity), CESP (commitment to public service).",
    ),
    table=Table(
        "contrats_installation",
        "Installation and retention contracts",
        (
            *("beneficiary", "form", "doctor", "code_commune", "profession", "specialty", "zone"),
            *("signature_date", "end_date"),
        ),
        ("beneficiary",),
        frozenset({"doctor", "code_commune", "profession", "specialty", "zone", "end_date"}),
        ordered=(("signature_date", "end_date"),),
    ),
    columns=(
        identifier("id_contrat_installation", _CONTRACT, "CAIM-2022-0017", aliases=("id_contrat",)),
        form(
            "type_contrat",
            Text("Type de contrat", "Kind of contract"),
            Text("CAIM, COSCOM, COTRAM, CSTM ou CESP.", "CAIM, COSCOM, COTRAM, CSTM or CESP."),
            "CAIM",
            CONTRACTS,
        ),
        doctor(),
        commune(Text("Commune d’exercice", "Commune of practice")),
        profession(),
        specialty(),
        zone(),
        signature(_CONTRACT),
        end(_CONTRACT),
    ),
    optional=frozenset({"id_medecin", "code_commune", "profession", "specialite", "zone_signature", "date_fin"}),
    notes=(DATES, LAST_DAY),
)
PROTOCOLS = FileLayout(
    id="protocoles_cooperation",
    guide=GUIDE,
    title=Text("Protocoles de coopération", "Cooperation protocols"),
    description=Text(
        "Une ligne par équipe qui déclare un protocole de coopération entre professionnels de santé.",
        "One row a team that declares a protocol of cooperation between health professionals.",
    ),
    table=Table(
        "protocoles_cooperation",
        "Cooperation protocols",
        ("beneficiary", "beneficiary_name", "form", "code_commune", "start_date", "end_date"),
        ("beneficiary",),
        frozenset({"form", "code_commune", "end_date"}),
        ordered=(("start_date", "end_date"),),
    ),
    columns=(
        identifier("id_protocole", Text("de l’adhésion au protocole", "the team's protocol"), "PC-08-0042"),
        name_of(Text("du protocole", "the protocol"), "Renouvellement de lunettes"),
        form(
            "type_protocole",
            Text("Type de protocole", "Kind of protocol"),
            Text("NATIONAL ou LOCAL.", "NATIONAL or LOCAL."),
            "NATIONAL",
            {"NATIONAL": "national", "LOCAL": "local"},
        ),
        commune(Text("Commune de l’équipe", "Commune of the team")),
        start(Text("de mise en œuvre déclarée", "of the declared practice")),
        end(Text("de mise en œuvre", "of the practice")),
    ),
    optional=frozenset({"type_protocole", "code_commune", "date_fin"}),
    notes=(LAST_DAY,),
)
