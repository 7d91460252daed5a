"""What an alert rule is: an indicator, thresholds by degree, the certainty asked for, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from maillage.catalog.parameters import Parameter, load_parameters
from maillage.errors import DefinitionError
from maillage.indicators.definition import Volet
from maillage.text import Text

Certainty = Literal["value", "whole_range"]


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
    it is strictly below a threshold (``side`` "low") or at least equal to it ("high"). ``certainty`` "whole_range"
    asks that the whole interval be so: the bound least in favour of an alert decides.

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

    def __post_init__(self) -> None:
        degrees = [s.degree for s in self.steps]
        if not degrees or degrees != sorted(set(degrees)) or degrees[0] < 1 or degrees[-1] > 3:
            raise DefinitionError(f"The degrees of the rule {self.id!r} should rise from 1 to 3, found {degrees}.")
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
    def dated(self) -> tuple[Parameter, ...]:
        """The dated parameters behind the steps; raises DefinitionError for one that is not in the file."""
        known = load_parameters(self.parameters)
        absent = [s.parameter for s in self.steps if s.parameter not in known]
        if absent:
            raise DefinitionError(f"The rule {self.id!r} names {absent}, which {self.parameters}.toml does not hold.")
        return tuple(known[s.parameter] for s in self.steps)
