"""What a screen asks of the stack again and again."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.ask import Answer, Ask, Current, Scope, Series
from ccotel_tui.query.measures import COST
from ccotel_tui.query.patient_source import HELD_FOR, PatientSource
from ccotel_tui.query.stack_source import StackSource
from ccotel_tui.query.window import DAY, HOUR, SECOND, Window
from tests.otlp import T0

UTC = ZoneInfo("UTC")
BY_MODEL = Ask(COST, by=("model",))
HOURLY = {"opus": 1.0, "sonnet": 0.25}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Window]:
    """The windows that the servers are asked about; each hour of them cost the same."""
    windows: list[Window] = []

    def numbers(
        self: StackSource, asks: Iterable[Ask], window: Window, scope: Scope
    ) -> dict[Ask, Answer]:
        windows.append(window)
        hours = (window.to_ns - window.from_ns) / HOUR
        answer = tuple(
            Series({"model": model}, ((window.to_ns, dollars * hours),))
            for model, dollars in HOURLY.items()
        )
        return dict.fromkeys(asks, answer)

    monkeypatch.setattr(StackSource, "numbers", numbers)
    return windows


def dollars(source: PatientSource, length: int, to_ns: int) -> dict[str, float | None]:
    window = Window.between(to_ns - length, to_ns, UTC)
    answer = source.numbers([BY_MODEL], window, Scope())[BY_MODEL]
    assert all(series.points[0][0] == to_ns for series in answer)
    return {series.labels["model"]: series.points[0][1] for series in answer}


def test_long_ago_is_asked_once_a_minute_and_what_is_new_each_time(
    asked: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = PatientSource("http://127.0.0.1:1", "http://127.0.0.1:1")
    assert dollars(source, 7 * DAY, T0) == pytest.approx({"opus": 168.0, "sonnet": 42.0})
    assert len(asked) == 2
    later = dollars(source, 7 * DAY, T0 + 5 * SECOND)
    assert later["opus"] == pytest.approx(168.0 + 5 / 3600)
    assert [w.to_ns - w.from_ns <= 2 * HOUR for w in asked] == [False, True, True]
    later_still = monotonic() + HELD_FOR + 1
    monkeypatch.setattr("ccotel_tui.query.patient_source.monotonic", lambda: later_still)
    assert dollars(source, 7 * DAY, T0 + 9 * SECOND) == pytest.approx({"opus": 168, "sonnet": 42})
    assert len(asked) == 5
    source.close()


def test_spans_that_are_asked_about_at_once_keep_their_answers(asked: list[Window]) -> None:
    source = PatientSource("http://127.0.0.1:1", "http://127.0.0.1:1")
    lengths = [days * DAY for days in range(3, 23)]
    with ThreadPoolExecutor(len(lengths)) as threads:
        for _ in range(5):
            found = list(threads.map(lambda length: dollars(source, length, T0), lengths))
            assert [one["opus"] for one in found] == pytest.approx([n / HOUR for n in lengths])
    assert sum(window.to_ns < T0 for window in asked) == len(lengths)
    source.close()


def test_who_is_at_work_is_asked_once_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    moments: list[int] = []

    def current(self: StackSource, to_ns: int, scope: Scope) -> Current:
        moments.append(to_ns)
        return Current(f"s{len(moments)}", None)

    monkeypatch.setattr(StackSource, "current", current)
    source = PatientSource("http://127.0.0.1:1", "http://127.0.0.1:1")
    seen = [source.current(at, scope) for at in (T0, T0, T0 + 1) for scope in (Scope(),)]
    assert [one.session_id for one in seen if one] == ["s1", "s1", "s2"]
    other = source.current(T0 + 1, Scope(model="opus"))
    assert other is not None
    assert other.session_id == "s3"
    source.close()


def test_a_day_is_asked_whole(asked: list[Window]) -> None:
    source = PatientSource("http://127.0.0.1:1", "http://127.0.0.1:1")
    dollars(source, DAY, T0)
    assert [window.to_ns - window.from_ns for window in asked] == [DAY]
    source.close()
