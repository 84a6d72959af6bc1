"""What a store holds in the tests of the screen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event, Point
from tests.tools.otlp import SECOND, T0, Plain, event, lines


def _event(name: str, at: int, session: str, attributes: dict[str, Plain]) -> Event:
    return event(name, at, session, **attributes)


MINUTE = 60 * SECOND
BUSY = "3f2a0c11-aaaa"
OTHER = "91bc7d22-bbbb"
OLD = "77de5e33-cccc"

MODELS = {BUSY: "claude-opus-4-8", OTHER: "claude-sonnet-5", OLD: "claude-haiku-4-5-20251001"}
TOOLS = ("Bash", "Read", "Edit", "mcp__인벤토리__조회")


def api_request(session: str, at: int, sequence: int, cost: float) -> Event:
    return _event(
        "api_request",
        at,
        session,
        {
            "event.sequence": sequence,
            "model": MODELS[session],
            "cost_usd": cost,
            "input_tokens": 1_200,
            "output_tokens": 900,
            "cache_read_tokens": 40_000,
            "cache_creation_tokens": 2_000,
            "duration_ms": 800 + 137 * (sequence % 11),
            "project": "web-shop" if session == BUSY else "infra",
            "query_source": "sdk",
        },
    )


def tool(session: str, at: int, sequence: int, name: str, ok: bool, took: int = 400) -> Event:
    return _event(
        "tool_result",
        at,
        session,
        {
            "event.sequence": sequence,
            "tool_name": name,
            "success": "true" if ok else "false",
            "duration_ms": str(took),
        },
    )


def prompt(session: str, at: int, sequence: int, text: str = "") -> Event:
    said = text or "<REDACTED>"
    told: dict[str, Plain] = {"event.sequence": sequence, "prompt_length": "41", "prompt": said}
    return _event("user_prompt", at, session, told)


def counter(name: str, value: float, at: int, **attributes: str) -> Point:
    return Point(
        at,
        T0,
        "claude-code",
        f"claude_code.{name}",
        "",
        False,
        value,
        {"session.id": BUSY, **attributes},
    )


def busy_day(database: Database) -> None:
    """Three sessions, three models, tools that fail, an overloaded API, commits."""
    now = T0 + 58 * MINUTE
    events = [
        *(api_request(BUSY, T0 + n * 110 * SECOND, 2 * n, 0.04 * n) for n in range(1, 32)),
        *(api_request(OTHER, T0 + n * 90 * SECOND, 2 * n, 0.031) for n in range(1, 30)),
        *(api_request(OLD, T0 - n * 20 * MINUTE, 2 * n, 0.5) for n in range(1, 9)),
        *(
            tool(BUSY, T0 + n * 50 * SECOND, 1000 + n, TOOLS[n % 4], ok=bool(n % 9))
            for n in range(1, 60)
        ),
        _event(
            "api_error",
            T0 + 57 * MINUTE,
            BUSY,
            {
                "event.sequence": 3000,
                "model": "claude-opus-4-8[1m]",
                "error": "Overloaded",
                "status_code": 529,
                "duration_ms": 258,
            },
        ),
        prompt(BUSY, now, 4000, "로그인 테스트를 고쳐줘 fix the login test"),
        tool(BUSY, now + 12 * SECOND, 4001, "Read", ok=True, took=4000),
        tool(BUSY, now + 13 * SECOND, 4002, "Grep", ok=True, took=4000),
        tool(BUSY, now + 40 * SECOND, 4003, "Bash", ok=False, took=20_000),
        tool(BUSY, now + 50 * SECOND, 4004, "Edit", ok=True, took=900),
        api_request(BUSY, now + 60 * SECOND, 4005, 0.38),
    ]
    database.append(_numbered(events))
    # It is not the first day.
    database.append([_event("plugin_loaded", T0 - 24 * 60 * MINUTE, "before", {})])
    database.append([lines(412), lines(96, kind="removed")])
    database.append(
        [
            counter("active_time.total", 340, T0 + 20 * MINUTE, type="user"),
            counter("active_time.total", 1260, T0 + 40 * MINUTE, type="cli"),
            counter("commit.count", 3, T0 + 30 * MINUTE),
        ]
    )


def _numbered(events: Iterable[Event]) -> Iterator[Event]:
    """As the client numbers them: in each session from 0 on, with none left out."""
    numbers: dict[object, Iterator[int]] = defaultdict(count)
    for one in sorted(events, key=lambda event: event.time_ns):
        number = next(numbers[one.attributes["session.id"]])
        yield replace(one, attributes={**one.attributes, "event.sequence": number})


def usual_days(database: Database, dollars: Iterable[float], before: int = T0) -> None:
    """Days before that one, the newest first: a third of each one's dollars early, the rest late.

    Early is at 9 in Seoul, which is midnight in UTC; late is at 20.
    """
    midnight = before - before % (24 * 60 * MINUTE)
    database.append(
        [
            api_request(OLD, midnight - number * 24 * 60 * MINUTE + hours * 60 * MINUTE, at, cost)
            for number, whole in enumerate(dollars, 1)
            for at, hours, cost in ((2 * number, 0, whole / 3), (2 * number + 1, 11, whole * 2 / 3))
        ]
    )
