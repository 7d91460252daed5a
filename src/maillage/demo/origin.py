"""The declaration that stands beside simulated files: what was simulated, how, and what it matches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from maillage.text import Text

MODEL = "maillage.demo 1"
NOTE = Text(
    fr="Données simulées : professionnels, APL, zonage, bassins de vie, effectifs, dispositifs (CPTS, contrats,"
    " structures) et paiements tirés au hasard par un modèle sur les communes et la population réelles. Les totaux et"
    " déciles nationaux nommés sont ceux publiés ; aucune valeur locale n'est réelle.",
    en="Simulated data: professionals, APL, zoning, bassins de vie, headcounts, measures (CPTS, contracts, structures)"
    " and payments are drawn by a model on the real communes and population. The national totals and deciles named"
    " here are the published ones; no local value is real.",
)


@dataclass(frozen=True, slots=True)
class Declared:
    """One simulated file: the source whose layout it has, what of it matches published figures, when it is known."""

    source: str
    matches: Text
    known_on: date | None = None


def declaration(files: Mapping[str, Declared], *, seed: int, departements: tuple[str, ...]) -> str:
    """The text of ``origine.toml``, which the readers consult to mark every row as simulated."""
    lines = [
        "[folder]",
        "simulated = true",
        f"seed = {seed}",
        f"model = {json.dumps(MODEL)}",
        f"departements = {json.dumps(list(departements))}",
        *_both("note", NOTE),
    ]
    for name, declared in sorted(files.items()):
        lines += ["", f"[files.{json.dumps(name)}]", "simulated = true", f"source = {json.dumps(declared.source)}"]
        lines += [f"known_on = {declared.known_on}"] if declared.known_on else []
        lines += _both("matches", declared.matches)
    return "\n".join(lines) + "\n"


def _both(key: str, text: Text) -> list[str]:
    return [
        f"{key} = {json.dumps(text.fr, ensure_ascii=False)}",
        f"{key}_en = {json.dumps(text.en, ensure_ascii=False)}",
    ]
