"""The screen's words are shown, and nothing is decided by them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SCREEN = Path(__file__).parents[3] / "ccotel_tui" / "screen"
MODULES = sorted(SCREEN.rglob("*.py"))


def decisive(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what is compared, what text is searched for in another, and the keys of tables."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                yield from (node.left, *node.comparators)
            case ast.Call(func=ast.Attribute(attr="startswith" | "endswith" | "find" | "get")):
                yield from node.args[:1]
            case ast.Dict():
                yield from filter(None, node.keys)
            case ast.MatchValue():
                yield node.value


def words(expression: ast.expr) -> list[str]:
    """Return the names of the screen's words that are part of an expression."""
    return [
        node.attr
        for node in ast.walk(expression)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "strings"
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SCREEN)))
def test_no_words_are_compared(module: Path) -> None:
    tree = ast.parse(module.read_text())
    assert [name for part in decisive(tree) for name in words(part)] == []
