"""The recorded sessions, by every protocol: the panels say what the client printed."""

from collections.abc import Callable
from functools import reduce
from math import fsum
from operator import add
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.window import Window
from tests.accuracy.check import check, check_life, panels, same_dollars
from tests.accuracy.client import Expected
from tests.accuracy.days import DAY, MINUTE, at
from tests.accuracy.paths import DataPath
from tests.accuracy.recordings import Session, renamed, sessions
from tests.accuracy.sending import PROTOCOLS, Protocol

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


def everything() -> Expected:
    return reduce(add, (session.expected for session in sessions()))


@pytest.mark.parametrize("session", sessions(), ids=named)
def test_truth_by_model_adds_up_to_what_the_client_printed(session: Session) -> None:
    assert fsum(session.expected.cost.values()) == pytest.approx(session.cost, abs=1e-6)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("session", sessions(), ids=named)
def test_session(path: DataPath, session: Session, protocol: Protocol) -> None:
    turn = sessions().index(session) + PROTOCOLS.index(protocol)
    window = LIVES[turn % len(LIVES)]()
    check_life(path, window, renamed(session.id, protocol), session.expected)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_all_sessions_of_a_protocol(path: DataPath, protocol: Protocol) -> None:
    for window in LIVES:
        check_life(path, window(), renamed("", protocol), everything())


def test_all_sessions(path: DataPath) -> None:
    check(path, LIVES[0](), "", reduce(add, [everything()] * len(PROTOCOLS)))


@pytest.mark.parametrize("cut", CUTS)
def test_adjacent_windows_add_up(path: DataPath, cut: str) -> None:
    spans = (at("04:05"), at(cut)), (at(cut), at("05:15")), (at("04:05"), at("05:15"))
    left, right, whole = (
        panels(path, Window.between(*span, UTC, 5 * MINUTE), renamed("", "grpc")) for span in spans
    )
    dollars = [
        fsum(one["total_cost"].value or 0 for one in half) for half in ((left, right), (whole,))
    ]
    same_dollars(*dollars)
    assert 0 < (left["total_cost"].value or 0) < dollars[1]
    for part, number in whole["lines_of_code"].parts.items():
        halves = left["lines_of_code"].parts[part], right["lines_of_code"].parts[part]
        assert sum(half or 0 for half in halves) == number
    for row in whole["tool_success"].rows:
        for column in ("success", "failure"):
            halves_of_row = [
                float(cut_row[column] or 0)
                for half in (left, right)
                for cut_row in half["tool_success"].rows
                if cut_row["tool_name"] == row["tool_name"]
            ]
            assert sum(halves_of_row) == row[column]
