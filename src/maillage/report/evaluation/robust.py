"""Does the effect hold: the same question asked otherwise, placebos, and trends that are not parallel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from maillage.evaluation.decide import alternatives
from maillage.evaluation.honest import Bounds
from maillage.evaluation.robust import MOST_MAGNITUDE, Robust
from maillage.evaluation.sensitivity import Kind, Line
from maillage.report.document import (
    Block,
    Cell,
    Chart,
    Column,
    Heading,
    Number,
    Paragraph,
    Row,
    Section,
    Sentence,
    Table,
    say,
)
from maillage.report.effect_charts import ForestMark, forest
from maillage.report.evaluation.figures import Figures, named
from maillage.report.evaluation.line_words import KINDS, line_words
from maillage.text import Text


class Main(Protocol):
    """An effect with its interval, whose ends may be missing."""

    @property
    def att(self) -> float:
        """The effect."""

    @property
    def low(self) -> float:
        """The low end."""

    @property
    def high(self) -> float:
        """The high end."""


TITLE = Text("Le résultat tient-il ?", "Does the result hold?")
HONEST_TITLE = Text("Si les tendances n’étaient pas parallèles", "If trends were not parallel")
MAIN = Text("résultat principal", "main result")
PLACEBOS: tuple[Kind, ...] = ("placebo_date", "placebo_outcome")
LEAVE_OUT: tuple[Kind, ...] = ("leave_out_cohort", "leave_out_group")
TOLD = Text("effet établi", "effect told")
NOT_TOLD = Text("non distinct de zéro", "not told from zero")
AS_EXPECTED, ALARM = Text("zéro, comme attendu", "zero, as expected"), Text("alerte", "alarm")
UNTESTED = Text("sans test", "untested")
MOST_DRAWN = 34


def sensitivity_blocks(figures: Figures, headline: Main, lines: Sequence[Line]) -> tuple[Block, ...]:
    """The drawing and the table of every line, what was refused with its reason."""
    if not lines:
        nothing = say("Le protocole ne demande aucun contrôle.", "The protocol asks for no check.")
        return (Paragraph(nothing, "warning"),)
    return (Paragraph(_counted(figures, headline, lines)), *_charts(figures, headline, lines), _table(figures, lines))


def _estimated(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if not line.refused]


def _counted(figures: Figures, headline: Main, lines: Sequence[Line]) -> Sentence:
    """How many variants go the same way and tell the effect, how many placebos find something."""
    variants = alternatives(lines)
    placebos = [line for line in _estimated(lines) if line.expected_zero]
    same = [line for line in variants if np.sign(line.att) == np.sign(headline.att)]
    return say(
        "Variantes estimées : {variants} ; de même sens que le résultat principal : {same} ; où l’effet est établi :"
        " {told}. Placebos : {placebos} ; où un effet apparaît alors qu’il ne devrait pas : {alarms}. Refusées, avec"
        " leur raison dans le tableau : {refused}.",
        "Variants estimated: {variants}; with the sign of the main result: {same}; where the effect is told: {told}."
        " Placebos: {placebos}; where an effect shows that should not: {alarms}. Refused, with their reason in the"
        " table: {refused}.",
        variants=figures.found(len(variants)),
        same=figures.found(len(same)),
        told=figures.found(sum(_told(line) for line in variants)),
        placebos=figures.found(len(placebos)),
        alarms=figures.found(sum(_told(line) for line in placebos)),
        refused=figures.found(sum(bool(line.refused) for line in lines)),
    )


def _told(line: Line) -> bool:
    """Whether zero is left out, by the interval or, without one, by the p-value."""
    if np.isfinite([line.low, line.high]).all():
        return line.low > 0 or line.high < 0
    return bool(line.p_value < 0.05)


def _charts(figures: Figures, headline: Main, lines: Sequence[Line]) -> Iterator[Chart]:
    """One drawing of the other ways, one of what is left out in turn where both are many."""
    order = list(KINDS)
    # A slope is in another unit than the effect.
    shown = (line for line in _estimated(lines) if np.isfinite(line.att) and line.kind != "component")
    drawn = sorted(shown, key=lambda line: order.index(line.kind))
    groups = (
        [drawn]
        if len(drawn) <= MOST_DRAWN
        else [
            [line for line in drawn if line.kind not in LEAVE_OUT],
            [line for line in drawn if line.kind in LEAVE_OUT],
        ]
    )
    for rank, group in enumerate(group for group in groups if group):
        yield _chart(figures, headline, group, f"forest-{'ab'[rank]}")


def _chart(figures: Figures, headline: Main, lines: Sequence[Line], name: str) -> Chart:
    main = _main(figures, headline)
    marks = [main, *(_mark(figures, line) for line in lines)]
    unit = figures.effect_unit[0]
    table = Table(
        id=name,
        caption=say("Estimations de l’effet côte à côte", "Estimates of the effect side by side"),
        columns=(
            Column(Text("Estimation", "Estimate"), 2),
            Column(Text(f"Effet ({unit.fr})", f"Effect ({unit.en})")),
        ),
        rows=tuple(Row((named(m.label), m.number)) for m in marks),
        gathered=True,
    )
    alt = _alt(figures) if any(mark.low is not None for mark in marks) else ALT_BARE
    return Chart(table=table, alt=alt, spec=forest(marks, Text(f"Effet ({unit.fr})", f"Effect ({unit.en})")))


def _alt(figures: Figures) -> Sentence:
    return say(
        "Effet selon chaque façon de poser la question, avec son intervalle à {level} ; en pointillé, le résultat"
        " principal. Un placebo devrait tomber sur zéro.",
        "Effect by each way of asking the question, with its interval at {level}; dashed, the main result. A placebo"
        " should fall on zero.",
        level=figures.level,
    )


ALT_BARE = say(
    "Effet selon chaque façon de poser la question ; en pointillé, le résultat principal. Un placebo devrait tomber sur"
    " zéro.",
    "Effect by each way of asking the question; dashed, the main result. A placebo should fall on zero.",
)


def _main(figures: Figures, headline: Main) -> ForestMark:
    effect = figures.bare_effect(headline.att)
    if np.isfinite([headline.low, headline.high]).all():
        return ForestMark(MAIN, effect, headline.low, headline.high, "main")
    return ForestMark(MAIN, effect, None, None, "main")


def _mark(figures: Figures, line: Line) -> ForestMark:
    bounded = bool(np.isfinite([line.low, line.high]).all())
    return ForestMark(
        label=line_words(line),
        number=figures.bare_effect(line.att),
        low=line.low if bounded else None,
        high=line.high if bounded else None,
        role="placebo" if line.expected_zero else "variant",
    )


def _table(figures: Figures, lines: Sequence[Line]) -> Table:
    rows: list[Row] = []
    for kind, title in KINDS.items():
        mine = [line for line in lines if line.kind == kind]
        rows += (
            [
                Row((title, None, None, None, None, None), "total"),
                *(line_cells(figures, line, line_words(line)) for line in mine),
            ]
            if mine
            else []
        )
    unit = figures.effect_unit[0]
    return Table(
        id="sensitivity",
        caption=say(
            "La même question posée autrement ; effets en {unit}",
            "The same question asked otherwise; effects in {unit}",
            unit=named(unit),
        ),
        columns=(
            Column(Text("Variante", "Variant"), 1.6),
            *LINE_COLUMNS,
        ),
        rows=tuple(rows),
        notes=(
            ALL_SHOWN
            if not any(np.isfinite(line.low) for line in lines)
            else say(
                "Intervalles à {level}, chacun pris seul : sur beaucoup de placebos, quelques alertes viennent du"
                " hasard, ce dont la décision tient compte. Tout ce que le protocole demandait est"
                " montré, quoi qu’il dise.",
                "Intervals at {level}, each alone: of many placebos some raise an alarm by chance, which the decision"
                " allows for. All that the protocol asked for is shown, whatever it says.",
                level=figures.level,
            ),
        ),
        gathered=True,
    )


ALL_SHOWN = say(
    "Ce plan ne donne pas d’intervalle. Tout ce qui a été essayé est montré, quoi qu’il dise.",
    "This design gives no interval. All that was tried is shown, whatever it says.",
)


def line_cells(figures: Figures, line: Line, label: Text) -> Row:
    """A line under its label: effect, interval (or p-value), units and reading; a refusal says why under it."""
    if line.refused:
        why = Text(line.refused_fr or line.refused, line.refused)
        flag = say("Refusé : {why}", "Refused: {why}", why=named(why))
        return Row((named(label), None, None, None, None, Text("refusé", "refused")), flag=flag)
    effect = figures.bare_effect(line.att) if np.isfinite(line.att) else None
    reading: Cell = _reading(line)
    if not np.isfinite([line.low, line.high]).all() and np.isfinite(line.p_value):
        reading = say("{told} (p : {p})", "{told} (p: {p})", told=_reading(line), p=figures.probability(line.p_value))
    return Row((named(label), effect, *figures.ends(line.low, line.high), figures.count(line.units), reading))


LINE_COLUMNS = (
    Column(Text("Effet", "Effect")),
    Column(Text("Intervalle, de", "Interval, from")),
    Column(Text("à", "to")),
    Column(Text("Unités", "Units")),
    Column(Text("Lecture", "Reading"), side="left"),
)


def _reading(line: Line) -> Text:
    if not (np.isfinite([line.low, line.high]).all() or np.isfinite(line.p_value)):
        return UNTESTED
    if line.expected_zero:
        return ALARM if _told(line) else AS_EXPECTED
    return TOLD if _told(line) else NOT_TOLD


def honest_blocks(figures: Figures, found: Robust | None, why: Text | None = None) -> tuple[Block, ...]:
    """Intervals that stand when trends depart from parallel ones, and the departure at which the effect is lost.

    ``why`` tells why there are none where they were asked for.
    """
    if found is None:
        if why is None:
            return ()
        words = say("Non calculable : {why}", "Not computable: {why}", why=named(why))
        return (Heading(HONEST_TITLE), Paragraph(words, "warning"))
    return (
        Heading(HONEST_TITLE),
        Paragraph(breakdown_words(figures, found)),
        Paragraph(_slope(figures, found)),
        _bounds(figures, found.magnitudes),
    )


def breakdown_words(figures: Figures, found: Robust) -> Sentence:
    """How far trends may depart before the effect is lost, in the largest departure seen before entry."""
    breakdown = found.breakdown_magnitude
    if breakdown == 0:
        return say(
            "Même avec des tendances parallèles, cet effet ne se distingue pas de zéro : il n’y a pas de valeur de"
            " rupture.",
            "Even with parallel trends this effect is not told from zero: there is no breakdown value.",
        )
    size = Number(figures.estimated(min(breakdown, MOST_MAGNITUDE)), TIMES, 0 if np.isinf(breakdown) else 1)
    if np.isinf(breakdown):
        return say(
            "L’effet reste distinct de zéro dans tous les cas essayés, jusqu’à un écart de tendance après l’entrée de"
            " {size} le plus grand écart vu avant.",
            "The effect stays told from zero in every case tried, up to a departure of trends after entry of {size}"
            " the largest one seen before.",
            size=size,
        )
    return say(
        "L’effet reste distinct de zéro tant que les tendances ne s’écartent pas, après l’entrée, de plus de {size}"
        " leur plus grand écart d’avant (valeur de rupture). Au-delà, on ne peut plus conclure.",
        "The effect stays told from zero as long as trends do not depart, after entry, by more than {size} their"
        " largest departure before (breakdown value). Beyond, nothing can be concluded.",
        size=size,
    )


TIMES = Text("fois", "times")


def _slope(figures: Figures, found: Robust) -> Sentence:
    """The same for a difference of slopes that goes on."""
    straight = next((each for each in found.slopes if each.size == 0), None)
    if straight is None or not np.isfinite([straight.lower, straight.upper]).all():
        return say("", "")
    told = straight.lower > 0 or straight.upper < 0
    return say(
        "Si l’écart de pente d’avant s’était simplement prolongé : {ends}, {what}.",
        "Had the difference of slopes before simply gone on: {ends}, {what}.",
        ends=figures.interval(straight.lower, straight.upper),
        what=TOLD if told else NOT_TOLD,
    )


def _bounds(figures: Figures, bounds: Sequence[Bounds]) -> Table:
    rows = []
    for bound in bounds:
        ends = figures.ends(bound.lower, bound.upper)
        told = bound.lower > 0 or bound.upper < 0
        reading = (TOLD if told else NOT_TOLD) if all(ends) else Text("aucune valeur admise", "no value passes")
        rows.append(Row((Number(figures.estimated(bound.size), decimals=1), *ends, reading)))
    return Table(
        id="honest",
        caption=say(
            "Intervalles robustes à un écart de tendance, en {unit}",
            "Intervals that stand a departure of trends, in {unit}",
            unit=named(figures.effect_unit[0]),
        ),
        columns=(
            Column(Text("Écart admis (fois le plus grand d’avant)", "Departure allowed (times the largest before)")),
            Column(Text("Intervalle, de", "Interval, from")),
            Column(Text("à", "to")),
            Column(Text("Lecture", "Reading"), 1),
        ),
        rows=tuple(rows),
        notes=(
            say(
                "Bornes de Rambachan et Roth, par amplitudes relatives, à {level}, sur l’effet moyen des années"
                " traitées.",
                "Bounds of Rambachan and Roth, relative magnitudes, at {level}, on the mean effect of treated years.",
                level=figures.level,
            ),
        ),
        gathered=True,
    )


def robust_section(blocks: tuple[Block, ...]) -> Section:
    """The section of what was tried otherwise."""
    return Section(id="robust", title=TITLE, blocks=blocks)
