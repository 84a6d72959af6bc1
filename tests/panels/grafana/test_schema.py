"""The boards against the types that Grafana publishes, by the TypeScript compiler."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.panels.grafana import boards
from ccotel_tui.panels.grafana.variables import PROMETHEUS
from tests.servers.cache import CACHE

pytestmark = pytest.mark.servers

Json = dict[str, Any]
Errors = dict[str, list[str]]

SCHEMA = Path(__file__).parent / "schema"
COMPILER = "typescript/lib/tsc.js"
OPTIONS = (
    "--noEmit --strict --target es2022 --module esnext --moduleResolution bundler --pretty false"
)


def panel(board: Json, kind: str) -> Json:
    """The board's first panel of that kind, within a row too."""
    panels = (each for one in board["panels"] for each in (one, *one.get("panels", [])))
    found: Json = next(each for each in panels if each["type"] == kind)
    return found


SPOILED: dict[str, Callable[[Json], object]] = {
    "a board's key": lambda board: board.update(timeZone="browser"),
    "a number": lambda board: board.update(schemaVersion="39"),
    "a variable's type": lambda board: board["templating"]["list"][0].update(type="text"),
    "a variable's key": lambda board: board["templating"]["list"][0].update(value=""),
    "a list's sort": lambda board: board["templating"]["list"][0].update(sort=9),
    "an annotation's key": lambda board: board["annotations"]["list"][0].update(query=""),
    "a field's colour": lambda board: panel(board, "stat")["fieldConfig"]["defaults"].update(
        color={"mode": "rainbow"}
    ),
    "a panel's type": lambda board: panel(board, "stat").update(type="stats"),
    "a panel's option": lambda board: panel(board, "stat")["options"].update(textmode="value"),
    "an option's value": lambda board: panel(board, "stat")["options"].update(textMode="values"),
    "another panel's option": lambda board: panel(board, "table")["options"].update(legend={}),
    "a curve's style": lambda board: panel(board, "timeseries")["fieldConfig"]["defaults"][
        "custom"
    ].update(drawStyle="steps"),
    "a query's kind": lambda board: panel(board, "table")["targets"][0].update(instantly=True),
    "a query's format": lambda board: panel(board, "stat")["targets"][-1].update(
        datasource=PROMETHEUS, format="graph"
    ),
}


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> Errors:
    """What the compiler says of each board, as it is and spoiled."""
    modules = installed() / "node_modules"
    directory = tmp_path_factory.mktemp("boards")
    (directory / "node_modules").symlink_to(modules)
    shutil.copy(SCHEMA / "written.ts", directory)
    written = boards.boards()
    for name, spoil in SPOILED.items():
        written[name] = deepcopy(written["ccotel-home.json"])
        spoil(written[name])
    files = {f"board{number}.ts": name for number, name in enumerate(written)}
    for file, name in files.items():
        text = "import type { Board } from './written';\nexport const board: Board = "
        (directory / file).write_text(text + json.dumps(written[name], indent=1) + ";\n")
    done = subprocess.run(
        ["node", str(modules / COMPILER), *OPTIONS.split(), *files],
        cwd=directory,
        capture_output=True,
        text=True,
    )
    said: Errors = {name: [] for name in written}
    for line in done.stdout.splitlines():
        if found := re.match(r"(board\d+\.ts)\(", line):
            said[files[found[1]]].append(line)
        else:
            # More of the error above, or one that is in no board.
            assert line.startswith(" "), done.stdout
    assert done.returncode == (2 if any(said.values()) else 0), done.stderr
    return said


def installed() -> Path:
    """Where the packages that the lock file names are; installed once."""
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("no Node and npm on this machine: the boards' types are not checked")
    lock = (SCHEMA / "package-lock.json").read_bytes()
    place = CACHE.parent / "schema"
    kept = place / "node_modules" / "lock"
    if not (kept.exists() and kept.read_bytes() == lock):
        place.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SCHEMA / name, place)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(["npm", "ci", *quiet], cwd=place, check=True)
        kept.write_bytes(lock)
    return place


@pytest.mark.parametrize("name", boards.boards())
def test_grafana_knows_all_that_a_board_says(errors: Errors, name: str) -> None:
    assert errors[name] == []


@pytest.mark.parametrize("name", SPOILED)
def test_what_grafana_does_not_know_is_an_error(errors: Errors, name: str) -> None:
    assert errors[name]
