"""What an alert rule is: an indicator, thresholds by degree, the certainty asked for, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from maillage.catalog.parameters import Parameter, load_parameters
from maillage.errors import DefinitionError
from maillage.indicators.definition import Volet
from maillage.text import Text

Certainty = Literal["value", "whole_interval"]
Against = Literal["threshold", "target", "france"]


@dataclass(frozen=True, slots=True)
class Step:
    """A degree, the parameter that is its threshold, and the words that say where the threshold comes from."""

    degree: int
    parameter: str
    source: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One alert rule.

    ``steps`` go by rising degree (1 to 3); their thresholds are parameters of ``parameters``. A value is in alert when
    it is strictly below a threshold (``side`` "low") or at least equal to it ("high"). ``against`` says what a
    threshold is: a value of its own, a target that somebody set, or a multiple of France's value of the same period.
    ``certainty`` "whole_interval" asks that the whole interval be beyond: the bound least in favour decides.

    ``margin`` names the parameter that keeps a territory from flickering: a degree once reached is left only when the
    value is better than its threshold by that much (a multiple of France's value where ``against`` is "france").
    ``aggravated`` adds a degree where the series has been worsening by the trend test. ``varied`` names the profession
    whose computed access, under every declared convention, tells how sure the alert is.

    Raises DefinitionError when degrees or thresholds do not rise in severity.
    """

    id: str
    label: Text
    indicator: str
    volet: Volet
    levels: tuple[str, ...]
    side: Literal["low", "high"]
    parameters: str
    steps: tuple[Step, ...]
    certainty: Certainty = "value"
    against: Against = "threshold"
    margin: str = ""
    aggravated: bool = False
    varied: str = ""

    def __post_init__(self) -> None:
        degrees = [s.degree for s in self.steps]
        if not degrees or degrees != sorted(set(degrees)) or degrees[0] < 1 or degrees[-1] > 3:
            raise DefinitionError(f"The degrees of the rule {self.id!r} should rise from 1 to 3, found {degrees}.")
        if self.hysteresis < 0:
            raise DefinitionError(f"The margin of the rule {self.id!r} should be 0 or more, found {self.hysteresis}.")
        thresholds = self.thresholds
        severe = sorted(thresholds, reverse=self.side == "low")
        if list(thresholds) != severe:
            raise DefinitionError(
                f"The thresholds of the rule {self.id!r} should grow more severe, found {thresholds}."
            )

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds, one a step."""
        return tuple(float(p.value) for p in self.dated)

    @property
    def hysteresis(self) -> float:
        """How much better than a threshold a value must be for the degree to fall; nil without ``margin``."""
        return float(self._named([self.margin])[0].value) if self.margin else 0.0

    @property
    def dated(self) -> tuple[Parameter, ...]:
        """The dated parameters behind the steps; raises DefinitionError for one that is not in the file."""
        return self._named([s.parameter for s in self.steps])

    def _named(self, names: Sequence[str]) -> tuple[Parameter, ...]:
        known = load_parameters(self.parameters)
        absent = [name for name in names if name not in known]
        if absent:
            raise DefinitionError(f"The rule {self.id!r} names {absent}, which {self.parameters}.toml does not hold.")
        return tuple(known[name] for name in names)
