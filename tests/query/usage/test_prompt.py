"""One prompt: also of long ago, and one of which hardly anything is kept."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.errors import UsageError
from ccotel_tui.panels.output.prompt import prompt_document, waterfall_text
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.prompt import find_prompt
from ccotel_tui.query.window import DAY, HOUR, SECOND, Window
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.accuracy.truth.cuts import UTC
from tests.tools.otlp import T0, Plain, event

NOW = T0 + HOUR
WINDOW = Window.between(NOW - 300 * DAY, NOW, UTC)
NOTIFICATION = "<task-notification><task-id>a1</task-id></task-notification>"


def prompt(at: int, session: str, id: str, text: str = "hello") -> Event:  # noqa: A002
    return event("user_prompt", at, session, **{"prompt.id": id}, prompt=text)


def request(at: int, session: str, id: str, cost: float) -> Event:  # noqa: A002
    return event("api_request", at, session, **{"prompt.id": id}, cost_usd=cost)


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """`old` was used a hundred days before `resumed` was, and that also before that."""
    resumed, old = T0 - 90 * DAY, T0 - 190 * DAY
    ended: dict[str, Plain] = {"prompt.id": "p-agent", "agent_id": "a1", "is_async": True}
    with closing(Database(tmp_path / "telemetry.db")) as database:
        database.append(
            [
                *(prompt(old, "old", "p-old"), request(old + 1, "old", "p-old", 4.0)),
                *(prompt(old, "resumed", "p-first"), request(old + 1, "resumed", "p-first", 8.0)),
                prompt(resumed, "resumed", "p-resumed"),
                request(resumed + 1, "resumed", "p-resumed", 2.0),
                prompt(resumed + SECOND, "resumed", "p-notified", NOTIFICATION),
                event("subagent_completed", resumed, "lonely", **ended),
                prompt(resumed + 1, "lonely", "p-lonely", NOTIFICATION),
            ]
        )
    with closing(open_embedded(tmp_path / "telemetry.db")) as backend:
        yield backend


@pytest.mark.parametrize(
    ("wanted", "found", "cost"),
    [
        ("p-old", "p-old", 4),
        ("p-first", "p-first", 8),
        ("dearest", "p-first", 8),
        ("last", "p-resumed", 2),
        ("p-notified", "p-resumed", 2),
    ],
)
def test_a_prompt_is_found_however_long_ago_it_was(
    backend: Backend, wanted: str, found: str, cost: float
) -> None:
    row = find_prompt(backend, wanted, WINDOW, Scope(), NOW)
    assert (row.prompt.prompt_id, row.prompt.cost) == (found, cost)


def test_a_prompt_of_which_nothing_is_kept_is_told(backend: Backend) -> None:
    with pytest.raises(UsageError, match="Nothing is kept of the prompt p-lonely but its id"):
        find_prompt(backend, "p-lonely", WINDOW, Scope(), NOW)


@pytest.mark.parametrize("duration_ms", [1e15, -1e15])
def test_a_length_beyond_all_calendars_ends_nothing(tmp_path: Path, duration_ms: float) -> None:
    long: dict[str, Plain] = {"prompt.id": "p-long", "duration_ms": duration_ms}
    with closing(Database(tmp_path / "odd.db")) as database:
        database.append(
            [
                event("api_request", T0, "odd", cost_usd=0.5, **long),
                event("tool_result", T0 + SECOND, "odd", tool_name="Bash", success="true", **long),
            ]
        )
    with closing(open_embedded(tmp_path / "odd.db")) as backend:
        row = find_prompt(backend, "p-long", WINDOW, Scope(), NOW)
    document = prompt_document(row, WINDOW)
    assert [step["duration_ms"] for step in document["steps"]] == [duration_ms] * 2
    assert len(list(waterfall_text(row, WINDOW))) == 5
