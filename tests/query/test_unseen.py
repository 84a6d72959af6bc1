"""What sessions spent while nobody listened, down to a cent and not down to a rounding error."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.query import Answer, Query, Scope, Series
from ccotel_tui.query.source import Source
from ccotel_tui.query.stack.source import StackSource
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.telemetry.conventions import COST
from ccotel_tui.telemetry.records import Point
from tests.otlp import T0, request
from tests.store.reading import fill

SPENT = 1.0
COUNTED = {"cent": SPENT + 0.01, "rounded": SPENT + 1e-7}
"""Dollars, by session."""


def _stored(path: Path) -> EmbeddedSource:
    for session, dollars in COUNTED.items():
        attributes = {"session.id": session, "model": "m"}
        counter = Point(T0, T0 - MINUTE, "claude-code", COST, "USD", False, dollars, attributes)
        fill(path, [request(SPENT, T0, session), counter])
    return EmbeddedSource(path)


def _series(dollars: dict[str, float]) -> Answer:
    return tuple(
        Series({"session_id": session}, ((T0, number),), "events", exact=True)
        for session, number in dollars.items()
    )


class _Served(StackSource):
    """Servers that have been asked."""

    def numbers(self, asks: Iterable[Query], window: Window, scope: Scope) -> dict[Query, Answer]:
        counted, seen = asks
        return {counted: _series(COUNTED), seen: _series(dict.fromkeys(COUNTED, SPENT))}


@pytest.fixture(params=["embedded", "stack"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Source]:
    if request.param == "embedded":
        source: Source = _stored(tmp_path / "telemetry.db")
    else:
        source = _Served("http://127.0.0.1:1", "http://127.0.0.1:1")
    yield source
    source.close()


def test_a_cent_is_unseen_and_a_rounding_error_is_not(source: Source) -> None:
    assert source.unseen(["cent"], T0 + HOUR) == pytest.approx(0.01)
    assert source.unseen(["rounded"], T0 + HOUR) == 0
