"""Whatever telemetry and the registry say, the terminal is told nothing but what we say."""

import os
import re
import time
from pathlib import Path

from rich.cells import cell_len

from ccotel_tui.claude.session_registry import process_start
from ccotel_tui.screen.widgets.cells import fitted
from ccotel_tui.store.database import Database
from tests.otlp import SECOND, Plain, event
from tests.screen.registry import register
from tests.screen.terminal import terminal

EVIL = (
    "\x1b]52;c;QUJD\x07\x1b[2J\x1b[31mRED\x1b[5n\x9b31m\x90q\x9c\r\n\t\x08\x00\x7f"
    "\u202eRTL\u2066\u200b\u200d\ufeff\u2028[bold]x[/nope] [@click=app.quit]y[/] 한글 👩‍💻 é"
)
LONG = EVIL + "긴" * 10_000
OURS = re.compile(
    rb"\x1b\[[\d;:]*m"  # SGR
    rb"|\x1b\[[\d;]*[HABCDGdEF]"  # the cursor
    rb"|\x1b\[\?[\d;]+\$?[hlp]"  # modes, and asking for them
    rb"|\x1b\[[<>=]?\d*u|\x1b\[\?u"  # keyboard protocol
    rb"|\x1b\[c|\x1b\[>0?q|\x1b\[\d*[JK]|\x1b\[\d+ q|\x1b\[(?:14|16|18)t"
    rb"|\x1b[78=>]|\x1b\(B"
    rb"|\x1b\]22;[a-z]*\x07"  # the pointer's shape
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
    began = {"procStart": process_start(os.getpid()), "name": EVIL, "cwd": f"/x/{EVIL}"}
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
    rest = OURS.sub(b"", shown.output)
    assert b"\x1b" not in rest, rest[max(0, rest.find(b"\x1b") - 40) : rest.find(b"\x1b") + 40]
    assert b"\x1b]52" not in shown.output
    assert b"\x1b[2J\x1b[31mRED" not in shown.output
    text = rest.decode()
    assert not set(text) & set("\x07\x08\x00\x7f\x9b\x90\x9c\u202e\u2066\u200b\u200d\ufeff\u2028")
    assert "[bold]x[/nope]" in text


def test_columns_are_as_wide_as_they_say() -> None:
    for text in ("한글", "👩‍💻 emoji", "plain", "é", "조회조회조회조회"):
        for width in range(12):
            assert cell_len(fitted(text, width)) == width
