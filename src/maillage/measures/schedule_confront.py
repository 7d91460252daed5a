"""What was announced of the assistants' cost against the schedule, and what would have to be true for it to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from maillage.measures.reference import Reference
from maillage.measures.schedule import AidSchedule, Path, assistants_fte_mean, first_year_share, project
from maillage.text import Lang, Text, format_number

_EACH = Text(
    "{announced} M€ pour {contracts} assistants font {mean} € chacun. À temps plein, le barème donne de {lasting} M€ "
    "(tous après leur deuxième année) à {most} M€ (tous en première année) : il faudrait {share} % de contrats en "
    "première année. À la quotité moyenne publiée ({fte} temps plein par contrat, chiffre rapporté, à vérifier), il ne "
    "peut dépasser {ceiling} M€.",
    "{announced} M€ for {contracts} assistants make {mean} € each. At full time the schedule gives from {lasting} M€ "
    "(all past their second year) to {most} M€ (all in their first): {share} % of contracts would have to be in their "
    "first year. At the published mean share ({fte} full time per contract, reported, to be checked) it cannot exceed "
    "{ceiling} M€.",
)
_BOTH = Text(
    "Pour que les deux tiennent, il faudrait une quotité moyenne d’au moins {need} % d’un temps plein et, à temps "
    "plein, {first} % puis {second} % de contrats en première année. Au rythme le plus rapide annoncé et à temps "
    "plein, le barème culmine à {peak} M€ en {year} puis se fixe à {lasting} M€ par an ; {announced} M€ paieraient "
    "durablement {full_times} temps pleins.",
    "For both to hold, the mean share would have to be {need} % of a full time at least and, at full time, {first} % "
    "then {second} % of contracts in their first year. At the fastest pace announced and at full time the schedule "
    "peaks at {peak} M€ in {year}, then settles at {lasting} M€ a year; {announced} M€ would pay {full_times} full "
    "times for good.",
)
# Each announced cost with the target whose number it is announced for.
ANNOUNCED = (("am_cost_4000", "am_4000_2023"), ("am_cost_10000_2025", "am_10000_2025"))


@dataclass(frozen=True, slots=True)
class Confrontation:
    """A cost announced for a number of assistants, and what the schedule makes of that number, in euros a year.

    ``all_first_year_eur`` and ``all_later_eur`` are the most and the least for as many full times in force all year.
    ``first_year_share`` is the share of contracts in their first year (the others past their second) that makes the
    announced cost at full time; ``least_fte`` the mean quota under which it cannot be reached, whatever the age of
    contracts; ``lasting_fte`` the full times that it pays for good. ``ceiling_eur`` is the most it can be at the
    published mean quota ``fte_mean``. ``entries`` are those of the ledger it rests on.
    """

    announced_eur: float
    contracts: float
    mean_eur: float
    all_first_year_eur: float
    all_later_eur: float
    first_year_share: float
    least_fte: float
    lasting_fte: float
    fte_mean: float
    ceiling_eur: float
    words: Text
    entries: tuple[str, ...]


def confront(reference: Reference, schedule: AidSchedule) -> tuple[Confrontation, ...]:
    """The costs announced at 4 000 and at 10 000 assistants against the schedule."""
    return tuple(_confront(reference, schedule, cost, target) for cost, target in ANNOUNCED)


def both_hold(reference: Reference, schedule: AidSchedule) -> Text:
    """What would have to be true for every announced cost to hold at once, and the most that the schedule gives."""
    found = confront(reference, schedule)
    first, last = found[0], found[-1]
    year, peak = peak_year(reference, schedule)
    return _said(
        _BOTH,
        need=100 * max(c.least_fte for c in found),
        first=100 * first.first_year_share,
        second=100 * last.first_year_share,
        peak=peak / 1e6,
        year=str(year),
        lasting=last.all_later_eur / 1e6,
        announced=last.announced_eur / 1e6,
        full_times=last.lasting_fte,
    )


def peak_year(reference: Reference, schedule: AidSchedule) -> tuple[int, float]:
    """The costliest year, and its cost, when 10 000 full times are signed by the end of 2024, the fastest announced."""
    path = announced_path(reference, schedule, "am_4000_2023", "am_10000_2024")
    due = project(path, schedule, range(schedule.since.year, path.days[-1].year + 4))
    year, amount = due.sort("amount_eur", descending=True).select("year", "amount_eur").row(0)
    return int(year), float(amount)


def announced_path(reference: Reference, schedule: AidSchedule, *targets: str) -> Path:
    """The path that reaches each target on its due date, from none on the day the schedule applies from."""
    due = sorted((reference.entry(name).on, reference.entry(name).value) for name in targets)
    return Path((schedule.since, *(day for day, _ in due)), (0.0, *(count for _, count in due)))


def published_path(
    reference: Reference, schedule: AidSchedule, *, until: date | None = None
) -> tuple[Path, tuple[str, ...]]:
    """The path of the published counts of contracts, from none on the schedule's first day, and their entries."""
    counts = sorted(
        (f.on, f.value, f.id)
        for f in reference.figures
        if (f.measure, f.quantity) == ("assistants_medicaux", "contracts") and (until is None or f.on <= until)
    )
    path = Path((schedule.since, *(day for day, _, _ in counts)), (0.0, *(count for _, count, _ in counts)))
    return path, tuple(name for _, _, name in counts)


def scenarios(reference: Reference, schedule: AidSchedule, years: Sequence[int]) -> pl.DataFrame:
    """Aid by year along the announced and the published paths, at full time and at the published mean quota.

    Columns ``path`` (``announced_2024``, ``announced_2025``, ``announced_2027`` by the due date of the 10 000;
    ``published``, flat after the last count), ``fte_mean``, ``year``, ``fte_years``, ``amount_eur``. A projection: no
    contract ends in it.
    """
    paths = {
        f"announced_{due}": announced_path(reference, schedule, "am_4000_2023", f"am_10000_{due}")
        for due in (2024, 2025, 2027)
    } | {"published": published_path(reference, schedule)[0]}
    return pl.concat(
        project(path, schedule, years, fte_mean=fte).select(
            pl.lit(name).alias("path"), pl.lit(fte).alias("fte_mean"), "year", "fte_years", "amount_eur"
        )
        for name, path in paths.items()
        for fte in (1.0, assistants_fte_mean())
    )


def _confront(reference: Reference, schedule: AidSchedule, cost: str, target: str) -> Confrontation:
    announced, contracts = reference.entry(cost).value, reference.entry(target).value
    mean, fte = announced / contracts, assistants_fte_mean()
    share, most, lasting = (
        first_year_share(mean, schedule),
        contracts * schedule.year_1_eur,
        contracts * schedule.later_eur,
    )
    words = _said(
        _EACH,
        announced=announced / 1e6,
        contracts=contracts,
        mean=mean,
        lasting=lasting / 1e6,
        most=most / 1e6,
        share=100 * share,
        fte=Text(format_number(fte, 2, "fr"), format_number(fte, 2, "en")),
        ceiling=most * fte / 1e6,
    )
    return Confrontation(
        announced_eur=announced,
        contracts=contracts,
        mean_eur=mean,
        all_first_year_eur=most,
        all_later_eur=lasting,
        first_year_share=share,
        least_fte=mean / schedule.year_1_eur,
        lasting_fte=announced / schedule.later_eur,
        fte_mean=fte,
        ceiling_eur=most * fte,
        words=words,
        entries=(cost, target, "am_fte_2022_05", "am_contracts_2022_05"),
    )


def _said(template: Text, **numbers: float | str | Text) -> Text:
    """The template with its numbers, whole ones as each language writes them."""

    def written(value: float | str | Text, lang: Lang) -> str:
        if isinstance(value, Text):
            return value[lang]
        return value if isinstance(value, str) else format_number(value, 0, lang)

    return Text(
        template.fr.format(**{name: written(value, "fr") for name, value in numbers.items()}),
        template.en.format(**{name: written(value, "en") for name, value in numbers.items()}),
    )
