"""Panels over a small store: the numbers, and the honest states where there are none."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.output.document import panel_lines, panels_document
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Window
from ccotel_tui.store.database import Database
from tests.tools.otlp import SECOND, T0, event, lines, request

UTC = ZoneInfo("UTC")
NOW = T0 + HOUR


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "telemetry.db"
    database = Database(path)
    database.append(
        [
            request(4.0, at=NOW - 40 * DAY),
            request(2.0, at=NOW - 8 * DAY),
            request(1.0, at=NOW - DAY),
            request(0.5, at=T0 + MINUTE, session="s2"),
            event("api_request", at=T0 + 2 * MINUTE, model="claude-haiku-4-5[1m]", cost_usd=0.25),
            event("tool_result", at=T0 + 1, tool_name="Bash", success="true"),
            event("tool_result", at=T0 + 2, tool_name="Bash", success="false"),
            event("tool_result", at=T0 + 3, tool_name="Grep", success="false"),
            lines(10, at=T0 + 5 * SECOND),
            lines(4, at=T0 + 5 * SECOND, kind="removed"),
        ]
    )
    database.close()
    return path


def asked(path: Path, since: int = HOUR, scope: Scope | None = None) -> dict[str, PanelAnswer]:
    backend = open_embedded(path)
    window = Window.between(NOW - since, NOW, UTC)
    answers = answer_panels(PANELS, backend, window, scope or Scope(), NOW)
    backend.close()
    return answers


def test_a_sum_and_its_parts_end_now_whatever_the_window(path: Path) -> None:
    answer = asked(path)["total_cost"]
    assert answer.state == "value"
    assert answer.value == 0.75
    assert answer.parts == {
        "current_session": 3.25,
        "last_prompt": None,
        "today": 0.75,
        "7d": 1.75,
        "30d": 3.75,
        "unseen": 0,
    }
    assert answer.last_heard_ns == T0 + 2 * MINUTE


def test_running_sums_end_at_the_total_and_group_by_the_plain_name(path: Path) -> None:
    answer = asked(path)["cost_by_model"]
    ends = {s.labels["model"]: (s.points[-1][1], total) for s, total in answer.series}
    assert ends == {"claude-haiku-4-5": (0.25, 0.25), "claude-opus-4-8": (0.5, 0.5)}
    assert len(answer.series[0][0].points) == 60
    assert answer.value == 0.75


def test_a_ratio_without_a_success_is_nothing_and_without_a_call_it_is_null(path: Path) -> None:
    answer = asked(path)["tool_success"]
    assert answer.value == pytest.approx(1 / 3)
    assert answer.rows == (
        {"tool_name": "Bash", "success": 1, "failure": 1, "ratio": 0.5},
        {"tool_name": "Grep", "success": 0, "failure": 1, "ratio": 0},
    )
    none = asked(path, since=MINUTE)["tool_success"]
    assert (none.state, none.value, none.rows) == ("empty", None, ())


def test_counters_and_what_is_left_after_the_removed(path: Path) -> None:
    answer = asked(path)["lines_of_code"]
    assert answer.value == 14
    assert answer.parts == {"added": 10, "removed": 4, "net": 6}
    assert asked(path, since=MINUTE)["lines_of_code"].parts == {"added": 0, "removed": 0, "net": 0}


def test_a_scope_keeps_one_session_by_the_beginning_of_its_id(path: Path) -> None:
    answers = asked(path, scope=Scope(session_id="s2"))
    assert answers["total_cost"].value == 0.5
    assert answers["lines_of_code"].state == "empty"


def test_an_attribute_that_no_record_has_is_told(path: Path) -> None:
    nobody = asked(path, scope=Scope(attributes=(("team", "blue"),)))["total_cost"]
    assert (nobody.state, nobody.notes) == ("empty", ("No record has the attribute team.",))
    other = asked(path, scope=Scope(attributes=(("event.name", "none"),)))["total_cost"]
    assert (other.state, other.notes) == ("empty", ())
    without = asked(path, scope=Scope(attributes=(("team", ""),)))["total_cost"]
    assert (without.value, without.notes) == (0.75, ())


def test_a_scope_that_records_do_not_carry_makes_a_panel_absent(path: Path) -> None:
    answers = asked(path, scope=Scope(model="HAIKU"))
    assert answers["total_cost"].value == 0.25
    assert answers["tool_success"].state == "absent"
    assert answers["tool_success"].value is None
    assert "tool_result carries no model" in answers["tool_success"].notes[0]


def test_events_that_were_sent_and_not_received_are_told(path: Path) -> None:
    database = Database(path)
    for number in (0, 1, 5, 6):
        database.append([request(1.0, at=T0 + number, session="gap", sequence=number)])
    database.close()
    [note] = asked(path)["total_cost"].notes
    assert note.startswith("3 events were sent and not received: their numbers are")


def test_one_event_that_was_sent_and_not_received_is_one(
    database: Database, tmp_path: Path
) -> None:
    database.append([request(1.0, T0, "gap", 1), request(1.0, T0 + 1, "gap", 3)])
    [note] = asked(tmp_path / "empty.db")["total_cost"].notes
    assert note == "1 event was sent and not received: its number is skipped."


class Broken:
    """A source that never answers."""

    def numbers(self, *_: object, **__: object) -> NoReturn:
        raise SourceUnavailable("Nobody answers.")

    rows = rows_within = current = last_record_ns = numbers


def test_a_source_that_fails_makes_errors_that_say_why() -> None:
    window = Window.between(T0, NOW, UTC)
    answers = answer_panels(PANELS, Backend("stack", Broken()), window, Scope(), NOW)
    assert {(a.state, a.value, a.notes) for a in answers.values()} == {
        ("error", None, ("Nobody answers.",))
    }


def test_the_document_that_scripts_read(path: Path) -> None:
    window = Window.between(T0, NOW, ZoneInfo("Asia/Seoul"))
    written = panels_document(asked(path), "embedded", window, Scope(session_id="s"))
    assert written["schema"] == 0
    assert written["window"] == {
        "from": "2026-11-24T13:10:00+09:00",
        "to": "2026-11-24T14:10:00+09:00",
        "step": 60,
        "tz": "Asia/Seoul",
    }
    assert written["scope"] == {"session": "s"}
    cost = written["panels"]["total_cost"]
    assert set(cost) == {
        *("title", "unit", "state", "signal", "exact", "as_of", "last_heard"),
        *("notes", "value", "parts", "series", "rows"),
    }
    assert (cost["unit"], cost["value"], cost["signal"]) == ("usd", 0.75, "events")
    assert written["panels"]["lines_of_code"]["signal"] == "counters"
    assert written["panels"]["cost_by_model"]["series"][0]["points"][-1] == [NOW // SECOND, 0.25]


def test_hostile_names_are_harmless_as_text(path: Path) -> None:
    database = Database(path)
    evil = "Ba\x1b]52;c;AAAA\x07sh\u202e\n"
    database.append([event("tool_result", at=T0 + 9, tool_name=evil, success="true")])
    database.close()
    said = "\n".join(panel_lines(asked(path).values()))
    assert "Ba ]52;c;AAAA sh" in said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


def test_of_many_rows_the_text_has_the_largest_and_of_events_the_newest(path: Path) -> None:
    with closing(Database(path)) as database:
        database.append(
            event("tool_result", T0 + 100 * tool + call, tool_name=f"T{tool:02}", success="true")
            for tool in range(2, 14)
            for call in range(40 - tool)
        )
    answers = asked(path)
    success = list(panel_lines([answers["tool_success"]]))
    names = [line.split()[0] for line in success if line.endswith("ratio")]
    assert names == [f"T{tool:02}" for tool in range(2, 12)]
    assert success[-1] == f"  {len(answers['tool_success'].rows) - 10} more"
    events = list(panel_lines([answers["tool_events"]]))
    assert len([line for line in events if "tool_name=T13" in line]) == 10
    assert not events[-1].endswith("more")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A store with nothing in it."""
    with closing(Database(tmp_path / "empty.db")) as database:
        yield database


def test_counters_under_another_id_than_their_events_are_told(
    database: Database, tmp_path: Path
) -> None:
    counted = replace(lines(1.5, session="counters"), metric="claude_code.cost.usage")
    database.append([request(1.25, T0 + 1, "events"), counted])
    assert not any("twice" in note for note in asked(tmp_path / "empty.db")["total_cost"].notes)
    database.append([request(0.25, T0 + 2, "events", 1)])
    answers = asked(tmp_path / "empty.db")
    assert answers["total_cost"].value == 3.0
    for id in ("total_cost", "cost_by_model"):
        assert "$1.500000 are told by counters of one session" in answers[id].notes[0]


def test_costs_that_are_absent_or_below_0_are_told(database: Database, tmp_path: Path) -> None:
    negative = request(-0.25, T0 + 1, sequence=1)
    unread = [event("api_request", at=T0 + 2, cost_usd="0,07"), event("api_request", at=T0 + 3)]
    database.append([request(1.25, T0 + 1), negative, *unread])
    cost = asked(tmp_path / "empty.db")["total_cost"]
    assert (cost.value, cost.exact) == (1.0, False)
    assert cost.notes == (
        "2 of 4 requests told no cost.",
        "1 request told a cost below 0; the sum has it.",
    )


def test_where_no_request_told_a_cost_that_is_absent_and_not_empty(
    database: Database, tmp_path: Path
) -> None:
    database.append([event("api_request", at=T0 + 2, model="m", input_tokens=3)])
    answers = asked(tmp_path / "empty.db")
    for panel in ("total_cost", "cost_by_model"):
        assert (answers[panel].state, answers[panel].value) == ("absent", None)
        assert answers[panel].notes == ("1 of 1 request told no cost.",)
    assert (answers["token_usage"].state, answers["token_usage"].value) == ("value", 3)
    assert answers["lines_of_code"].state == "empty"
