"""The page before anything came: who is not heard and why, and lines that do what they say."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from textual.color import Color

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.doctor.rules import RULES
from ccotel_tui.local.locations import PROGRAM
from ccotel_tui.screen.strings import english, korean
from ccotel_tui.screen.views.pages.doctor import doctor_page
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.running import dashboard
from tests.screen.tools.terminal import command_terminal
from tests.tools.otlp import request


@pytest.fixture
def registry(tmp_path: Path) -> SessionRegistry:
    folder = tmp_path / "sessions"
    register(folder, os.getpid(), "a" * 36, "idle", name="web-\x1b[31mshop")
    return SessionRegistry(folder, lambda _: "7")


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_who_runs_and_is_not_heard_stands_with_the_reason(
    database: Database, registry: SessionRegistry, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(tmp_path, size, registry=registry) as running:
        page = await running.until("x web- shop")
        assert "telemetry is off" in page
        assert "> set up Claude Code" in page
        assert "copy the variables" in page
        assert ("ccotel-tui setup, then restart it" in page) == (size[0] == 80)
        assert "> see the demo" in await running.press("down", "down")
        assert "> set up" in await running.press("up", "up", "up")
        database.append([request(1.25)])
        assert "set up" not in await running.until("$1.25")


async def test_a_section_says_that_it_is_empty_so_far(database: Database, tmp_path: Path) -> None:
    async with dashboard(tmp_path, (80, 24)) as running:
        page = await running.until("Nothing has been received yet")
        assert "z zoom" not in page
        assert english.FILLS_LATER in await running.press("3")
        database.append([request(1.25)])
        await running.press("1")
        assert "z zoom" in await running.until("$1.25")


async def test_the_bottom_line_names_keys_that_do_something_then(
    database: Database, tmp_path: Path
) -> None:
    async with dashboard(tmp_path, (80, 24)) as running:
        page = await running.until("Nothing has been received yet")
        *_, bottom = page.splitlines()
        assert bottom.split() == ["embedded", "u", "stack", "!", "doctor", "?", "help", "q", "quit"]
        assert "Esc back" in (await running.press("u")).splitlines()[-1]


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_the_marked_line_is_marked_over_its_whole_width(
    database: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(tmp_path, size) as running:
        await running.until("> set up Claude Code")
        ground = Color.parse(running.app.theme_variables["block-cursor-background"]).rich_color
        strips = running.app.screen._compositor.render_strips()
        [marked] = [strip for strip in strips if strip.text.startswith("> set up")]
        grounds = [(each.style.bgcolor, each.cell_length) for each in marked if each.style]
        # The rest is the scrollbar's column.
        assert sum(cells for colour, cells in grounds if colour == ground) >= size[0] - 1


async def test_the_variables_are_copied(database: Database, tmp_path: Path) -> None:
    copied: list[str] = []
    async with dashboard(tmp_path) as running:
        running.app.copy_to_clipboard = copied.append  # type: ignore[assignment, method-assign]
        await running.press("down", "down", "down", "enter")
        await running.until("copied")
    assert "export CLAUDE_CODE_ENABLE_TELEMETRY=1\n" in copied[0]


def test_enter_sets_up_after_a_question_and_the_page_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ccotel_tui", "--db", str(tmp_path / "telemetry.db")]
    ports = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    with command_terminal([*command, *ports], 80, 24, home) as shown:
        shown.read_until("recording: OTLP/gRPC")
        shown.ask("\r", "Make this change?")
        assert not (tmp_path / ".claude").exists()
        shown.ask("y\r", "Record from login on?")
        shown.ask("\r", "Enter goes back")
        shown.ask("\r", "Claude Code is set up: start claude")
    assert (tmp_path / ".claude" / "settings.json").exists()


@pytest.mark.parametrize(
    ("locale", "ago", "cause"),
    [("C.UTF-8", "s ago", "No claude is on the PATH"), ("ko_KR", "s 전", "PATH에 claude가 없고")],
)
def test_a_key_shows_doctors_checks(tmp_path: Path, locale: str, ago: str, cause: str) -> None:
    command = [sys.executable, "-m", "ccotel_tui", "--demo"]
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "PATH": os.defpath}
    with command_terminal(command, 100, 40, {**home, "LANG": locale}) as shown:
        shown.read_until(ago)
        shown.ask("!", cause)
        shown.press("q")
        shown.press("q")
        assert shown.end() == 0


def test_a_broken_answer_of_doctor_is_an_error() -> None:
    assert doctor_page("").text.plain == "error"


def test_hostile_words_of_doctor_are_plain() -> None:
    check = {"id": "ports", "state": "fail", "found": "\x1b[2J", "cause": "\x9b", "next": "a\x07"}
    page = doctor_page(json.dumps({"checks": [check], "first_failure": "ports"}))
    assert not {"\x1b", "\x9b", "\x07"} & set(page.text.plain)


def test_doctor_is_ours_where_the_folder_has_a_package_of_our_name(tmp_path: Path) -> None:
    (tmp_path / "ccotel_tui").mkdir()
    (tmp_path / "ccotel_tui" / "__init__.py").write_text("raise SystemExit('theirs')\n")
    done = subprocess.run(
        [*PROGRAM, "doctor", "--json", "--db", str(tmp_path / "telemetry.db")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert json.loads(done.stdout)["checks"], done.stderr


@pytest.mark.parametrize("language", [english, korean])
def test_every_check_of_doctor_has_words(language: ModuleType) -> None:
    assert list(language.DOCTOR_LINKS) == list(RULES)
