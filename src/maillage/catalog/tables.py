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
SHAPE = Table("shape", "Outline of a territory", ("code", "level", "geometry_wkb"), ("level", "code"))
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
    "GP access that Maillage computes, by commune",
    ("code", "year", "profession", "apl", "low", "high", "nearest_min", "demand"),
    ("code", "year", "profession"),
    frozenset({"nearest_min", "low", "high"}),
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
        "value",
        "reference",
        "reason_fr",
        "reason_en",
        "simulated",
    ),
    ("rule", "level", "code", "period"),
    frozenset({"value", "reference"}),
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
    ZONING,
    STATISTIC,
    OBSERVATION,
    ORIGIN,
    ALERT,
    SOURCE_FILE,
    QUARANTINE,
)
