"""README and CONTRIBUTING say what is there: commands, keys, panels and their kinds, files."""

import re
from pathlib import Path

import pytest

from ccotel_tui.cli import COMMANDS
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import NEEDED
from ccotel_tui.screen.keys import KEYS, Key

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "README.ko.md").read_text(encoding="utf-8")
MOST_LINES = 150
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "dashboard"])
def test_every_command_is_there(command: str) -> None:
    assert f"| `ccotel-tui {command}" in section("Commands")
    assert f"| `ccotel-tui {command}" in KOREAN


@pytest.mark.parametrize("key", [key for key in KEYS if key.listed], ids=lambda key: key.id)
def test_every_key_is_there(key: Key) -> None:
    assert f"`{key.shown}`" in section("On the screen")
    assert f"`{key.shown}`" in KOREAN


def test_every_panel_that_is_named_exists() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", section("What a number is"), re.MULTILINE)[1:]
    titles = [panel.title for panel in PANELS]
    for name in (name for row in rows for name in row.split(", ")):
        # "Token Usage by Type, by Model" and "Tool Execution, API Error Events" are two each.
        assert any(title.startswith(name) or title.endswith(name) for title in titles), name


@pytest.mark.parametrize("page", [README, KOREAN], ids=["README", "README.ko"])
def test_a_readme_is_short_and_what_it_links_exists(page: str) -> None:
    assert page.count("\n") <= MOST_LINES
    linked = [link for link in re.findall(r"\]\(([^)]+)\)", page) if "://" not in link]
    assert [link for link in linked if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_make_target_that_is_named_exists(page: str) -> None:
    for target in re.findall(r"make\s+([a-z-]+)", page):
        assert re.search(rf"^(?:[\w-]+ )*{target}(?: [\w-]+)*:", MAKEFILE, re.MULTILINE), target


def test_every_file_that_contributing_names_exists() -> None:
    named = re.findall(r"`((?:ccotel_tui|tests|stack|\.ci)/[\w./-]*)", CONTRIBUTING)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_contributing_says_what_each_kind_of_panel_needs() -> None:
    told = re.findall(r"^   \| `([\w ]+)` \| ([^|]*) \|", CONTRIBUTING, re.MULTILINE)
    assert {kind: tuple(re.findall(r"`(\w+)`", needs)) for kind, needs in told} == NEEDED
