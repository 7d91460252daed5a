"""What could be seen, before any result: resemblance of the units compared, smallest effect found, trends before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from maillage.evaluation.feasibility import Feasibility
from maillage.evaluation.overlap import Overlap
from maillage.evaluation.power import Power
from maillage.evaluation.pretrend_power import PretrendPower
from maillage.report.document import (
    Block,
    Bullets,
    Cell,
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
from maillage.report.evaluation.choices import known_words
from maillage.report.evaluation.figures import PERCENT, Figures, named, quoted, year
from maillage.text import Text

TITLE = Text("Ce qui pourrait être vu", "What could be seen")
POWER_TITLE = Text("L’effet le plus petit que l’on verrait", "The smallest effect that would be seen")
TREND_TITLE = Text("Ce que verrait le test d’avant l’entrée", "What the test before entry would see")
OVERLAP_TITLE = Text("Les unités comparées se ressemblent-elles ?", "Are the units compared alike?")
MULTIPLES = (0.5, 1.0, 2.0)


def feasible_section(figures: Figures, found: Feasibility) -> Section:
    """The smallest effect, the trends, the resemblance; what could not be told, and why."""
    blocks: list[Block] = []
    if found.power is not None:
        blocks += [Heading(POWER_TITLE), *_power(figures, found.power)]
    if found.pretrend is not None:
        blocks += [Heading(TREND_TITLE), Paragraph(_pretrend(figures, found.pretrend))]
    blocks += overlap_blocks(figures, found.overlap)
    if found.reasons:
        blocks += [
            Heading(Text("À savoir avant de lire un résultat", "To be known before reading a result")),
            Bullets(tuple(quoted(reason) for reason in found.reasons)),
        ]
    nothing = say("Rien n’a pu être dit.", "Nothing could be told.")
    return Section(id="feasible", title=TITLE, blocks=tuple(blocks) or (Paragraph(nothing, "warning"),))


def _power(figures: Figures, power: Power) -> Iterator[Block]:
    smallest = figures.study.protocol.decision.smallest_effect
    if not np.isfinite(power.detectable):
        yield Paragraph(
            say(
                "Aucun effet, si grand soit-il parmi ceux essayés, ne serait vu quatre fois sur cinq.",
                "No effect among those tried, however large, would be seen four times out of five.",
            ),
            "warning",
        )
        return
    yield Paragraph(smallest_seen(figures, power), "lead")
    seen = power.detectable <= smallest
    yield Paragraph(_against(figures, seen=seen), "plain" if seen else "warning")
    yield _curve(figures, power)


def smallest_seen(figures: Figures, power: Power) -> Sentence:
    """The smallest effect that the design would find, and how often."""
    return say(
        "S’il existe, un effet de {detectable} serait trouvé dans {target} des cas (incertitude de cette valeur :"
        " {error}). Là où il n’y en a pas, un effet serait annoncé dans {size} des cas.",
        "If there is one, an effect of {detectable} would be found in {target} of cases (uncertainty of this value:"
        " {error}). Where there is none, an effect would be declared in {size} of cases.",
        detectable=effect_size(figures, power.detectable),
        target=Number(figures.counted(power.target), PERCENT, 0, 100.0),
        error=effect_size(figures, power.detectable_error, PLUS_MINUS),
        size=Number(figures.counted(power.size), PERCENT, 1, 100.0),
    )


PLUS_MINUS = Text("±", "±")


def effect_size(figures: Figures, value: float, about: Text | None = None) -> Number:
    """A size of effect seen on outcomes before treatment, in their unit."""
    unit, one = figures.effect_unit
    return Number(figures.counted(value), unit, figures.effect_decimals, unit_one=one, about=about)


def _against(figures: Figures, *, seen: bool) -> Sentence:
    smallest = figures.threshold(figures.study.protocol.decision.smallest_effect)
    if seen:
        return say(
            "C’est moins que le plus petit effet qui compte selon le protocole ({smallest}) : un effet qui compte"
            " serait vu, et son absence pourrait être dite.",
            "This is less than the smallest effect that matters to the protocol ({smallest}): an effect that matters"
            " would be seen, and its absence could be told.",
            smallest=smallest,
        )
    return say(
        "C’est plus que le plus petit effet qui compte selon le protocole ({smallest}) : un effet qui compte peut"
        " passer inaperçu. Ne rien trouver ne voudra pas dire qu’il n’y a rien.",
        "This is more than the smallest effect that matters to the protocol ({smallest}): an effect that matters may"
        " go unseen. Finding nothing will not mean that there is nothing.",
        smallest=smallest,
    )


def _curve(figures: Figures, power: Power) -> Table:
    smallest = figures.study.protocol.decision.smallest_effect
    rows = []
    for times in MULTIPLES:
        size = smallest * times
        chance = float(np.interp(size, power.effects, power.power))
        least = chance > NEARLY_SURE or size > power.effects.max()
        shown = figures.counted(min(chance, NEARLY_SURE))
        cell = Number(shown, PERCENT, 0, 100.0, about=AT_LEAST if least else None)
        rows.append(Row((effect_size(figures, size), cell)))
    return Table(
        id="power",
        caption=say(
            "Probabilité de trouver un effet, selon sa taille", "Probability of finding an effect, by its size"
        ),
        columns=(
            Column(Text("Effet réel", "True effect")),
            Column(Text("Probabilité de le trouver", "Probability of finding it")),
        ),
        rows=tuple(rows),
        notes=(_how(figures, power),),
        gathered=True,
    )


AT_LEAST = Text("au moins", "at least")
NEARLY_SURE = 0.99  # what some hundred draws can tell from certainty


def _how(figures: Figures, power: Power) -> Sentence:
    return say(
        "Simulation : {draws} fausses mesures (graine {seed}), distribuées comme la vraie entre {donors} grappes"
        " encore sans elle, de {first} à {last} ; test bilatéral à {level}.",
        "Simulation: {draws} false measures (seed {seed}), dealt as the true one among {donors} clusters still without"
        " it, {first} to {last}; two-sided test at {level}.",
        draws=figures.count(power.draws),
        seed=figures.count(power.seed),
        donors=figures.count(power.donors),
        first=year(int(power.periods[0])),
        last=year(int(power.periods[-1])),
        level=Number(figures.counted(power.level), PERCENT, 0, 100.0),
    )


def _pretrend(figures: Figures, found: PretrendPower) -> Sentence:
    unit, one = figures.effect_unit
    decimals = figures.effect_decimals + 1

    def slope(value: float) -> Number:
        yearly = Text(f"{unit.fr} par an", f"{unit.en} a year")
        alone = Text(f"{one.fr} par an", f"{one.en} a year")
        return Number(figures.counted(value), yearly, decimals, unit_one=alone)

    def bias(value: float) -> Number:
        return Number(figures.counted(abs(value)), unit, figures.effect_decimals, unit_one=one)

    return say(
        "Si les traités s’écartaient déjà des autres de {most}, le test le verrait quatre fois sur cinq ; de {half},"
        " une fois sur deux. Un tel écart, s’il passait inaperçu et durait, fausserait l’effet de {bias_most} et de"
        " {bias_half}. Sans aucun écart, le test alerterait à tort dans {size} des cas.",
        "If the treated already departed from the others by {most}, the test would see it four times out of five; by"
        " {half}, once out of two. Such a departure, unseen and lasting, would bias the effect by {bias_most} and"
        " {bias_half}. Without any departure the test would raise a false alarm in {size} of cases.",
        most=slope(found.slope_most),
        half=slope(found.slope_half),
        bias_most=bias(found.bias_most),
        bias_half=bias(found.bias_half),
        size=Number(figures.counted(found.size), PERCENT, 1, 100.0),
    )


def overlap_blocks(figures: Figures, overlaps: tuple[Overlap, ...]) -> tuple[Block, ...]:
    """Each cohort beside its controls, then each covariate before and after weighting."""
    if not overlaps:
        return ()
    blocks: list[Block] = [Heading(OVERLAP_TITLE), _overlap(figures, overlaps)]
    if any(each.covariates for each in overlaps):
        blocks.append(_balance(figures, overlaps))
    else:
        words = say(
            "Le protocole ne déclare aucune covariable : la ressemblance des unités n’est pas mesurée.",
            "The protocol declares no covariate: how alike units are is not measured.",
        )
        blocks.append(Paragraph(words, "note"))
    return tuple(blocks)


def _overlap(figures: Figures, overlaps: tuple[Overlap, ...]) -> Table:
    rows = tuple(
        Row(
            (
                year(each.cohort),
                figures.count(each.treated),
                figures.count(each.controls),
                _known(figures, each.effective, 0),
                figures.share(each.support) if np.isfinite(each.support) else UNTOLD,
            )
        )
        for each in overlaps
    )
    return Table(
        id="overlap",
        caption=say("Chaque cohorte et ceux à qui on la compare", "Each cohort and those it is compared with"),
        columns=(
            Column(Text("Cohorte", "Cohort"), side="left"),
            Column(Text("Traitées", "Treated")),
            Column(Text("Témoins", "Controls")),
            Column(Text("Témoins, en équivalent", "Controls, in effect")),
            Column(Text("Traitées ayant un témoin comparable", "Treated with a control like them")),
        ),
        rows=rows,
        gathered=True,
    )


UNTOLD = Text("non calculable", "not computable")


def _known(figures: Figures, value: float, decimals: int) -> Cell:
    return Number(figures.counted(value), decimals=decimals) if np.isfinite(value) else UNTOLD


def _balance(figures: Figures, overlaps: tuple[Overlap, ...]) -> Table:
    rows = []
    for each in overlaps:
        for rank, covariate in enumerate(each.covariates):
            ends = (_known(figures, float(values[rank]), 2) for values in (each.before, each.after))
            rows.append(Row((named(known_words(covariate)), year(each.cohort), *ends)))
    return Table(
        id="balance",
        caption=say(
            "Écart entre traités et témoins avant l’entrée, en écarts types",
            "Difference between treated and controls before entry, in standard deviations",
        ),
        columns=(
            Column(Text("Covariable", "Covariate"), 2),
            Column(Text("Cohorte", "Cohort"), side="left"),
            Column(Text("Avant pondération", "Before weighting")),
            Column(Text("Après", "After")),
        ),
        rows=tuple(rows),
        notes=(
            say(
                "Repères usuels : {first} avant pondération (Imbens et Rubin), {left} après (Austin).",
                "Usual marks: {first} before weighting (Imbens and Rubin), {left} after (Austin).",
                first=Name(Text("0,25", "0.25")),
                left=Name(Text("0,10", "0.10")),
            ),
        ),
        gathered=True,
    )
