"""Who cites Maillage cites the version that was used."""

from __future__ import annotations

import re
from pathlib import Path

from maillage import __version__


def test_the_citation_file_names_the_version_and_licence_of_the_package() -> None:
    root = Path(__file__).parents[2]
    told = dict(re.findall(r"^(\w[\w-]*): *(.+)$", (root / "CITATION.cff").read_text("utf-8"), re.MULTILINE))
    licence = re.search(r'^license = "(.+)"$', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert told["version"] == __version__
    assert licence is not None
    assert told["license"] == licence[1]
