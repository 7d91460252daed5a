"""Find the alert rules: one file a rule under ``definitions/alerts``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from maillage.alerts.rule import Rule
from maillage.catalog.definitions import defined
from maillage.errors import DefinitionError
from maillage.indicators.registry import load_indicators

PACKAGE = "maillage.definitions.alerts"


@cache
def load_rules(package: str = PACKAGE) -> dict[str, Rule]:
    """Every rule by its identifier, in the order of the identifiers.

    Each module of ``package`` holds ``RULE`` or ``RULES``. Raises DefinitionError when a module holds neither, two
    rules share an identifier, or a rule speaks of an indicator that is unknown, of framing, or bad on the other side.
    """
    return checked_rules(defined(package, Rule, "RULE"))


def checked_rules(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Rules by identifier, each checked against the indicator it speaks of."""
    indicators, known = load_indicators(), dict[str, Rule]()
    for rule in rules:
        indicator = indicators.get(rule.indicator)
        if rule.id in known:
            raise DefinitionError(f"Two alert rules are called {rule.id!r}: each needs its own identifier.")
        if indicator is None:
            raise DefinitionError(f"The rule {rule.id!r} speaks of {rule.indicator!r}, which is no indicator.")
        if indicator.direction != rule.side:
            raise DefinitionError(
                f"The rule {rule.id!r} raises on the {rule.side} side of {indicator.id!r}, "
                f"whose bad side is {indicator.direction!r}."
            )
        if rule.certainty == "whole_interval" and indicator.interval == "none":
            raise DefinitionError(
                f"The rule {rule.id!r} asks for a whole interval and {indicator.id!r} has no interval."
            )
        known[rule.id] = rule
    return dict(sorted(known.items()))
