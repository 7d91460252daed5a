"""Files that people bring to the observatory: kept aside on this machine until they are kept or discarded."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import threading
import time
import unicodedata
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from starlette.requests import Request

from maillage.catalog.store import writing_to
from maillage.errors import ForbiddenError, NotFoundError, TooLargeError
from maillage.pipeline.imports import Import, ImportOptions, import_path
from maillage.sources.origin import ORIGIN_FILE
from maillage.text import Lang, Text
from maillage.web.security import TOKEN_HEADER, is_local, is_same_origin

# Who may bring files: nobody, whoever sits at this machine, whoever reaches the observatory.
Access = Literal["off", "local", "open"]
# A file that nobody kept is removed after an hour, or when this many others came after it.
HELD_S, HELD_MAX = 3600, 4
NAME_MAX = 80
_ID = re.compile(r"[0-9a-f]{32}")
_SIMULATED = "[folder]\nsimulated = true\n"
_OFF = Text(
    "Cet observatoire n’accepte pas de fichier par ses pages : utiliser `maillage import` sur sa machine.",
    "This observatory takes no file through its pages: use `maillage import` on its machine.",
)
_FOREIGN = Text(
    "Cette demande ne vient pas de la page d’import de cet observatoire : la recharger, puis recommencer.",
    "This request does not come from the import page of this observatory: load it again, then start anew.",
)
_GONE = Text(
    "Ce fichier n’est plus en attente : le choisir de nouveau.", "This file is no longer held: choose it again."
)
_LARGE = Text(
    "Le fichier dépasse {limit} Mio, la limite de cette page (MAILLAGE_UPLOAD_MIB_MAX) : utiliser `maillage import`.",
    "The file is over {limit} MiB, the limit of this page (MAILLAGE_UPLOAD_MIB_MAX): use `maillage import`.",
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file held aside: its folder, and its name as it was brought, made safe."""

    folder: Path

    @property
    def id(self) -> str:
        """What its holder names it by: 128 random bits."""
        return self.folder.name

    @property
    def path(self) -> Path:
        """The file, alone in its folder but for what it is said to be."""
        return next(p for p in sorted((self.folder / "file").iterdir()) if p.name != ORIGIN_FILE)

    @property
    def mapping(self) -> Path:
        """Where its declared mapping stands, once there is one."""
        return self.folder / "mapping.toml"


@dataclass(slots=True)
class Uploads:
    """Receives files into a folder of its own beside the store, reads them as `maillage import` does, forgets them.

    ``token`` is known to the pages of this process only. Files are read one at a time.
    """

    store: Path
    carriers: Path
    bytes_max: int
    access: Access = "off"
    token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    _reading: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def folder(self) -> Path:
        """The files that this process holds."""
        return self.store / "uploads" / str(os.getpid())

    def offered(self, request: Request) -> bool:
        """Whether files may be brought by whoever made the request."""
        return self.access == "open" or (self.access == "local" and is_local(request))

    def require(self, request: Request) -> None:
        """Raises ForbiddenError unless files may be brought and the request comes from one of our pages."""
        if not self.offered(request):
            raise ForbiddenError(_OFF.en, fr=_OFF.fr)
        told = request.headers.get(TOKEN_HEADER, "")
        if not (is_same_origin(request) and secrets.compare_digest(told.encode(), self.token.encode())):
            raise ForbiddenError(_FOREIGN.en, fr=_FOREIGN.fr)

    async def receive(self, request: Request, name: str, *, simulated: bool) -> Upload:
        """Write the body of a request to a folder of its own, which nothing is left of when it does not end well.

        Raises TooLargeError beyond the limit, StoreError when the disk refuses.
        """
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.bytes_max:
            raise self._too_large()
        self.sweep(HELD_MAX - 1)
        asyncio.get_running_loop().call_later(HELD_S + 1, self.sweep)
        upload = Upload(self.folder / secrets.token_hex(16))
        try:
            with writing_to(self.store):
                (upload.folder / "file").mkdir(parents=True)
                upload.folder.chmod(0o700)
                await self._write(request.stream(), upload.folder / "file" / safe_name(name))
                if simulated:
                    (upload.folder / "file" / ORIGIN_FILE).write_text(_SIMULATED, "utf-8")
        except BaseException:
            self.discard(upload)
            raise
        return upload

    async def _write(self, chunks: AsyncIterator[bytes], path: Path) -> None:
        size = 0
        with path.open("xb") as stream:
            async for chunk in chunks:
                size += len(chunk)
                if size > self.bytes_max:
                    raise self._too_large()
                stream.write(chunk)

    def _too_large(self) -> TooLargeError:
        limit = self.bytes_max >> 20
        return TooLargeError(_LARGE.en.format(limit=limit), fr=_LARGE.fr.format(limit=limit))

    def find(self, identifier: str) -> Upload:
        """The file held under an identifier; raises NotFoundError when it is no longer."""
        upload = Upload(self.folder / identifier)
        if not _ID.fullmatch(identifier) or not upload.folder.is_dir():
            raise NotFoundError(_GONE.en, fr=_GONE.fr)
        return upload

    def read(self, upload: Upload, lang: Lang, *, keeps: bool, replaces: bool = False) -> Import:
        """What `maillage import` makes of the file with its mapping: a report, and with ``keeps`` a file kept."""
        mapping = upload.mapping if upload.mapping.exists() else None
        options = ImportOptions(lang, mapping, replaces, self.carriers, keeps=keeps)
        with self._reading:
            return import_path(self.find(upload.id).path, self.store, options)[0]

    def discard(self, upload: Upload) -> None:
        """Remove a file and all that was written of it."""
        shutil.rmtree(upload.folder, ignore_errors=True)
        with suppress(OSError):
            self.folder.rmdir()
            self.folder.parent.rmdir()

    def sweep(self, kept: int = HELD_MAX) -> None:
        """Remove the files held for too long or too many, and those of processes that are gone."""
        for folder in self.folder.parent.glob("[0-9]*"):
            if not Path(f"/proc/{folder.name}").exists():
                shutil.rmtree(folder, ignore_errors=True)
        with suppress(FileNotFoundError):  # one that its holder discards meanwhile
            held = sorted(self.folder.glob("*"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
            for rank, folder in enumerate(held):
                if rank >= kept or time.time() - folder.stat().st_mtime >= HELD_S:
                    self.discard(Upload(folder))

    def close(self) -> None:
        """Remove every file that this process holds."""
        self.sweep(kept=0)


def safe_name(name: str) -> str:
    """The last part of a name, with nothing in it that a file system or a reader could take for something else."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = re.sub(r"[^\w .()+=-]", "_", last).strip(" .")
    if not plain or plain.casefold() == ORIGIN_FILE:
        plain = f"fichier_{plain}".rstrip("_")
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[: NAME_MAX - len(suffix) - 1]}.{suffix}" if dot and len(suffix) < 10 else plain[:NAME_MAX]
