"""The first page: what is asked, and what can be answered, in plain words."""

from __future__ import annotations

from maillage.measures.targeting_national import PEOPLE_ZIP
from maillage.report.document import Answer, Block, Day, Number, Section, Sentence, say
from maillage.report.national.book import Book, millions, origin_words, percent
from maillage.report.national.targeting import known_pairs, people_of
from maillage.text import Text

TITLE = Text("L’essentiel en une page", "The essentials on one page")
PUT_OFF = Text(", après plusieurs déplacements de cet objectif", ", after this target moved several times")
NOTHING = Text("", "")
NOT_COUNTED = say(
    "L’échéance est passée et aucun décompte connu ne lui est postérieur : on ne peut pas dire si l’objectif a été"
    " atteint.",
    "The due date has passed and no known count is later: whether the target was met cannot be told.",
)
UNKNOWN = say(
    "Rien de publié ne permettait de le dire à cette date.", "Nothing published allowed one to tell on that day."
)


def answers(book: Book, measured: tuple[Sentence, ...] = ()) -> Section:
    """The first section: one answer a question; ``measured`` is the coverage that a register gives."""
    blocks: tuple[Block, ...] = (
        Answer(
            say("Un bilan national a-t-il été fait ?", "Was a national assessment made?"),
            (
                say(
                    "Pas à notre connaissance. Des décomptes partiels existent, de dates et de définitions"
                    " différentes, et rien de public ne les rapproche de l’argent versé. Ce document réunit ceux qui"
                    " sont publics.",
                    "Not to our knowledge. Partial counts exist, with different dates and definitions, and nothing"
                    " public sets them against the money paid. This document gathers those that are public.",
                ),
            ),
        ),
        Answer(
            say(
                "Quelle part de la population les communautés professionnelles territoriales de santé (CPTS)"
                " couvrent-elles ?",
                "What share of the population do CPTS, the communities of professionals of a territory, cover?",
            ),
            (*_coverage(book), *measured),
        ),
        Answer(say("Les professionnels y adhèrent-ils ?", "Do professionals join them?"), _membership(book)),
        Answer(say("Les objectifs sont-ils atteints ?", "Have the targets been met?"), _targets(book)),
        Answer(say("Combien cela coûte-t-il ?", "How much does it cost?"), _money(book)),
        Answer(
            say(
                "Les moyens vont-ils là où l’accès est le plus difficile ?", "Do the means go where access is hardest?"
            ),
            _targeting(book),
        ),
        Answer(say("Quel est l’effet sur l’accès aux soins ?", "What is the effect on access to care?"), _effect(book)),
    )
    return Section(id="answers", title=TITLE, blocks=blocks)


def _coverage(book: Book) -> tuple[Sentence, ...]:
    said = []
    if book.has("cpts_coverage_senate", "cpts_coverage_dgos"):
        said.append(
            say(
                "Il n’y a pas une réponse mais plusieurs : {low} (attribué au Sénat) ou {high} (attribué au"
                " ministère, DGOS), sans que la définition, la date ni le périmètre soient donnés.",
                "There is not one answer but several: {low} (attributed to the Senate) or {high} (attributed to the"
                " ministry, DGOS), without a definition, a date or a perimeter.",
                low=book.number("cpts_coverage_senate"),
                high=book.number("cpts_coverage_dgos"),
            )
        )
    signed = book.latest("cpts", "aci_signed")
    if signed:
        said.append(
            say(
                "Ce qui se compte, ce sont les contrats signés : {n} en {day} ({origin}).",
                "What can be counted is signed contracts: {n} in {day} ({origin}).",
                n=book.number(signed),
                day=Day(book.known[signed].on, "month"),
                origin=origin_words(book, signed),
            )
        )
    return tuple(said) or (UNKNOWN,)


def _membership(book: Book) -> tuple[Sentence, ...]:
    if not book.has("cpts_membership", "cpts_active_members", "cpts_mission_cooperation"):
        return (UNKNOWN,)
    return (
        say(
            "Peu : {joined} des professionnels concernés ont adhéré, et {active} de ces adhérents participeraient"
            " activement. La mission qui libère du temps médical, coopérer et déléguer, est prise par {mission} des"
            " CPTS.",
            "Few do: {joined} of the professionals concerned joined, and {active} of these members are said to take"
            " an active part. The mission that frees doctors’ time, to cooperate and delegate, was taken by"
            " {mission} of the CPTS.",
            joined=book.number("cpts_membership"),
            active=book.number("cpts_active_members"),
            mission=book.number("cpts_mission_cooperation", 0),
        ),
    )


def _targets(book: Book) -> tuple[Sentence, ...]:
    said = []
    last = book.latest("assistants_medicaux", "contracts")
    goals = [t for t in book.reference.targets if t.id in book.facts and t.measure == "assistants_medicaux"]
    if last and goals:
        goal = goals[-1]
        said.append(
            say(
                "Assistants médicaux : {n} en {day} ({origin}), soit {share} des {goal} visés pour {due}{moved}.",
                "Medical assistants: {n} in {day} ({origin}), that is {share} of the {goal} aimed at for {due}{moved}.",
                n=book.number(last),
                day=Day(book.known[last].on, "month"),
                origin=origin_words(book, last),
                share=percent(book.fact(last) / book.fact(goal.id)),
                goal=book.number(goal.id),
                due=Day(goal.on, "year"),
                moved=PUT_OFF if goal.replaces in book.facts else NOTHING,
            )
        )
        if book.known[last].on < goal.on <= book.day:
            said.append(NOT_COUNTED)
    if book.has("cpts_1000_2022", "cpts_contracts_2022_12"):
        said.append(
            say(
                "CPTS : {n} signés fin {year}, pour {goal} visées à cette date.",
                "CPTS: {n} signed at the end of {year}, for {goal} aimed at by then.",
                n=Number(book.fact("cpts_contracts_2022_12"), Text("contrats", "contracts")),
                year=Day(book.known["cpts_contracts_2022_12"].on, "year"),
                goal=book.number("cpts_1000_2022"),
            )
        )
    if not said and goals:
        said.append(
            say(
                "{goal} assistants étaient visés pour {due} ; aucun décompte n’était public.",
                "{goal} assistants were aimed at for {due}; no count was public.",
                goal=Number(book.fact(goals[-1].id)),
                due=Day(goals[-1].on, "year"),
            )
        )
    return tuple(said) or (UNKNOWN,)


def _money(book: Book) -> tuple[Sentence, ...]:
    if not book.has("total_table", "inst_total_table", "coord_total_table", "emplois_total_2022"):
        return (UNKNOWN,)
    alone = book.fact("inst_total_table") + book.fact("coord_total_table") + book.fact("emplois_total_2022")
    return (
        say(
            "De l’ordre de {total} par an selon la Cour des comptes. Ce total mêle trois années,"
            " dont une projection ; avec les emplois de {year} à sa place, il est de {alone}. Plusieurs de ses lignes"
            " ne s’additionnent pas, et la part des ARS et des collectivités est estimée.",
            "About {total} a year, according to the Cour des comptes. This total mixes three years, one of"
            " them a projection; with the jobs of {year} in its place, it is {alone}. Several of its lines do not add"
            " up, and the share of the ARS and of local authorities is estimated.",
            total=book.number("total_table"),
            alone=millions(alone),
            year=Day(book.known["emplois_total_2022"].on, "year"),
        ),
    )


def _targeting(book: Book) -> tuple[Sentence, ...]:
    known, people = known_pairs(book), people_of(book)
    if not known or people is None or not book.has(PEOPLE_ZIP):
        return (UNKNOWN,)
    part, whole = known[-1]
    return (
        say(
            "Rien ne le montre. En {day}, {share} des contrats d’assistants étaient en zone sous-dense ; si ce mot"
            " réunit les deux zones du zonage, où vivent {people} des habitants, c’est moins que leur part ; s’il ne"
            " désigne que la plus fragile ({alone}), c’est plus. Aucun montant n’est publié par zone.",
            "Nothing shows it. In {day}, {share} of the contracts of assistants were in under-dense zones; if that"
            " word means both zones of the zoning, where {people} of people live, it is less than their share; if it"
            " means the most fragile alone ({alone}), it is more. No amount is published by zone.",
            day=Day(book.known[whole].on, "month"),
            share=percent(book.fact(part) / book.fact(whole)),
            people=book.number(people),
            alone=book.number(PEOPLE_ZIP),
        ),
    )


def _effect(book: Book) -> tuple[Sentence, ...]:
    if not book.has("am_effect_report", "am_effect_answer"):
        return (
            say(
                "Aucune évaluation publiée ne mesurait un effet sur les délais ni sur la démographie médicale.",
                "No published evaluation measured an effect on waiting times or on the medical workforce.",
            ),
        )
    return (
        say(
            "Il n’est pas mesuré. Un assistant permettrait de suivre {low} à {high} de patients en plus, d’après les"
            " premiers contrats et sans comparaison publiée avec d’autres médecins. Sur les délais de rendez-vous et"
            " sur la démographie médicale, rien n’est publié : on ne peut conclure ni à un effet, ni à son absence.",
            "It is not measured. An assistant is said to allow {low} to {high} more patients, after the first"
            " contracts and without a published comparison with other doctors. On waiting times and on the medical"
            " workforce nothing is published: one can conclude neither that there is an effect, nor that there is"
            " none.",
            low=book.number("am_effect_answer"),
            high=book.number("am_effect_report"),
        ),
    )
