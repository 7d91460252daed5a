"""The command line: thin commands over the pipeline and the store.

What only one command needs is imported by that command, so that the others answer at once.
"""

from maillage.cli import build, evaluate, files, read
from maillage.cli.common import app, main

__all__ = ["app", "build", "evaluate", "files", "main", "read"]
