"""The newest events, and the oldest, by names: of one session and of all they are the same rows."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.sql_rows import REJECTIONS
from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import MINUTE, SECOND, Window
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.conventions import STATUS_LINE
from tests.tools.otlp import T0, event

SESSION, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
WINDOW = Window.between(T0 - MINUTE, T0, ZoneInfo("UTC"))
FAILED = EventKind("tool_result", Condition("success", "false"))
KINDS: Sequence[tuple[EventKind, ...]] = (
    (),
    (EventKind("tool_result"),),
    (EventKind("tool_result"), EventKind("user_prompt"), EventKind("api_error")),
    (EventKind("user_prompt"), REJECTIONS),
    (FAILED, EventKind("user_prompt"), EventKind("api_error")),
    (EventKind(STATUS_LINE), EventKind("user_prompt")),
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = tmp_path_factory.mktemp("rows") / "telemetry.db"
    names = ("tool_result", "user_prompt", "api_error", "tool_decision", "other", STATUS_LINE)
    events = []
    for number, (session, name) in enumerate(product((SESSION, OTHER), names * 4)):
        more: dict[str, str | int] = {"event.sequence": number}
        more |= {"success": "false", "decision": "reject"} if number % 2 else {}
        more |= {} if number % 2 else {"success": "true", "decision": "accept"}
        events.append(event(name, T0 - number // 3 * SECOND, session, **more))
    with closing(Database(path)) as database:
        database.append(events)
    with closing(open_embedded(path)) as backend:
        yield backend.source


def is_of(kind: EventKind, row: EventRow) -> bool:
    if not kind.name:
        return row["event_name"] != STATUS_LINE
    told = {"success": "true" if row["success"] else "false", "decision": row["decision"]}
    return row["event_name"] == kind.name and (
        kind.only is None or told[kind.only.label] == kind.only.value
    )


@pytest.mark.parametrize("oldest", [False, True])
@pytest.mark.parametrize("limit", [1, 5, 1000])
@pytest.mark.parametrize("session", ["", SESSION, SESSION[:8], SESSION[:-1]])
@pytest.mark.parametrize("kinds", KINDS)
def test_they_are_those_of_the_names(
    source: Source, kinds: tuple[EventKind, ...], session: str, limit: int, oldest: bool
) -> None:
    every = source.rows([EventKind(""), EventKind(STATUS_LINE)], WINDOW, Scope(), 1000)
    meant = [
        row
        for row in every
        if str(row["session_id"]).startswith(session)
        and any(is_of(kind, row) for kind in kinds or [EventKind("")])
    ]
    told = source.rows(kinds, WINDOW, Scope(session), limit, oldest=oldest)
    assert told == (meant[:limit] if oldest else meant[-limit:])
