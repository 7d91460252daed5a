"""The command line: thin commands over the pipeline and the store."""

from __future__ import annotations


def main() -> None:
    """Run the command named by the arguments."""
