"""The README says what is there: every command, key and panel, and the two commands to start."""

import re
from pathlib import Path

import pytest

from ccotel_tui.cli import COMMANDS
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.screen.keys import KEYS, Key

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "dashboard"])
def test_every_command_is_there(command: str) -> None:
    assert f"| `ccotel-tui {command}" in section("Commands")


@pytest.mark.parametrize("key", [key for key in KEYS if key.listed], ids=lambda key: key.id)
def test_every_key_is_there(key: Key) -> None:
    assert f"`{key.shown}`" in section("On the screen")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_every_panel_is_there(panel: Panel) -> None:
    shared = {"tokens_by_model": "by model", "tool_events": "tool execution"}
    assert shared.get(panel.id, panel.title.lower()) in section("What a number is").lower()


def test_every_make_target_that_is_named_exists() -> None:
    for target in re.findall(r"make\s+([a-z-]+)", README):
        assert re.search(rf"^(?:[\w-]+ )*{target}(?: [\w-]+)*:", MAKEFILE, re.MULTILINE), target
