"""Maillage: access to primary care in France, from published files to follow-up."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("maillage")
except PackageNotFoundError:  # the source tree run without an install
    __version__ = "0+unknown"
