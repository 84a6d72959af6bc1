"""Texts that an event must have in it: in which attribute, in any, in any case."""

from pathlib import Path

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.screen.format.events.filter import parse_filter
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.accuracy.truth.cuts import UTC
from tests.tools.otlp import T0, event


def events() -> list[Event]:
    common = {"terminal.type": "Xterm", "mcp_server.name": "db"}
    return [
        event("tool_result", T0 + 1, tool_name="Bash", success="true", input='say "hi"\n\\o/'),
        event("tool_result", T0 + 2, tool_name="Bash", success="false", **common),
        event("api_error", T0 + 3, "t2", error="Overloaded", status_code=529, retried=True),
        event("user_prompt", T0 + 4, prompt="로그인 테스트"),
        event("user_prompt", T0 + 5, prompt="Änderung am ÉTAT", project="ÉTÉ"),
    ]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("tool:bash", [1, 2]),
        ("tool:bash ok:false", [2]),
        ("OK:FALSE", [2]),
        ("event:api_error", [3]),
        ("overloaded", [3]),
        ("status:529 over", [3]),
        ("nothing:x", []),
        ("tool:bash overloaded", []),
        ("session:t2", [3]),
        ("t2", [3]),
        ("terminal.type:xterm", [2]),
        ("mcp_server_name:DB", [2]),
        ("xterm", [2]),
        ("tool_name", []),
        ("tool:", [1, 2]),
        ("retried:true", [3]),
        ("로그인", [4]),
        ("Änderung", [5]),
        ("ÄNDERUNG", [5]),
        ("État", [5]),
        ("project:Été", []),
        ("project:ÉTÉ", [5]),
        ('"hi"', [1]),
        ("\\o/", [1]),
        ("%", []),
    ],
)
def test_the_filter_of_the_log(tmp_path: Path, typed: str, numbers: list[int]) -> None:
    database = Database(tmp_path / "telemetry.db")
    database.append(events())
    backend = open_embedded(tmp_path / "telemetry.db")
    window = Window.between(T0, T0 + SECOND, UTC)
    rows = backend.source.rows((), window, Scope(texts=parse_filter(typed)), 10)
    assert [int(row["time"] or 0) - T0 for row in rows] == numbers
    backend.close()
    database.close()
