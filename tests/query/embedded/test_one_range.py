"""What a command reads in one go is what the dashboard adds up from days, session by session."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import COST, COST_COUNTED, TOKENS
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.sessions import SESSION_QUERIES
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Window
from ccotel_tui.telemetry import conventions
from ccotel_tui.telemetry.records import Point, Record
from tests.store.reading import fill
from tests.tools.otlp import T0, Plain, event

WINDOW = Window.between(T0 - 29 * DAY, T0 + DAY, ZoneInfo("UTC"))

SPLIT = tuple(
    Query(measure, by=by)
    for measure in (COST, TOKENS, COST_COUNTED)
    for by in (("session_id",), ("session_id", "source"), ("session_id", "model"))
)


def _records(dice: random.Random) -> Iterator[Record]:
    """A month and an hour before it: any session, source and model, or none, and counters alone."""
    for number in range(900):
        at = WINDOW.from_ns - HOUR + number * 45 * MINUTE
        session = f"s{dice.randrange(40)}"
        told: dict[str, Plain] = {"project": dice.choice(("shop", "infra"))}
        match dice.randrange(4):
            case 0 | 1 if dice.random() < 0.9:
                told |= {"query_source": dice.choice(("main", "agent", "sdk"))}
                told |= {"model": dice.choice("abc")} if dice.random() < 0.9 else {}
                told |= {"cost_usd": dice.randrange(9) / 4, "input_tokens": dice.randrange(99)}
                told |= {"duration_ms": dice.choice((7, 12.5, 3))}
                yield event("api_request", at, session, **told)
            case 2:
                yield event("tool_result", at, session, tool_name=dice.choice("xy"), **told)
            case 3:
                yield event("user_prompt", at, session, **told)
            case _:
                yield event("api_error", at, session, **told)
        session = dice.choice((session, f"counted-{number % 7}"))
        for metric, kind in ((conventions.COST, ""), (conventions.LINES_OF_CODE, "added")):
            labels = {"session.id": session, "model": dice.choice("ab"), "type": kind}
            yield Point(at, at - MINUTE, "claude-code", metric, "", False, number % 5, labels)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("one-range") / "telemetry.db"
    fill(path, _records(random.Random(5)))
    return path


@pytest.mark.parametrize(
    "queries",
    [SESSION_QUERIES, SPLIT, {ask for panel in PANELS for _, ask in panel.queries()}],
    ids=["sessions", "split", "panels"],
)
def test_one_range_says_what_its_buckets_add_up_to(store: Path, queries: tuple[Query, ...]) -> None:
    def asked(polling: bool) -> dict[Query, Answer]:
        with closing(open_embedded(store, polling)) as backend:
            return backend.source.numbers(queries, WINDOW, Scope())

    at_once = asked(polling=False)
    assert sum(map(bool, at_once.values())) > len(at_once) / 2
    assert at_once == asked(polling=True)
