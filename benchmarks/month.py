"""A heavy month: sessions of a made-up day, thirty days long, as many events as asked for."""

import random
from collections.abc import Iterator
from pathlib import Path

from ccotel_tui.query.window import DAY, SECOND
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event, Point, Record, Value

MODELS = ("claude-opus-4-8", "claude-sonnet-5", "claude-haiku-4-5-20251001")
AGENTS = ("Explore", "reviewer")
TOOLS = ("Bash", "Read", "Edit", "Grep", "Write", "Agent", "WebFetch")
USER = "302fa2364fab9c1b3d6ed3ee003c7131ffab803ebfc7adb2255c66b916dd3a10"
"""The user.id of every event."""

BATCH = 2000
EVENTS_OF_A_SESSION = 300


def fill(path: Path, events: int, to_ns: int) -> None:
    """Put so many events of the 30 days before `to_ns` into a new store."""
    database = Database(path)
    batch: list[Record] = []
    for record in records(events, to_ns):
        batch.append(record)
        if len(batch) == BATCH:
            database.append(batch)
            batch = []
    database.append(batch)
    database.record_listening(to_ns - 30 * DAY)
    database.close()


def records(events: int, to_ns: int, of_a_session: int = EVENTS_OF_A_SESSION) -> Iterator[Record]:
    """The records in order of time, the same for the same numbers."""
    dice = random.Random(7)
    step = 30 * DAY // events
    for number in range(events):
        at = to_ns - 30 * DAY + (number + 1) * step
        session = f"{number // of_a_session:08x}-0000-4000-8000-000000000000"
        yield _event(dice, number, at, session, number % of_a_session)
        if number % 20 == 0:
            yield from _points(dice, at, session)


def _event(dice: random.Random, number: int, at: int, session: str, sequence: int) -> Event:
    common: dict[str, Value] = {
        "user.id": USER,
        "session.id": session,
        "terminal.type": "xterm-256color",
        "event.sequence": sequence,
        "prompt.id": f"{session[:8]}-{number // 40}",
        "project": ("shop", "infra", "acme-api")[number // 900 % 3],
    }
    kind = number % 10
    if kind < 3:
        name = "api_request"
        attributes: dict[str, Value] = {
            "model": dice.choices(MODELS, (6, 3, 1))[0],
            "input_tokens": dice.randrange(4000),
            "output_tokens": dice.randrange(2000),
            "cache_read_tokens": dice.randrange(90_000),
            "cache_creation_tokens": dice.randrange(4000),
            "cost_usd": dice.randrange(1, 400_000) / 1e6,
            "duration_ms": dice.randrange(200, 30_000),
            "query_source": "sdk",
            "effort": ("high", "medium")[number // 5000 % 2],
            "speed": "normal",
            **({"agent.name": AGENTS[number // 80 % 2]} if number % 80 < 10 else {}),
        }
    elif kind < 6:
        name, attributes = "tool_decision", {"tool_name": dice.choice(TOOLS), "decision": "accept"}
    elif kind < 9:
        name = "tool_result"
        attributes = {
            "tool_name": dice.choices(TOOLS, (9, 8, 5, 4, 2, 1, 1))[0],
            "success": "false" if dice.random() < 0.06 else "true",
            "duration_ms": str(dice.randrange(3000)),
            **({"vcs.ref.head.name": f"fix-{number // 2000}"} if number % 40 == 6 else {}),
        }
    elif number % 200 == 9:
        name, attributes = (
            "api_error",
            {"model": MODELS[0], "status_code": 529, "error": "Overloaded"},
        )
    else:
        name, attributes = "user_prompt", {"prompt_length": "40"}
    return Event(at, "claude-code", name, {**common, "event.name": name, **attributes})


def _points(dice: random.Random, at: int, session: str) -> Iterator[Point]:
    for metric, unit, kind in (
        ("claude_code.lines_of_code.count", "", "added"),
        ("claude_code.active_time.total", "s", "cli"),
        ("claude_code.cost.usage", "USD", ""),
    ):
        attributes: dict[str, Value] = {"session.id": session, "type": kind}
        value = float(dice.randrange(1, 60))
        yield Point(at, at - 10 * SECOND, "claude-code", metric, unit, False, value, attributes)
