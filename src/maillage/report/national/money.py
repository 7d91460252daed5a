"""The money: the report's tables line by line, where its own figures do not add up, and what the total means."""

from __future__ import annotations

from maillage.measures.reference_entry import Entry
from maillage.measures.reference_identity import check_identity, printed_rows
from maillage.report.charts import BarMark, bars
from maillage.report.document import (
    Block,
    Cell,
    Chart,
    Column,
    Heading,
    Name,
    Number,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    say,
)
from maillage.report.facts import Fact, total
from maillage.report.national.book import MILLIONS, PERCENT, Book, measure_words, millions, origin_words, plain
from maillage.report.national.faults import combined, faults, identity_of
from maillage.text import Text

PRINTED = Text("Imprimé", "Printed")
FAMILIES = ("inst_total_table", "coord_total_table", "emplois_total_table")
# The lists of the report's annex 4, the identities that check a line of them, and the name of each list.
LISTS: tuple[tuple[str, Text], ...] = (
    ("annex_4_b", Text("Aides à l’installation et au maintien", "Aid to settle and to stay")),
    ("annex_4_c", Text("Structures d’exercice coordonné", "Coordinated practice")),
    ("annex_4_d", Text("Emplois de soutien aux médecins", "Jobs that support doctors")),
)
# Settling, coordinated practice, support jobs: the amount of each payer.
PAYERS: tuple[tuple[tuple[str, str, str], Text], ...] = (
    (("inst_cnam_2020", "coord_cnam_printed", "emplois_cnam_2022"), Text("Assurance maladie", "Health insurance")),
    (("inst_ars_2022", "coord_ars_printed", "emplois_ars_2022"), Text("ARS", "ARS")),
    (
        ("inst_collectivites_2022", "coord_collectivites_printed", "emplois_collectivites_2022"),
        Text("Collectivités territoriales", "Local authorities"),
    ),
)
# What would make the amount of support jobs: announced cost of assistants, Asalée, local authorities, ARS.
READING = ("am_cost_10000_2025", "asalee_cnam_2022", "emplois_collectivites_2022", "emplois_ars_2022")
# The lines of the lists that the report states as the sum of others.
CHECKED = {
    "inst_cnam_2020": "inst_professions",
    "inst_total_printed": "inst_payers",
    "coord_cnam_printed": "coord_cnam",
    "coord_ars_printed": "coord_ars",
    "coord_collectivites_printed": "coord_collectivites",
    "coord_total_table": "coord_total",
    "emplois_total_2022": "emplois_total",
}


def money(book: Book, more: tuple[Block, ...] = ()) -> Section:
    """The section on money; ``more`` is what schedules, price indices and the payments of a store give."""
    title = Text("L’argent : qui paie, combien, pour quoi", "The money: who pays, how much, for what")
    if not book.has(*FAMILIES, "total_table"):
        nothing = say(
            "Aucun total des aides n’était publié à cette date.", "No total of the aid was published on that day."
        )
        return Section(id="money", title=title, blocks=(Paragraph(nothing, "warning"), *more))
    blocks: list[Block] = [*_total(book), _families(book), *_meaning(book), *_payers(book)]
    blocks.append(Heading(Text("Le détail, ligne à ligne", "The detail, line by line")))
    blocks += [_list(book, name, words) for name, words in LISTS]
    blocks += faults(book)
    return Section(id="money", title=title, blocks=(*blocks, *more))


def _total(book: Book) -> list[Block]:
    return [
        Paragraph(
            say(
                "La Cour des comptes estime à {total} par an l’aide publique à l’accès aux soins de premier recours"
                " ({t5} et {t14} de son rapport). C’est le seul total public que ce document connaisse.",
                "The Cour des comptes estimates public aid for access to primary care at {total} a year ({t5} and {t14}"
                " of its report). It is the only public total known to this document.",
                total=book.number("total_table"),
                t5=Name(Text("tableaux 5", "tables 5")),
                t14=Name(Text("14", "14")),
            )
        )
    ]


def _families(book: Book) -> Chart:
    whole = book.fact("total_table")
    rows = [
        Row(
            (
                measure_words(book.known[n].measure),
                book.number(n),
                Number(book.fact(n) / whole, Text("%", "%"), 0, 100.0),
                _data_of(n),
            )
        )
        for n in FAMILIES
    ]
    rows.append(Row((Text("Total", "Total"), book.number("total_table"), None, None), kind="total"))
    table = Table(
        id="families",
        caption=say(
            "Aide publique annuelle selon la Cour des comptes ({t})",
            "Yearly public aid, according to the Cour des comptes ({t})",
            t=Name(Text("tableaux 5 et 14", "tables 5 and 14")),
        ),
        columns=(
            Column(Text("Famille d’aides", "Family of aid"), 1.4),
            Column(PRINTED),
            Column(Text("Part", "Share")),
            Column(Text("Données", "Data"), 1.6),
        ),
        rows=tuple(rows),
    )
    alt = say(
        "L’exercice coordonné reçoit {coord}, les emplois de soutien {jobs}, l’installation {inst}.",
        "Coordinated practice gets {coord}, support jobs {jobs}, settling {inst}.",
        coord=book.number(FAMILIES[1]),
        jobs=book.number(FAMILIES[2]),
        inst=book.number(FAMILIES[0]),
    )
    marks = [BarMark(measure_words(book.known[n].measure), book.number(n)) for n in FAMILIES]
    return Chart(table=table, alt=alt, spec=bars(marks, MILLIONS))


def _data_of(name: str) -> Cell:
    said = {
        FAMILIES[0]: Text(
            "assurance maladie {a} ; autres payeurs estimés", "health insurance {a}; other payers estimated"
        ),
        FAMILIES[1]: Text(
            "assurance maladie {a} ; autres payeurs estimés", "health insurance {a}; other payers estimated"
        ),
        FAMILIES[2]: Text(
            "projection sur les effectifs prévus fin {a}", "projection on numbers planned for the end of {a}"
        ),
    }[name]
    year = {FAMILIES[0]: "2020", FAMILIES[1]: "2022", FAMILIES[2]: "2024"}[name]
    return Sentence(said, {"a": Name(Text(year, year))})


def _meaning(book: Book) -> list[Block]:
    """What the total adds up, and what the year 2022 alone would make."""
    items = []
    if book.has("emplois_total_2022"):
        alone = book.fact(FAMILIES[0]) + book.fact(FAMILIES[1]) + book.fact("emplois_total_2022")
        items.append(
            say(
                "Ce total additionne trois années différentes : {y1} pour l’installation, {y2} pour l’exercice"
                " coordonné, une projection pour fin {y3} pour les emplois. Avec les {jobs} constatés ou estimés"
                " pour les emplois en {y2b}, il serait de {alone}.",
                "This total adds three different years: {y1} for settling, {y2} for coordinated practice, a"
                " projection for the end of {y3} for jobs. With the {jobs} observed or estimated for jobs in {y2b},"
                " it would be {alone}.",
                y1=Name(Text("2020", "2020")),
                y2=Name(Text("2022", "2022")),
                y2b=Name(Text("2022", "2022")),
                y3=Name(Text("2024", "2024")),
                jobs=book.number("emplois_total_2022"),
                alone=millions(alone),
            )
        )
    items.append(
        say(
            "Les {jobs} des emplois de soutien ne sont accompagnés d’aucun calcul dans le rapport.",
            "The {jobs} of support jobs come with no derivation in the report.",
            jobs=book.number(FAMILIES[2]),
        )
    )
    if book.has(*READING):
        items.append(_reading(book))
    return [Paragraph(item) for item in items]


def _reading(book: Book) -> Sentence:
    """What would make the amount that the report does not derive."""
    a, b, c, d = (book.fact(name) for name in READING)
    return say(
        "On les retrouve en ajoutant au coût annoncé des assistants ({a}) l’aide à Asalée ({b}), celle des"
        " collectivités ({c}) et celle des ARS ({d}) : {sum}. C’est une lecture de ce document, pas du"
        " rapport, et elle daterait de {y} un coût que le rapport annonce pour plus tard.",
        "They are found again by adding to the announced cost of assistants ({a}) the aid to Asalée ({b}),"
        " that of local authorities ({c}) and that of the ARS ({d}): {sum}. This is a reading of this"
        " document, not of the report, and it would date {y} a cost that the report announces for later.",
        a=millions(a),
        b=millions(b),
        c=millions(c),
        d=millions(d),
        sum=millions(a + b + c + d),
        y=Name(Text("2024", "2024")),
    )


def _payers(book: Book) -> list[Block]:
    """Who pays what, family by family, in the amounts that the annex states."""
    if not book.has(*(name for names, _ in PAYERS for name in names)):
        return []
    rows = [
        Row((who, *(book.number(n) for n in names), millions(total(_facts(book, names)), 1))) for names, who in PAYERS
    ]
    sums = [total(_facts(book, family)) for family in zip(*(names for names, _ in PAYERS), strict=True)]
    whole = total(tuple(book.fact(n) for names, _ in PAYERS for n in names))
    rows.append(Row((Text("Ensemble", "Together"), *(millions(s, 1) for s in sums), millions(whole, 1)), kind="total"))
    paid = total(_facts(book, PAYERS[0][0]))
    table = Table(
        id="payers",
        caption=say("Qui paie, selon l’annexe du rapport", "Who pays, according to the annex of the report"),
        columns=(
            Column(Text("Payeur", "Payer"), 1.3),
            Column(Text("Installation", "Settling")),
            Column(Text("Exercice coordonné", "Coordinated practice")),
            Column(Text("Emplois de soutien", "Support jobs")),
            Column(Text("Ensemble", "Together")),
        ),
        rows=tuple(rows),
        notes=(
            say(
                "L’assurance maladie paie {share} de cet ensemble. Ses montants sont constatés, hors emplois de"
                " soutien ; ceux des ARS et des collectivités sont presque tous estimés. L’ensemble diffère du total"
                " imprimé : il prend les emplois de l’année, non leur projection, et l’installation sans arrondi.",
                "Health insurance pays {share} of it. Its amounts are observed, but for support jobs; those of the"
                " ARS and of local authorities are nearly all estimates. The whole differs from the printed total:"
                " it takes the jobs of the year, not their projection, and settling without rounding.",
                share=Number(paid / whole, PERCENT, 0, 100.0),
            ),
        ),
    )
    return [table]


def _facts(book: Book, names: tuple[str, ...]) -> tuple[Fact, ...]:
    return tuple(book.fact(name) for name in names)


def _list(book: Book, name: str, words: Text) -> Table:
    """One list of the annex, line by line; a line that does not add up says so under itself."""
    printed_table, entries = printed_rows(book.reference, name)
    place = Text(printed_table.place, printed_table.place)
    return Table(
        id=name,
        caption=say("{what} ({place})", "{what} ({place})", what=words, place=Name(place)),
        columns=(
            Column(Text("Ligne", "Line"), 3),
            Column(PRINTED),
            Column(Text("Année", "Year"), 0.5),
            Column(Text("Fiabilité", "Reliability"), 1.5),
        ),
        rows=tuple(_line(book, entry) for entry in entries if entry.id in book.facts),
    )


def _line(book: Book, entry: Entry) -> Row:
    year = str(entry.on.year)
    check = CHECKED.get(entry.id)
    flag = _flag(book, check) if check else None
    cells = (plain(entry.label), book.number(entry.id), Name(Text(year, year)), origin_words(book, entry.id))
    return Row(cells, kind="total" if check else "plain", flag=flag)


def _flag(book: Book, name: str) -> Sentence | None:
    """What is wrong with a printed sum, None where it holds exactly."""
    identity = identity_of(book, name)
    made = combined(book, identity)
    if made is None or check_identity(book.reference, name).verdict == "exact":
        return None
    return say(
        "Les lignes font {made} ; le rapport imprime {printed} (écart : {gap}).",
        "The lines make {made}; the report prints {printed} (gap: {gap}).",
        made=millions(made, 2),
        printed=book.number(identity.printed),
        gap=millions(book.fact(identity.printed) - made, 2),
    )
