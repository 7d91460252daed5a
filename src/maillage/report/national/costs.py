"""What the assistants cost: the schedule against the announcements, the projection, and one more patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maillage.measures.schedule import assistants_schedule
from maillage.measures.schedule_confront import scenarios
from maillage.report.document import Block, Column, Day, Heading, Name, Number, Paragraph, Row, Sentence, Table, say
from maillage.report.facts import computed
from maillage.report.national.book import PERCENT, Book, counted, euros, millions, percent
from maillage.report.national.parameters import price, scheduled
from maillage.text import Text

TITLE = Text(
    "Les assistants médicaux : le barème et les annonces", "Medical assistants: the schedule and the announcements"
)
# Announced costs, each with the target whose number it is announced for.
ANNOUNCED = (("am_cost_4000", "am_4000_2023"), ("am_cost_10000_2025", "am_10000_2025"))
QUOTA = ("am_fte_2022_05", "am_contracts_2022_05")
METHOD = Text("projection du barème", "projection of the schedule")
YEARS = tuple(range(2021, 2028))
SCENARIO = ("path", "fte_mean", "year", "amount_eur")


SCHEDULED = (
    Column(Text("Nombre visé", "Number aimed at"), 1),
    Column(Text("Coût annoncé", "Announced cost")),
    Column(Text("Par assistant", "Per assistant")),
    Column(Text("Barème, au moins", "Schedule, at least")),
    Column(Text("Barème, au plus", "Schedule, at most")),
    Column(Text("Première année", "First year")),
)
PROJECTED = (
    Column(Text("Année", "Year"), 0.6),
    Column(Text("Contrats comptés, temps de travail moyen", "Contracts counted, mean working time"), 1, "right"),
    Column(Text("Contrats comptés, à temps plein", "Contracts counted, full time"), 1, "right"),
    Column(
        Text("Si le dernier objectif est tenu, à temps plein", "If the last target is met, full time"),
        1,
        "right",
    ),
)


def costs(book: Book) -> tuple[Block, ...]:
    """The part on the cost of assistants, empty where no cost was announced."""
    if not book.has(*(name for pair in ANNOUNCED for name in pair)):
        return ()
    return (Heading(TITLE), _lead(), _table(book), *_both(book), *_projection(book), *_patient(book))


def _lead() -> Paragraph:
    first, second, later = (scheduled(f"aid_{year}_eur") for year in ("year_1", "year_2", "later_years"))
    return Paragraph(
        say(
            "Le barème est public : pour un temps plein, {first} la première année, {second} la deuxième, {later}"
            " ensuite. Deux coûts ont été annoncés ; le tableau dit ce que le barème donne pour le même nombre"
            " d’assistants.",
            "The schedule is public: for a full time, {first} in the first year, {second} in the second, {later}"
            " after. Two costs were announced; the table tells what the schedule gives for the same number of"
            " assistants.",
            first=euros(first),
            second=euros(second),
            later=euros(later),
        )
    )


def _table(book: Book) -> Table:
    first, later = scheduled("aid_year_1_eur"), scheduled("aid_later_years_eur")
    rows = []
    for cost, target in ANNOUNCED:
        announced, number = book.fact(cost), book.fact(target)
        mean = announced / number
        rows.append(
            Row(
                (
                    counted(number, "contracts"),
                    book.number(cost),
                    euros(mean),
                    millions(number * later),
                    millions(number * first),
                    percent((mean - later) / (first - later)),
                )
            )
        )
    return Table(
        id="schedule",
        caption=say(
            "Coût annuel annoncé des assistants, et ce que donne le barème",
            "Announced yearly cost of assistants, and what the schedule gives",
        ),
        columns=SCHEDULED,
        rows=tuple(rows),
        notes=(
            say(
                "Au moins : tous à temps plein et au-delà de leur deuxième année. Au plus : tous à temps plein et en"
                " première année. « Première année » : part des contrats qui devraient y être pour que l’annonce"
                " tienne, les autres étant au-delà de la deuxième.",
                "At least: all full time and past their second year. At most: all full time and in their first year."
                " “First year”: share of contracts that would have to be in it for the announcement to hold, the"
                " others being past their second.",
            ),
        ),
    )


def _both(book: Book) -> Iterator[Block]:
    """What would have to be true for the announcement to hold for good."""
    cost, target = ANNOUNCED[-1]
    later, first = scheduled("aid_later_years_eur"), scheduled("aid_year_1_eur")
    number = book.fact(target)
    yield Paragraph(
        say(
            "Une fois tous les contrats au-delà de leur deuxième année, {number} assistants à temps plein coûtent"
            " {lasting} par an, non {announced} : cette somme en paierait {paid}. L’annonce ne tient donc que"
            " pendant la montée en charge, ou si le barème ou le nombre changent.",
            "Once every contract is past its second year, {number} full-time assistants cost {lasting} a year, not"
            " {announced}: that sum would pay {paid}. The announcement holds only while contracts are being signed,"
            " or if the schedule or the number changes.",
            number=Number(number),
            lasting=millions(number * later),
            announced=book.number(cost),
            paid=Number(book.fact(cost) / later),
        )
    )
    if book.has(*QUOTA):
        fte, contracts = (book.fact(n) for n in QUOTA)
        yield Paragraph(
            say(
                "Mais un contrat n’est pas un temps plein : à {mean} par contrat, mesuré en {day}, {number} contrats"
                " ne peuvent coûter plus de {ceiling}, même tous en première année.",
                "But a contract is not a full-time job: at {mean} per contract, measured in {day}, {number} contracts"
                " cannot cost more than {ceiling}, even all in their first year.",
                mean=counted(fte / contracts, "fte", 2),
                day=Day(book.known[QUOTA[0]].on, "month"),
                number=Number(number),
                ceiling=millions(number * first * (fte / contracts)),
            )
        )


def _projection(book: Book) -> Iterator[Block]:
    """The aid by year that the schedule gives along the counted and the announced contracts."""
    names = book.series("assistants_medicaux", "contracts")
    if len(names) < 2:
        return
    last = book.known[names[-1]].on
    yield Table(
        id="projection",
        caption=say(
            "Aide versée chaque année aux médecins pour leurs assistants : projection",
            "Aid paid each year to doctors for their assistants: projection",
        ),
        columns=PROJECTED,
        rows=_yearly(book, names),
        notes=(
            say(
                "Projection, non constat : les contrats se signent régulièrement entre deux décomptes, restent au"
                " même nombre après {day}, et aucun ne s’arrête.",
                "A projection, not an observation: contracts are signed at a steady pace between two counts, stay at"
                " the same number after {day}, and none ends.",
                day=Day(last, "month"),
            ),
        ),
    )


def _yearly(book: Book, names: Sequence[str]) -> tuple[Row, ...]:
    frame = scenarios(book.heard, assistants_schedule(), YEARS)
    due = {(path, fte == 1.0, year): amount for path, fte, year, amount in frame.select(*SCENARIO).iter_rows()}
    schedule = tuple(scheduled(f"aid_{year}_eur") for year in ("year_1", "year_2", "later_years"))
    counts = tuple(book.fact(n) for n in names)
    quota = tuple(book.fact(n) for n in QUOTA) if book.has(*QUOTA) else (scheduled("fte_mean"),)
    goals = tuple(book.fact(n) for n in ("am_4000_2023", "am_10000_2025"))
    rows = []
    for year in YEARS:
        published = computed(due["published", False, year], METHOD, *schedule, *counts, *quota)
        full = computed(due["published", True, year], METHOD, *schedule, *counts)
        goal = computed(due["announced_2025", True, year], METHOD, *schedule, *goals)
        told = Sentence(Text("{y}", "{y}"), {"y": Name(Text(str(year), str(year)))})
        rows.append(Row((told, millions(published), millions(full), millions(goal))))
    return tuple(rows)


def _patient(book: Book) -> Iterator[Block]:
    """What one more patient costs, if the effects that are told hold."""
    effects = ("am_effect_report", "am_effect_answer")
    if not book.has(*effects):
        return
    later, patients = scheduled("aid_later_years_eur"), scheduled("patients_list_before")
    if any(e.known > book.day for e in patients.entries):
        return
    low, high = (later / (patients * (book.fact(n) / 100)) for n in effects)
    yield Paragraph(
        say(
            "Si l’effet annoncé est réel ({more} à {less} de patients en plus sur une patientèle de {list}), un"
            " patient de plus coûte de {low} à {high} par an, à temps plein et passé la deuxième année. Cet effet"
            " n’est pas établi.",
            "If the effect stated is real ({more} to {less} more patients on a list of {list}), one more patient costs"
            " from {low} to {high} a year, full time and past the second year. That effect is not established.",
            more=book.number(effects[1]),
            less=book.number(effects[0]),
            list=counted(patients, "patients"),
            low=euros(low),
            high=euros(high),
        )
    )


# Money of two years under the same name: the earlier, the later, and what it is.
GROWTH = (
    (
        "inst_cnam_growth_2015",
        "inst_cnam_growth_2020",
        Text("Installation et maintien, assurance maladie", "Settling and staying, health insurance"),
    ),
    (
        "msp_cnam_2019",
        "msp_cnam_2022",
        Text("Maisons de santé, assurance maladie", "Maisons de santé, health insurance"),
    ),
)
BASE = 2022


def constant_euros(book: Book) -> tuple[Block, ...]:
    """What rose once prices are taken off, empty where no pair of years was known."""
    rows = tuple(_risen(book, *pair) for pair in GROWTH if book.has(*pair[:2]))
    if not rows:
        return ()
    return (
        Heading(Text("En euros constants", "In constant euros")),
        Table(
            id="constant",
            caption=say(
                "Hausse des aides, en euros courants puis hors inflation",
                "Rise in aid, in current euros, then net of inflation",
            ),
            columns=(
                Column(Text("Aide", "Aid"), 1.6),
                Column(Text("Avant", "Before"), 1),
                Column(Text("Après", "After"), 1),
                Column(Text("Hausse", "Rise")),
                Column(Text("Hors inflation", "Net of inflation")),
            ),
            rows=rows,
            notes=(
                say(
                    "Indice des prix à la consommation de l’INSEE ; pour plusieurs années, il est reconstitué à"
                    " partir de taux publiés arrondis.",
                    "INSEE’s index of consumer prices; for several years it is rebuilt from published, rounded rates.",
                ),
            ),
        ),
    )


def _risen(book: Book, first: str, last: str, words: Text) -> Row:
    years = (book.known[first].on.year, book.known[last].on.year)
    before, after = (
        book.fact(n) if year == BASE else book.fact(n) * (price(BASE) / price(year))
        for n, year in zip((first, last), years, strict=True)
    )
    rise = Number(book.fact(last) / book.fact(first) - 1, PERCENT, 0, 100.0, signed=True)
    real = Number(after / before - 1, PERCENT, 0, 100.0, signed=True)
    return Row((words, _dated(book, first), _dated(book, last), rise, real))


def _dated(book: Book, name: str) -> Sentence:
    return say("{n} en {y}", "{n} in {y}", n=book.number(name), y=Day(book.known[name].on, "year"))
