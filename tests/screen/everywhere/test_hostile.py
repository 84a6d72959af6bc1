"""Whatever telemetry and the registry say, the terminal is told nothing but what we say."""

import os
import re
import sys
import time
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ccotel_tui.claude.session_registry import process_start
from ccotel_tui.screen.format.cells import fitted
from ccotel_tui.screen.process.plain_app import PlainApp
from ccotel_tui.store.database import Database
from tests.screen.tools.registry import register
from tests.screen.tools.terminal import command_terminal, terminal
from tests.tools.hostile import EVIL, NO_UTF_8, unseen
from tests.tools.hostile_servers import answering, docker
from tests.tools.otlp import SECOND, Plain, event

LONG = EVIL + "긴" * 10_000
OURS = re.compile(
    rb"\x1b\[[\d;:]*m"  # SGR
    rb"|\x1b\[[\d;]*[HABCDGdEF]"  # the cursor
    rb"|\x1b\[\?[\d;]+\$?[hlp]"  # modes, and asking for them
    rb"|\x1b\[[<>=]?\d*u|\x1b\[\?u"  # keyboard protocol
    rb"|\x1b\[c|\x1b\[>0?q|\x1b\[\d*[JK]|\x1b\[\d+ q|\x1b\[(?:14|16|18)t"
    rb"|\x1b[78=>]|\x1b\(B"
    rb"|\x1b\]22;[a-z]*\x07"  # the pointer's shape
    rb"|\x1b\]11;\?\x1b\\"  # asking for the background's colour
    rb"|\x1b\[2[23];2t|\x1b\]2;[^\x00-\x1f\x7f]*\x07"  # the terminal's title
)


def hostile(database: Database, now: int) -> None:
    """Every attribute that is shown, hostile."""
    told: dict[str, Plain] = {
        "model": EVIL,
        "tool_name": EVIL,
        "error": LONG,
        "error_type": EVIL,
        "status_code": EVIL,
        "prompt": LONG,
        "project": EVIL,
        "success": "false",
        "cost_usd": 1.25,
        "skill_name": EVIL,
        EVIL: LONG,
        "decision": "reject",
        "query_source": EVIL,
    }
    names = (
        "user_prompt",
        "api_request",
        "tool_result",
        "tool_decision",
        "api_error",
        "api_refusal",
        EVIL,
    )
    database.append(
        event(name, now - (90 - n) * SECOND, EVIL, **{**told, "event.sequence": n})
        for n, name in enumerate(names * 3)
    )


def test_nothing_but_our_own_reaches_the_terminal(database: Database, tmp_path: Path) -> None:
    hostile(database, time.time_ns())
    began = {"procStart": process_start(os.getpid()), "name": EVIL, "cwd": f"/x/{EVIL}{NO_UTF_8}"}
    register(tmp_path / "sessions", os.getpid(), EVIL, "waiting", waitingFor=EVIL, **began)
    with terminal(tmp_path / "telemetry.db", 120, 40) as shown:
        shown.read_until("RED")
        for keys in ("2", "3", "\t", "i", "\x1b", "4", "z", "z", "5", "6", "\t", "\r", "\x1b"):
            shown.press(keys)
        for keys in ("s", "\r", "\x1b", "e", "\x1b[A", "\r", "\x1b[6~", "\x1b", "/", "RED", "\r"):
            shown.press(keys)
        shown.resize(40, 12)
        for keys in ("\x1b", "1", "2", "6", "s", "e", "q"):
            shown.press(keys)
        assert shown.end() == 0
    assert "[bold]x[/nope]" in only_ours(shown.output)


def only_ours(output: bytes) -> str:
    """What was written but for our own commands, in which nothing is that is not to be seen."""
    rest = OURS.sub(b"", output)
    assert b"\x1b" not in rest, rest[max(0, rest.find(b"\x1b") - 40) : rest.find(b"\x1b") + 40]
    assert b"\x1b[2J\x1b[31mRED" not in output
    assert unseen(rest) == set()
    return rest.decode()


def test_what_docker_and_its_containers_say(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(docker) as server:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://{server}")
        with terminal(tmp_path / "telemetry.db", 120, 40) as shown:
            shown.read_until("CLAUDE_CODE")
            # Its last words, its log, and its name in a question.
            for keys, back in (("u", ""), ("l", "\x1b"), ("C", "")):
                shown.ask(keys, "RED")
                shown.press(back)
            # A key to a question that is still open would be an answer to it.
            shown.ask("n", "quit")
            shown.press("q")
            assert shown.end() == 0
    assert "RED" in only_ours(shown.output)


class Careless(PlainApp):
    """Draws what it got."""

    def compose(self) -> ComposeResult:
        yield Static(Content(f"{EVIL}{NO_UTF_8}"))
        yield Static(Content("beside"), classes="beside")

    async def on_mount(self) -> None:
        self.notify(EVIL, title=EVIL, markup=False)
        self.query_one(".beside").border_title = Content(EVIL)


async def test_what_nobody_made_plain_is_drawn_plainly() -> None:
    app = Careless()
    async with app.run_test() as pilot:
        await pilot.pause()
        strips = [
            strip
            for widget in app.screen.walk_children(Widget, with_self=True)
            for strip in widget.render_lines(widget.size.region)
        ]
        assert any("RED" in strip.text for strip in strips)
        assert unseen("".join(strip.text for strip in strips).encode()) == set()
        for strip in strips:
            assert cell_len(strip.text) == strip.cell_length
        app.copy_to_clipboard(f"a\n{EVIL}")
        assert app.clipboard.startswith("a\n ]52")
        assert unseen(app.clipboard.encode()) == set()


BROKEN = """\
from ccotel_tui.cli.output import print_plainly
from ccotel_tui.screen.process.plain_app import PlainApp
from tests.tools.hostile import EVIL

class Broken(PlainApp):
    def on_mount(self):
        raise ValueError(EVIL)

print_plainly()
Broken().run()
"""


def test_what_is_said_of_a_screen_that_broke_down() -> None:
    with command_terminal([sys.executable, "-c", BROKEN], 120, 40) as shown:
        shown.end()
    # Textual rings the bell.
    said = only_ours(shown.output.replace(b"\x07", b"", 1)).partition("Traceback")[2]
    assert "RED" in said
    # Not what is left of a colour whose ESC was taken out.
    assert "[0m" not in said


def test_columns_are_as_wide_as_they_say() -> None:
    for text in ("한글", "👩‍💻 emoji", "plain", "é", "조회조회조회조회"):
        for width in range(12):
            assert cell_len(fitted(text, width)) == width
