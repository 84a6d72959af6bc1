"""No public class or function of the package is in two of its modules."""

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "ccotel_tui"


def test_a_public_name_is_in_one_module() -> None:
    modules: defaultdict[str, list[str]] = defaultdict(list)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                modules[node.name].append(str(path.relative_to(PACKAGE)))
    public = {name: places for name, places in modules.items() if not name.startswith("_")}
    assert {name: places for name, places in public.items() if len(places) > 1} == {}
