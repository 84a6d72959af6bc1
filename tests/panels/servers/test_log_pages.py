"""What the event log asks: pages from either end, texts anywhere, counts; on both sources alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import EVENTS, FAILED_CALLS, FAILED_REQUESTS
from ccotel_tui.query.query import EventRow, Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.screen.data.history.log_page import LogPlace, fetch_log_page
from tests.accuracy.truth.cuts import UTC
from tests.panels.recordings import Recorded, fill

pytestmark = pytest.mark.servers

TEXTS = (
    (),
    (("tool_name", "BASH"),),
    (("success", "false"),),
    (("event_name", "api_"), ("model", "haiku")),
    (("session_id", "a"),),
    (("", "haiku"),),
    (("", "tool_result"),),
    (("", ".+|("),),
    (("", "xterm"), ("", "read")),
    (("terminal_type", "XTERM"),),
)


@pytest.fixture(scope="module")
def embedded(recorded: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path: Path = tmp_path_factory.mktemp("store") / "telemetry.db"
    fill(path, recorded.lines)
    backend = open_embedded(path)
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def window(recorded: Recorded) -> Window:
    return Window.between(recorded.newest_ns - DAY, recorded.newest_ns, UTC)


def holds(row: EventRow, texts: tuple[tuple[str, str], ...]) -> bool:
    values = {name: str(value).lower() for name, value in row.items() if name != "time"}
    return all(
        any(text.lower() in value for key, value in values.items() if name in ("", key))
        for name, text in texts
    )


def whole(rows: list[EventRow]) -> list[object]:
    return [(row["time"], row["event_name"], row.get("event_sequence")) for row in rows]


@pytest.mark.parametrize("texts", TEXTS, ids=str)
def test_texts_are_in_what_is_read_and_counted(
    recorded: Recorded, embedded: Backend, window: Window, texts: tuple[tuple[str, str], ...]
) -> None:
    every = embedded.source.rows((), window, Scope(), 1 << 62)
    expected = [row for row in every if holds(row, texts)]
    assert bool(expected) == (texts != ((("", ".+|(")),))
    queries = [
        Query(measure, stepped=stepped)
        for measure in (EVENTS, FAILED_CALLS, FAILED_REQUESTS)
        for stepped in (False, True)
    ]
    counts = []
    for backend in (embedded, recorded.backend):
        rows = backend.source.rows((), window, Scope(texts=texts), 1 << 62)
        assert whole(rows) == whole(expected)
        answers = backend.source.numbers(queries, window, Scope(texts=texts))
        sums = [sum(n or 0 for s in answers[q] for _, n in s.points) for q in queries]
        assert sums[:2] == [len(expected)] * 2
        counts.append([[[n or 0 for _, n in s.points] for s in answers[q]] for q in queries])
    assert counts[0] == counts[1]


@pytest.mark.parametrize("limit", [1, 10, 1 << 62])
def test_the_oldest_rows_are_as_many_as_are_asked_for(
    recorded: Recorded, embedded: Backend, window: Window, limit: int
) -> None:
    every = whole(embedded.source.rows((), window, Scope(), 1 << 62))
    for backend in (embedded, recorded.backend):
        rows = backend.source.rows((), window, Scope(), limit, oldest=True)
        assert whole(rows) == every[:limit]


@pytest.mark.parametrize("texts", [(), (("", "bash"),)], ids=["all", "bash"])
@pytest.mark.parametrize("part", [None, 0.0, 0.3, 0.9, 0.9999])
def test_a_page_is_the_same_wherever_it_is(
    recorded: Recorded,
    embedded: Backend,
    window: Window,
    part: float | None,
    texts: tuple[tuple[str, str], ...],
) -> None:
    length = window.to_ns - window.from_ns
    around_ns = None if part is None else window.from_ns + int(length * part)
    place = LogPlace(around_ns, texts=texts)
    ours, theirs = (
        fetch_log_page(backend.source, place, window, Scope())
        for backend in (embedded, recorded.backend)
    )
    assert ours.rows
    assert whole([*ours.rows]) == whole([*theirs.rows])
    assert whole([*ours.prompts]) == whole([*theirs.prompts])
    for name in ("has_older", "has_newer", "matching", "failures", "every", "later"):
        assert getattr(ours, name) == getattr(theirs, name)
