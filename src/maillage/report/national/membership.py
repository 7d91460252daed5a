"""Who joined the CPTS, who takes part, and which missions they took."""

from __future__ import annotations

from maillage.report.document import Block, Column, Day, Paragraph, Row, Section, Table, say
from maillage.report.national.book import Book, origin_words, percent
from maillage.text import Text

ROWS: tuple[tuple[str, Text], ...] = (
    (
        "cpts_membership",
        Text("professionnels concernés qui ont adhéré à une CPTS", "professionals concerned who joined a CPTS"),
    ),
    ("cpts_active_members", Text("adhérents qui seraient activement impliqués", "members said to take an active part")),
    (
        "cpts_mission_cooperation",
        Text(
            "CPTS ayant pris la mission de coopération et de délégation",
            "CPTS that took the mission of cooperation and delegation",
        ),
    ),
    (
        "esp_gp_share_2022",
        Text(
            "généralistes déclarant une équipe de soins primaires",
            "GPs who say that they belong to a primary care team",
        ),
    ),
    (
        "group_practice_share",
        Text("médecins en groupe avec d’autres professions", "doctors in a group with other professions"),
    ),
)


def membership(book: Book, measured: tuple[Block, ...] = ()) -> Section:
    """The section on membership and missions; ``measured`` is what the register of a store gives."""
    title = Text("Adhésion des professionnels et missions", "Membership of professionals and missions")
    rows = [
        Row((words, book.number(n, 0), Day(book.known[n].on, "year"), origin_words(book, n)))
        for n, words in ROWS
        if book.has(n)
    ]
    if not rows:
        nothing = say(
            "Aucun taux d’adhésion n’était connu de ce document à cette date.",
            "This document knew of no rate of membership on that day.",
        )
        return Section(id="membership", title=title, blocks=(Paragraph(nothing, "warning"), *measured))
    table = Table(
        id="membership",
        caption=say(
            "Adhésion, implication, missions : ce qui est publié",
            "Membership, active part, missions: what is published",
        ),
        columns=(
            Column(Text("Part des", "Share of"), 2.4),
            Column(Text("Chiffre", "Figure")),
            Column(Text("Année", "Year"), 0.5),
            Column(Text("Origine", "Origin"), 0.8),
        ),
        rows=tuple(rows),
    )
    return Section(id="membership", title=title, blocks=(*_reading(book), table, *_caution(), *measured))


def _reading(book: Book) -> list[Block]:
    if not book.has("cpts_membership", "cpts_active_members"):
        return []
    both = book.fact("cpts_membership") / 100 * (book.fact("cpts_active_members") / 100)
    return [
        Paragraph(
            say(
                "{joined} des professionnels concernés ont adhéré à une CPTS, et {active} des adhérents y"
                " participeraient activement. Si les deux taux se multiplient, environ {both} des professionnels"
                " concernés sont actifs : c’est un ordre de grandeur, les deux taux ne portant ni sur les mêmes CPTS"
                " ni sur la même date.",
                "{joined} of the professionals concerned joined a CPTS, and {active} of the members are said to take"
                " an active part. If the two rates multiply, about {both} of the professionals concerned are active:"
                " an order of magnitude, since the two rates are about different CPTS and dates.",
                joined=book.number("cpts_membership"),
                active=book.number("cpts_active_members"),
                both=percent(both),
            )
        )
    ]


def _caution() -> list[Block]:
    return [
        Paragraph(
            say(
                "Ces taux sont nationaux. Aucun n’est publié par profession ni par département, et le rapport ne dit"
                " pas quels professionnels sont « concernés » : ceux du périmètre des CPTS, ou tous. La part"
                " d’adhérents actifs vient d’une enquête auprès de quelques CPTS, dont toutes n’ont pas répondu.",
                "These are national rates. None is published by profession or by département, and the report does"
                " not say which professionals are “concerned”: those of the perimeters, or all. The share of active"
                " members comes from a survey of a few CPTS, not all of which answered.",
            ),
            "note",
        )
    ]
