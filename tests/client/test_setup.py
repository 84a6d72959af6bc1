"""From nothing to the dollar: `setup`, one run of Claude Code, its cost, and `setup --undo`."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.client.install import newest_installed
from tests.client.world.tmux import wait_for
from tests.client.world.world import World

pytestmark = pytest.mark.client

EXACT = 1e-9


def typed(world: World, *words: str) -> str:
    command = [sys.executable, "-m", "ccotel_tui", *words, "--db", str(world.answers.database)]
    client = str(newest_installed().parent)
    variables = {"HOME": str(world.home.path), "PATH": f"{client}:{os.environ['PATH']}"}
    done = subprocess.run(command, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("there", [True, False], ids=["settings there", "no settings"])
def test_setup_leads_to_the_dollar_and_undo_leaves_nothing(world: World, there: bool) -> None:
    home = replace(world.home, in_shell=False)
    folder = home.project("alpha")
    settings = home.config / "settings.json"
    if not there:
        shutil.rmtree(home.config)
    before = settings.read_bytes() if there else None
    found_before = files(home.path)

    told = typed(world, "setup", "--yes")
    assert newest_installed().parents[2].name in told
    result = home.run(folder, "spend 4000 tokens")
    panels = world.answers.panels()
    assert panels["total_cost"]["value"] == pytest.approx(result["total_cost_usd"], abs=EXACT)
    assert result["total_cost_usd"] > 0

    typed(world, "setup", "--undo", "--yes")
    assert (settings.read_bytes() if settings.exists() else None) == before
    left = [path for path in files(home.path) - found_before if "ccotel" in str(path)]
    assert left == []
    home.run(folder, "spend 4000 tokens")
    assert world.answers.panels()["total_cost"]["value"] == panels["total_cost"]["value"]


def test_env_try_starts_one_client_with_the_variables(world: World) -> None:
    home = replace(world.home, in_shell=False)
    folder = home.project("alpha")
    settings = (home.config / "settings.json").read_bytes()
    client = str(newest_installed().parent)
    variables = {**home.environment, "PATH": f"{client}:{os.environ['PATH']}"}
    database = str(world.answers.database)
    command = [sys.executable, "-m", "ccotel_tui", "env", "--try", "--db", database]
    pane = world.tmux.run("try", (100, 40), command, variables, folder)
    pane.until("❯", "accept edits on")
    pane.type("spend 4000 tokens")
    pane.until("❯ spend 4000 tokens")
    pane.press("Enter")
    row = wait_for(lambda: [*world.answers.sessions().values()], "a session that is heard")[0]
    assert world.settle(row["session_id"], 1)["cost"] > 0
    assert (home.config / "settings.json").read_bytes() == settings
