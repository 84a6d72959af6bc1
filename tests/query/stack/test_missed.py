"""How many events of a session are missing, looked up on the stack when there may be news."""

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.diagnostics.lost_events import RECHECK_INTERVAL, LostEvents
from ccotel_tui.query.stack.responses import LabelledValue
from ccotel_tui.query.window import DAY, SECOND, Window
from tests.tools.otlp import T0


class Loki:
    """What it holds: which sessions are active, and what each of them lacks."""

    def __init__(self) -> None:
        self.active: list[str] = []
        self.lacking: dict[str, int] = {}
        self.looked_up: list[tuple[Set[str], int]] = []

    def count_gaps(self, sessions: Set[str], life: Window) -> dict[str, int]:
        self.looked_up.append((set(sessions), round((life.to_ns - life.from_ns) / DAY)))
        return {one: self.lacking[one] for one in sessions if one in self.lacking}

    def query_values(
        self, asks: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]:
        return {ask: [((one,), window.to_ns, 1.0) for one in self.active] for ask in asks}


class Clocks:
    """Both clocks of this machine, at one time that a test moves on."""

    def __init__(self) -> None:
        self.ns = T0

    def seconds(self) -> float:
        return self.ns / SECOND

    def now_ns(self) -> int:
        return self.ns


@pytest.fixture
def loki(monkeypatch: pytest.MonkeyPatch) -> Loki:
    loki = Loki()
    monkeypatch.setattr(LostEvents, "_count_gaps", lambda _, *args: loki.count_gaps(*args))
    monkeypatch.setattr(StackClient, "query_values", lambda _, *args: loki.query_values(*args))
    return loki


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def lost_events(loki: Loki, clocks: Clocks) -> Iterator[LostEvents]:
    with closing(StackClient("http://127.0.0.1:1", "http://127.0.0.1:1")) as client:
        yield LostEvents(client, clocks.seconds, clocks.now_ns)


def missed(lost_events: LostEvents, *sessions: str) -> Mapping[str, int]:
    return lost_events.count(sessions, Window.between(T0 - 7 * DAY, T0, ZoneInfo("UTC")))


def test_a_session_is_looked_up_once_in_its_whole_life(lost_events: LostEvents, loki: Loki) -> None:
    loki.lacking, loki.active = {"gap": 3}, ["gap"]
    assert missed(lost_events, "gap", "whole") == {"gap": 3, "whole": 0}
    assert missed(lost_events, "gap", "whole") == {"gap": 3, "whole": 0}
    assert missed(lost_events, "whole") == {"whole": 0}
    assert loki.looked_up == [({"gap", "whole"}, 7 + 31)]


def test_only_a_session_that_was_active_since_is_looked_up_again(
    lost_events: LostEvents, loki: Loki, clocks: Clocks
) -> None:
    assert missed(lost_events, "busy", "ended") == {"busy": 0, "ended": 0}
    loki.lacking, loki.active = {"busy": 2}, ["busy", "elsewhere"]
    clocks.ns += round((RECHECK_INTERVAL + 1) * SECOND)
    assert missed(lost_events, "busy", "ended") == {"busy": 2, "ended": 0}
    assert loki.looked_up[1:] == [({"busy"}, 31)]


def test_nothing_is_known_of_no_session(lost_events: LostEvents, loki: Loki) -> None:
    assert missed(lost_events) == {}
    assert loki.looked_up == []
