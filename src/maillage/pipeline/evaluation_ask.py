"""Which protocol is meant, whether it is the one that was registered, and what differs where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maillage.errors import UsageError
from maillage.evaluation.protocol import Protocol, deviations, parse_protocol
from maillage.pipeline.evaluations import FOLDER, Dossier, dossier
from maillage.pipeline.protocols import protocol_text


@dataclass(frozen=True, slots=True)
class Asked:
    """A protocol, the folder from which it reads its file, and its ``dossier``, None where it is not registered."""

    protocol: Protocol
    folder: Path
    dossier: Dossier | None

    @property
    def as_registered(self) -> bool:
        """Whether it is word for word the protocol in force in the register."""
        return self.dossier is not None and self.dossier.last.digest == self.protocol.digest

    @property
    def results(self) -> Path:
        """Where what is found is kept: beside the registrations, or apart where it deviates from them.

        Raises UsageError for a protocol that is not registered.
        """
        if self.dossier is None:
            raise _unregistered(self.protocol)
        whole = self.dossier.folder
        return whole if self.as_registered else whole / "deviations" / self.protocol.digest[:12]


@dataclass(frozen=True, slots=True)
class Deviations:
    """What differs from the registered protocol, by dotted name (registered, then used), and ``why``; empty for none.

    ``amended`` are the choices that amendments changed since the first registration.
    """

    choices: Mapping[str, tuple[Any, Any]]
    why: str
    amended: Mapping[str, tuple[Any, Any]]


def ask(store: Path, target: str) -> Asked:
    """The protocol that ``target`` means: a file, or the identifier of one that is registered.

    A file's own file of data lies beside it; that of an identifier, below the working folder. Raises DefinitionError,
    UnreadableFileError, NotFoundError and StoreError as their readers do.
    """
    path = Path(target)
    if path.suffix or path.exists():
        protocol = parse_protocol(protocol_text(path), where=target)
        known = (store / FOLDER / protocol.id / "registrations").exists()
        return Asked(protocol, path.parent, dossier(store, protocol.id) if known else None)
    kept = dossier(store, target)
    return Asked(kept.last.protocol, Path(), kept)


def may_run(asked: Asked, why: str) -> Deviations:
    """The deviations of a protocol that may run; ``why`` is the reason given for them.

    Raises UsageError for a protocol that is not registered, or one that differs from its registration without a reason.
    """
    if asked.dossier is None:
        raise _unregistered(asked.protocol)
    kept = asked.dossier
    changed = deviations(kept.last.protocol, asked.protocol)
    if not asked.as_registered and not why.strip():
        named = ", ".join(changed) or "comments or spaces only"
        raise UsageError(
            f"The protocol {asked.protocol.id} is not the one registered on {kept.last.registered_on} "
            f"({kept.last.digest[:12]}, found {asked.protocol.digest[:12]}); what differs: {named}.",
            hint='Run what was registered, amend it with `register --why`, or run with `--deviation "the reason"`, '
            "which the report will show.",
            fr=f"Le protocole {asked.protocol.id} n’est pas celui enregistré le {kept.last.registered_on} ; diffèrent :"
            f" {', '.join(changed) or 'des commentaires ou des espaces'}. Exécuter le protocole enregistré, l’amender"
            ' avec `register --why`, ou donner `--deviation "la raison"`, que le rapport montrera.',
        )
    return Deviations(
        changed, why.strip() if changed else "", deviations(kept.registrations[0].protocol, kept.last.protocol)
    )


def _unregistered(protocol: Protocol) -> UsageError:
    return UsageError(
        f"The protocol {protocol.id} is not registered: it would be written after its result.",
        hint="Register it first: `maillage evaluate register FILE`.",
        fr=f"Le protocole {protocol.id} n’est pas enregistré : il serait écrit après son résultat."
        " L’enregistrer d’abord : `maillage evaluate register FICHIER`.",
    )
