"""The profile of a territory in the terminal: its figures beside those of the larger territories, and their sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from maillage.catalog.profile import Profile, read_observations
from maillage.catalog.store import Version
from maillage.indicators.compare import compare, references
from maillage.indicators.definition import VOLETS, Indicator
from maillage.indicators.registry import load_indicators
from maillage.territory.levels import find_level
from maillage.text import Lang, Text, format_number

SOURCES = Text("D’où viennent les chiffres", "Where the figures come from")
HEAD = Text("indicateur|valeur|intervalle|période|source", "indicator|value|interval|period|source")
SIMULATED = Text(
    "Ce magasin contient des données simulées ; elles ne décrivent pas la situation réelle.",
    "This store holds simulated data; they do not describe the real situation.",
)
EMPTY = Text("Aucun chiffre n’est connu pour ce territoire.", "No figure is known for this territory.")


@dataclass(frozen=True, slots=True)
class Line:
    """The latest figure of one indicator, with the same figure of the larger territories."""

    indicator: Indicator
    row: dict[str, object]
    others: Sequence[float | None]
    note: int


def portrait(version: Version, profile: Profile, lang: Lang) -> RenderableType:
    """The name, the alerts, the latest figures by volet beside the larger territories, and numbered sources."""
    around, compared = _around(version, profile)
    level = find_level(profile.level).name(lang)
    kind = profile.code if profile.level == "france" else f"{level} {profile.code}"
    where = " · ".join((kind, *(name for (upper, _), name in around.items() if upper != "france")))
    simulated = [Styled(SIMULATED[lang], style="yellow")] if version.manifest["simulated"] else []
    parts: list[RenderableType] = [
        *simulated,
        Styled.from_markup(f"[bold]{escape(profile.name)}[/]  [dim]{escape(where)}[/]"),
    ]
    parts.extend(_alerts(profile, lang))
    lines, notes = _lines(profile.observations, list(around), compared)
    if not lines:
        return Group(*parts, Styled(EMPTY[lang]))
    for volet, label in VOLETS.items():
        mine = [line for line in lines if line.indicator.volet == volet]
        if mine:
            parts += [Styled(f"\n{label[lang]}", style="bold"), _figures(mine, list(around.values()), lang)]
    parts.append(Styled(f"\n{SOURCES[lang]}", style="bold"))
    parts += [Padding(Styled(f"[{number}] {words}", style="dim"), (0, 0, 0, 2)) for words, number in notes.items()]
    return Group(*parts)


def _alerts(profile: Profile, lang: Lang) -> Iterator[Styled]:
    for alert in profile.alerts.sort("degree", descending=True).iter_rows(named=True):
        yield Styled.from_markup(f"[red]{'▲' * alert['degree']}[/] {escape(alert[f'reason_{lang}'])}")


def _around(version: Version, profile: Profile) -> tuple[dict[tuple[str, str], str], pl.DataFrame]:
    """The names of the larger territories by (level, code), smallest first, and the figures beside theirs."""
    territory = version.read("territory")
    row = territory.filter(pl.col("level") == profile.level, pl.col("code") == profile.code).row(0, named=True)
    known = {(lv, code): name for lv, code, name in territory.select("level", "code", "name").iter_rows()}
    above = references(profile.level, row["code_departement"], row["code_region"])
    around = {place: known[place] for place in above if place in known}
    figures = read_observations(version, [(profile.level, profile.code), *around])
    return around, compare(figures, territory, profile.level, profile.code)


def _lines(
    observations: pl.DataFrame, around: Sequence[tuple[str, str]], compared: pl.DataFrame
) -> tuple[list[Line], dict[str, int]]:
    """The latest published figure of each known indicator, in the order of the registry, and the numbered origins."""
    columns = ("indicator", "period", "slice", "reference_level", "reference_code", "reference_value")
    beside = {row[:-1]: row[-1] for row in compared.select(columns).iter_rows()}
    notes: dict[str, int] = {}
    lines = []
    for indicator in load_indicators().values():
        mine = observations.filter(pl.col("indicator") == indicator.id, pl.col("value").is_not_null()).sort("period")
        if mine.height:
            row = mine.row(-1, named=True)
            note = notes.setdefault(row["origin"], len(notes) + 1)
            others = [beside.get((indicator.id, row["period"], row["slice"], *place)) for place in around]
            lines.append(Line(indicator, row, others, note))
    return lines, notes


def _figures(lines: Sequence[Line], names: Sequence[str], lang: Lang) -> Padding:
    table = Table(box=None, pad_edge=False, header_style="dim")
    first, value, interval, period, source = HEAD[lang].split("|")
    table.add_column(first, max_width=44)
    for name in (value, interval, *names):
        table.add_column(escape(name), justify="right", max_width=14)
    table.add_column(period, justify="right", no_wrap=True)
    table.add_column(source, justify="right", no_wrap=True)
    for line in lines:
        table.add_row(*_cells(line, lang))
    return Padding(table, (0, 0, 0, 2))


def _cells(line: Line, lang: Lang) -> Iterator[str]:
    decimals = line.indicator.decimals

    def number(value: object) -> str:
        return format_number(value, decimals, lang) if isinstance(value, float) else ""

    unit = f" [dim]({escape(line.indicator.unit[lang])})[/]" if line.indicator.unit[lang] else ""
    low, high = number(line.row["low"]), number(line.row["high"])
    yield f"{escape(line.indicator.short_label[lang])}{unit}"
    yield f"[bold]{number(line.row['value'])}[/]"
    yield f"{low} – {high}" if low else ""
    yield from (number(other) for other in line.others)
    yield str(line.row["period"])
    yield escape(f"[{line.note}]")
