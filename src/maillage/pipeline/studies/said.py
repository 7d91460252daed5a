"""What is found while the data of a protocol are put together: every refusal and note, not only the first."""

from __future__ import annotations

from dataclasses import dataclass, field

from maillage.errors import MaillageError
from maillage.evaluation.study import Refusal, refusal_of
from maillage.text import Text

MEND = Text("Corriger le protocole ou les données.", "Mend the protocol or the data.")


@dataclass(slots=True)
class Said:
    """Refusals, notes and modelled breaks in the order found."""

    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    breaks: list[Text] = field(default_factory=list)

    def refuse(self, code: str, words: Text, remedy: Text = MEND) -> None:
        """Add a refusal, once."""
        refusal = Refusal(code, words, remedy)
        if refusal not in self.refusals:
            self.refusals.append(refusal)

    def refuse_error(self, code: str, problem: MaillageError) -> None:
        """Add as a refusal what a numeric function or a reader would not take."""
        refusal = refusal_of(code, problem, MEND)
        self.refuse(code, refusal.words, refusal.remedy)

    def note(self, fr: str, en: str) -> None:
        """Add what the reader must know, once."""
        if (text := Text(fr, en)) not in self.notes:
            self.notes.append(text)
