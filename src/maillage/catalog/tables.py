"""The core tables: what the store holds whatever the sources were."""

from __future__ import annotations

from maillage.catalog.table import Table

TERRITORY = Table(
    "territory",
    "Every territory of every level, with the département and region it mostly lies in",
    (
        "code",
        "level",
        "name",
        "millesime",
        "code_departement",
        "code_region",
        "longitude",
        "latitude",
        "simulated",
    ),
    ("level", "code"),
    frozenset({"code_departement", "code_region", "longitude", "latitude"}),
)
MEMBERSHIP = Table(
    "membership",
    "Which territory belongs to which: IRIS to commune, commune to every upper level (shares need not add to 1)",
    ("child_code", "child_level", "parent_code", "parent_level", "millesime", "share", "simulated"),
    ("child_level", "child_code", "parent_level", "parent_code"),
)
POSTCODE = Table("postcode", "Postcodes of communes", ("postcode", "code"), ("postcode", "code"))
SHAPE = Table(
    "shape",
    "Outline of a territory and its surface",
    ("code", "level", "geometry_wkb", "area_km2"),
    ("level", "code"),
    frozenset({"area_km2"}),
)
POPULATION = Table(
    "population",
    "Resident population of communes and IRIS by year, sex and age band",
    ("code", "level", "year", "sex", "age_band", "population"),
    ("level", "code", "year", "sex", "age_band"),
)
PROFESSIONAL = Table(
    "professional",
    "Professionals by commune, year and profession",
    ("code", "year", "profession", "headcount"),
    ("code", "year", "profession"),
)
PROFESSIONAL_DEPARTEMENT = Table(
    "professional_departement",
    "Self-employed professionals by département, year and profession (Cnam)",
    ("code", "year", "profession", "headcount"),
    ("code", "year", "profession"),
    frozenset({"headcount"}),
)
APL = Table(
    "apl",
    "Published APL by commune, on the run's geography",
    ("code", "year", "profession", "age_limit", "apl", "population_standardised", "population"),
    ("code", "year", "profession", "age_limit"),
    frozenset({"apl", "population_standardised", "population"}),
)
ACCESS = Table(
    "access",
    "Access that Maillage computes, by commune and profession",
    ("code", "year", "profession", "apl", "low", "high", "nearest_min", "demand"),
    ("code", "year", "profession"),
    frozenset({"nearest_min", "low", "high"}),
)
ACCESS_STABILITY = Table(
    "access_stability",
    "Share of the declared access conventions under which a territory is under a threshold",
    ("level", "code", "profession", "threshold", "conventions", "stability"),
    ("level", "code", "profession", "threshold"),
)
ZONING = Table("zoning", "GP zone by commune", ("code", "year", "zone"), ("code", "year"), frozenset({"zone"}))
STATISTIC = Table(
    "statistic",
    "Published framing statistics (social, C@rtoSanté) at the level they were published",
    ("code", "level", "year", "statistic", "value", "status"),
    ("level", "code", "year", "statistic"),
    frozenset({"value"}),
)
OBSERVATION = Table(
    "observation",
    "Every indicator, territory, period and slice",
    (
        "indicator",
        "code",
        "level",
        "period",
        "slice",
        "numerator",
        "denominator",
        "value",
        "low",
        "high",
        "status",
        "origin",
        "suppression",
    ),
    ("indicator", "level", "code", "period", "slice"),
    frozenset({"numerator", "denominator", "value", "low", "high", "suppression"}),
)
ORIGIN = Table(
    "origin",
    "Where figures come from, in words",
    ("origin", "source", "label_fr", "label_en", "warning_fr", "warning_en", "simulated"),
    ("origin",),
)
ALERT = Table(
    "alert",
    "Alerts raised, with their degree and reason",
    (
        "rule",
        "indicator",
        "code",
        "level",
        "period",
        "degree",
        "since",
        "trend",
        "stability",
        "value",
        "reference",
        "reason_fr",
        "reason_en",
        "simulated",
    ),
    ("rule", "level", "code", "period"),
    frozenset({"value", "reference", "stability"}),
)
ALERT_EVENT = Table(
    "alert_event",
    "What happened to alerts, in the journal beside the versions of the store",
    (
        "entry",
        "event_date",
        "event",
        "rule",
        "indicator",
        "level",
        "code",
        "period",
        "degree",
        "author",
        "note",
        "reason_fr",
        "reason_en",
        "simulated",
    ),
    ("entry",),
)
SOURCE_FILE = Table(
    "source_file",
    "Files read by the run",
    (
        "source",
        "file",
        "sha256",
        "size_bytes",
        "vintage",
        "rows_in",
        "rows_out",
        "rows_quarantined",
        "simulated",
    ),
    ("source", "file"),
)
QUARANTINE = Table(
    "quarantine",
    "Rows put aside, with the reason",
    ("source", "file", "line", "field", "found", "reason"),
    ("source", "file", "line", "field", "found", "reason"),
    frozenset({"found", "line"}),
)

CORE_TABLES: tuple[Table, ...] = (
    TERRITORY,
    MEMBERSHIP,
    POSTCODE,
    SHAPE,
    POPULATION,
    PROFESSIONAL,
    PROFESSIONAL_DEPARTEMENT,
    APL,
    ACCESS,
    ACCESS_STABILITY,
    ZONING,
    STATISTIC,
    OBSERVATION,
    ORIGIN,
    ALERT,
    SOURCE_FILE,
    QUARANTINE,
)

EMERGENCY_VISIT = Table(
    "emergency_visit",
    "Emergency visits (RPU), by commune of residence",
    (
        "visit_id",
        "site_id_finess",
        "code",
        "entry_time",
        "exit_time",
        "age_years",
        "sex",
        "ccmu",
        "diagnosis_icd10",
    ),
    ("site_id_finess", "visit_id"),
    frozenset({"exit_time", "sex", "ccmu", "diagnosis_icd10"}),
    ordered=(("entry_time", "exit_time"),),
)
STAY = Table(
    "stay",
    "Hospital stays (PMSI MCO), by commune of residence",
    (
        "stay_id",
        "site_id_finess",
        "code",
        "entry_date",
        "exit_date",
        "age_years",
        "sex",
        "diagnosis_icd10",
        "associated_icd10",
    ),
    ("site_id_finess", "stay_id"),
    frozenset({"associated_icd10"}),
    ordered=(("entry_date", "exit_date"),),
)
BENEFICIARY = Table(
    "beneficiary",
    "Beneficiaries of health insurance, one row a year (31 December)",
    ("beneficiary_id", "year", "code", "age_years", "sex", "regime", "mt_status", "c2s", "ald"),
    ("beneficiary_id", "year"),
    frozenset({"sex"}),
)
BENEFICIARY_COUNT = Table(
    "beneficiary_count",
    "Beneficiaries counted by commune, year and situation (31 December)",
    ("code", "year", "age_band", "regime", "mt_status", "c2s", "ald", "beneficiaries"),
    ("code", "year", "age_band", "regime", "mt_status", "c2s", "ald"),
)
CARE = Table(
    "care",
    "Care consumed, one row for a beneficiary, day and kind",
    ("beneficiary_id", "care_date", "care_kind"),
    ("beneficiary_id", "care_date", "care_kind"),
)
APPOINTMENT_REQUEST = Table(
    "appointment_request",
    "Requests for an appointment: surveys, mystery calls, platforms",
    ("request_id", "code", "profession", "request_kind", "request_date", "request_outcome", "appointment_date"),
    ("request_id",),
    frozenset({"appointment_date"}),
    ordered=(("request_date", "appointment_date"),),
)
USER_REPORT = Table(
    "user_report",
    "Difficulties of access reported by users",
    ("report_id", "code", "report_date", "subject"),
    ("report_id",),
    frozenset({"subject"}),
)
RECORD_QUALITY = Table(
    "record_quality",
    "Event records kept and put aside, by territory and year: a commune where it is known, else the département of the"
    " hospital, else France",
    ("event_table", "level", "code", "period", "records_in", "records_quarantined"),
    ("event_table", "level", "code", "period"),
)

# Records of events: empty where a run was given none.
EVENT_TABLES: tuple[Table, ...] = (
    EMERGENCY_VISIT,
    STAY,
    BENEFICIARY,
    BENEFICIARY_COUNT,
    CARE,
    APPOINTMENT_REQUEST,
    USER_REPORT,
    RECORD_QUALITY,
)

MEASURE_EVENT = Table(
    "measure_event",
    "What was stated of the beneficiaries of measures, from which day it holds, and when it was made known",
    (
        "measure",
        "beneficiary",
        "attribute",
        "item",
        "event_date",
        "known_date",
        "content",
        "source",
        "reliability",
        "simulated",
    ),
    ("measure", "beneficiary", "attribute", "item", "event_date", "known_date"),
    frozenset({"content"}),
)
PAYMENT = Table(
    "payment",
    "Money paid for measures, by payer, beneficiary, territory and year",
    (
        "payment_id",
        "measure",
        "payer",
        "beneficiary",
        "payment_kind",
        "profession",
        "level",
        "code",
        "year",
        "amount_eur",
        "reliability",
        "known_date",
        "source",
        "citation",
        "simulated",
    ),
    ("payment_id", "known_date"),
    frozenset({"beneficiary", "profession", "citation"}),
)
TARGET = Table(
    "target",
    "Targets set for measures: how many, where, by when, by whom; a moved target is a new row",
    (
        "target_id",
        "measure",
        "quantity",
        "level",
        "code",
        "due_date",
        "value",
        "set_by",
        "set_date",
        "citation",
        "simulated",
    ),
    ("target_id",),
)
FIGURE = Table(
    "figure",
    "Published figures on measures, each with its source",
    (
        "figure_id",
        "measure",
        "quantity",
        "level",
        "code",
        "figure_date",
        "value",
        "unit",
        "reliability",
        "known_date",
        "citation",
        "simulated",
    ),
    ("figure_id",),
)

# The register of measures and the ledger.
MEASURE_TABLES: tuple[Table, ...] = (MEASURE_EVENT, PAYMENT, TARGET, FIGURE)

TABLES: tuple[Table, ...] = (*CORE_TABLES, *EVENT_TABLES, *MEASURE_TABLES)
# Kept beside the versions of the store, and only ever added to.
JOURNALS: tuple[Table, ...] = (ALERT_EVENT,)
