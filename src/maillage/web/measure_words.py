"""Words that the screens of measures and money add to those of their definitions."""

from __future__ import annotations

from collections.abc import Mapping

from maillage.measures.reference import load_reference
from maillage.measures.reference_entry import Entry
from maillage.measures.registry import load_measures
from maillage.text import Lang, Text, format_number, format_quantity

# The published counts that tell how far a measure is deployed, the main one first.
DEPLOYED: Mapping[str, tuple[str, ...]] = {
    "assistants_medicaux": ("contracts",),
    "cpts": ("aci_signed", "listed"),
    "msp": ("msp", "aci_signed"),
    "cds": ("agreement_signed",),
    "sas": ("sas",),
    "asalee": ("nurses",),
    "protocoles_cooperation": ("teams",),
    "cesp": ("contracts",),
    "caim": ("contracts",),
    "coscom": ("contracts",),
    "cotram": ("contracts",),
    "cstm": ("contracts",),
    "hopitaux_proximite": ("hospitals",),
}
UNITS: Mapping[str, Text] = {
    "EUR": Text("€", "€"),
    "percent": Text("%", "%"),
    "cds": Text("centres", "centres"),
    "contracts": Text("contrats", "contracts"),
    "cpts": Text("CPTS", "CPTS"),
    "doctors": Text("médecins", "doctors"),
    "fte": Text("équivalents temps plein", "full-time equivalents"),
    "hospitals": Text("hôpitaux", "hospitals"),
    "inhabitants": Text("habitants", "inhabitants"),
    "msp": Text("maisons de santé", "maisons de santé"),
    "nurses": Text("infirmiers", "nurses"),
    "patients": Text("patients", "patients"),
    "professionals": Text("professionnels", "professionals"),
    "protocols": Text("protocoles", "protocols"),
    "ratio": Text("fois", "times"),
    "sas": Text("services", "services"),
    "sites": Text("sites", "sites"),
    "teams": Text("équipes", "teams"),
    "years": Text("ans", "years"),
}
QUALIFIERS: Mapping[str, Text] = {
    "about": Text("environ", "about"),
    "over": Text("plus de", "more than"),
    "": Text("", ""),
}
PAYERS: Mapping[str, Text] = {
    "assurance_maladie": Text("Assurance maladie", "Health insurance"),
    "ars": Text("ARS (fonds d’intervention régional)", "ARS (regional fund)"),
    "commune": Text("Communes", "Communes"),
    "epci": Text("Intercommunalités", "Groups of communes"),
    "departement": Text("Départements", "Départements"),
    "region": Text("Régions", "Régions"),
    "etat": Text("État", "State"),
    "collectivites": Text("Collectivités territoriales", "Local authorities"),
}
PROFESSIONS: Mapping[str, Text] = {
    "mg": Text("médecins généralistes", "GPs"),
    "spe": Text("autres médecins", "other doctors"),
    "inf": Text("infirmiers", "nurses"),
    "mk": Text("masseurs-kinésithérapeutes", "physiotherapists"),
    "sf": Text("sages-femmes", "midwives"),
    "cd": Text("chirurgiens-dentistes", "dental surgeons"),
    "pharmacien": Text("pharmaciens", "pharmacists"),
}
SPECIALTIES: Mapping[str, Text] = {
    "mg": Text("médecine générale", "general practice"),
    "spe": Text("autres spécialités", "other specialties"),
    "cardiologie": Text("cardiologie", "cardiology"),
    "dermatologie": Text("dermatologie", "dermatology"),
    "gynecologie": Text("gynécologie", "gynaecology"),
    "ophtalmologie": Text("ophtalmologie", "ophthalmology"),
    "pediatrie": Text("pédiatrie", "paediatrics"),
    "rhumatologie": Text("rhumatologie", "rheumatology"),
}
MILLION = Text("M€", "M€")


def name_of(measure: str) -> Text:
    """The short name of a measure or of an aggregate of measures; its identifier where it is neither."""
    measures, aggregates = load_measures(), load_reference().aggregates
    if measure in measures:
        return measures[measure].short
    return aggregates[measure].label if measure in aggregates else Text(measure, measure)


def entry_number(entry: Entry, lang: Lang) -> str:
    """A printed figure with its unit, as precise as it was printed; millions of euros as M€."""
    about = QUALIFIERS[entry.qualifier][lang]
    if entry.unit == "EUR" and abs(entry.value) >= 1e6:
        said = millions(entry.value, lang)
    else:
        said = format_quantity(entry.value, decimals_of(entry.value), UNITS.get(entry.unit, Text("", "")), lang)
    return f"{about} {said}".strip()


def millions(amount_eur: float, lang: Lang, decimals: int | None = None) -> str:
    """An amount in millions of euros: ``73,1 M€``."""
    amount = amount_eur / 1e6
    return format_quantity(amount, decimals_of(amount) if decimals is None else decimals, MILLION, lang)


def decimals_of(value: float, most: int = 2) -> int:
    """The decimals that a value needs, ``most`` at most."""
    return next((d for d in range(most) if round(value, d) == round(value, most)), most)


def plain(value: float | None, lang: Lang, decimals: int = 0) -> str:
    """A number as people write it."""
    return format_number(value, decimals, lang)


def named(words: Mapping[str, Text], key: str | None, lang: Lang) -> str:
    """The words of a key, the key itself where it has none."""
    found = words.get(key or "")
    return found[lang] if found else (key or "")
