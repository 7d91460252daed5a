"""What is deployed: the last published count of each measure, and the stages of the CPTS."""

from __future__ import annotations

from maillage.measures.registry import load_measures
from maillage.report.charts import BarMark, bars
from maillage.report.document import Block, Chart, Column, Day, Paragraph, Row, Section, Table, listed, say
from maillage.report.national.book import Book, bare, counted, measure_words, origin_words, percent
from maillage.text import Text

STAGES: tuple[tuple[Text, str], ...] = (
    (Text("contrat signé", "contract signed"), "cpts_aci_2023_03"),
    (Text("en négociation", "in negotiation"), "cpts_negotiation_2023_03"),
    (Text("lettre d’intention validée", "letter of intent accepted"), "cpts_letter_2023_03"),
    (Text("pré-projet", "pre-project"), "cpts_pre_project_2023_03"),
)
LISTED = "cpts_listed_2023_03"
# The count of each measure: which quantity of the ledger, and what it counts.
COUNTS: tuple[tuple[str, str, Text], ...] = (
    (
        "cpts",
        "aci_signed",
        Text("contrats signés avec l’assurance maladie et l’ARS", "contracts signed with health insurance and the ARS"),
    ),
    ("assistants_medicaux", "contracts", Text("contrats signés par des médecins", "contracts signed by doctors")),
    ("msp", "msp", Text("structures, avec ou sans accord", "structures, with or without an agreement")),
    (
        "cds",
        "agreement_signed",
        Text(
            "centres ayant adhéré à l’accord national, toutes spécialités",
            "centres in the national agreement, all specialties",
        ),
    ),
    ("esp", "gp_share", Text("généralistes déclarant en faire partie", "GPs who say that they belong to one")),
    ("sas", "sas", Text("services pilotes", "pilot services")),
    ("asalee", "nurses", Text("infirmiers mis à disposition", "nurses made available")),
    (
        "protocoles_cooperation",
        "teams",
        Text("équipes ayant déclaré un protocole national", "teams that declared a national protocol"),
    ),
    ("caim", "contracts", Text("contrats d’aide à l’installation", "contracts to help doctors set up practice")),
    (
        "coscom",
        "contracts",
        Text("contrats de stabilisation et de coordination", "contracts of stabilisation and coordination"),
    ),
    ("cotram", "contracts", Text("contrats de transition", "contracts of transition")),
    ("cstm", "contracts", Text("contrats de solidarité territoriale", "contracts of territorial solidarity")),
    (
        "cesp",
        "contracts",
        Text("contrats signés depuis la création du dispositif", "contracts signed since the scheme began"),
    ),
    ("hopitaux_proximite", "hospitals", Text("établissements reconnus", "hospitals so recognised")),
)


def deployment(book: Book) -> Section:
    """The section on deployment."""
    blocks: list[Block] = [
        Paragraph(
            say(
                "Pour chaque mesure, voici le dernier décompte publié. Ces décomptes n’ont ni la même date ni la même"
                " précision : aucun registre national ne les réunit.",
                "For each measure, here is the last published count. These counts differ in date and precision: no"
                " national register brings them together.",
            )
        ),
        _counts(book),
    ]
    silent = [
        m.name
        for name, m in load_measures().items()
        if not any(book.latest(c[0], c[1]) for c in COUNTS if c[0] == name)
    ]
    if silent:
        words = say(
            "Aucun décompte national n’est connu de ce document pour : {names}.",
            "This document knows of no national count for: {names}.",
            names=listed(silent),
        )
        blocks.append(Paragraph(words, "note"))
    return Section(
        id="deployment",
        title=Text("Ce qui est déployé", "What is deployed"),
        blocks=(*blocks, *_stages(book), *_fewer(book), *_assistants(book)),
    )


def _counts(book: Book) -> Table:
    rows = []
    for measure, quantity, words in COUNTS:
        name = book.latest(measure, quantity)
        if name is not None:
            rows.append(
                Row(
                    (
                        measure_words(measure),
                        words,
                        bare(book.number(name)),
                        Day(book.known[name].on, "month"),
                        origin_words(book, name),
                    )
                )
            )
    return Table(
        id="counts",
        caption=say("Dernier décompte connu de chaque mesure", "Last known count of each measure"),
        columns=(
            Column(Text("Mesure", "Measure"), 1.1),
            Column(Text("Ce qui est compté", "What is counted"), 1.9),
            Column(Text("Nombre", "Number")),
            Column(Text("Date", "Date"), side="left"),
            Column(Text("Origine", "Origin"), 0.9),
        ),
        rows=tuple(rows),
    )


def _stages(book: Book) -> list[Block]:
    """The CPTS by stage, from the one count that has every stage."""
    if not book.has(LISTED, *(name for _, name in STAGES)):
        return []
    whole, signed = book.fact(LISTED), book.fact(STAGES[0][1])
    table = Table(
        id="stages",
        caption=say("CPTS par étape, au {day}", "CPTS by stage, on {day}", day=book.on(LISTED)),
        columns=(Column(Text("Étape", "Stage"), 2), Column(Text("Nombre", "Number")), Column(Text("Part", "Share"))),
        rows=(
            *(Row((words, book.number(name), percent(book.fact(name) / whole))) for words, name in STAGES),
            Row((Text("Toutes les étapes", "All stages"), book.number(LISTED), None), kind="total"),
        ),
    )
    alt = say(
        "Au {day}, {signed} sur {whole} avaient signé leur contrat, soit {share} ; les autres se préparaient.",
        "On {day}, {signed} out of {whole} had signed their contract, that is {share}; the others were preparing.",
        day=book.on(LISTED),
        signed=counted(signed, "cpts"),
        whole=counted(whole, "cpts"),
        share=percent(signed / whole),
    )
    marks = [BarMark(words, book.number(name)) for words, name in STAGES]
    return [Chart(table=table, alt=alt, spec=bars(marks, Text("CPTS", "CPTS")))]


def _fewer(book: Book) -> list[Block]:
    """What happened since: fewer CPTS listed, more contracts signed."""
    if not book.has("cpts_listed_2023_03", "cpts_listed_2024_02", "cpts_aci_2023_03", "cpts_aci_2024_02"):
        return []
    listed_fall = book.fact("cpts_listed_2023_03") - book.fact("cpts_listed_2024_02")
    signed_rise = book.fact("cpts_aci_2024_02") - book.fact("cpts_aci_2023_03")
    later = []
    if book.has("cpts_aci_2025_05"):
        later.append(
            Paragraph(
                say(
                    "Fin {day}, {n} auraient un contrat signé.",
                    "At the end of {day}, {n} are said to have a signed contract.",
                    day=Day(book.known["cpts_aci_2025_05"].on, "month"),
                    n=book.number("cpts_aci_2025_05"),
                )
            )
        )
    return [
        Paragraph(
            say(
                "Entre mars {before} et février {after}, le nombre de CPTS répertoriées baisse de {fall} pendant que"
                " celui des contrats signés monte de {rise} : les pré-projets ne sont plus comptés de la même"
                " façon. Un total « à tous les stades » ne se compare donc pas d’une année à l’autre ; le nombre de"
                " contrats signés, si.",
                "Between March {before} and February {after}, the number of CPTS listed falls by {fall} while that"
                " of signed contracts rises by {rise}: pre-projects are no longer counted in the same way. A total"
                " “at all stages” does not therefore compare from one year to the next; the number of signed"
                " contracts does.",
                before=Day(book.known["cpts_listed_2023_03"].on, "year"),
                after=Day(book.known["cpts_listed_2024_02"].on, "year"),
                fall=counted(listed_fall, "cpts"),
                rise=counted(signed_rise, "cpts"),
            )
        ),
        *later,
    ]


def _assistants(book: Book) -> list[Block]:
    """Who signs the contracts of assistants."""
    name = book.latest("assistants_medicaux", "contracts_gp")
    whole = name and name.replace("_gp_", "_")
    if name is None or whole is None or not book.has(whole):
        return []
    items = [
        say(
            "Au {day}, {gp} d’assistants sur {all} étaient signés par des généralistes, soit {share} ({origin}).",
            "On {day}, {gp} out of {all} for assistants were signed by GPs, that is {share} ({origin}).",
            day=book.on(name),
            origin=origin_words(book, name),
            gp=book.number(name),
            all=book.number(whole),
            share=percent(book.fact(name) / book.fact(whole)),
        )
    ]
    if book.has("am_fte_2022_05", "am_contracts_2022_05"):
        items.append(
            say(
                "Un contrat n’est pas un temps plein : en {day}, {contracts} faisaient {fte}, soit {mean} par contrat.",
                "A contract is not a full-time job: in {day}, {contracts} made {fte}, that is {mean} per contract.",
                day=Day(book.known["am_fte_2022_05"].on, "month"),
                contracts=book.number("am_contracts_2022_05"),
                fte=book.number("am_fte_2022_05"),
                mean=counted(book.fact("am_fte_2022_05") / book.fact("am_contracts_2022_05"), "fte", 2),
            )
        )
    return [Paragraph(item) for item in items]
