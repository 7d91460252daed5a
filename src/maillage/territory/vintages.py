"""Communes through the years: which commune of one year is which of another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from maillage.errors import UsageError

PIVOT = 2024
LAST = 2025
# The legal figure of a commune that was split may still be that of its former extent: to share, a part says more.
_SHARING = ("census_same", "part", "census", "legal")
_WEIGHING = ("census_same", "legal_same", "part", "census", "legal")
LINK_COLUMNS = ("code_from", "code_to", "share", "population_from", "sure")


@dataclass(frozen=True, slots=True)
class CommuneHistory:
    """The communes of each year and what became of them, Paris, Lyon and Marseille by arrondissement.

    ``after`` (``code, year, code_after``): each commune of a year up to 2024 and its communes of 2024 (INSEE's table of
    changes). ``steps`` (``code, code_after``): 2024 to 2025. ``current``: the codes of 2025.
    ``arrondissements`` (``code, city``). ``delegated`` (``code, code_after``): delegated communes of 2025 and
    theirs. ``people`` (``code, kind, population``): the figures by which splits are shared, ``census``
    (geography of ``census_year``), ``legal`` (of 2025) and ``part`` (delegated and associated communes).
    ``millesime`` is the year that ``convert`` converts to.
    """

    after: pl.DataFrame
    steps: pl.DataFrame
    current: pl.Series
    arrondissements: pl.DataFrame
    delegated: pl.DataFrame
    people: pl.DataFrame
    millesime: int = LAST
    census_year: int = 2023

    @property
    def years(self) -> tuple[int, ...]:
        """The years whose communes are known, in order."""
        return (*sorted(self.after.get_column("year").unique().to_list()), LAST)

    def at(self, millesime: int) -> CommuneHistory:
        """The same history, converting to another year; raises UsageError when its communes are not known."""
        self._checked(millesime)
        return replace(self, millesime=millesime)

    def codes(self, year: int) -> pl.Series:
        """The codes of the communes of ``year``, sorted; raises UsageError for a year that is not known."""
        self._checked(year)
        if year == LAST:
            return self.current
        return self._after(year).get_column("code").unique().sort()

    def links(self, from_year: int, to_year: int) -> pl.DataFrame:
        """Which commune of ``from_year`` goes to which of ``to_year``.

        Columns ``code_from, code_to, share, population_from, sure``.
        The shares of a commune add to 1. A commune that was split is shared by the population of its parts; a merged
        one goes whole. ``sure`` is False where the published changes do not tell which of several communes it became.
        """
        low, high = sorted((self._checked(from_year), self._checked(to_year)))
        pairs = self._forward(low, high)
        if from_year > to_year:
            pairs = pairs.select(code_from="code_to", code_to="code_from", sure="sure")
        weighed = pairs.join(self._population(to_year, _SHARING), left_on="code_to", right_on="code", how="left")
        mean = pl.col("population").mean().over("code_from")
        weight = pl.coalesce("population", mean, pl.lit(1.0)).clip(1e-9)
        origin = self._population(from_year, _WEIGHING).rename({"code": "code_from", "population": "population_from"})
        return (
            weighed.with_columns((weight / weight.sum().over("code_from")).alias("share"))
            .join(origin, on="code_from", how="left")
            .sort("code_from", "code_to")
            .select(LINK_COLUMNS)
        )

    def _checked(self, year: int) -> int:
        if year not in self.years:
            raise UsageError(f"A geography is one of the years {self.years[0]} to {self.years[-1]}, found {year}.")
        return year

    def _after(self, year: int) -> pl.DataFrame:
        return self.after.filter(pl.col("year") == year).select("code", "code_after")

    def _forward(self, low: int, high: int) -> pl.DataFrame:
        """The pairs of an earlier and a later year, ``code_from, code_to, sure``."""
        if low == high:
            codes = self.codes(low)
            return pl.DataFrame({"code_from": codes, "code_to": codes, "sure": [True] * codes.len()})
        first = self._after(low).rename({"code": "code_from"})
        if high == PIVOT:
            pairs = first.rename({"code_after": "code_to"})
            return pairs.unique().with_columns(pl.lit(value=True).alias("sure"))
        second = self.steps if high == LAST else self._after(high).select("code_after", code="code")
        bridge = {"code": "code_after", "code_after": "code_to"} if high == LAST else {"code": "code_to"}
        pairs = first.join(second.rename(bridge), on="code_after")
        parts = pl.col("code_to").n_unique() if high == LAST else pl.col("code_after").n_unique()
        pairs = pairs.with_columns((parts.over("code_from") > 1).alias("splits"))
        return _settle(_persisting(pairs, self.codes(low), self.codes(high)), told=high == LAST)

    def _population(self, year: int, preferred: tuple[str, ...]) -> pl.DataFrame:
        """The first ``preferred`` population known of each commune of ``year``.

        ``census_same`` and ``legal_same`` hold only where the extent of the commune is that of the figure; ``part`` is
        that of the delegated commune that bears its code; ``census`` and ``legal`` go by the code, whatever the extent.
        """
        known = self.codes(year).to_frame("code")
        for kind in ("census", "legal", "part"):
            figures = self.people.filter(pl.col("kind") == kind).select("code", pl.col("population").alias(kind))
            known = known.join(figures, on="code", how="left", maintain_order="left")
        for kind, figures_year in (("census", self.census_year), ("legal", LAST)):
            same = self._same_extent(year, figures_year)
            known = known.join(same, on="code", how="left", maintain_order="left").with_columns(
                pl.when("same").then(pl.col(kind)).alias(f"{kind}_same")
            )
            known = known.drop("same")
        return known.select("code", population=pl.coalesce(*preferred))

    def _same_extent(self, year: int, other: int) -> pl.DataFrame:
        """Whether each commune of ``year`` is one commune of the ``other`` year: ``code, same``."""
        if other not in self.years:
            return self.codes(year).to_frame("code").with_columns(pl.lit(value=True).alias("same"))
        low, high = sorted((year, other))
        alone = (pl.len().over("code_from") == 1) & (pl.len().over("code_to") == 1)
        pairs = self._forward(low, high).select(code="code_from" if year == low else "code_to", same=alone)
        return pairs.group_by("code").agg(pl.col("same").all())


def _persisting(pairs: pl.DataFrame, low: pl.Series, high: pl.Series) -> pl.DataFrame:
    """Keep a commune that bears its code in both years with itself, and with the new communes drawn from it."""
    itself = pl.col("code_from") == pl.col("code_to")
    left = ~pl.col("code_from").is_in(high.implode())
    new = ~pl.col("code_to").is_in(low.implode())
    return pairs.filter(itself | left | (new & pl.col("splits")))


def _settle(pairs: pl.DataFrame, *, told: bool) -> pl.DataFrame:
    """Choose among several possible communes: the one that bears the final code, unless the split is ``told``."""
    several = (pl.len().over("code_from") > 1) & ~pl.col("splits")
    if told:
        several = pl.lit(value=False)
    chief = pl.col("code_to") == pl.col("code_after")
    has_chief = chief.any().over("code_from")
    return (
        pairs.with_columns((~several).alias("sure"))
        .filter(~several | ~has_chief | chief)
        .select("code_from", "code_to", "sure")
        .unique()
    )
