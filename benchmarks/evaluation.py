"""Evaluation: do intervals hold what they should, what could be seen, and how fast, all on simulated panels.

    python benchmarks/evaluation.py coverage --runs 200 --json
    python benchmarks/evaluation.py power --runs 200 --json
    python benchmarks/evaluation.py randomise --json
    make peers
    python benchmarks/evaluation.py national --peer-python var/bench/bin/python --json

Seeds are the number of the run: nothing is chosen. A share of ``--runs`` has a Monte Carlo error, which is printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from evaluation_spillover import draw
from figures import emit, show

from maillage.evaluation.aggregate import aggregate, overall_interval
from maillage.evaluation.counts import count_effects
from maillage.evaluation.estimate import group_time
from maillage.evaluation.group_time import Comparison, GroupTime
from maillage.evaluation.panel import Panel, Rows
from maillage.evaluation.power import minimum_detectable
from maillage.evaluation.pretrend_power import pretrend_power
from maillage.evaluation.randomise import randomise
from maillage.evaluation.spillover import modelled

HERE = Path(__file__).parent
UNITS, PERIODS = 800, np.arange(2015, 2024)
DATES, SHARES = np.array([0, 2018, 2020, 2022]), np.array([0.4, 0.2, 0.2, 0.2])
DEPARTEMENTS = 96
EFFECT, GROWTH = 0.5, 0.1  # at the start, and a period more, in standard deviations of the noise
PEOPLE, RATE, RATIO = 2_000, 0.04, 0.9  # 80 events an area and period
WANTED, MOST_FALSE = (0.93, 0.97), 0.06


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    for name, task in TASKS.items():
        of_task = tasks.add_parser(name, help=(task.__doc__ or "").split("\n")[0])
        of_task.add_argument(
            "--json", action="store_true", help="print the figures as one JSON object on the last line"
        )
        if name in ("coverage", "power"):
            of_task.add_argument("--runs", type=int, default=200)
        if name == "national":
            of_task.add_argument("--peer-python", type=Path, required=True, help="python of `make peers`")
            of_task.add_argument("--communes", type=int, default=35_000)
            of_task.add_argument("--draws", type=int, default=999)
    asked = parser.parse_args()
    figures = TASKS[asked.task](asked)
    emit({asked.task: figures}, as_json=asked.json)


# The estimate, its interval, and the truth.
Found = tuple[float, float, float, float]


def base(random: np.random.Generator, assigned: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dates drawn for each of the groups of ``assigned`` (n), event time (n, T), and untreated outcomes: levels, a
    common path, and noise half of which lasts to the next period.
    """
    cohort = random.choice(DATES, size=int(assigned.max()) + 1, p=SHARES)[assigned]
    since = np.where(cohort[:, None] > 0, PERIODS - cohort[:, None], -99)
    noise = random.normal(size=(cohort.size, PERIODS.size))
    for at in range(1, PERIODS.size):
        noise[:, at] = 0.5 * noise[:, at - 1] + np.sqrt(0.75) * noise[:, at]
    path = 0.2 * np.arange(PERIODS.size) + 0.3 * random.normal(size=PERIODS.size)
    return cohort, since, random.normal(size=(cohort.size, 1)) + path + noise


def effect_of(since: np.ndarray) -> np.ndarray:
    return np.where(since >= 0, EFFECT + GROWTH * since, 0.0)


def true_average(of: Callable[[np.ndarray], np.ndarray] = effect_of) -> float:
    """The average over treated cells by the share of their cohort in the population of draws."""
    since = PERIODS - DATES[1:, None]
    weight = np.where(since >= 0, SHARES[1:, None], 0.0)
    return float((weight * of(since)).sum() / weight.sum())


def panel_of(outcome: np.ndarray, cohort: np.ndarray, **wide: np.ndarray) -> Panel:
    n = cohort.size
    long = {name: np.broadcast_to(column.reshape(n, -1), outcome.shape).ravel() for name, column in wide.items()}
    unit, period = np.repeat(np.arange(n), PERIODS.size), np.tile(PERIODS, n)
    return Panel.of(Rows(unit, period, outcome.ravel(), np.repeat(cohort, PERIODS.size), **long))


def unit_noise(random: np.random.Generator, size: float) -> Panel:
    cohort, since, outcome = base(random, np.arange(UNITS))
    return panel_of(outcome + size * effect_of(since), cohort)


def departement_shocks(random: np.random.Generator, size: float) -> Panel:
    """Dates are those of the département, whose communes share shocks as large as their own noise."""
    departement = np.sort(np.arange(UNITS) % DEPARTEMENTS)
    cohort, since, outcome = base(random, departement)
    shocks = random.normal(size=(DEPARTEMENTS, PERIODS.size))[departement]
    return panel_of(outcome + shocks + size * effect_of(since), cohort, cluster=departement)


def anticipated(random: np.random.Generator, size: float) -> Panel:
    cohort, since, outcome = base(random, np.arange(UNITS))
    return panel_of(outcome + size * (effect_of(since) + 0.4 * (since == -1)), cohort)


def counted(random: np.random.Generator, size: float) -> Panel:
    """Poisson counts about a rate of the area's own, people at risk within a factor of two."""
    cohort, since, _ = base(random, np.arange(UNITS))
    people = PEOPLE * np.exp(random.uniform(-0.69, 0.69, size=(UNITS, 1))) * np.ones((1, PERIODS.size))
    own = np.exp(0.3 * random.normal(size=(UNITS, 1)) - 0.045)
    rate = RATE * own * 1.02 ** (PERIODS - PERIODS[0]) * np.where(since >= 0, 1 + size * (RATIO - 1), 1.0)
    return panel_of(random.poisson(people * rate).astype(float), cohort, offset=np.log(people))


def fewer(since: np.ndarray) -> np.ndarray:
    """The events avoided for each person at risk, in the cells of ``since`` (cohorts, T)."""
    return np.where(since >= 0, (RATIO - 1) * RATE * 1.02 ** (PERIODS - PERIODS[0]), 0.0)


PLAIN = Comparison(control="not_yet_treated")
EARLY = Comparison(control="not_yet_treated", anticipation=1)


def seen(cells: GroupTime, truth: float) -> Found:
    effects = aggregate(cells, "cell")
    return effects.overall, *overall_interval(effects), truth


def spilling(seed: list[int], size: float) -> dict[str, Found]:
    """Treated squares of land whose neighbours within 4 km change too: both effects, against clean units."""
    drawn = draw(int(np.random.SeedSequence(seed).generate_state(1)[0]), direct=size, spilled=0.5 * size)
    found = modelled(drawn.panel, drawn.exposure)
    direct, spilled = found.direct, found.spilled
    return {
        "spillovers modelled, direct effect": (direct.att, direct.low, direct.high, drawn.direct),
        "spillovers modelled, on neighbours": (spilled.att, spilled.low, spilled.high, drawn.spilled),
    }


def alone(
    name: str, drawn: Callable[[np.random.Generator, float], Panel], cells: Callable[[Panel], GroupTime], truth: float
) -> Callable[[list[int], float], dict[str, Found]]:
    def run(seed: list[int], size: float) -> dict[str, Found]:
        return {name: seen(cells(drawn(np.random.default_rng(seed), size)), size * truth)}

    return run


def counts(seed: list[int], size: float) -> dict[str, Found]:
    panel = counted(np.random.default_rng(seed), size)
    return {
        "counts of about 80, difference": seen(count_effects(panel), size * true_average(fewer)),
        "counts of about 80, log ratio": seen(count_effects(panel, scale="log_ratio"), size * float(np.log(RATIO))),
    }


# Each draws a panel with its effect (size 1) or none (size 0).
SCENARIOS = (
    alone("unit noise", unit_noise, lambda panel: group_time(panel, PLAIN), true_average()),
    alone("département shocks, clustered", departement_shocks, lambda panel: group_time(panel, PLAIN), true_average()),
    alone("anticipation declared", anticipated, lambda panel: group_time(panel, EARLY), true_average()),
    spilling,
    counts,
)


def coverage(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """How often 95 % intervals hold the effect planted, and how often one is declared where there is none."""
    rows = []
    for at, scenario in enumerate(SCENARIOS):
        planted, nothing = (
            [scenario([at, kind, run], size) for run in range(asked.runs)] for kind, size in enumerate((1.0, 0.0))
        )
        for name in planted[0]:
            estimates, truth = np.array([run[name][0] for run in planted]), planted[0][name][3]
            covered, silent = (np.mean([held(run[name]) for run in each]) for each in (planted, nothing))
            row = {"scenario": name, "runs": asked.runs, "truth": truth, "mean_estimate": float(estimates.mean())}
            row |= {"covered": float(covered), "wanted": f"{WANTED[0]} to {WANTED[1]}"}
            error = float(np.sqrt(0.95 * 0.05 / asked.runs))
            row |= {"null_declared": 1 - float(silent), "error": error}
            rows.append(row | {"holds": verdict(float(covered), 1 - float(silent), error)})
    show(f"{UNITS} units, {PERIODS.size} periods: intervals at 95 % of the overall effect", rows)
    return rows


def held(found: Found) -> bool:
    _, low, high, truth = found
    return low <= truth <= high


def verdict(covered: float, declared: float, error: float) -> str:
    """Whether what is wanted holds, or is missed by less than two Monte Carlo errors, which tells nothing."""
    missed = max(WANTED[0] - covered, covered - WANTED[1], declared - MOST_FALSE)
    if missed <= 0:
        return "yes"
    return "within Monte Carlo error" if missed < 2 * error else "no"


def power(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Whether the effect said to be found 80 % of the time is: told from untreated cells, then planted and sought."""
    rows = []
    for at, (name, world) in enumerate({"unit noise": unit_noise, "département shocks": departement_shocks}.items()):
        told, found, seconds = np.empty(asked.runs), np.empty(asked.runs, dtype=bool), 0.0
        for run in range(asked.runs):
            panel = world(np.random.default_rng([9, at, run]), 0.0)
            started = time.perf_counter()
            told[run] = minimum_detectable(panel, PLAIN, draws=200).detectable
            seconds += time.perf_counter() - started
            # Another panel of the same world: the one looked at has had its say.
            other = world(np.random.default_rng([10, at, run]), 0.0)
            treated = (other.cohort[:, None] > 0) & (other.cohort[:, None] <= PERIODS)
            planted = panel_of(other.outcome + told[run] * treated, other.cohort, cluster=other.cluster)
            found[run] = overall_interval(aggregate(group_time(planted, PLAIN), "cell"))[0] > 0
        row = {"scenario": name, "runs": asked.runs, "detectable": float(told.mean())}
        row |= {"spread": float(told.std(ddof=1)), "found": float(found.mean())}
        row |= {"error": float(np.sqrt(0.16 / asked.runs)), "seconds_each": seconds / asked.runs}
        rows.append(row)
    show(f"{UNITS} units, {PERIODS.size} periods: effects said to be found 80 % of the time", rows)
    return rows


def large(units: int, periods: int, cohorts: int, covariates: int) -> dict[str, np.ndarray]:
    """Long columns of a panel: 40 % never treated, the others in cohorts spread over the later two thirds."""
    random = np.random.default_rng(0)
    dates = np.append(0, np.linspace(periods // 3, periods, cohorts).round()).astype(int)
    x = random.normal(size=(units, covariates))
    # Those with high covariates are treated more often, and drift away.
    pull = 0.3 * x.sum(axis=1) + random.logistic(size=units)
    treated = pull > np.quantile(pull, 0.4)
    cohort = np.where(treated, random.choice(dates[1:], size=units), 0)
    period = np.arange(1, periods + 1)
    outcome = (
        random.normal(size=(units, 1)) + x.sum(axis=1)[:, None] * 0.05 * period + random.normal(size=(units, periods))
    )
    outcome += 0.3 * ((cohort[:, None] > 0) & (period >= cohort[:, None]))
    long = {"unit": np.repeat(np.arange(units), periods), "period": np.tile(period, units), "outcome": outcome.ravel()}
    long |= {"cohort": np.repeat(cohort, periods)}
    return long | {f"x{at + 1}": np.repeat(x[:, at], periods) for at in range(covariates)}


def national(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """The communes of France against csdid: time, memory, and how far estimates lie apart."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        job = Path(folder) / "job.npz"
        np.savez(job, **large(asked.communes, 20, 8, 2))
        ours, mine = child(Path(sys.executable), "evaluation_ours.py", job, asked.draws)
        theirs, other = child(asked.peer_python, "evaluation_peer.py", job, asked.draws)
    assert (mine["cohort"] == other["cohort"]).all()
    assert (mine["period"] == other["period"]).all()
    for name, said in (("maillage", ours), ("csdid", theirs)):
        row = {"by": name, "communes": asked.communes, "cells": mine["att"].size, "draws": asked.draws}
        rows.append(row | {key: said[key] for key in ("wall_s", "cpu_s", "estimate_s", "peak_mb")})
    gap = {"csdid_over_maillage_wall": theirs["wall_s"] / ours["wall_s"], "cpu": theirs["cpu_s"] / ours["cpu_s"]}
    gap |= {f"greatest_gap_{key}": f"{np.abs(mine[key] - other[key]).max():.1e}" for key in ("att", "event")}
    show(
        "ATT(g, t) doubly robust with 2 covariates over 20 periods and 8 cohorts, bands of cells and of event times",
        rows,
    )
    show("csdid and Maillage", [gap])
    return [*rows, gap]


def child(python: Path, script: str, job: Path, draws: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    found = job.with_suffix(f".{script}.npz")
    command = [str(python), "-P", str(HERE / script), str(job), str(draws), str(found)]
    if script == "evaluation_ours.py":
        command = [str(python), str(HERE / script), *command[3:]]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1]), dict(np.load(found))


def dealt(_: argparse.Namespace) -> list[dict[str, Any]]:
    """999 deals of dates, and what could be seen, on 2 700 territories over 9 periods."""
    long = large(2_700, 9, 3, 2)
    names = ("unit", "period", "outcome", "cohort")
    panel = Panel.of(Rows(*(long[name] for name in names), covariates={"x1": long["x1"], "x2": long["x2"]}))
    adjusted = Comparison(covariates=("x1", "x2"))
    works: dict[str, Callable[[], object]] = {
        "999 deals of dates": lambda: randomise(panel, draws=999),
        "detectable effect, 400 draws": lambda: minimum_detectable(panel, draws=400),
        "detectable effect with 2 covariates, 100 draws": lambda: minimum_detectable(panel, adjusted, draws=100),
        "power of the test before treatment": lambda: pretrend_power(panel),
    }
    rows = []
    for name, work in works.items():
        started, spent = time.perf_counter(), time.process_time()
        work()
        rows.append({"work": name, "wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - spent})
    show("2 700 territories, 9 periods", rows)
    return rows


TASKS: dict[str, Callable[[argparse.Namespace], list[dict[str, Any]]]] = {
    "coverage": coverage,
    "power": power,
    "national": national,
    "randomise": dealt,
}

if __name__ == "__main__":
    main()
