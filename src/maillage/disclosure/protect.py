"""The one stage before publication: observations in, observations that may be published out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import polars as pl

from maillage.catalog.tables import OBSERVATION
from maillage.disclosure.attack import Audit, audit
from maillage.disclosure.linear import Flags, Role
from maillage.disclosure.overlaps import with_overlaps
from maillage.disclosure.policy import Policy, load_policy, public_sources, strictest
from maillage.disclosure.primary import Reason, count_reasons, share_reasons
from maillage.disclosure.remainders import cover_remainders
from maillage.disclosure.secondary import Clock, suppress
from maillage.disclosure.system import Earlier, Measure, System, build_system, layers_of
from maillage.disclosure.words import PRIMARY, PRODUCER, SECONDARY, WITHHELD
from maillage.disclosure.zonings import EARLIER, Lattice, build_lattice
from maillage.errors import BrokenInvariantError
from maillage.indicators.definition import Indicator
from maillage.territory.levels import BASE_LEVEL

Kind = Literal["share", "count", "size", "other"]
# A gap (difference) shows the counts of one of its two groups; a standardised rate (dobson) its crude count.
_KINDS: dict[str, Kind] = {
    "wilson": "share",
    "difference": "share",
    "byar": "count",
    "dobson": "count",
    "order": "size",
}
_SEAL = object()
_PLACE = ("level", "code")
# A row without a value may hold the counts that it would be made of: a rate that too few events allow.
_TELLS = pl.any_horizontal(pl.col("numerator", "denominator", "value").is_not_null())
_STATUS = {PRIMARY: "suppressed_primary", SECONDARY: "suppressed_secondary", WITHHELD: "suppressed_secondary"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What the figures of an indicator are made of.

    ``share``: the numerator counts people of the denominator; ``count``: the numerator counts people or events and the
    denominator, if any, is public; ``size``: the denominator counts the people that the value describes (a median);
    ``other``: none of these, and nothing can be shown of it from sources to be protected. ``sources`` decide the
    policy. ``sums`` tells which slices add up to which; of the others only the whole population is published.
    """

    indicator: str
    sources: tuple[str, ...]
    kind: Kind
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EarlierRelease:
    """What was published before: its observations (those with a status ``published`` count) and its perimeters.

    ``membership`` places the communes of today's geography in the territories as they then were.
    """

    observation: pl.DataFrame
    membership: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Protection:
    """What was done for one indicator and period, in cells over all its levels and slices.

    ``already_published`` where every source is public. ``exposed`` counts sensitive cells that earlier releases give
    away by themselves, which nothing withheld now can undo. ``components`` and ``largest``: see Audit. ``in_time`` is
    False where the search or the audit was cut short, and everything was withheld.
    """

    indicator: str
    period: str
    already_published: bool = False
    primary: int = 0
    secondary: int = 0
    withheld: int = 0
    exposed: int = 0
    components: int = 0
    largest: int = 0
    in_time: bool = True


@dataclass(frozen=True, slots=True)
class ProtectedObservations:
    """Observations that went through ``protect``; whatever publishes takes this type and no other.

    ``frame`` is the OBSERVATION table with its column ``suppression``; ``report`` is for the producer, not published.
    Raises BrokenInvariantError when made anywhere else.
    """

    frame: pl.DataFrame
    report: tuple[Protection, ...]
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise BrokenInvariantError(
                "Observations are published only once protected, by maillage.disclosure.protect."
            )


def subject_of(indicator: Indicator) -> Subject:
    """What an indicator is made of, from its interval and its rule: proportions are shares, rates and sums counts."""
    kind = _KINDS.get(indicator.interval, "count" if indicator.aggregation.kind == "sum" else "other")
    sums = {"": tuple(indicator.slices)} if indicator.adds_up else {}
    return Subject(indicator.id, tuple(i.source for i in indicator.inputs), kind, sums)


def publishable_slices(subjects: Iterable[Subject]) -> dict[str, frozenset[str]]:
    """By indicator, the slices that may be published; an indicator that may publish any is not in it."""
    return {s.indicator: _tied(s) for s in subjects if not _public(s)}


def protect(
    observation: pl.DataFrame | Iterable[pl.DataFrame],
    membership: pl.DataFrame,
    subjects: Iterable[Subject],
    *,
    policies: Mapping[str, Policy] | None = None,
    earlier: EarlierRelease | None = None,
) -> ProtectedObservations:
    """Withhold what must be, indicator by indicator and period by period; every level of a period is looked at at once.

    ``observation`` has the columns of OBSERVATION and, for what is not public already, a row for each commune; it may
    come in parts, each with whole periods of some indicators, so that what is withheld is never held together.
    Levels at which a policy publishes nothing, and slices that nothing ties to the whole, are left out.
    ``policies`` (by source) replaces those of the parameters. An indicator without a subject is withheld whole.
    Raises BrokenInvariantError when a territory's count is not the sum of its communes'.
    """
    known = {s.indicator: s for s in subjects}
    stage = _Stage(membership, policies or {}, earlier)
    parts, report = [], []
    for part in [observation] if isinstance(observation, pl.DataFrame) else observation:
        for (indicator, period), rows in part.group_by("indicator", "period", maintain_order=True):
            subject = known.get(str(indicator), Subject(str(indicator), (), "other"))
            protected, done = stage.run(rows, subject, str(period))
            parts.append(protected)
            report.append(done)
    kept = pl.concat([OBSERVATION.empty(), *parts]).sort(OBSERVATION.key)
    return ProtectedObservations(kept, tuple(sorted(report, key=lambda r: (r.indicator, r.period))), _SEAL)


def _public(subject: Subject) -> bool:
    return bool(subject.sources) and public_sources() >= set(subject.sources)


def _tied(subject: Subject) -> frozenset[str]:
    return frozenset({"", *(name for total, parts in subject.sums.items() for name in (total, *parts))})


@dataclass(slots=True)
class _Stage:
    membership: pl.DataFrame
    policies: Mapping[str, Policy]
    earlier: EarlierRelease | None
    lattices: dict[tuple[str, ...], Lattice] = field(default_factory=dict)

    def run(self, rows: pl.DataFrame, subject: Subject, period: str) -> tuple[pl.DataFrame, Protection]:
        if _public(subject):
            producer = pl.col("status").str.starts_with("suppressed")
            marked = rows.with_columns(suppression=pl.when(producer).then(pl.lit(PRODUCER)))
            return marked.select(OBSERVATION.columns), Protection(subject.indicator, period, already_published=True)
        levels = tuple(rows.get_column("level").unique().sort())
        if subject.kind == "other" or not subject.sources or BASE_LEVEL not in levels:
            return _withheld(rows), Protection(subject.indicator, period, withheld=rows.height)
        own = public_sources()
        policy = strictest(self.policies.get(s) or load_policy(s) for s in subject.sources if s not in own)
        rows = rows.filter(pl.col("slice").is_in(_tied(subject)))
        kept_back = {*policy.levels_withheld, *_sparse_levels(rows, subject, policy)}
        fine, never = pl.col("level").is_in(kept_back), pl.col("level").is_in(policy.levels_withheld)
        if kept_back >= set(levels):
            return _withheld(rows.filter(~never)), Protection(subject.indicator, period, withheld=rows.height)
        lattice = self._lattice(tuple(level for level in levels if level not in kept_back))
        measures = {str(s): _measure(lattice, part, subject) for (s,), part in rows.group_by("slice")}
        ordered = {name: measures[name] for name in sorted(measures)}
        # Overlaps add cells and no commune: the measures are those of the wider lattice too.
        lattice = with_overlaps(lattice, layers_of(lattice, ordered.values()), policy.count_min)
        sums = {t: p for t, p in subject.sums.items() if {t, *p} <= set(ordered)}
        out = self._published(lattice, subject, period, ordered)
        system = build_system(lattice, ordered, policy, sums=sums, earlier=out)
        decided = _decide(system, lattice, policy)
        if policy.levels_kept and decided.audited.exposed.size:
            # A level kept at all costs gives a small count away: it is withheld like the others, where that helps.
            freer = replace(policy, levels_kept=())
            freed = build_system(lattice, ordered, freer, sums=sums, earlier=out)
            again = _decide(freed, lattice, freer)
            if again.audited.exposed.size < decided.audited.exposed.size:
                system, decided = freed, again
        coded, done = _coded(rows.filter(~fine), lattice, system, decided, subject.kind)
        shown = pl.concat([_blanked(coded), _withheld(rows.filter(fine & ~never))])
        return shown, _told(subject, period, decided, done)

    def _lattice(self, levels: tuple[str, ...]) -> Lattice:
        if levels not in self.lattices:
            nest, unnamed = self.membership, []
            if self.earlier is not None:
                then = self.earlier.membership.with_columns(parent_level=EARLIER + pl.col("parent_level"))
                there = self.earlier.observation.get_column("level").unique().sort()
                unnamed = [EARLIER + level for level in there if level != BASE_LEVEL]
                nest = pl.concat([nest, then.filter(pl.col("parent_level").is_in(unnamed))])
            self.lattices[levels] = build_lattice(nest, levels, unnamed=unnamed)
        return self.lattices[levels]

    def _published(
        self, lattice: Lattice, subject: Subject, period: str, measures: Mapping[str, Measure]
    ) -> dict[str, Earlier]:
        if self.earlier is None:
            return {}
        mine = self.earlier.observation.filter(
            pl.col("indicator") == subject.indicator, pl.col("period") == period, pl.col("status") == "published"
        ).with_columns(level=pl.when(pl.col("level") == BASE_LEVEL).then("level").otherwise(EARLIER + pl.col("level")))
        found: dict[str, Earlier] = {}
        for name, measure in measures.items():
            rows = mine.filter(pl.col("slice") == name)
            columns = {"part": "numerator"} | ({} if measure.whole is None else {"whole": "denominator"})
            for layer, column in columns.items():
                told = rows.filter(pl.col(column).is_not_null())
                if told.height:
                    found[f"{name}/{layer}"] = Earlier(lattice.places(told), told.get_column(column).to_numpy())
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Decision:
    hidden: Flags
    withheld: bool
    audited: Audit
    in_time: bool


def _decide(system: System, lattice: Lattice, policy: Policy) -> _Decision:
    """A pattern that passed the audit; failing that, everything withheld, and what earlier releases give away told."""
    table, needs = system.table, system.needs
    clock = Clock.lasting(policy.seconds)
    pattern = suppress(table, needs, float(policy.count_min), clock)
    hidden = cover_remainders(system, lattice, pattern.hidden, float(policy.count_min))
    audited = audit(table, hidden, needs, clock)
    in_time = pattern.in_time and not audited.unaudited.size
    if audited.passed:
        return _Decision(hidden, withheld=False, audited=audited, in_time=in_time)
    everything = table.role != Role.KNOWN
    # Codes would tell of each cell on which side of the least count it is: withheld whole, a release shows none.
    silent = replace(table, lower=np.minimum(table.lower, 0.0), upper=np.full(table.size, np.inf))
    audited = audit(silent, everything, needs, Clock.lasting(policy.seconds))
    return _Decision(everything, withheld=True, audited=audited, in_time=in_time)


def _measure(lattice: Lattice, rows: pl.DataFrame, subject: Subject) -> Measure:
    """The counts of the communes of one slice, and a check that every territory is their sum."""
    base = rows.filter(pl.col("level") == BASE_LEVEL).select("code", "numerator", "denominator")
    laid = lattice.cells.get_column("level").unique().implode()
    placed = lattice.communes.to_frame().join(base, on="code", how="left", maintain_order="left").fill_null(0.0)
    columns = {"share": ("numerator", "denominator"), "size": ("denominator",)}.get(subject.kind, ("numerator",))
    arrays = [placed.get_column(c).to_numpy().astype(np.float64) for c in columns]
    for column, values in zip(columns, arrays, strict=True):
        told = rows.filter(pl.col("level").is_in(laid), pl.col(column).is_not_null())
        off = np.abs(lattice.sums(values)[lattice.places(told)] - told.get_column(column).to_numpy())
        if (off > 1e-6 * np.maximum(told.get_column(column).to_numpy(), 1.0)).any():
            level, code = (
                told.row(int(off.argmax()), named=True)["level"],
                told.row(int(off.argmax()), named=True)["code"],
            )
            raise BrokenInvariantError(
                f"The {column} of {subject.indicator!r} for {code} ({level}) is not the sum of its communes'; "
                f"it cannot be protected."
            )
    return Measure(arrays[0], arrays[1] if len(arrays) > 1 else None)


def _sparse_levels(rows: pl.DataFrame, subject: Subject, policy: Policy) -> set[str]:
    """Levels at which too many of the territories that have anybody would be withheld by themselves."""
    known = rows.filter(pl.col("denominator" if subject.kind != "count" else "numerator").is_not_null())
    top, bottom = (known.get_column(c).fill_null(0.0).to_numpy() for c in ("numerator", "denominator"))
    counted = top if subject.kind == "count" else bottom
    reasons = share_reasons(top, bottom, policy) if subject.kind == "share" else count_reasons(counted, policy)
    alone = (
        known.select("level").with_columns(pl.Series("alone", reasons != Reason.NONE)).filter(pl.Series(counted > 0))
    )
    found = alone.group_by("level").agg(pl.col("alone").mean(), number=pl.col("alone").sum())
    share = pl.col("alone")
    many = (share > policy.sparse_max) & (pl.col("number") > policy.sparse_number)
    return set(found.filter(many | (share > policy.sparse_most)).get_column("level"))


def _told(subject: Subject, period: str, decided: _Decision, done: Mapping[str, int]) -> Protection:
    audited = decided.audited
    return Protection(
        subject.indicator,
        period,
        exposed=int(audited.exposed.size),
        components=audited.components,
        largest=audited.largest,
        in_time=decided.in_time,
        primary=done[PRIMARY],
        secondary=done[SECONDARY],
        withheld=done[WITHHELD],
    )


def _whole_hidden(kind: Kind, decided: _Decision, layers: list[slice], hidden: Flags) -> Flags:
    """Where the denominator is withheld too: with its own layer, always where it is itself what is protected."""
    if kind == "size":
        return hidden
    return decided.hidden[layers[-1]] if len(layers) > 1 else np.zeros_like(hidden)


def _coded(
    rows: pl.DataFrame, lattice: Lattice, system: System, decided: _Decision, kind: Kind
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows with the code of each withheld value, and whether the denominator is withheld too."""
    parts = []
    for name in rows.get_column("slice").unique().sort():
        layers = [system.layers[f"{name}/{layer}"] for layer in ("part", "whole") if f"{name}/{layer}" in system.layers]
        hidden = np.any([decided.hidden[at] for at in layers], axis=0)
        sensitive = np.any([system.reasons[at] != Reason.NONE for at in layers], axis=0)
        code = np.where(decided.withheld, WITHHELD, np.where(sensitive, PRIMARY, SECONDARY))
        parts.append(
            lattice.cells.select(
                *_PLACE,
                slice=pl.lit(name),
                suppression=pl.when(pl.Series(hidden)).then(pl.Series(code)),
                whole_hidden=pl.Series(_whole_hidden(kind, decided, layers, hidden)),
            ).filter(lattice.cells.get_column("named"))
        )
    coded = rows.drop("suppression", strict=False).join(
        pl.concat(parts), on=[*_PLACE, "slice"], how="left", maintain_order="left"
    )
    coded = coded.with_columns(suppression=pl.when(_TELLS).then("suppression"))
    counts = coded.get_column("suppression").value_counts()
    by_code = dict(zip(counts.get_column("suppression"), counts.get_column("count"), strict=True))
    return coded, {code: int(by_code.get(code, 0)) for code in (PRIMARY, SECONDARY, WITHHELD)}


def _withheld(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows none of which is published."""
    return _blanked(rows.with_columns(suppression=pl.when(_TELLS).then(pl.lit(WITHHELD))))


def _blanked(coded: pl.DataFrame) -> pl.DataFrame:
    """Empty what a withheld row would tell; its denominator stays where it is published anyway."""
    gone = pl.col("suppression").is_not_null()
    whole = pl.col("whole_hidden") if "whole_hidden" in coded.columns else pl.lit(value=True)
    emptied = coded.with_columns(
        *(pl.when(~gone).then(c).alias(c) for c in ("numerator", "value", "low", "high")),
        denominator=pl.when(~(gone & whole)).then("denominator"),
        status=pl.when(gone).then(pl.col("suppression").replace_strict(_STATUS, default=None)).otherwise("status"),
    )
    return emptied.select(OBSERVATION.columns)
