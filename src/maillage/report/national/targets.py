"""The targets: what was promised, by whom, for when, what was counted then, and where the pace leads."""

from __future__ import annotations

from datetime import date

from maillage.measures.reference_entry import Target
from maillage.measures.targets import VERDICTS, assess, counts_of, points_of
from maillage.measures.targets_pace import Trajectory, trajectory
from maillage.report.charts import PointMark, timeline
from maillage.report.document import (
    Block,
    Cell,
    Chart,
    Column,
    Day,
    Name,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    say,
)
from maillage.report.facts import Fact, computed
from maillage.report.national.book import Book, bare, counted, measure_words, percent
from maillage.text import Text

TITLE = Text("Objectifs annoncés, objectifs atteints", "Targets announced, targets met")
COLUMNS = (
    Column(Text("Mesure", "Measure"), 0.9),
    Column(Text("Objectif", "Target")),
    Column(Text("Échéance", "Due"), side="left"),
    Column(Text("Annoncé par", "Announced by"), 1.3),
    Column(Text("Dernier décompte avant l’échéance", "Last count before it was due"), 1.6),
    Column(Text("Dernier décompte connu", "Last known count"), 1.6),
)
PACE = Text("rythme des décomptes", "pace of the counts")
AUTHORS = {
    "Gouvernement": "Government",
    "Ministre chargé de la santé": "Minister in charge of health",
    "Ministre de la santé": "Minister of health",
    "Ministre des Solidarités et de la Santé": "Minister of solidarity and health",
    "État et Cnam (Cog)": "State and Cnam (Cog)",
}


def targets(book: Book) -> Section:
    """The section on targets."""
    known = [t for t in book.reference.targets if t.id in book.facts]
    if not known:
        nothing = say("Aucun objectif n’était annoncé à cette date.", "No target was announced on that day.")
        return Section(id="targets", title=TITLE, blocks=(Paragraph(nothing, "warning"),))
    return Section(
        id="targets",
        title=TITLE,
        blocks=(*_moved(book, known), _table(book, known), *_chart(book, known), *_trajectory(book, known)),
    )


def _moved(book: Book, known: list[Target]) -> list[Block]:
    """The chain of the targets of the assistants, each moved before it was due."""
    replaced = {t.replaces for t in known if t.replaces}
    moved = [t for t in known if t.measure == "assistants_medicaux"]
    if len(moved) < 2 or not replaced:
        return []
    first, last = moved[0], moved[-1]
    return [
        Paragraph(
            say(
                "L’objectif des assistants médicaux a été déplacé plusieurs fois : {first} pour {y1}, le même"
                " nombre pour {y2}, puis {last} pour {y3}, pour {y4}, enfin pour {y5}. Comparer un décompte au"
                " dernier objectif annoncé efface les précédents ; le tableau les garde tous.",
                "The target for medical assistants was moved several times: {first} for {y1}, the same number"
                " for {y2}, then {last} for {y3}, for {y4}, at last for {y5}. To compare a count with the last"
                " target announced wipes out the earlier ones; the table keeps them all.",
                first=book.number(first.id),
                last=book.number(last.id),
                **{f"y{rank}": Day(t.on, "year") for rank, t in enumerate(moved, 1)},
            )
            if len(moved) == 5
            else say(
                "L’objectif des assistants médicaux a été déplacé : {first} pour {y1}, puis {last} pour {y2}.",
                "The target for medical assistants was moved: {first} for {y1}, then {last} for {y2}.",
                first=book.number(first.id),
                last=book.number(last.id),
                y1=Day(first.on, "year"),
                y2=Day(last.on, "year"),
            )
        )
    ]


def counted_by(book: Book, target: Target, day: date) -> str | None:
    """The last count of what a target counts that is about ``day`` or before, None where there is none."""
    for quantity in target.counts:
        names = [n for n in book.series(target.measure, quantity) if book.known[n].on <= day]
        if names:
            return names[-1]
    return None


def _table(book: Book, known: list[Target]) -> Table:
    rows, verdicts = [], _verdicts(book)
    for target in known:
        due = counted_by(book, target, min(target.on, book.day))
        now = counted_by(book, target, book.day)
        passed = target.on <= book.day
        rows.append(
            Row(
                (
                    measure_words(target.measure),
                    bare(book.number(target.id)),
                    Day(target.on),
                    _set_by(target),
                    _reached(book, target, due, verdicts.get((target.id, book.known[due].quantity)) if due else None)
                    if passed
                    else Text("à venir", "to come"),
                    _reached(book, target, now)
                    if now != due or not passed
                    else Text("pas de décompte depuis", "no count since"),
                )
            )
        )
    return Table(
        id="targets",
        caption=say("Chaque objectif, et ce qui était compté", "Each target, and what was counted"),
        columns=COLUMNS,
        rows=tuple(rows),
        notes=(
            say(
                "La part est celle de l’objectif. Un objectif remplacé avant son échéance reste jugé à son échéance"
                " d’origine.",
                "The share is that of the target. A target replaced before it was due is still judged on its first"
                " due date.",
            ),
        ),
    )


def _set_by(target: Target) -> Cell:
    who = Text(target.set_by, AUTHORS.get(target.set_by, target.set_by))
    if not target.set_on_stated:
        return say("{who} (date non précisée)", "{who} (date not stated)", who=who)
    return say("{who}, {day}", "{who}, {day}", who=who, day=Day(target.set_on, "month"))


def _reached(book: Book, target: Target, name: str | None, verdict: Text | None = None) -> Cell:
    if name is None:
        return Text("aucun décompte", "no count")
    if target.quantity == "population_covered":
        return Text("plusieurs réponses : voir la couverture", "several answers: see coverage")
    share = book.fact(name) / book.fact(target.id)
    told = say(
        "{n} ({day}), soit {share}",
        "{n} ({day}), that is {share}",
        n=bare(book.number(name)),
        day=Day(book.known[name].on, "month"),
        share=percent(share),
    )
    return say("{told} : {verdict}", "{told}: {verdict}", told=told, verdict=verdict) if verdict else told


def _verdicts(book: Book) -> dict[tuple[str, str], Text]:
    """What is to be said of each target by each quantity that may answer it."""
    heard = book.heard
    found = assess(heard.target_table(), heard.figure_table(), known_on=book.day, counts=counts_of(heard))
    return {(a.target, a.quantity): VERDICTS[a.verdict] for a in found}


def _pace(book: Book) -> tuple[Trajectory, Fact] | None:
    """Where the counts of assistants lead, and their mean pace a year as a fact; None under three counts."""
    names = book.series("assistants_medicaux", "contracts")
    goals = [t for t in book.reference.targets if t.id in book.facts and t.measure == "assistants_medicaux"]
    points = points_of(book.heard.figure_table(), "assistants_medicaux", "contracts")
    if len(points) < 3 or not goals:
        return None
    found = trajectory(points, goals[-1].value)
    return found, computed(found.pace_year, PACE, *(book.fact(n) for n in names))


def _trajectory(book: Book, known: list[Target]) -> list[Block]:
    """At the pace observed, reached when."""
    pace = _pace(book)
    if pace is None:
        return []
    found, rate = pace
    if found.reached_on is None or found.earliest is None:
        return []
    names = book.series("assistants_medicaux", "contracts")
    return [
        Paragraph(
            say(
                "Au rythme moyen des décomptes, {rate} par an entre {first} et {last}, les {goal} seraient atteints"
                " en {day} ; intervalle à {sure} : {until}. Les décomptes sont rares et irréguliers, d’où cette"
                " largeur.",
                "At the mean pace of the counts, {rate} a year from {first} to {last}, the {goal} would be reached"
                " in {day}; interval at {sure}: {until}. Counts are few and uneven, hence its width.",
                rate=counted(rate, "contracts"),
                first=Day(book.known[names[0]].on, "month"),
                last=Day(book.known[names[-1]].on, "month"),
                goal=book.number(_last_goal(known).id),
                day=Day(found.reached_on, "month"),
                sure=Name(Text("95 %", "95%")),
                until=_between(found.earliest, found.latest),
            )
        )
    ]


def _last_goal(known: list[Target]) -> Target:
    return [t for t in known if t.measure == "assistants_medicaux"][-1]


def _between(earliest: date, latest: date | None) -> Sentence:
    first = Day(earliest, "month")
    if latest is None:
        return say("au plus tôt en {a}, sans borne haute", "{a} at the earliest, with no upper bound", a=first)
    return say("entre {a} et {b}", "between {a} and {b}", a=first, b=Day(latest, "month"))


def _chart(book: Book, known: list[Target]) -> list[Block]:
    """The contracts of assistants counted, against what was promised."""
    names = book.series("assistants_medicaux", "contracts")
    promised = [t for t in known if t.measure == "assistants_medicaux"]
    if len(names) < 2 or not promised:
        return []
    marks = [PointMark(book.known[n].on, book.number(n), "observed") for n in names]
    marks += [PointMark(t.on, book.number(t.id), "target") for t in promised]
    pace = _pace(book)
    if pace is not None and pace[0].reached_on is not None:
        found = pace[0]
        marks.append(
            PointMark(pace[0].reached_on, book.number(promised[-1].id), "projected", found.earliest, found.latest)
        )
    rows = [Row((Day(book.known[n].on, "month"), Text("compté", "counted"), book.number(n))) for n in names]
    rows += [
        Row((Day(t.on, "month"), Text("objectif annoncé", "announced target"), book.number(t.id))) for t in promised
    ]
    table = Table(
        id="assistants",
        caption=say(
            "Contrats d’assistants médicaux : comptés et promis",
            "Contracts of medical assistants: counted and promised",
        ),
        columns=(
            Column(Text("Date", "Date"), 1),
            Column(Text("Nature", "Nature"), 1),
            Column(Text("Contrats", "Contracts")),
        ),
        rows=tuple(rows),
    )
    last = names[-1]
    alt = say(
        "Contrats d’assistants médicaux comptés jusqu’à {day} ({n}), et objectifs à leurs échéances.",
        "Contracts of medical assistants counted up to {day} ({n}), and targets on their due dates.",
        day=Day(book.known[last].on, "month"),
        n=book.number(last),
    )
    return [Chart(table=table, alt=alt, spec=timeline(marks, Text("contrats", "contracts")))]
