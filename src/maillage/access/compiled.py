"""Loops compiled by numba, at their first call."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` compiled to machine code when it is first called, and kept on disk for the next process.

    The function should call no other compiled function: numba would not see the other one change. Where neither the
    package's folder nor the user's cache can be written to, each process compiles anew.
    """
    machine: list[Callable[..., Any]] = []

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not machine:
            machine.append(_compile(function))
        return machine[0](*args, **kwargs)  # type: ignore[no-any-return]

    return call


def _compile(function: Callable[..., Any]) -> Callable[..., Any]:
    import numba  # half a second, which commands that compute nothing should not pay

    try:
        kept: Callable[..., Any] = numba.njit(cache=True)(function)
    except RuntimeError:  # no folder to cache in
        kept = numba.njit(function)
    return kept
