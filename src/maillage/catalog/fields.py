"""Every field of every table, defined once: type, unit, meaning and bounds."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

COMMUNE_CODE = r"^(?:\d{2}|2[AB])\d{3}$"
DEPARTEMENT_CODE = r"^(?:\d{2}|2[AB]|97\d)$"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name carries its unit, its bounds are those outside which a value is an error."""

    name: str
    dtype: type[pl.DataType]
    description: str
    unit: str = ""
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] = ()


_ALL: list[Field] = [
    # territories
    Field("code", pl.String, "Code of a territory at its level (INSEE code for a commune)"),
    Field("code_commune", pl.String, "INSEE code of a commune or municipal arrondissement", pattern=COMMUNE_CODE),
    Field("level", pl.String, "Level of a territory, see the glossary"),
    Field("name", pl.String, "Name of a territory, with its article"),
    Field(
        "millesime",
        pl.Int32,
        "Vintage of the geography (1 January of that year)",
        "year",
        minimum=1990,
        maximum=2100,
    ),
    Field("longitude", pl.Float64, "Longitude, WGS 84", "degree", minimum=-180, maximum=180),
    Field("latitude", pl.Float64, "Latitude, WGS 84", "degree", minimum=-90, maximum=90),
    Field("simulated", pl.Boolean, "True where the value was drawn by the demonstration model"),
    Field("postcode", pl.String, "Postcode (La Poste)", pattern=r"^\d{5}$"),
    Field("child_code", pl.String, "Code of the smaller territory"),
    Field("child_level", pl.String, "Level of the smaller territory"),
    Field("parent_code", pl.String, "Code of the larger territory"),
    Field("parent_level", pl.String, "Level of the larger territory"),
    Field("share", pl.Float64, "Share of the child that belongs to the parent", "ratio", minimum=0, maximum=1),
    Field("geometry_wkb", pl.Binary, "Outline as well-known binary, WGS 84, simplified as a coverage"),
    Field("area_km2", pl.Float64, "Surface within the simplified outline, on the sphere", "km2", minimum=0),
    Field("code_departement", pl.String, "Code of a département", pattern=DEPARTEMENT_CODE),
    Field("code_region", pl.String, "Code of a région", pattern=r"^\d{2}$"),
    # population
    Field("year", pl.Int32, "Civil year the figure is about", "year", minimum=1990, maximum=2100),
    Field("sex", pl.String, "Sex", allowed=("all", "female", "male")),
    Field("age_band", pl.String, "Age band in completed years, such as 20-64 or 65+"),
    Field("population", pl.Float64, "Resident population", "inhabitants", minimum=0),
    # supply and access
    Field("profession", pl.String, "Profession: mg, inf, mk, sf, cd, and others by their acronym"),
    Field("headcount", pl.Float64, "Number of professionals or of places of practice", "persons", minimum=0),
    Field(
        "age_limit",
        pl.Int32,
        "Professionals older than this age are left out (0: no limit)",
        "years",
        minimum=0,
    ),
    Field(
        "apl",
        pl.Float64,
        "APL score: consultations a year per standardised inhabitant (GP, midwives: see glossary) or FTE per 100 000",
        "see profession",
        minimum=0,
    ),
    Field(
        "population_standardised",
        pl.Float64,
        "Population weighted by relative care consumption by age",
        "inhabitants",
        minimum=0,
    ),
    Field("nearest_min", pl.Float64, "Travel time to the nearest place of supply", "minutes", minimum=0),
    Field(
        "demand",
        pl.Float64,
        "Demand: population weighted by relative consumption, normalised to the total",
        "inhabitants",
        minimum=0,
    ),
    Field("statistic", pl.String, "Identifier of a framing statistic"),
    Field("zone", pl.String, "GP zone of the ARS zoning", allowed=("ZIP", "ZAC", "HZ", "ZAR")),
    # observations and alerts
    Field("indicator", pl.String, "Identifier of an indicator"),
    Field("period", pl.String, "Year or quarter, as 2021 or 2021-T3"),
    Field("slice", pl.String, "Sub-population or variant; empty for all"),
    Field("numerator", pl.Float64, "Numerator of the value, in the indicator's unit"),
    Field("denominator", pl.Float64, "Denominator of the value, in the indicator's unit"),
    Field("value", pl.Float64, "Value in the indicator's unit"),
    Field("low", pl.Float64, "Lower bound of the indicator's declared interval"),
    Field("high", pl.Float64, "Upper bound of the indicator's declared interval"),
    Field(
        "status",
        pl.String,
        "What became of the value",
        allowed=("published", "suppressed_primary", "suppressed_secondary", "missing", "not_applicable"),
    ),
    Field(
        "suppression",
        pl.String,
        "Why a value is withheld: A by itself, D to protect another, W unverified, P by its producer; empty if shown",
        allowed=("A", "D", "W", "P"),
    ),
    Field("origin", pl.String, "Identifier of the origin: sources, vintage, transformation, warnings"),
    Field("rule", pl.String, "Identifier of an alert rule"),
    Field("degree", pl.Int32, "Degree of an alert, 0 (none) to 3", "degree", minimum=0, maximum=3),
    Field("reference", pl.Float64, "Value the observation was compared with"),
    Field("since", pl.String, "First period of an alert in force"),
    Field(
        "trend",
        pl.String,
        "Which way the series goes by the trend test (unknown: too few points that compare)",
        allowed=("worsening", "improving", "stable", "unknown"),
    ),
    Field("threshold", pl.Float64, "Score under which a territory is in alert", "see profession"),
    Field("conventions", pl.Int32, "Number of conventions that were tried", "conventions", minimum=1),
    Field(
        "stability",
        pl.Float64,
        "Share of the declared access conventions under which the territory is in alert",
        "ratio",
        minimum=0,
        maximum=1,
    ),
    Field("entry", pl.Int64, "Rank of an entry in its journal, the first being 1", "", minimum=1),
    Field(
        "event",
        pl.String,
        "What happened to an alert: raised, changed (of degree) or lifted by a run; acknowledged, explained or closed "
        "by a person",
        allowed=("raised", "changed", "lifted", "acknowledged", "explained", "closed"),
    ),
    Field("event_date", pl.Date, "Day of an event"),
    Field("author", pl.String, "Who wrote an entry of a journal"),
    Field("note", pl.String, "What a person says of an event"),
    Field("reason_fr", pl.String, "Why the alert was raised, in French"),
    Field("reason_en", pl.String, "Why the alert was raised, in English"),
    Field("label_fr", pl.String, "Words for a screen, in French"),
    Field("label_en", pl.String, "Words for a screen, in English"),
    Field("warning_fr", pl.String, "What a reader must know before using the figure, in French"),
    Field("warning_en", pl.String, "What a reader must know before using the figure, in English"),
    # provenance and quarantine
    Field("source", pl.String, "Identifier of a source"),
    Field("file", pl.String, "Name of a file"),
    Field("sha256", pl.String, "SHA-256 of a file", pattern=r"^[0-9a-f]{64}$"),
    Field("vintage", pl.String, "Vintage the producer gives: a year, or several"),
    Field("size_bytes", pl.Int64, "Size of a file", "bytes", minimum=0),
    Field("rows_in", pl.Int64, "Rows read", "rows", minimum=0),
    Field("rows_out", pl.Int64, "Rows kept", "rows", minimum=0),
    Field("rows_quarantined", pl.Int64, "Rows put in quarantine", "rows", minimum=0),
    Field("line", pl.Int64, "Line in the file, the first being 1", "line", minimum=1),
    Field("field", pl.String, "Name of the field at fault, as the producer spells it where known"),
    Field("found", pl.String, "The value found"),
    Field("reason", pl.String, "Why the row was put aside, and how to mend it"),
    # what the producers' files say
    Field(
        "kind", pl.String, "Kind of commune: COM, or ARM, COMD, COMA inside one", allowed=("COM", "ARM", "COMD", "COMA")
    ),
    Field("code_parent", pl.String, "Commune that a delegated, associated or arrondissement commune is part of"),
    Field("code_epci", pl.String, "SIREN of the intercommunality", pattern=r"^\d{9}$"),
    Field("code_iris", pl.String, "Code of an IRIS", pattern=r"^(?:\d{2}|2[AB])\d{7}$"),
    Field("code_bassin_vie", pl.String, "Code of a bassin de vie (2022 definition)", pattern=COMMUNE_CODE),
    Field("code_bassin_vie_2012", pl.String, "Code of a bassin de vie (2012 definition)", pattern=COMMUNE_CODE),
    Field("code_aire_attraction", pl.String, "Code of the city's attraction area, 2020", pattern=r"^\w{3}$"),
    Field("code_before", pl.String, "Commune code in the geography of year_before", pattern=COMMUNE_CODE),
    Field("year_before", pl.Int32, "Year of the geography of code_before", "year", minimum=1990, maximum=2100),
    Field(
        "code_after", pl.String, "Commune code in the geography that the change table leads to", pattern=COMMUNE_CODE
    ),
    Field("equipment", pl.String, "INSEE type of equipment (TYPEQU)", pattern=r"^[A-G]\d{3}$"),
    Field("cpts", pl.String, "Name of a communauté professionnelle territoriale de santé"),
    Field("density_per_100k", pl.Float64, "Professionals per 100 000 inhabitants", "per 100 000", minimum=0),
    Field("label", pl.String, "Label of a statistic, as its producer words it"),
    Field("set", pl.String, "Set of measured travel times", allowed=("alsace", "gironde_osrm", "gironde_metric")),
    Field("origin_name", pl.String, "Where a measured travel starts"),
    Field("destination_name", pl.String, "Where a measured travel ends"),
    Field("origin_longitude", pl.Float64, "Longitude of the start, WGS 84", "degree", minimum=-180, maximum=180),
    Field("origin_latitude", pl.Float64, "Latitude of the start, WGS 84", "degree", minimum=-90, maximum=90),
    Field("destination_longitude", pl.Float64, "Longitude of the end, WGS 84", "degree", minimum=-180, maximum=180),
    Field("destination_latitude", pl.Float64, "Latitude of the end, WGS 84", "degree", minimum=-90, maximum=90),
    Field("crow_km", pl.Float64, "Distance as the crow flies", "km", minimum=0, maximum=20_000),
    Field("road_km", pl.Float64, "Distance on the road", "km", minimum=0, maximum=20_000),
    Field("travel_min", pl.Float64, "Travel time by car", "minutes", minimum=0, maximum=1_440),
    Field("code_origin", pl.String, "INSEE code of the commune where a travel starts", pattern=COMMUNE_CODE),
    Field("code_destination", pl.String, "INSEE code of the commune where a travel ends", pattern=COMMUNE_CODE),
    Field("road_class", pl.String, "Class of a road in OpenStreetMap (`highway`)"),
    Field("posted_kmh", pl.Float64, "Speed limit posted on a road", "km/h", minimum=0),
    # event records
    Field("visit_id", pl.String, "Identifier of an emergency visit, unique in its hospital"),
    Field("stay_id", pl.String, "Identifier of a hospital stay, unique in its hospital"),
    Field("beneficiary_id", pl.String, "Pseudonym of a beneficiary, the same from one file to the next"),
    Field("request_id", pl.String, "Identifier of a request for an appointment"),
    Field("report_id", pl.String, "Identifier of a difficulty reported by a user"),
    Field("site_id_finess", pl.String, "FINESS number of a site", pattern=r"^(?:\d{2}|2[AB])\d{7}$"),
    Field("entry_time", pl.Datetime, "Local time of entry (Europe/Paris)"),
    Field("exit_time", pl.Datetime, "Local time of exit (Europe/Paris)"),
    Field("entry_date", pl.Date, "Date of entry"),
    Field("exit_date", pl.Date, "Date of exit"),
    Field("care_date", pl.Date, "Date of care"),
    Field("request_date", pl.Date, "Date of the request"),
    Field("appointment_date", pl.Date, "Date of the appointment obtained"),
    Field("report_date", pl.Date, "Date of the report"),
    Field("age_years", pl.Int32, "Age in completed years at the event", "years", minimum=0, maximum=120),
    Field(
        "ccmu",
        pl.String,
        "Classification clinique des malades aux urgences: 1 is a state judged stable, without any act",
        allowed=("1", "2", "3", "4", "5", "P", "D"),
    ),
    Field("diagnosis_icd10", pl.String, "Main diagnosis, ICD-10 without a dot", pattern=r"^[A-Z]\d{2}[0-9A-Z+]{0,4}$"),
    Field("associated_icd10", pl.String, "Associated diagnoses, ICD-10 without dots, separated by a space"),
    Field("regime", pl.String, "Health insurance scheme", allowed=("general", "agricole", "other")),
    Field(
        "mt_status",
        pl.String,
        "Médecin traitant: declared, none, stopped (the doctor has ceased), fictitious (a number of the CPAM)",
        allowed=("declared", "none", "stopped", "fictitious"),
    ),
    Field("c2s", pl.Boolean, "Beneficiary of the complémentaire santé solidaire"),
    Field("ald", pl.Boolean, "In affection de longue durée"),
    Field("beneficiaries", pl.Float64, "Beneficiaries counted", "persons", minimum=0),
    Field(
        "care_kind",
        pl.String,
        "Kind of care",
        allowed=("gp", "specialist", "nurse", "dentist", "pharmacy", "hospital", "other"),
    ),
    Field("request_kind", pl.String, "Who asked", allowed=("survey", "mystery_call", "platform")),
    Field(
        "request_outcome",
        pl.String,
        "What came of the request",
        allowed=("obtained", "refused", "no_answer", "given_up"),
    ),
    Field("subject", pl.String, "What a reported difficulty is about"),
    Field("birth_date", pl.Date, "Date of birth; read to compute an age, never kept"),
    Field("event_table", pl.String, "Table of event records that a count is about"),
    Field("records_in", pl.Int64, "Records read, without identical repeats", "records", minimum=0),
    Field("records_quarantined", pl.Int64, "Records among them that were put in quarantine", "records", minimum=0),
    # measures and money
    Field("measure", pl.String, "Identifier of a measure (`definitions/measures`)"),
    Field(
        "beneficiary", pl.String, "What the measure was given to: a CPTS, a contract or a structure, by its identifier"
    ),
    Field("attribute", pl.String, "What an event states of its beneficiary: status, size, perimeter, mission, members"),
    Field(
        "item", pl.String, "Which one of the attribute (a commune, a profession, a mission); empty where there is one"
    ),
    Field("content", pl.String, "What holds from that day on; empty where the statement of that day was wrong"),
    Field("known_date", pl.Date, "Day on which a statement was made known"),
    Field(
        "reliability",
        pl.String,
        "How a figure is known: observed (accounts, register), estimated by its author, assumed",
        allowed=("observed", "estimated", "assumed"),
    ),
    Field("payment_id", pl.String, "Identifier of a payment"),
    Field("payment_kind", pl.String, "What is paid: a line of the measure's aid"),
    Field(
        "payer",
        pl.String,
        "Who pays",
        allowed=("assurance_maladie", "ars", "commune", "epci", "departement", "region", "etat", "collectivites"),
    ),
    Field("amount_eur", pl.Float64, "Amount paid, in euros of the year; negative where it is taken back", "euros"),
    Field("citation", pl.String, "Where a figure is printed: document, date, place in it"),
    Field("target_id", pl.String, "Identifier of a target"),
    Field("quantity", pl.String, "What a target or a figure counts"),
    Field("due_date", pl.Date, "Day by which a target is to be reached"),
    Field("set_by", pl.String, "Who set a target"),
    Field("set_date", pl.Date, "Day on which a target was set"),
    Field("figure_id", pl.String, "Identifier of a published figure"),
    Field("figure_date", pl.Date, "Day that a published figure is about"),
    Field("unit", pl.String, "Unit of a figure"),
    # registers of measures, as their holders give them
    Field("beneficiary_name", pl.String, "Name of what a measure was given to"),
    Field("pre_project_date", pl.Date, "Day on which a pre-project was known"),
    Field("letter_date", pl.Date, "Day of the letter of intent"),
    Field("validation_date", pl.Date, "Day on which the health project was validated"),
    Field("negotiation_date", pl.Date, "Day on which the negotiation of the agreement began"),
    Field("agreement_date", pl.Date, "Day on which the national agreement (ACI) was signed"),
    Field("renewal_date", pl.Date, "Day of the last renewal"),
    Field("project_date", pl.Date, "Day on which a structure was planned"),
    Field("opening_date", pl.Date, "Day of opening"),
    Field("closing_date", pl.Date, "Day on which something closed, was given up or was left"),
    Field("signature_date", pl.Date, "Day of signature"),
    Field("start_date", pl.Date, "First day on which something holds"),
    Field("end_date", pl.Date, "Last day on which something holds"),
    Field("count_date", pl.Date, "Day that a count is about"),
    Field("size_class", pl.String, "Size of a CPTS in its agreement, 1 to 4", allowed=("1", "2", "3", "4")),
    Field(
        "mission",
        pl.String,
        "Mission of a CPTS",
        allowed=("acces_soins", "parcours", "prevention", "crise", "qualite", "accompagnement", "cooperation"),
    ),
    Field("members", pl.Int32, "Professionals who are members", "persons", minimum=0),
    Field("active_members", pl.Int32, "Members who are actively involved", "persons", minimum=0),
    Field("specialty", pl.String, "Specialty of a doctor, in lower case (mg: general practice)"),
    Field("doctor", pl.String, "Pseudonym of the doctor who signed, the same from one contract to the next"),
    Field("fte", pl.Float64, "Share of a full time", "full-time equivalent", minimum=0.01, maximum=1),
    Field(
        "commitment_patients_mt", pl.Int32, "Patients whose médecin traitant one commits to be", "patients", minimum=0
    ),
    Field("commitment_patients_seen", pl.Int32, "Patients seen in a year that one commits to", "patients", minimum=0),
    Field("patients_mt", pl.Int32, "Patients whose médecin traitant one is", "patients", minimum=0),
    Field("patients_seen", pl.Int32, "Patients seen in a year", "patients", minimum=0),
    Field("form", pl.String, "Form of a measure: of a structure, of a contract, of a protocol"),
    Field(
        "territory_level",
        pl.String,
        "Level of the territory that an amount is about",
        allowed=("commune", "ville", "epci", "bassin_vie", "cpts", "departement", "region", "france"),
    ),
]

FIELDS: dict[str, Field] = {field.name: field for field in _ALL}
