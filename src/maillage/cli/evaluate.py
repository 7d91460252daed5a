"""Commands on evaluations: write a protocol, register it, see what the data could show, run it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maillage.cli.common import Json, LangOption, Language, Store, app, lang_of, print_json
from maillage.settings import load_settings
from maillage.terminal import out, plain_table
from maillage.text import Lang, Text, format_number

if TYPE_CHECKING:
    from maillage.catalog.store import Version
    from maillage.evaluation.result import Result
    from maillage.evaluation.special import Special
    from maillage.evaluation.study import Study
    from maillage.pipeline.evaluation_ask import Asked, Deviations
    from maillage.pipeline.evaluation_truth import Recovered

evaluate = typer.Typer(
    help="Evaluate a measure: a protocol first, then what could be seen, then what was.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(evaluate, name="evaluate")

Output = Annotated[Path | None, typer.Option("--output", help="Folder where the documents are written, too.")]
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
TRUTH_COLUMNS = Text(
    "protocole|ce qui était placé||placé|trouvé|intervalle|retrouvé",
    "protocol|what was planted||planted|found|interval|recovered",
)
YES_NO = {True: Text("oui", "yes"), False: Text("non", "no")}
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
        from maillage.report.evaluation.verdict import SHORT

        cells = [
            (
                each["id"],
                each["title"],
                each["registered_on"],
                each["digest"][:12],
                STATES[each["state"]][words],
                SHORT[each["decision"]][words] if each["decision"] else "",
            )
            for each in rows
        ]
        out.print(plain_table(COLUMNS[words].split("|"), cells))


@evaluate.command(epilog="Example: maillage evaluate check cpts_passages_legers")
def check(
    target: Annotated[str, typer.Argument(help="A protocol's file, or the identifier of a registered one.")],
    output: Output = None,
    store: Store = None,
    as_json: Json = False,  # noqa: FBT002
    lang: LangOption = Language.fr,
) -> None:
    """Say before any result what the data could show: who is compared, which effect would be seen; or why not.

    Exit code 3 where the protocol cannot be answered.
    """
    from maillage.pipeline.evaluation_ask import ask

    where = store or load_settings().store
    asked = ask(where, target)
    study, version = _study(asked, where)
    _tell_check(asked, study, version, output, lang_of(lang), as_json=as_json)


@evaluate.command(epilog="Example: maillage evaluate run cpts_passages_legers --output report")
def run(
    target: Annotated[str, typer.Argument(help="A registered protocol's identifier, or its file.")],
    deviation: Annotated[str, typer.Option("--deviation", help="Reason to run what differs from the register.")] = "",
    output: Output = None,
    store: Store = None,
    as_json: Json = False,  # noqa: FBT002
    lang: LangOption = Language.fr,
) -> None:
    """Estimate what a registered protocol asks, make its checks, and write the report and its one-page summary.

    Exit code 3 where the protocol cannot be answered.
    """
    from maillage.pipeline.evaluation_ask import ask, may_run
    from maillage.pipeline.evaluations import as_json_bytes, keep
    from maillage.report.evaluation.publish import publish
    from maillage.report.evaluation.run import run_report
    from maillage.report.evaluation.summary import summary

    where = store or load_settings().store
    asked = ask(where, target)
    told = may_run(asked, deviation)
    study, version = _study(asked, where)
    if study.refusals:
        _tell_check(asked, study, version, output, lang_of(lang), as_json=as_json)
    result, figures, lines = _answered(study, version, told, lang_of(lang))
    data = version.id if version else ""
    documents = {
        "report": run_report(result, asked.dossier, told, day=date.today(), data=data),
        "summary": summary(result, day=date.today(), data=data),
    }
    keep(asked.results, "result.json", as_json_bytes(figures))
    publish(asked.results / "documents", documents)
    _said(figures, lines, publish(output, documents) if output else [], as_json=as_json)


def _tell_check(
    asked: Asked, study: Study, version: Version | None, output: Path | None, lang: Lang, *, as_json: bool
) -> None:
    """Say, keep and publish what can be told of a study before its result; exit code 3 where it is refused."""
    from maillage.evaluation.footing import footing
    from maillage.evaluation.result import before_result
    from maillage.pipeline.evaluation_figures import check_figures
    from maillage.pipeline.evaluations import as_json_bytes, keep
    from maillage.report.evaluation.check import check_report
    from maillage.report.evaluation.lines import check_lines
    from maillage.report.evaluation.publish import publish

    found, ground = before_result(study), footing(study)
    figures = check_figures(study, found, ground)
    document = check_report(study, found, ground, day=date.today(), data=version.id if version else "")
    if asked.as_registered and asked.dossier is not None:
        keep(asked.dossier.folder, "check.json", as_json_bytes(figures))
        publish(asked.dossier.folder / "documents", {"check": document})
    written = publish(output, {"check": document}) if output else []
    _said(figures, check_lines(study, found, lang, ground), written, as_json=as_json)
    if study.refusals:
        raise typer.Exit(3)


def _answered(
    study: Study, version: Version | None, told: Deviations, lang: Lang
) -> tuple[Result | Special, Mapping[str, Any], Iterable[str]]:
    """The result of a study by its design, its figures, and what it says in a terminal."""
    from maillage.evaluation.result import analyse
    from maillage.evaluation.special import analyse_special
    from maillage.pipeline.evaluation_cost import with_cost
    from maillage.pipeline.evaluation_figures import result_figures, special_figures
    from maillage.report.evaluation.lines import result_lines, special_lines

    if study.protocol.design != "staggered":
        special = analyse_special(study)
        return special, special_figures(special, told), special_lines(special, lang)
    result = with_cost(analyse(study), version)
    return result, result_figures(result, told), result_lines(result, lang)


@evaluate.command(epilog="Example: maillage evaluate truth --store var/store --json")
def truth(store: Store = None, as_json: Json = False, lang: LangOption = Language.fr) -> None:  # noqa: FBT002
    """Run the protocols of the demonstration and say what was recovered of the effects planted in it."""
    from maillage.pipeline.evaluation_truth import recover_all

    where, words = store or load_settings().store, lang_of(lang)
    found = recover_all(where)
    if as_json:
        print_json([{**asdict(each), "what": each.what[words], "within": each.within} for each in found])
        return
    columns = TRUTH_COLUMNS[words].split("|")
    out.print(plain_table(columns, [_truth_cells(each, words) for each in found], right=columns[3:5]))


def _truth_cells(found: Recovered, words: Lang) -> tuple[str, ...]:
    planted, mean, low, high = (
        format_number(each, 2, words) for each in (found.planted, found.found, found.low, found.high)
    )
    interval = f"[{low} ; {high}]"
    return (found.protocol, found.what[words], found.key, planted, mean, interval, YES_NO[found.within][words])


def _study(asked: Asked, where: Path) -> tuple[Study, Version | None]:
    """The study of what is asked, and the version of the store that it reads, None where it has its own file."""
    from maillage.catalog.store import open_version
    from maillage.evaluation.footing import settled
    from maillage.pipeline.studies.build import build_study, needs_store

    version = open_version(where) if needs_store(asked.protocol) else None
    return settled(build_study(asked.protocol, version, asked.folder)), version


def _said(figures: Mapping[str, Any], lines: Iterable[str], written: Iterable[Path], *, as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    for line in (*lines, *map(str, written)):
        out.print(line, soft_wrap=True, markup=False, highlight=False)
