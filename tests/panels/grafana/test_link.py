"""Where a board shows the same section, window and scope."""

from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.local.library_zone import LocalZone
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.grafana import boards
from ccotel_tui.panels.grafana.link import Board, Link, link
from ccotel_tui.panels.grafana.variables import GROUPED
from ccotel_tui.query.period import LENGTHS, NAMES, Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND

BASE = "http://127.0.0.1:13000"
SEOUL = ZoneInfo("Asia/Seoul")
A_DAY = Period(since_ns=DAY)
EVERYTHING = Scope()


def to(period: Period = A_DAY, scope: Scope = EVERYTHING, board: Board = "cost") -> Link:
    return link(BASE, board, period, scope, SEOUL)


def said(there: Link) -> dict[str, str]:
    """The words of the address."""
    return dict(parse_qsl(urlsplit(there.url).query, keep_blank_values=True))


@pytest.mark.parametrize("board", ["home", *SECTIONS])
def test_it_leads_to_a_board_that_is_there(board: Board) -> None:
    address = urlsplit(to(board=board).url)
    assert f"{address.scheme}://{address.netloc}" == BASE
    assert address.path.removeprefix("/d/") in {board["uid"] for board in boards.boards().values()}


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period(), "from=now/d&to=now&timezone=Asia/Seoul"),
        (Period("yesterday"), "from=now-1d/d&to=now-1d/d&timezone=Asia/Seoul"),
        (Period("week"), "from=now/w&to=now&timezone=Asia/Seoul"),
        (Period("month"), "from=now/M&to=now&timezone=Asia/Seoul"),
        # A day of the calendar may have 23 hours.
        (Period(since_ns=7 * DAY), "from=now-168h&to=now"),
        (Period(since_ns=90 * MINUTE, step_ns=MINUTE), "from=now-90m&to=now"),
        (Period(since_ns=HOUR + SECOND), "from=now-3601s&to=now"),
        (Period(from_ns=DAY, to_ns=DAY + HOUR), "from=86400000&to=90000000"),
        (Period(from_ns=DAY), "from=86400000&to=now"),
    ],
)
def test_a_window_is_said_as_grafana_says_it(period: Period, words: str) -> None:
    assert to(period).url == f"{BASE}/d/ccotel-cost?{words}"


def test_a_zone_without_a_name_is_left_to_the_browser() -> None:
    there = link(BASE, "cost", Period(), EVERYTHING, LocalZone("JST-9"))
    assert there.url == f"{BASE}/d/ccotel-cost?from=now/d&to=now&timezone=browser"


def test_every_window_of_the_screen_can_be_said() -> None:
    assert all(said(to(period)) for period in (*LENGTHS, *map(Period, NAMES)))


def test_a_week_begins_on_the_same_day() -> None:
    assert {board["weekStart"] for board in boards.boards().values()} == {"monday"}


def test_a_scope_is_what_the_variables_hold() -> None:
    attributes = (("user.email", "a.b@c"), ("team.id", "a+b"), ("project", "my shop"))
    scope = Scope("3f2a0c11-aaaa", "sonnet-5.5", attributes)
    asked = said(to(scope=scope))
    assert asked == {
        "from": "now-24h",
        "to": "now",
        "var-session": "3f2a0c11-aaaa",
        "var-model": r"sonnet-5\.5",
        "var-filter_key": "team_id",
        "var-filter_value": r"a\+b",
        # Grafana escapes these itself.
        "var-user": "a.b@c",
        "var-project": "my shop",
    }
    assert {name.removeprefix("var-") for name in asked} - {"from", "to"} == {
        one["name"] for one in boards.boards()["ccotel-home.json"]["templating"]["list"]
    } - {GROUPED}


def test_records_without_it_can_be_meant() -> None:
    assert said(to(scope=Scope("unknown")))["var-session"] == "$"
    for scope in (
        Scope(attributes=(("project", ""),)),
        Scope(attributes=(("session.id", "unknown"),)),
    ):
        assert said(to(scope=scope))["var-filter_value"] == ""


def test_a_hostile_id_stays_within_its_variable() -> None:
    hostile = 'a&to=0#`$__range` "\\\n\x1b[2J\udcff/é'
    there = to(scope=Scope(session_id=hostile))
    assert there.url.isascii()
    assert there.url.isprintable()
    assert not set(' `$"\\#<>') & set(there.url)
    assert said(there) == {
        "from": "now-24h",
        "to": "now",
        "var-session": r'a&to=0#\x60\x24__range\x60 "\\\x0a\x1b\[2J?/é',
    }


@pytest.mark.parametrize("value", ["", "a`b", "$__range", "a\nb"])
def test_a_project_that_no_list_holds_is_an_attribute_as_any(value: str) -> None:
    asked = said(to(scope=Scope(attributes=(("project", value),))))
    assert asked["var-filter_key"] == "project"
    assert "var-project" not in asked


def test_what_the_board_cannot_say_is_named() -> None:
    pairs = ("source", "main"), ("a", "1"), ("b", "2"), ("project", "x"), ("project", "y")
    there = to(scope=Scope(attributes=pairs))
    assert there.left_out == ("source=main", "b=2", "project=y")
    assert said(there)["var-filter_key"] == "a"
    assert to(scope=Scope("x", "y", (("a", "1"),))).left_out == ()
