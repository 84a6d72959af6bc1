"""`make` installs what its target needs, by uv or pip, and says what to do where it cannot."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock")
RUN, TOOLS = "--require-hashes --requirement requirements.lock", "requirements-dev.lock"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh one, as far as `make` reads it."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(checkout: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    # Nothing of the `make` that runs the tests: its variables are exported.
    path = {"PATH": os.environ["PATH"]}
    return subprocess.run(["make", *words], cwd=checkout, env=path, capture_output=True, text=True)


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("target", ["run", "up", "down", "status", "env"])
def test_a_run_installs_what_a_run_needs(checkout: Path, target: str) -> None:
    recipe = make(checkout, "-n", target).stdout
    assert RUN in recipe
    assert TOOLS not in recipe


@pytest.mark.parametrize("target", ["test", "lint", "bench", "goldens", "test-stack"])
def test_tools_come_with_what_uses_them(checkout: Path, target: str) -> None:
    recipe = make(checkout, "-n", target).stdout
    assert 0 < recipe.index(RUN) < recipe.index(TOOLS)


def test_what_is_installed_is_not_asked_for_again(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    for stamp in ("runs", "tools"):
        (checkout / ".venv" / stamp).touch()
    assert make(checkout, "-n", "run").stdout == ".venv/bin/ccotel-tui \n"
    assert "install" not in make(checkout, "-n", "lint").stdout


def test_uv_installs_where_it_is_and_pip_elsewhere(checkout: Path) -> None:
    by_uv = make(checkout, "-n", "run", "UV=/opt/some where/uv").stdout
    assert f"'/opt/some where/uv' pip install --python .venv/bin/python --no-deps {RUN}" in by_uv
    assert "-m pip" not in by_uv
    by_pip = make(checkout, "-n", "run", "UV=").stdout
    assert ".venv/bin/python -m pip install" in by_pip
    assert "uv' " not in by_pip


def test_it_says_what_it_does_before_it_does_it(checkout: Path) -> None:
    done = make(checkout, "run", "UV=", f"PYTHON={program(checkout / 'python', 'exit 1')}")
    assert done.stdout.startswith("Installing what a run needs into .venv, once: ")
    assert "half a minute by pip (5 s where uv is installed)" in done.stdout


@pytest.mark.parametrize("python", ["python-that-is-not-there", "false"])
def test_a_python_that_is_too_old_or_missing(checkout: Path, python: str) -> None:
    done = make(checkout, "run", f"PYTHON={python}")
    assert done.returncode
    assert "needs Python 3.11 or newer: make PYTHON=python3.12 ..." in done.stderr


def test_a_python_without_venv(checkout: Path) -> None:
    python = program(checkout / "python", 'test "$1" != -m')
    done = make(checkout, "run", "UV=", f"PYTHON={python}")
    assert done.returncode
    assert "apt install python3-venv" in done.stderr


def test_an_install_that_fails_is_begun_again_the_next_time(checkout: Path) -> None:
    uv = program(checkout / "uv", 'test "$1" = venv || { echo "no route to host" >&2; exit 1; }')
    for _ in range(2):
        done = make(checkout, "run", f"UV={uv}")
        assert done.returncode
        assert "no route to host\nNot installed, for the reason above" in done.stderr
