"""The parts of every command: the application, the options they share, and what they print."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from maillage import __version__
from maillage.errors import MaillageError
from maillage.terminal import err, out
from maillage.text import Lang

app = typer.Typer(
    name="maillage",
    help="Access to primary care in France: from published files to indicators, alerts and an observatory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """Formats of an export."""

    csv = "csv"
    parquet = "parquet"
    json = "json"


class Language(StrEnum):
    """Languages of what is printed."""

    fr = "fr"
    en = "en"


Store = Annotated[Path | None, typer.Option("--store", help="Folder of the store.", show_default="var/store")]
Json = Annotated[bool, typer.Option("--json", help="Print the data as JSON.")]
LangOption = Annotated[Language, typer.Option("--lang", help="Language of labels and sentences.")]


def main() -> None:
    """Run the command line; a problem is one sentence on the error stream and a non-zero exit."""
    try:
        app()
    except MaillageError as problem:
        err.print(f"maillage: {problem}", style="red", markup=False, soft_wrap=True)
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:  # noqa: FBT002
    """Access to primary care in France."""
    if show:
        out.print(f"maillage {__version__}")
        raise typer.Exit


def lang_of(language: Language) -> Lang:
    """The language that an option names."""
    return "en" if language is Language.en else "fr"


def print_json(data: Any) -> None:
    """Print data as JSON on the standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n")
