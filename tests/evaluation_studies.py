"""Studies drawn from a seed, and what their documents say."""

from __future__ import annotations

import re
from html import unescape

import numpy as np

from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.protocol import parse_protocol
from maillage.evaluation.study import Study
from maillage.report.document import Document
from maillage.report.html import to_html
from maillage.text import Lang, Text
from tests.protocol_texts import TEXT

COVARIATES = """
[estimator]
covariates = [{ indicator = "fedi", period = 2019 }]
"""


def study(text: str = TEXT, **others) -> Study:
    return Study(
        protocol=parse_protocol(text), label=Text("Passages légers", "Light visits"), unit=Text("%", "%"), **others
    )


def seen(effect: float = 0.0, noise: float = 1.0, text: str = TEXT + COVARIATES, **others) -> Study:
    """A study of 60 territories over 6 years, drawn from a seed, treated in 2021 and 2022 with an effect."""
    random = np.random.default_rng(11)
    units, years = 60, np.arange(2019, 2025)
    cohort = np.repeat([0, 2021, 2022], [30, 15, 15])
    need = random.normal(size=units)
    treated = (cohort[:, None] > 0) & (years >= cohort[:, None])
    drawn = random.normal(0, noise, (units, years.size))
    outcome = 30 + need[:, None] + 0.3 * (years - 2019) + effect * treated + drawn
    rows = Rows(
        unit=np.repeat(np.arange(units), years.size),
        period=np.tile(years, units),
        outcome=outcome.ravel(),
        cohort=np.repeat(cohort, years.size),
        weight=np.repeat(random.uniform(2e4, 9e4, units), years.size),
        covariates={"fedi": np.repeat(need, years.size)},
    )
    return study(text, panel=Panel.of(rows), units=units, **others)


def page_of(document: Document, lang: Lang = "fr") -> str:
    return to_html(document, lang)


def words_of(document: Document, lang: Lang = "fr") -> str:
    """All that a document says, spaces as they are typed."""
    said = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", page_of(document, lang), flags=re.DOTALL))
    return said.replace("\u202f", " ").replace("\u00a0", " ")
