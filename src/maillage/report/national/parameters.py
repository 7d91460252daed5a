"""Dated parameters as entries: what a schedule or an index says, with its reference."""

from __future__ import annotations

from datetime import date

from maillage.catalog.parameters import Parameter, load_parameters
from maillage.report.facts import Entry, Fact, stated
from maillage.report.national.book import EUROS
from maillage.text import Text

ASSISTANTS, PRICES = "measures/assistants_medicaux", "measures/prices"
PARAMETERS = Text(
    "Paramètres datés de Maillage, chacun avec sa référence", "Maillage’s dated parameters, each with its reference"
)
# Where the value is printed, in French; the parameter files say it in English.
PLACES = {
    ASSISTANTS: "Cour des comptes, mai 2024, note 240, p. 169",
    PRICES: "INSEE, indice des prix à la consommation ; certaines années reconstituées",
    "fte_mean": "Le Quotidien du médecin, 16 juin 2022, d’après la Cnam",
    "patients_list_before": "étude de la Cnam auprès de 402 généralistes, d’après Egora",
}
INDEX = Text("(indice)", "(index)")
WORDS = {
    "aid_year_1_eur": (
        Text("Aide pour un assistant à temps plein, première année", "Aid for a full-time assistant, first year"),
        EUROS,
    ),
    "aid_year_2_eur": (
        Text("Aide pour un assistant à temps plein, deuxième année", "Aid for a full-time assistant, second year"),
        EUROS,
    ),
    "aid_later_years_eur": (
        Text(
            "Aide pour un assistant à temps plein, à partir de la troisième année",
            "Aid for a full-time assistant, from the third year on",
        ),
        EUROS,
    ),
    "fte_mean": (
        Text("Équivalents temps plein par contrat, en moyenne", "Full-time equivalents per contract, on average"),
        Text("équivalent temps plein", "full-time equivalent"),
    ),
    "patients_list_before": (
        Text("Patientèle adulte d’un généraliste avant le contrat", "Adult patients of a GP before the contract"),
        Text("patients", "patients"),
    ),
}


def scheduled(key: str) -> Fact:
    """A parameter of the aid for medical assistants."""
    words, unit = WORDS[key]
    return stated(_entry(ASSISTANTS, load_parameters(ASSISTANTS)[key], words, unit))


def price(year: int) -> Fact:
    """The consumer price index of a year, known once the year is over."""
    parameter = load_parameters(PRICES)[f"ipc_{year}"]
    words = Text(f"Prix à la consommation, moyenne de {year}", f"Consumer prices, mean of {year}")
    return stated(_entry(PRICES, parameter, words, INDEX, known=date(year + 1, 1, 15)))


def _entry(file: str, parameter: Parameter, words: Text, unit: Text, known: date | None = None) -> Entry:
    since = date.fromisoformat(parameter.valid_from)
    return Entry(
        id=f"{file}/{parameter.name}",
        words=words,
        value=float(parameter.value),
        unit=unit,
        day=since,
        precision="day" if known is None else "year",
        known=known or since,
        document=PARAMETERS,
        place=Text(PLACES.get(parameter.name, PLACES[file]), parameter.reference),
        reliability="assumed" if parameter.assumption else "observed",
    )
