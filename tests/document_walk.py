"""Walk a document back: every figure that a page prints, the line of the annex it points to, and what that rests on."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img"}
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


@dataclass
class Printed:
    """One figure of the page."""

    value: float
    decimals: int
    reference: str
    scale: float
    said: str = ""


@dataclass
class Walk(HTMLParser):
    """What a page prints: ``figures``; ``loose`` text outside figures, dates, names and annex; lines of the annex."""

    figures: list[Printed] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    entries: dict[str, tuple[str, float]] = field(default_factory=dict)
    computed: dict[str, tuple[str, float]] = field(default_factory=dict)
    origins: dict[str, list[str]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append((tag, found.get("class", "")))
        if "id" in found:
            self.anchors.add(found["id"])
        if tag == "a":
            self.links.add(found["href"].removeprefix("#"))
        if tag == "data":
            decimals = len(found["value"].partition(".")[2])
            self.figures.append(Printed(float(found["value"]), decimals, found["data-ref"], float(found["data-scale"])))
        if "data-entry" in found:
            self.entries[found["id"].removeprefix("r")] = (found["data-entry"], float(found["data-value"]))
        if "data-formula" in found:
            reference = found["id"].removeprefix("r")
            self.computed[reference] = (found["data-formula"], float(found["data-value"]))
            self.origins[reference] = found["data-entries"].split()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self.open}
        classes = {name for _, said in self.open for name in said.split()}
        if "data" in tags:
            self.figures[-1].said += data
        elif "svg" in tags:
            self.drawn += [] if any("role-axis" in c for c in classes) else [data]
        elif not tags & {"time", "cite", "style"} and not classes & {"ref", "annex", "label"}:
            self.loose.append(data)


def walk(page: str) -> Walk:
    """Read a page."""
    found = Walk()
    found.feed(page)
    found.close()
    return found


def evaluate(formula: str, values: Mapping[str, float]) -> float:
    """The result of arithmetic over entries, worked out without the code that wrote it."""
    names = {name: f"e{rank}" for rank, name in enumerate(sorted(set(re.findall(r"\[([^\]]+)\]", formula))))}
    tree = ast.parse(re.sub(r"\[([^\]]+)\]", lambda found: names[found[1]], formula), mode="eval").body
    known = {short: values[name] for name, short in names.items()}
    return _evaluate(tree, known)


def _evaluate(node: ast.expr, known: Mapping[str, float]) -> float:
    match node:
        case ast.BinOp(left, op, right):
            return float(OPERATORS[type(op)](_evaluate(left, known), _evaluate(right, known)))
        case ast.Name(name):
            return known[name]
        case ast.Constant(value):
            return float(value)
    raise AssertionError(ast.dump(node))


def figure_in(said: str) -> float:
    """The number that a printed figure begins with, in French or English typography."""
    digits = re.search(r"[−+]?\d[\d\u202f,. ]*", said)
    assert digits, said
    text = digits[0].strip().rstrip(".,").replace("−", "-").replace("\u202f", "")
    return float(
        text.replace(",", ".") if "," in text and "." not in text and not _thousands(text) else text.replace(",", "")
    )


def _thousands(text: str) -> bool:
    return re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", text) is not None
