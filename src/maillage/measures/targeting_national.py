"""What the published counts alone say of targeting: contracts in under-dense zones against the people there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maillage.indicators.intervals import wilson
from maillage.measures.reference import Reference
from maillage.text import Lang, Text, format_number

# Contracts in under-dense zones, and in all.
COUNTS = (
    ("am_contracts_under_dense_2022_10", "am_contracts_2022_10"),
    ("am_contracts_under_dense_2024_02", "am_contracts_2024_02"),
)
# The people of under-dense zones, ZIP and ZAC together, in order of preference; then ZIP alone.
PEOPLE = ("zip_zac_population_share_2025", "zip_zac_population_share")
PEOPLE_ZIP = "zip_population_share"
_VERDICTS = {
    -1: Text("moins que leur part de la population", "less than their share of the population"),
    0: Text("à peu près leur part de la population", "about their share of the population"),
    1: Text("plus que leur part de la population", "more than their share of the population"),
}
_TEMPLATE = Text(
    "{share} % des contrats (de {low} à {high} %) sont en zone sous-dense ; les textes ne disent pas quelles zones ils "
    "appellent ainsi. Si ce sont la ZIP (zone d’intervention prioritaire) et la ZAC (zone d’action complémentaire), où "
    "vivent {people} % des habitants : {verdict}, indice de concentration de {index_low} à {index_high}. Si c’est la "
    "ZIP seule ({alone} % des habitants), l’indice serait de {index_alone}. Un indice de 0 donne autant à chacun ; "
    "positif, il favorise les autres zones ; négatif, les zones sous-denses.",
    "{share} % of contracts (from {low} to {high} %) are in under-dense zones; the texts do not say which zones they "
    "so call. If these are the ZIP (priority intervention zone) and the ZAC (complementary action zone), where "
    "{people} % of people live: {verdict}, concentration index from {index_low} to {index_high}. If it is the ZIP "
    "alone ({alone} % of people), the index would be {index_alone}. An index of 0 gives everybody as much; positive, "
    "it favours the other zones; negative, the under-dense ones.",
)
_RANGE = Text("{} à {}", "{} to {}")


@dataclass(frozen=True, slots=True)
class Against:
    """The share of contracts against a share of people: ``index`` is the concentration index of the two groups.

    The index of two groups is the share of people less that of contracts: positive where the zone gets less than its
    people. ``low`` and ``high`` come from the Wilson interval of the contracts, the share of people being taken as
    known. ``side`` is −1, 0 or 1 as contracts are below, not told apart from, or above the people.
    """

    people_share: float
    index: float
    low: float
    high: float
    side: int
    entry: str


@dataclass(frozen=True, slots=True)
class NationalTargeting:
    """Contracts in under-dense zones on a day, and against each published share of people."""

    on: date
    part: float
    whole: float
    share: float
    low: float
    high: float
    against: tuple[Against, ...]
    words: Text
    entries: tuple[str, ...]


def national_targeting(reference: Reference) -> tuple[NationalTargeting, ...]:
    """The targeting of assistants at each published count, in order of days.

    The texts do not say which zones they call under-dense: ZIP and ZAC together are taken, ZIP alone is shown last.
    """
    return tuple(_at(reference, part, whole) for part, whole in COUNTS)


def _at(reference: Reference, part: str, whole: str) -> NationalTargeting:
    inside, total = reference.entry(part), reference.entry(whole)
    share = inside.value / total.value
    low, high = (float(limit[0]) for limit in wilson([inside.value], [total.value]))
    known = [name for name in (*PEOPLE, PEOPLE_ZIP) if name in reference.entries]
    against = tuple(_against(reference, name, (share, low, high)) for name in known)
    return NationalTargeting(
        on=total.on,
        part=inside.value,
        whole=total.value,
        share=share,
        low=low,
        high=high,
        against=against,
        words=_words((share, low, high), against),
        entries=(part, whole, *known),
    )


def _against(reference: Reference, name: str, share: tuple[float, float, float]) -> Against:
    people = reference.entry(name).value / 100
    middle, low, high = share
    side = int(low > people) - int(high < people)
    return Against(people, people - middle, people - high, people - low, side, name)


def _words(share: tuple[float, float, float], against: tuple[Against, ...]) -> Text:
    both = [a for a in against if a.entry in PEOPLE]
    sides = {a.side for a in both}
    verdict = _VERDICTS[sides.pop()] if len(sides) == 1 else _VERDICTS[0]
    people = sorted({a.people_share for a in both})
    shares = dict(zip(("share", "low", "high"), share, strict=True))
    indices = {
        "index_low": min(a.low for a in both),
        "index_high": max(a.high for a in both),
        "index_alone": against[-1].index,
    }

    def said(lang: Lang) -> str:
        ends = [format_number(100 * p, 0, lang) for p in people]
        return _TEMPLATE[lang].format(
            verdict=verdict[lang],
            people=ends[0] if len(ends) == 1 else _RANGE[lang].format(ends[0], ends[-1]),
            alone=format_number(100 * against[-1].people_share, 0, lang),
            **{name: format_number(100 * value, 1, lang) for name, value in shares.items()},
            **{name: format_number(value, 2, lang) for name, value in indices.items()},
        )

    return Text(said("fr"), said("en"))
