"""The only reader of the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from maillage.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, where the observatory listens, and the largest file that its upload page takes (in MiB).

    ``carriers`` is the folder of the wheels read as files (communes, population, map script).
    Every field has an environment variable of the same name in capitals, prefixed by ``MAILLAGE_``.
    """

    store: Path = Path("var/store")
    carriers: Path = Path(sys.prefix) / "share" / "maillage" / "carriers"
    real_data: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    upload_mib_max: int = 1024


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises UsageError when a port is not a number between 1 and 65535, or a size not one from 1 MiB to 1 TiB.
    """
    default = Settings()
    real = os.environ.get("MAILLAGE_REAL_DATA", "")
    return Settings(
        store=Path(os.environ.get("MAILLAGE_STORE", str(default.store))),
        carriers=Path(os.environ.get("MAILLAGE_CARRIERS", str(default.carriers))),
        real_data=Path(real) if real else None,
        host=os.environ.get("MAILLAGE_HOST", default.host),
        port=_number("MAILLAGE_PORT", default.port, 65535),
        upload_mib_max=_number("MAILLAGE_UPLOAD_MIB_MAX", default.upload_mib_max, 1 << 20),
    )


def _number(name: str, default: int, largest: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or not 1 <= int(text) <= largest:
        raise UsageError(f"{name} should be a number from 1 to {largest}, found {text!r}.")
    return int(text)
