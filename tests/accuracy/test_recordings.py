"""The recorded sessions, by every protocol: the panels say what the client printed."""

from collections.abc import Callable
from math import fsum
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.window import Window
from tests.accuracy.check import check, panels, same
from tests.accuracy.paths.paths import DataPath, EmbeddedPath, StackPath, StorePath
from tests.accuracy.paths.sending import PROTOCOLS, Protocol
from tests.accuracy.truth.days import DAY, MINUTE, at
from tests.accuracy.truth.recordings import Session, recorded, renamed, requests, sessions, truth
from tests.accuracy.truth.truth import together

UTC, SEOUL, KOLKATA = map(ZoneInfo, ("UTC", "Asia/Seoul", "Asia/Kolkata"))

LIVES: tuple[Callable[[], Window], ...] = (
    lambda: Window.between(at("04:05"), at("05:15"), UTC),
    lambda: Window.between(at("04:10:00.300"), at("05:12:34.567"), SEOUL, 15 * MINUTE),
    lambda: Window.between(at("-12:00"), at("06:00"), KOLKATA, DAY),
    lambda: Window.between(at("04:10"), at("05:11"), SEOUL, MINUTE),
)
"""Windows that hold every recorded session from its beginning to its end."""

CUTS = ("04:10:04", "04:10:35.678", "04:12:55", "04:13:28.500", "05:08:44")
"""Moments in the middle of recorded sessions."""


def named(value: Session | str) -> str:
    return value if isinstance(value, str) else f"{value.name}-{value.id[:4]}"


@pytest.mark.parametrize("session", sessions(), ids=named)
def test_what_was_recorded_is_what_client_and_git_counted(session: Session) -> None:
    told = recorded().only(session.id)
    for what, number in session.sums.items():
        found = fsum(one.number for one in told.told() if one.what == what)
        assert found == pytest.approx(number, abs=1e-6), what


@pytest.mark.parametrize("session", sessions(), ids=named)
def test_session(path: DataPath, session: Session) -> None:
    check_session(path, session, PROTOCOLS[sessions().index(session) % len(PROTOCOLS)])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("session", sessions(), ids=named)
def test_session_by_each_protocol(
    embedded_path: EmbeddedPath, session: Session, protocol: Protocol
) -> None:
    check_session(embedded_path, session, protocol)


def check_session(path: DataPath, session: Session, protocol: Protocol) -> None:
    place = sessions().index(session) + PROTOCOLS.index(protocol)
    own = renamed(session.id, protocol)
    check(path, LIVES[place % len(LIVES)](), own, truth(protocol).only(own))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_all_sessions_of_a_protocol(path: DataPath, protocol: Protocol) -> None:
    for window in LIVES if path.name != "stack" else LIVES[1:2]:
        check(path, window(), renamed("", protocol), truth(protocol))


def test_all_sessions(store_path: StorePath) -> None:
    for protocol in PROTOCOLS:
        store_path.send(requests(protocol))
    everything = together(map(truth, PROTOCOLS))
    for window in LIVES:
        check(store_path, window(), "", everything)


@pytest.mark.parametrize("cut", CUTS)
def test_adjacent_windows_say_what_was_in_each_and_add_up(
    embedded_path: EmbeddedPath, cut: str
) -> None:
    check_halves(embedded_path, cut)


@pytest.mark.servers
def test_adjacent_windows_add_up_on_the_stack(stack_path: StackPath) -> None:
    check_halves(stack_path, CUTS[1])


def check_halves(path: DataPath, cut: str) -> None:
    own = renamed("", "grpc")
    spans = (at("04:05"), at(cut)), (at(cut), at("05:15")), (at("04:05"), at("05:15"))
    left, right, whole = (
        check(path, Window.between(*span, UTC, 5 * MINUTE), own, truth("grpc")) for span in spans
    )
    for id in ("total_cost", "token_usage", "lines_of_code", "tool_count", "dev_activity"):
        halves = fsum(one[id].value or 0 for one in (left, right))
        same(halves, whole[id].value, whole[id].panel.unit, id)
    assert 0 < (left["total_cost"].value or 0) < (whole["total_cost"].value or 0)


def test_the_row_of_a_failure_after_retries_is_one(store_path: StorePath) -> None:
    store_path.send(requests("grpc"))
    rows = panels(store_path, LIVES[0](), "")["api_error_events"].rows
    assert [row for row in rows if row["event_name"] == "api_retries_exhausted"] == []
    [exhausted] = [row for row in rows if row.get("total_attempts")]
    assert (exhausted["event_name"], exhausted["total_attempts"]) == ("api_error", 3)


def test_delivered_in_reverse_and_twice(store_path: StorePath) -> None:
    sent = list(requests("grpc"))
    for _ in range(2):
        store_path.send(reversed(sent))
    # In one bucket: a cumulative counter whose newest point comes first counts at its time.
    window = Window.between(at("04:00"), at("06:00"), UTC, DAY)
    check(store_path, window, "", truth("grpc"))
