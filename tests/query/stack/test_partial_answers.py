"""Servers that answer without a part of what they hold, and say so beside the answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.line.glance import glance
from ccotel_tui.line.shown import Recording
from ccotel_tui.network.address import address
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.traits.partial_answers import KEPT_FOR, PartialAnswers
from ccotel_tui.query.window import HOUR, Window
from tests.cli.test_words import run
from tests.query.stub import Behaviour, Request, Stub, data, well
from tests.tools.otlp import T0

WINDOW = Window.between(T0 - HOUR, T0, ZoneInfo("UTC"))
SECRET = "sesame-and-more"
STORE = 'fetch series for {replica="a"} Addr: 10.0.0.7:10901: connection refused'
"""As Thanos Query warns of a store that does not answer."""


def lacking(path: str, **beside: Any) -> Behaviour:
    """As a whole stack, but that it says this beside the answers below the path."""

    def behave(request: Request) -> None:
        if not request.path.startswith(path):
            well(request)
            return
        answer = {"status": "success", "data": data(request.path), **beside}
        request.say(200, json.dumps(answer).encode())

    return behave


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.fixture
def backend(stub: Stub) -> Iterator[Backend]:
    # By two names, or what one server lacks is what both do.
    backend = stub.backend_of_two(("X-Token", SECRET))
    yield backend
    backend.close()


def answers(backend: Backend) -> dict[str, PanelAnswer]:
    return answer_panels(PANELS, backend, WINDOW, Scope(), T0)


def told(backend: Backend) -> dict[str, str]:
    """What each panel says of missing parts, and is not exact for."""
    said = {
        id: [note for note in answer.notes if "left a part out of its answers" in note]
        for id, answer in answers(backend).items()
    }
    return {id: note for id, notes in said.items() for note in notes}


def test_whole_answers_are_exact_and_say_nothing(backend: Backend) -> None:
    assert told(backend) == {}
    assert all(answer.exact for answer in answers(backend).values())


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        ({"warnings": [STORE]}, STORE),
        ({"warnings": ["PromQL warning: mixed", "No StoreAPIs matched for this query"]}, "No St"),
        ({"isPartial": True}, "isPartial"),
        ({"warnings": [f"a\x1b[31m\u202eb {SECRET} {'c' * 999}"]}, "a [31m b *** ccc"),
    ],
)
def test_panels_of_counters_say_what_prometheus_left_out(
    stub: Stub, backend: Backend, beside: dict[str, Any], reason: str
) -> None:
    stub.behave = lacking("/api", **beside)
    found = told(backend)
    assert {"lines_of_code", "dev_activity", "total_cost"} <= found.keys()
    assert "tool_rate" not in found
    for note in found.values():
        assert f"localhost:{stub.port} left a part" in note
        assert reason in note
        assert note.isprintable()
        assert len(note) < 350
    assert {id for id, answer in answers(backend).items() if not answer.exact} == found.keys()


def test_panels_of_events_say_what_loki_left_out(stub: Stub, backend: Backend) -> None:
    stub.behave = lacking("/loki", warnings=["maximum number of series reached"])
    found = told(backend)
    assert "lines_of_code" not in found
    assert {"tool_rate", "total_cost", "tool_events"} <= found.keys()


@pytest.mark.parametrize(
    "beside",
    [
        {"warnings": ["PromQL warning: bad quantile"], "infos": ["PromQL info: no counter"]},
        {"warnings": []},
        {"warnings": "all well", "isPartial": False},
        {"warnings": [7, None, {}]},
    ],
)
def test_what_is_said_of_the_query_leaves_nothing_out(
    stub: Stub, backend: Backend, beside: dict[str, Any]
) -> None:
    stub.behave = lacking("/", **beside)
    assert told(backend) == {}


def test_a_reason_is_kept_for_a_minute() -> None:
    at = [0.0]
    partial_answers = PartialAnswers(lambda: at[0])
    server, other = address("http://one:1"), address("http://two:1")
    assert partial_answers.reason(server) is None
    partial_answers.add(server, "gone")
    at[0] = KEPT_FOR - 1
    assert (partial_answers.reason(server), partial_answers.reason(other)) == ("gone", None)
    at[0] = KEPT_FOR
    assert partial_answers.reason(server) is None


def test_commands_say_it_beside_what_they_print(stub: Stub) -> None:
    stub.behave = lacking("/api", warnings=[STORE])
    urls = ["--prometheus-url", f"http://localhost:{stub.port}", "--loki-url", stub.url]
    for words in (["reconcile"], ["usage", "--by", "model"]):
        done = run(*words, "--source", "stack", *urls)
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("left a part out of its answers") == 1
        assert STORE in done.stderr


@pytest.mark.parametrize("path", ["/api", "/loki"])
def test_the_status_line_marks_what_may_be_too_small(stub: Stub, path: str, tmp_path: Path) -> None:
    urls = "--prometheus-url", f"http://localhost:{stub.port}", "--loki-url", stub.url
    settings = tmp_path / "settings.toml"
    settings.write_text("[budget]\nday = 5\n")
    line = "line", "--source", "stack", *urls, "--config", str(settings)
    budget = "--format", "{session} {today} {budget}"
    assert json.loads(run(*line, "--json").stdout)["approximate"] == []
    assert run(*line, *budget).stdout == "$1.25 $1.25 25% of $5\n"
    stub.behave = lacking(path, warnings=[STORE])
    told = json.loads(run(*line, "--json").stdout)
    assert told["approximate"] == ["session", "burn", "today"]
    assert STORE in told["notice"]
    # In the least room as well.
    narrow = run(*line, "--width", "6")
    assert narrow.stdout == "~$1.25\n"
    assert narrow.stderr.count("left a part out of its answers") == 1
    assert run(*line, *budget).stdout == "~$1.25 ~$1.25 ~25% of $5\n"


def test_what_claude_code_tells_of_its_session_is_whole_whatever_servers_lack(
    stub: Stub, backend: Backend
) -> None:
    stub.behave = lacking("/loki", warnings=[STORE])
    seen = glance(backend, T0, WINDOW.zone, Recording, "s", 2.5)
    assert seen.line(0).startswith("$2.50 session  ~$7.50/h  ~$1.25 today")
