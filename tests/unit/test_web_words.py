from __future__ import annotations

import re
import string
from importlib import resources

import pytest

from maillage.errors import DefinitionError
from maillage.web.language import Language, choose_language, load_messages
from maillage.web.pages_map import SCRIPT_WORDS


def _fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_both_catalogues_hold_the_same_keys_with_the_same_blanks() -> None:
    french, english = load_messages("fr"), load_messages("en")
    assert sorted(french) == sorted(english)
    assert {k for k in french if _fields(french[k]) != _fields(english[k])} == set()


def test_every_message_that_a_page_names_exists() -> None:
    templates = resources.files("maillage.web") / "templates"
    named = {key for page in templates.iterdir() for key in re.findall(r'\bt\("([\w.]+)"[,)]', page.read_text("utf-8"))}
    assert named
    assert named | set(SCRIPT_WORDS.values()) <= set(load_messages("fr"))


def test_no_page_carries_words_of_one_language() -> None:
    """Words of a page come from the catalogues: outside tags and expressions only marks and names remain."""
    allowed = {"Maillage", "SHA-256", "maillage run --demo"}
    templates = resources.files("maillage.web") / "templates"
    for page in templates.iterdir():
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<script.*?</script>|<[^>]*>", "\n", page.read_text("utf-8"), flags=re.S)
        words = {line.strip() for line in text.splitlines() if re.search(r"[A-Za-zÀ-ÿ]{2}", line)}
        assert {w.strip(" ·0") for w in words} <= allowed, page.name


def test_links_keep_the_language() -> None:
    assert choose_language("en").url("/carte", level="epci") == "/carte?level=epci&lang=en"
    assert choose_language(None).url("/carte", level=None) == "/carte"
    assert choose_language("xx").lang == "fr"


def test_an_unknown_message_is_an_error() -> None:
    with pytest.raises(DefinitionError, match=r"home\.nope"):
        Language("fr").t("home.nope")
