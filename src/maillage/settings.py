"""The only reader of the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from maillage.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and where the observatory listens.

    ``carriers`` is the folder of the wheels read as files (communes, population, map script).
    Every field has an environment variable of the same name in capitals, prefixed by ``MAILLAGE_``.
    """

    store: Path = Path("var/store")
    carriers: Path = Path(sys.prefix) / "share" / "maillage" / "carriers"
    real_data: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises UsageError when a port is not a number between 1 and 65535.
    """
    default = Settings()
    real = os.environ.get("MAILLAGE_REAL_DATA", "")
    return Settings(
        store=Path(os.environ.get("MAILLAGE_STORE", str(default.store))),
        carriers=Path(os.environ.get("MAILLAGE_CARRIERS", str(default.carriers))),
        real_data=Path(real) if real else None,
        host=os.environ.get("MAILLAGE_HOST", default.host),
        port=_port(os.environ.get("MAILLAGE_PORT", str(default.port))),
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise UsageError(f"MAILLAGE_PORT should be a number from 1 to 65535, found {text!r}.")
    return int(text)
