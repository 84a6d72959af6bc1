"""The packages this product is built on are dependencies, and the package imports them all."""

import ast
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]

PROMISED = ("textual", "grpcio", "opentelemetry-proto", "docker", "plotext")

MODULES = {
    "grpcio": "grpc",
    "opentelemetry-proto": "opentelemetry.proto",
    "protobuf": "google.protobuf",
    "pyyaml": "yaml",
}
"""By distribution, where its module has another name."""

IN_ITS_INTERFACE = {"requests": "docker", "rich": "textual"}
"""Modules whose classes another package takes or raises, in the version that it brings."""

DATA = {"tzdata"}
"""Read by zoneinfo, imported by nobody."""


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {Requirement(line).name for line in project["dependencies"]}


@cache
def imports() -> set[str]:
    """The dotted names that the package imports from outside it and the standard library."""
    names: set[str] = set()
    for path in (ROOT / "ccotel_tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    # Type checkers alone have _typeshed.
    others = {"ccotel_tui", "_typeshed", *sys.stdlib_module_names}
    return {name for name in names if name.partition(".")[0] not in others}


def is_of(name: str, distribution: str) -> bool:
    module = MODULES.get(distribution, distribution)
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize("distribution", PROMISED)
def test_a_promised_package_is_a_dependency(distribution: str) -> None:
    assert distribution in dependencies()


@pytest.mark.parametrize("distribution", sorted(dependencies() - DATA))
def test_a_dependency_is_imported(distribution: str) -> None:
    assert any(is_of(name, distribution) for name in imports())


def test_what_is_imported_is_a_dependency() -> None:
    declared = dependencies()
    declared |= {module for module, by in IN_ITS_INTERFACE.items() if by in declared}
    undeclared = {name for name in imports() if not any(is_of(name, each) for each in declared)}
    assert undeclared == set()
