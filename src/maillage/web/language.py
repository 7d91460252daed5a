"""The words of the screens: two catalogues of the same keys, and links that keep the language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from urllib.parse import urlencode

from maillage.errors import DefinitionError
from maillage.text import LANGS, Lang, Text


@cache
def load_messages(lang: Lang) -> Mapping[str, str]:
    """The messages of a language by dotted key, such as ``home.title``."""
    text = (resources.files("maillage.web") / "messages" / f"{lang}.toml").read_text("utf-8")
    return {
        f"{section}.{key}": words for section, entries in tomllib.loads(text).items() for key, words in entries.items()
    }


@dataclass(frozen=True, slots=True)
class Language:
    """The language of one request."""

    lang: Lang

    def t(self, key: str, **values: object) -> str:
        """The message of a key, its ``{names}`` filled; raises DefinitionError when the catalogue lacks it."""
        message = load_messages(self.lang).get(key)
        if message is None:
            raise DefinitionError(f"The message {key!r} is in no catalogue of the language {self.lang!r}.")
        return message.format(**values) if values else message

    def has(self, key: str) -> bool:
        """Whether the catalogue holds a key."""
        return key in load_messages(self.lang)

    def of(self, text: Text) -> str:
        """The side of a bilingual text that is in this language."""
        return text[self.lang]

    def day(self, when: date) -> str:
        """A day in words: ``3 mai 2026``, ``3 May 2026``."""
        month = self.t("months.names").split("|")[when.month - 1]
        first = "1er" if when.day == 1 and self.lang == "fr" else str(when.day)
        return f"{first} {month} {when.year}"

    def url(self, path: str, **params: object) -> str:
        """A path of the observatory with its parameters, the language kept when it is not the default."""
        kept = {k: v for k, v in params.items() if v is not None and v != ""}
        if self.lang != LANGS[0]:
            kept["lang"] = self.lang
        return f"{path}?{urlencode(kept)}" if kept else path


def choose_language(wanted: str | None) -> Language:
    """The language asked for by ``?lang=``; French when it is absent or unknown."""
    return Language("en" if wanted == "en" else "fr")


def capitalised(words: str) -> str:
    """The words with a capital at their beginning, the rest untouched."""
    return words[:1].upper() + words[1:]
