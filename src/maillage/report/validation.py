"""The report on a file that was validated: sentences for a terminal, or a page that stands by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from maillage.pipeline.register_validation import Finding, Validation, bad_share_max
from maillage.text import Lang, Text, format_number, format_quantity, typeset

SHOWN_LINES = 5
_ROW, _ROWS = Text("ligne", "row"), Text("lignes", "rows")
WORDS = {
    "title": Text("Rapport de validation", "Validation report"),
    "valid": Text("Fichier conforme", "The file conforms"),
    "to_check": Text("Fichier conforme, des points à vérifier", "The file conforms, some points to check"),
    "to_mend": Text("Des lignes sont à corriger", "Some rows are to be mended"),
    "refused": Text("Fichier non importable en l’état", "The file cannot be imported as it is"),
    "schema": Text("Schéma", "Schema"),
    "rows": Text("lignes lues", "rows read"),
    "kept": Text("lignes importables", "rows that can be imported"),
    "bad": Text("lignes à corriger", "rows to mend"),
    "again": Text("répétées à l’identique", "identical repeats"),
    "faults": Text("À corriger", "To mend"),
    "faults_note": Text("Ces lignes ne seraient pas importées.", "These rows would not be imported."),
    "doubts": Text("À vérifier", "To check"),
    "doubts_note": Text("Ces lignes seraient importées telles qu’elles ont été comprises.",
                        "These rows would be imported as they were understood."),
    "line": Text("Ligne", "Row"),
    "found": Text("Trouvé", "Found"),
    "proposed": Text("Proposition, à vérifier", "Suggestion, to check"),
    "empty": Text("(vide)", "(empty)"),
    "expected": Text("Attendu, par exemple :", "Expected, for example:"),
    "more": Text("Seules les {count} premières lignes sont montrées.", "Only the first {count} rows are shown."),
    "missing": Text("Colonnes absentes", "Columns that are missing"),
    "missing_note": Text(
        "Sans elles le fichier ne peut pas être lu. Le nom d’une colonne se change sur la première ligne du fichier.",
        "Without them the file cannot be read. The name of a column is changed on the first line of the file.",
    ),
    "one_of": Text("l’une au moins de ces colonnes.", "at least one of these columns."),
    "near": Text("Renommer peut-être :", "Perhaps rename:"),
    "understood": Text("Ce qui a été compris", "What was understood"),
    "column": Text("Colonne du schéma", "Column of the schema"),
    "read_from": Text("Lue dans", "Read from"),
    "example": Text("Exemple attendu", "Expected example"),
    "absent": Text("absente du fichier, laissée vide", "not in the file, left empty"),
    "ignored": Text("Colonnes du fichier non lues :", "Columns of the file that are not read:"),
    "sample": Text("Premières lignes, telles qu’elles ont été lues", "First rows, as they were read"),
    "next": Text("Et maintenant ?", "What next?"),
    "next_valid": Text("Le fichier peut être importé :", "The file can be imported:"),
    "next_mend": Text(
        "Corriger dans le fichier d’origine, l’enregistrer, puis relancer la validation :",
        "Mend the original file, save it, then validate again:",
    ),
    "limit": Text(
        "Un import est refusé en entier si plus de {limit} % des lignes sont à corriger ; en dessous, les lignes bonnes"
        " sont importées et les autres mises de côté, avec leur raison.",
        "An import is refused whole when more than {limit} % of the rows are to be mended; below, the good rows are"
        " imported and the others put aside with their reason.",
    ),
    "whole_row": Text("Ligne entière", "Whole row"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the report says first: its words, and its tone (``good``, ``check`` or ``bad``)."""

    key: str
    tone: str


def verdict(found: Validation) -> Verdict:
    """Whether the file can be imported, in a word."""
    if found.missing or found.problem:
        return Verdict("refused", "bad")
    if found.faults:
        return Verdict("to_mend", "bad")
    return Verdict("to_check", "check") if found.doubts else Verdict("valid", "good")


def as_lines(found: Validation, lang: Lang) -> list[str]:
    """The report, one sentence a line, for a terminal."""
    said = [f"{found.file} · {found.layout.title[lang]} : {WORDS[verdict(found).key][lang]}"]
    if found.problem:
        said.append(_problem(found, lang))
    if found.missing:
        said.append(f"{WORDS['missing'][lang]} :")
        said += [f"  {line}" for line in _missing(found, lang)]
    if found.report:
        said += found.report.understood(lang)
    for key, findings in (("faults", found.faults), ("doubts", found.doubts)):
        if findings:
            said += ["", f"{WORDS[key][lang]}. {WORDS[f'{key}_note'][lang]}"]
            said += [line for finding in findings for line in _finding(found, finding, lang)]
    return [typeset(line, lang) for line in said]


def as_page(found: Validation, lang: Lang) -> str:
    """The report as one HTML page that needs nothing else."""
    template = _templates().get_template("validation.html")
    limit = format_number(100 * bad_share_max(), 0, lang)

    def word(key: str, **slots: str) -> str:
        return typeset(WORDS[key][lang].format(**slots), lang)

    return template.render(
        found=found,
        lang=lang,
        t=word,
        limit=limit,
        verdict=verdict(found),
        problem=_problem(found, lang) if found.problem else "",
        count=lambda n: format_number(n, 0, lang),
        rows=lambda n: format_quantity(n, 0, _ROWS, lang, unit_one=_ROW),
        words=lambda finding: _sentence(found.words(finding, lang), lang),
        column=lambda name: next((c for c in found.layout.columns if c.name == name), None),
    )


def _problem(found: Validation, lang: Lang) -> str:
    problem = found.problem
    return "" if problem is None else (problem.fr if lang == "fr" and problem.fr else str(problem))


def _missing(found: Validation, lang: Lang) -> Iterator[str]:
    for name, close in found.missing.items():
        titles = {c.name: c.title[lang] for c in found.layout.columns}
        near = f" {WORDS['near'][lang]} {', '.join(close)}" if close else ""
        yield f"{name} ({titles.get(name, '')}).{near}" if name in titles else f"{name}.{near}"


def _finding(found: Validation, finding: Finding, lang: Lang) -> Iterator[str]:
    count = format_quantity(finding.rows, 0, _ROWS, lang, unit_one=_ROW)
    yield f"- {finding.name} : {found.words(finding, lang)} ({count})"
    for place in finding.places[:SHOWN_LINES]:
        mended = f" → {place.proposed} ?" if place.proposed else ""
        yield f"    {WORDS['line'][lang].lower()} {place.line} : {place.found or WORDS['empty'][lang]}{mended}"
    if finding.rows > SHOWN_LINES:
        yield "    …"


def _sentence(words: str, lang: Lang) -> str:
    return typeset(f"{words[:1].upper()}{words[1:]}.", lang)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("maillage", "report/templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
