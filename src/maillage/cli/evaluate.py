"""Commands on evaluations: write a protocol, register it, see what the data could show, run it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from maillage.cli.common import Json, LangOption, Language, Store, app, lang_of, print_json
from maillage.settings import load_settings
from maillage.terminal import out, plain_table
from maillage.text import Text

evaluate = typer.Typer(
    help="Evaluate a measure: a protocol first, then what could be seen, then what was.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(evaluate, name="evaluate")

COLUMNS = Text(
    "protocole|titre|enregistré le|empreinte|état|conclusion", "protocol|title|registered|hash|state|verdict"
)
STATES = {
    "registered": Text("enregistré", "registered"),
    "refused": Text("refusé", "refused"),
    "feasible": Text("réalisable", "feasible"),
    "run": Text("exécuté", "run"),
}
REGISTERED = Text(
    "Protocole {id} enregistré le {day}, empreinte {digest}. Ensuite : `maillage evaluate check {id}`.",
    "Protocol {id} registered on {day}, hash {digest}. Next: `maillage evaluate check {id}`.",
)
NONE = Text(
    "Aucun protocole enregistré. Commencer par `maillage evaluate new > protocole.toml`.",
    "No protocol is registered. Start with `maillage evaluate new > protocol.toml`.",
)


@evaluate.command(epilog="Example: maillage evaluate new > protocol.toml")
def new(
    name: Annotated[str, typer.Argument(help="Protocol to start from; --list names them.")] = "cpts_passages_legers",
    names: Annotated[bool, typer.Option("--list", help="Name the protocols that come with Maillage.")] = False,  # noqa: FBT002
) -> None:
    """Print a complete protocol to start from."""
    from maillage.pipeline.protocols import example, examples

    sys.stdout.write("\n".join(examples()) + "\n" if names else example(name))


@evaluate.command(epilog='Example: maillage evaluate register protocol.toml --why "2024 came late"')
def register(
    file: Path,
    why: Annotated[str, typer.Option("--why", help="Reason of an amendment to what was registered.")] = "",
    store: Store = None,
    lang: LangOption = Language.fr,
) -> None:
    """Date a protocol and keep its hash; the same text twice changes nothing."""
    from maillage.pipeline.evaluations import register as keep_protocol
    from maillage.pipeline.protocols import protocol_text

    where = store or load_settings().store
    made = keep_protocol(where, protocol_text(file), on=date.today(), why=why, where=str(file))
    words = REGISTERED[lang_of(lang)]
    out.print(words.format(id=made.protocol.id, day=made.registered_on, digest=made.digest[:12]), soft_wrap=True)


@evaluate.command("list", epilog="Example: maillage evaluate list --json")
def list_(store: Store = None, as_json: Json = False, lang: LangOption = Language.fr) -> None:  # noqa: FBT002
    """List the protocols registered beside the store, and how far each went."""
    from maillage.pipeline.evaluations import dossiers

    kept, words = dossiers(store or load_settings().store), lang_of(lang)
    rows = [
        {
            "id": each.last.protocol.id,
            "title": each.last.protocol.title.text[words],
            "registered_on": each.last.registered_on.isoformat(),
            "digest": each.last.digest,
            "state": each.state,
            "decision": each.result.get("decision", "") if each.state == "run" else "",
        }
        for each in kept
    ]
    if as_json:
        print_json(rows)
    elif not rows:
        out.print(NONE[words])
    else:
        cells = [
            (r["id"], r["title"], r["registered_on"], r["digest"][:12], STATES[r["state"]][words], r["decision"])
            for r in rows
        ]
        out.print(plain_table(COLUMNS[words].split("|"), cells))
