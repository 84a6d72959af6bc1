"""How many events of a session are missing, looked up on the stack when there may be news."""

from collections.abc import Iterable, Iterator, Mapping, Set
from time import monotonic, time_ns
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.responses import LabelledValue
from ccotel_tui.query.stack.source import HELD_FOR, StackSource
from ccotel_tui.query.window import DAY, SECOND, Window


class Loki:
    """What it holds: which sessions are active, and what each of them lacks."""

    def __init__(self) -> None:
        self.active: list[str] = []
        self.lacking: dict[str, int] = {}
        self.looked_up: list[tuple[Set[str], int]] = []

    def skipped(self, sessions: Set[str], life: Window) -> dict[str, int]:
        self.looked_up.append((set(sessions), round((life.to_ns - life.from_ns) / DAY)))
        return {one: self.lacking[one] for one in sessions if one in self.lacking}

    def found(
        self, asks: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]:
        return {ask: [((one,), window.to_ns, 1.0) for one in self.active] for ask in asks}


@pytest.fixture
def loki(monkeypatch: pytest.MonkeyPatch) -> Loki:
    loki = Loki()
    monkeypatch.setattr(StackSource, "_skipped", lambda _, *asked: loki.skipped(*asked))
    monkeypatch.setattr(StackClient, "found", lambda _, *asked: loki.found(*asked))
    return loki


@pytest.fixture
def source(loki: Loki) -> Iterator[StackSource]:
    source = StackSource("http://127.0.0.1:1", "http://127.0.0.1:1")
    yield source
    source.close()


def missed(source: StackSource, *sessions: str) -> Mapping[str, int]:
    to_ns = time_ns()
    return source.missed(sessions, Window.between(to_ns - 7 * DAY, to_ns, ZoneInfo("UTC")))


def minutes_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    later = monotonic() + HELD_FOR + 1
    later_ns = time_ns() + round((HELD_FOR + 1) * SECOND)
    monkeypatch.setattr("ccotel_tui.query.stack.source.time.monotonic", lambda: later)
    monkeypatch.setattr("ccotel_tui.query.stack.source.time.time_ns", lambda: later_ns)


def test_a_session_is_looked_up_once_in_its_whole_life(source: StackSource, loki: Loki) -> None:
    loki.lacking, loki.active = {"gap": 3}, ["gap"]
    assert missed(source, "gap", "whole") == {"gap": 3, "whole": 0}
    assert missed(source, "gap", "whole") == {"gap": 3, "whole": 0}
    assert missed(source, "whole") == {"whole": 0}
    assert loki.looked_up == [({"gap", "whole"}, 7 + 31)]


def test_only_a_session_that_was_active_since_is_looked_up_again(
    source: StackSource, loki: Loki, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missed(source, "busy", "ended") == {"busy": 0, "ended": 0}
    loki.lacking, loki.active = {"busy": 2}, ["busy", "elsewhere"]
    minutes_pass(monkeypatch)
    assert missed(source, "busy", "ended") == {"busy": 2, "ended": 0}
    assert loki.looked_up[1:] == [({"busy"}, 31)]


def test_nothing_is_known_of_no_session(source: StackSource, loki: Loki) -> None:
    assert missed(source) == {}
    assert loki.looked_up == []
