"""The register of protocols beside the store: what was decided before a result, when, and what was found after.

    store/evaluations/<id>/registrations/001.toml, 001.json, 002.toml, …   the protocol, and its amendments
                           check.json, result.json                         what was found, in figures
                           documents/{report,summary,check}.{fr,en}.{html,pdf}
                           deviations/<hash>/                              the same of a run that deviates

A registration is never rewritten. Each bears the hash of its text and of the registration before it, so that one that
was altered or taken away shows.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from maillage.catalog.store import sync, writing_to
from maillage.errors import NotFoundError, StoreError, UsageError
from maillage.evaluation.protocol import Protocol, parse_protocol

FOLDER = "evaluations"
State = Literal["registered", "refused", "feasible", "run"]


@dataclass(frozen=True, slots=True)
class Registration:
    """A protocol as it was registered: the ``number``-th time, on a day, on a ``version`` of the store ("" for none).

    ``why`` is the reason of an amendment; ``after_result`` tells that a result had been seen by then. ``previous`` is
    the hash of the registration before, "" for the first.
    """

    number: int
    digest: str
    registered_on: date
    version: str
    why: str
    after_result: bool
    previous: str
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is kept of one protocol; ``check`` and ``result`` are the figures found, empty before."""

    folder: Path
    registrations: tuple[Registration, ...]
    check: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def last(self) -> Registration:
        """The registration in force."""
        return self.registrations[-1]

    @property
    def state(self) -> State:
        """How far it went with the protocol in force: an amendment puts it back to registered."""
        if self.result.get("digest") == self.last.digest:
            return "run"
        if self.check.get("digest") == self.last.digest:
            return "refused" if self.check.get("refusals") else "feasible"
        return "registered"

    @property
    def documents(self) -> dict[str, Path]:
        """The documents that were written, by file name."""
        return {path.name: path for path in sorted((self.folder / "documents").glob("*.*"))}


def register(store: Path, text: str, *, on: date, why: str = "", where: str = "protocol") -> Registration:
    """Register the protocol that ``text`` states, dated ``on``; registering the same text again changes nothing.

    Raises DefinitionError for a faulty protocol, UsageError for one that differs from that registered under its
    identifier and comes without a reason ``why``, StoreError when it cannot be written.
    """
    protocol = parse_protocol(text, where=where)
    folder = store / FOLDER / protocol.id
    known = dossier(store, protocol.id).registrations if folder.exists() else ()
    if known and known[-1].digest == protocol.digest:
        return known[-1]
    if known and not why.strip():
        raise UsageError(
            f"The protocol {protocol.id} was registered on {known[-1].registered_on} with another text "
            f"({known[-1].digest[:12]}, found {protocol.digest[:12]}).",
            hint="Give the reason of the amendment with --why, or another identifier.",
            fr=f"Le protocole {protocol.id} a été enregistré le {known[-1].registered_on} avec un autre texte. Donner"
            " la raison de l’amendement avec --why, ou un autre identifiant.",
        )
    made = Registration(
        number=len(known) + 1,
        digest=protocol.digest,
        registered_on=on,
        version=_version_in_force(store),
        why=why.strip(),
        after_result=any(folder.rglob("result.json")),
        previous=_seal(folder, known[-1].number) if known else "",
        protocol=protocol,
    )
    with writing_to(store):
        _write(folder, made)
    return made


def dossiers(store: Path) -> list[Dossier]:
    """Every protocol registered beside a store, by identifier; raises StoreError as `dossier` does."""
    return [dossier(store, path.parent.name) for path in sorted((store / FOLDER).glob("*/registrations"))]


def dossier(store: Path, identifier: str) -> Dossier:
    """What is kept of a protocol.

    Raises NotFoundError when none has this identifier, StoreError when a registration was altered or is missing.
    """
    folder = store / FOLDER / identifier
    found = sorted((folder / "registrations").glob("[0-9]*.json"))
    if not identifier.isidentifier() or not found:
        known = ", ".join(sorted(path.parent.name for path in (store / FOLDER).glob("*/registrations"))) or "none"
        raise NotFoundError(
            f"No protocol is registered as {identifier!r}: there is {known}.",
            hint="Register one with `maillage evaluate register FILE`.",
            fr=f"Aucun protocole n’est enregistré sous {identifier!r}. En enregistrer un avec"
            " `maillage evaluate register FICHIER`.",
        )
    registrations = tuple(_read(folder, number) for number in range(1, len(found) + 1))
    return Dossier(folder, registrations, _figures(folder / "check.json"), _figures(folder / "result.json"))


def keep(folder: Path, name: str, data: bytes) -> Path:
    """Write a file of a dossier, whole or not at all; returns its path. Raises StoreError when it cannot be written."""
    path = folder / name
    with writing_to(folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_bytes(data)
        sync(aside)
        aside.replace(path)
    return path


def as_json_bytes(figures: Mapping[str, Any]) -> bytes:
    """Figures as they are kept: JSON with its keys in order."""
    return (json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def _version_in_force(store: Path) -> str:
    pointer = store / "CURRENT"
    return pointer.read_text("utf-8").strip() if pointer.is_file() else ""


def _write(folder: Path, made: Registration) -> None:
    stem = f"registrations/{made.number:03d}"
    told = {
        "number": made.number,
        "digest": made.digest,
        "registered_on": made.registered_on.isoformat(),
        "version": made.version,
        "why": made.why,
        "after_result": made.after_result,
        "previous": made.previous,
    }
    keep(folder, f"{stem}.toml", made.protocol.text.encode())
    keep(folder, f"{stem}.json", as_json_bytes(told))


def _read(folder: Path, number: int) -> Registration:
    stem = folder / "registrations" / f"{number:03d}"
    try:
        told = json.loads(stem.with_suffix(".json").read_text("utf-8"))
        text = stem.with_suffix(".toml").read_bytes().decode("utf-8")
        registered_on = date.fromisoformat(told.pop("registered_on"))
        _check_seals(told, text, _seal(folder, number - 1) if number > 1 else "")
        return Registration(**told, registered_on=registered_on, protocol=parse_protocol(text, where=str(stem)))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise StoreError(
            f"Registration {number} of the protocol {folder.name} was altered or is missing ({stem}.toml): {problem}.",
            hint="Restore the folder from a copy: a protocol is worth what its register is.",
            fr=f"L’enregistrement {number} du protocole {folder.name} a été modifié ou manque. Rétablir le dossier"
            " depuis une copie : un protocole vaut ce que vaut son registre.",
        ) from problem


def _check_seals(told: Mapping[str, Any], text: str, previous: str) -> None:
    if hashlib.sha256(text.encode()).hexdigest() != told["digest"] or told["previous"] != previous:
        raise ValueError("its hash is not the one that was registered")


def _seal(folder: Path, number: int) -> str:
    return hashlib.sha256((folder / "registrations" / f"{number:03d}.json").read_bytes()).hexdigest()


def _figures(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as problem:
        raise StoreError(f"The file {path} is damaged: {problem}.", hint="Run the evaluation again.") from problem
    return found if isinstance(found, dict) else {}
