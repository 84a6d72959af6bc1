"""How long a prompt waited for somebody, as the spans of the client tell it."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.output.prompt import prompt_document, waterfall_text
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.prompts.rows import prompt_rows
from ccotel_tui.query.query import EventRow, Scope
from ccotel_tui.query.source import Backend, waits_not_known
from ccotel_tui.query.usage.prompt import find_prompt
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.screen.format.prompts.waterfall import waterfall_of
from ccotel_tui.send import replay
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import read_request
from ccotel_tui.telemetry.records import Event, Record
from tests.tools.otlp import SECOND, T0, span

DATA = Path(__file__).parents[2] / "data"
RECORDING = DATA / "spans-2.1.332.jsonl"
TRUTH = json.loads((DATA / "truth-spans-2.1.332.json").read_text())
RECORDS: list[Record] = [
    record for line in replay.read_lines(RECORDING) for record in read_request(line.request).records
]
NOW = max(record.time_ns for record in RECORDS)
WINDOW = Window.between(NOW - HOUR, NOW, ZoneInfo("UTC"), MINUTE)
PROMPTS = [prompt for session in TRUTH["sessions"] for prompt in session["prompts"]]


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path = tmp_path_factory.mktemp("waits") / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(RECORDS)
    backend = open_embedded(path)
    yield backend
    backend.close()


def id_of(prompt: dict[str, Any]) -> str:
    return next(
        str(one.attributes["prompt.id"])
        for one in RECORDS
        if isinstance(one, Event) and one.attributes.get("prompt") == prompt["prompt"]
    )


def document(backend: Backend, prompt: dict[str, Any]) -> dict[str, Any]:
    found = find_prompt(backend, id_of(prompt), WINDOW, Scope(), NOW)
    return prompt_document(found, WINDOW)


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt["prompt"])
def test_a_recorded_prompt_waited_as_long_as_its_spans_say(
    backend: Backend, prompt: dict[str, Any]
) -> None:
    found = document(backend, prompt)
    assert found["waited_ms"] == pytest.approx(prompt["waited_ms"], abs=1)
    assert found["waited_ms"] >= prompt["at_least_ms"]
    waited = [step["waited_ms"] for step in found["steps"] if step["waited_ms"] is not None]
    assert waited == pytest.approx(list(prompt["tools"].values()), abs=1)


def test_it_is_read_on_one_time_axis(backend: Backend) -> None:
    accepted, rejected = (
        find_prompt(backend, id_of(prompt), WINDOW, Scope(), NOW) for prompt in PROMPTS[:2]
    )
    lines = list(waterfall_text(accepted, WINDOW))
    assert lines[1].endswith("waited 3.5 s")
    assert any("┄━" in line for line in lines)
    lines = list(waterfall_text(rejected, WINDOW))
    assert lines[1].endswith("waited 2.2 s")
    assert lines[-1].startswith("Bash ")
    assert lines[-1].endswith("rejected")
    for width in (38, 78, 118):
        waterfall = waterfall_of(accepted.prompt, WINDOW, width, str)
        assert any("┄" in line.plain for line in waterfall.lines)
        assert {line.cell_length for line in waterfall.lines} == {width}
    assert "waited 3.5 s" in waterfall.head[-2].plain


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt["prompt"])
def test_without_spans_it_is_not_known(backend: Backend, prompt: dict[str, Any]) -> None:
    stack = replace(backend, waits=waits_not_known)
    found = find_prompt(stack, id_of(prompt), WINDOW, Scope(), NOW)
    told = prompt_document(found, WINDOW)
    assert {told["waited_ms"], *(step["waited_ms"] for step in told["steps"])} == {None}
    assert "waits: not known" in list(waterfall_text(found, WINDOW))[1]
    with_spans = document(backend, prompt)
    figures = ("cost_usd", "requests", "tools", "failed", "began", "ended")
    assert [told[name] for name in figures] == [with_spans[name] for name in figures]


def row(name: str, seconds: float, **values: Any) -> EventRow:
    return {"time": T0 + int(seconds * SECOND), "event_name": name, "prompt_id": "p", **values}


def test_a_call_of_which_no_span_tells_makes_the_sum_unknown() -> None:
    calls = [
        row("tool_decision", 1, tool_use_id="a", decision="accept"),
        row("tool_result", 2, tool_use_id="a", success=True),
        row("tool_decision", 3, tool_use_id="b", decision="accept"),
    ]
    ended = row("tool_result", 4, tool_use_id="b", success=True)
    assert [one.total_waited_ms for one in prompt_rows(calls, {"a": 250.0})] == [250.0]
    assert [one.total_waited_ms for one in prompt_rows([*calls, ended], {"a": 250.0})] == [None]
    [both] = prompt_rows([*calls, ended], {"a": 250.0, "b": 0.0})
    assert both.total_waited_ms == 250.0
    assert [one.total_waited_ms for one in prompt_rows([*calls, ended])] == [None]


def test_a_prompt_without_a_call_did_not_wait_where_its_session_sends_spans() -> None:
    asked = [row("user_prompt", 0), row("api_request", 1, cost_usd=0.5)]
    assert [one.total_waited_ms for one in prompt_rows(asked, {})] == [0.0]
    assert [one.total_waited_ms for one in prompt_rows(asked, None)] == [None]


def test_waits_are_of_their_session_alone(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(
            [
                span(T0, 1, "s1", tool_use_id="a"),
                span(T0, 2, "s1", "tool.blocked_on_user", parent=1, length=3 * SECOND),
                span(T0, 3, "s2", tool_use_id="b"),
            ]
        )
    backend = open_embedded(path)
    assert [backend.waits(id) for id in ("s1", "s2", "s3")] == [{"a": 3000.0}, {"b": 0.0}, None]
    backend.close()
