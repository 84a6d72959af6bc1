"""Which streams of Loki are read: those with rows of the client, whatever they are called."""

import re
from threading import Thread
from time import monotonic, time_ns

import pytest

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query.stack.log_streams import STREAMS_POLL_INTERVAL, NotSearched, Streams
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Bucket

Parameters = tuple[tuple[str, str], ...]


class Loki:
    """Streams by label and value, and the times of the client's rows under them."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, list[int]]] = {"service_name": {}}
        self.searched: list[tuple[str, float]] = []
        self.asked: list[str] = []
        self.slow = False

    def get(self, path: str, parameters: Parameters, seconds: float) -> object:
        self.asked.append(path)
        given = dict(parameters)
        if path == "/labels":
            return sorted(label for label, values in self.held.items() if values)
        if path.endswith("/values"):
            return sorted(self.held.get(path.split("/")[2], {}))
        if self.slow:
            raise NotSearched("Loki did not answer in time.")
        return self._counted(given["query"], float(given["time"]))

    def _counted(self, query: str, at: float) -> object:
        asked = re.search(r"\{(\w+)=~\"\^\((.*)\)\$\"\} \|= \"claude_code.\" \[(\d+)ms\]", query)
        assert asked, query
        label, names, length = asked[1], asked[2].split("|"), int(asked[3])
        self.searched.append((asked[2], length * 1_000_000 / HOUR))
        from_ns, to_ns = round((at - length / 1000) * 1e9), round(at * 1e9)
        holding = [
            name
            for name in names
            if any(from_ns - MINUTE < one <= to_ns for one in self.held[label].get(name, []))
        ]
        return {"result": [{"metric": {label: name}, "value": [at, "1"]} for name in holding]}


@pytest.fixture
def loki() -> Loki:
    return Loki()


@pytest.fixture
def streams(loki: Loki) -> Streams:
    return Streams(loki.get)


def last(length_ns: int) -> Bucket:
    now_ns = time_ns()
    return Bucket(now_ns - length_ns, now_ns)


def test_services_are_found_by_the_client_s_rows(streams: Streams, loki: Loki) -> None:
    loki.held["service_name"] = {
        "claude-code": [],
        "my-team": [time_ns() - HOUR],
        "shop": [],
        "payments.api": [],
        "ccotel-tui": [time_ns()],
    }
    assert streams.selector(last(DAY)) == '{service_name=~"^(claude-code|my-team)$"}'
    assert [names for names, _ in loki.searched] == [r"my-team|payments\\.api|shop"]
    assert dict(streams.each())["my-team"] == '{service_name=~"^(my-team)$"}'


def test_where_there_is_none_a_selector_of_nothing_answers_at_once(
    streams: Streams, loki: Loki
) -> None:
    loki.held["service_name"] = {"shop": []}
    assert streams.selector(last(DAY)) == '{service_name=~"^(claude-code)$"}'
    loki.held["service_name"] = {}
    assert Streams(loki.get).selector(last(DAY)) == '{service_name=~"^(claude-code)$"}'


def test_nothing_is_asked_again_within_a_minute(streams: Streams, loki: Loki) -> None:
    loki.held["service_name"] = {"my-team": [time_ns()]}
    asked = last(DAY)
    streams.selector(asked)
    count = len(loki.asked)
    streams.selector(asked)
    streams.selector(last(HOUR))
    assert len(loki.asked) == count


def test_a_service_that_is_new_is_found_a_minute_later_whenever_its_rows_are_of(
    loki: Loki, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Streams(loki.get)
    loki.held["service_name"] = {"shop": []}
    streams.selector(last(7 * DAY))
    loki.held["service_name"]["my-team"] = [time_ns() - 5 * DAY]
    loki.searched.clear()
    later = monotonic() + 3 * STREAMS_POLL_INTERVAL
    monkeypatch.setattr("ccotel_tui.query.stack.log_streams.time.monotonic", lambda: later)
    assert "my-team" in streams.selector(last(7 * DAY))
    # What was searched is searched only where it goes on.
    lengths = dict(loki.searched)
    assert lengths["shop"] < 0.2
    assert lengths["my-team"] == pytest.approx(7 * 24, abs=0.1)


def test_a_time_further_back_is_searched_for_what_it_adds(streams: Streams, loki: Loki) -> None:
    loki.held["service_name"] = {"my-team": [time_ns() - 3 * DAY]}
    assert "my-team" not in streams.selector(last(DAY))
    assert "my-team" in streams.selector(last(4 * DAY))
    assert [round(hours) for _, hours in loki.searched] == [24, 72, 0]


def test_a_long_time_is_searched_in_parts_that_a_request_may_be_about(
    streams: Streams, loki: Loki
) -> None:
    loki.held["service_name"] = {"my-team": [time_ns() - 50 * DAY]}
    assert "my-team" in streams.selector(last(60 * DAY))
    assert max(hours for _, hours in loki.searched) <= 30 * 24


def test_where_streams_have_no_service_name_their_labels_are_looked_through(
    streams: Streams, loki: Loki
) -> None:
    loki.held = {"app": {"shop": []}, "env": {"prod": [time_ns()]}, "job": {"shop": []}}
    assert streams.selector(last(DAY)) == '{env=~"^(prod)$"}'
    assert [names for names, _ in loki.searched] == ["shop", "shop", "prod"]
    loki.held = {"app": {"shop": []}}
    assert Streams(loki.get).selector(last(DAY)) == '{service_name=~"^(claude-code)$"}'


def test_a_search_that_is_too_much_for_loki_is_told_and_not_repeated(
    streams: Streams, loki: Loki
) -> None:
    loki.held["service_name"] = {"claude-code": [], "everything": [time_ns()]}
    loki.slow = True
    asked = last(DAY)
    assert streams.selector(asked) == '{service_name=~"^(claude-code)$"}'
    assert streams.unsearched == {"everything"}
    count = len(loki.asked)
    streams.selector(asked)
    assert len(loki.asked) == count


def test_another_form_of_answer_is_told(streams: Streams, loki: Loki) -> None:
    loki.held["service_name"] = {"my-team": []}
    broken = Streams(lambda path, *more: ["a"] if path.endswith("values") else {"result": [1]})
    with pytest.raises(SourceUnavailable, match="another form"):
        broken.selector(last(DAY))


def test_who_asks_at_the_same_time_asks_once(streams: Streams, loki: Loki) -> None:
    loki.held["service_name"] = {"my-team": [time_ns()]}
    asked = last(DAY)
    threads = [Thread(target=streams.selector, args=(asked,)) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(loki.searched) == 1


def test_what_there_is_no_time_for_is_told_and_searched_first_a_minute_later(
    loki: Loki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search of a hundred services takes this Loki nine seconds, and a reader waits."""
    now = monotonic()
    monkeypatch.setattr("ccotel_tui.query.stack.log_streams.time.monotonic", lambda: now)

    def get(path: str, parameters: Parameters, seconds: float) -> object:
        nonlocal now
        now += 9.0 if path == "/query" else 0.0
        return loki.get(path, parameters, seconds)

    streams = Streams(get)
    loki.held["service_name"] = {f"s{number:03}": [] for number in range(399)}
    loki.held["service_name"]["the-client"] = [time_ns() - HOUR]
    assert "the-client" not in streams.selector(last(DAY))
    assert streams.unsearched == {f"s{number:03}" for number in range(300, 399)} | {"the-client"}
    now += STREAMS_POLL_INTERVAL
    loki.searched.clear()
    assert "the-client" in streams.selector(last(DAY))
    assert loki.searched[0][0].endswith("the-client")
    assert "the-client" not in streams.unsearched


def test_an_event_that_has_streams_of_its_own_is_not_looked_for_again(
    streams: Streams, loki: Loki
) -> None:
    loki.held["service_name"] = {"claude-code": []}
    streams.selector(last(HOUR))
    loki.held["event_name"] = {"api_request": [time_ns()]}
    for length in (DAY, 2 * DAY, 3 * DAY):
        streams.selector(last(length))
        assert streams.by_event
    assert loki.asked.count("/label/event_name/values") == 2
