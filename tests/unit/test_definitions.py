"""A package of definitions is searched module by module, and one that defines nothing is refused."""

import sys

import pytest

from maillage.catalog.definitions import defined
from maillage.errors import DefinitionError
from maillage.text import Text


@pytest.fixture
def package(tmp_path, monkeypatch):
    for name in [n for n in sys.modules if n.startswith("defined_here")]:
        monkeypatch.delitem(sys.modules, name)
    folder = tmp_path / "defined_here"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "b.py").write_text("from maillage.text import Text\nWORD = Text('un', 'one')\n", "utf-8")
    (folder / "a.py").write_text("from maillage.text import Text\nWORDS = (Text('a', 'a'), Text('b', 'b'))\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_one_or_several_objects_of_each_module_come_in_the_order_of_modules(package):
    assert [word.fr for word in defined(package.name, Text, "WORD")] == ["a", "b", "un"]


def test_a_module_that_defines_nothing_of_the_kind_is_named(package):
    (package / "c.py").write_text("WORD = 'un'\n", "utf-8")
    with pytest.raises(DefinitionError, match=r"defined_here\.c should define WORD or WORDS"):
        list(defined(package.name, Text, "WORD"))
