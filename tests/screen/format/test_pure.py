"""What the screen computes before it draws."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.period import Period
from ccotel_tui.query.prompts.typed import SessionPrompt
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import DAY, HOUR, Window
from ccotel_tui.recorder.sentences import ports_problem
from ccotel_tui.recorder.state import OwnerKind, PortOwner, PortState
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.format.names import short_model
from ccotel_tui.screen.format.panel_info import explanation
from ccotel_tui.screen.format.periods import period_label
from ccotel_tui.screen.format.prompts.timeline import newest_flow
from ccotel_tui.screen.format.status import bar_status, first_day, in_full, problem
from ccotel_tui.screen.keys import KEYS

SECOND = 1_000_000_000


def row(name: str, at: int, **more: str | float | bool) -> EventRow:
    return {"time": at * SECOND, "event_name": name, "session_id": "s1", **more}


@pytest.mark.parametrize(
    ("hours", "label"),
    [
        ((9, 12), "01-02 09:00-12:00"),
        ((18, 24), "01-02 18:00-00:00"),
        ((0, 24), "01-02"),
        ((18, 30), "01-02 18:00 +12h"),
        ((18, 42), "01-02 18:00 +24h"),
        ((18, 18 + 72), "01-02..01-05"),
    ],
)
def test_a_stretch_is_called_by_its_ends(hours: tuple[int, int], label: str) -> None:
    from_ns, to_ns = (DAY + hour * HOUR for hour in hours)
    assert period_label(Period(from_ns=from_ns, to_ns=to_ns), ZoneInfo("UTC")) == label


def test_the_newest_prompts_calls_one_after_and_beside_the_other() -> None:
    asked = row("user_prompt", 2, prompt="<REDACTED>", prompt_length="41")
    flow = newest_flow(
        SessionPrompt("s1", (), asked),
        [
            row("tool_result", 1, tool_name="Old", success=True, duration_ms=10),
            asked,
            row("tool_result", 10, tool_name="Read", success=True, duration_ms=5000),
            row("tool_result", 11, tool_name="Grep", success=True, duration_ms=4000),
            row("api_request", 12, cost_usd=0.25),
            row("tool_result", 20, tool_name="Bash", success=False, duration_ms=1000),
        ],
    )
    assert flow is not None
    assert (flow.prompt, flow.characters, flow.cost) == ("", 41, 0.25)
    assert [(s.tool, s.ok, s.beside) for s in flow.steps] == [
        ("Read", True, False),
        ("Grep", True, True),
        ("Bash", False, False),
    ]
    assert newest_flow(SessionPrompt("s1"), []) is None


@pytest.mark.parametrize("length", ["²", "9" * 5000, "1e400", "", True, "41 "])
def test_a_prompts_length_that_is_no_number_is_not_known(length: str | bool) -> None:
    flow = newest_flow(SessionPrompt("s1", (), row("user_prompt", 2, prompt_length=length)), [])
    assert flow is not None
    assert flow.characters is None


def test_a_command_of_the_client_is_no_prompt_and_has_its_own_cost() -> None:
    asked = row("user_prompt", 1, prompt="fix it", prompt_id="p")
    events = [
        asked,
        row("api_request", 2, cost_usd=0.25, prompt_id="p"),
        row("user_prompt", 3, prompt="/compact", command_source="builtin", prompt_id="c"),
        row("api_request", 4, cost_usd=0.5, prompt_id="c"),
        row("user_prompt", 9, command_name="exit", command_source="builtin", prompt_id="x"),
    ]
    flow = newest_flow(SessionPrompt("s1", ("p",), asked), events)
    assert flow is not None
    assert (flow.prompt, flow.cost, flow.last_ns) == ("fix it", 0.25, 2 * SECOND)
    assert [(one.name, one.cost) for one in flow.commands] == [("/compact", 0.5), ("/exit", 0)]
    assert newest_flow(SessionPrompt("s1"), events[-1:]) is None


def test_what_continues_a_prompt_is_part_of_its_flow() -> None:
    asked = row("user_prompt", 1, prompt="map it", prompt_id="p")
    flow = newest_flow(
        SessionPrompt("s1", ("p", "n"), asked),
        [
            asked,
            row("tool_result", 2, tool_name="Agent", success=True, prompt_id="p"),
            row("user_prompt", 5, prompt="<task-notification>", prompt_id="n"),
            row("tool_result", 7, tool_name="Read", success=True, prompt_id="n"),
            row("tool_result", 8, tool_name="Other", success=True, prompt_id="q"),
        ],
    )
    assert flow is not None
    assert flow.prompt == "map it"
    assert [step.tool for step in flow.steps] == ["Agent", "Read"]


def test_models_are_short() -> None:
    assert short_model("claude-haiku-4-5-20251001") == "haiku-4-5"
    assert short_model("claude-opus-4-8[1m]") == "opus-4-8"
    assert short_model("us.anthropic.claude-opus-4-8-20260101-v1:0") == "opus-4-8"
    profile = "arn:aws:bedrock:eu-west-1:12:inference-profile/eu.anthropic.claude-sonnet-5-v1:0"
    assert short_model(profile) == "sonnet-5"
    own = "arn:aws:bedrock:eu-west-1:12:application-inference-profile/a1b2c3"
    assert short_model(own) == "a1b2c3"
    assert short_model("claude-opus-4-1@20250805") == "opus-4-1"
    assert short_model("eu.anthropic.claude-haiku-4-5[1m]") == "haiku-4-5"
    assert short_model("odd/") == "odd/"
    assert short_model(None) == ""


def test_no_key_means_two_things() -> None:
    keys = [key for one in KEYS for key in one.keys.split(",")]
    assert len(keys) == len(set(keys))
    assert len({one.id for one in KEYS}) == len(KEYS)


HTTP = PortState("http", "::1", 14318, bound=True)


def taken(port: int, kind: OwnerKind, name: str = "", pid: int | None = None) -> PortState:
    return PortState("grpc", "127.0.0.1", port, bound=False, owner=PortOwner(kind, name, pid))


@pytest.mark.parametrize(
    ("kind", "who"),
    [("recorder", "recorder"), ("collector", "receiver"), ("unknown", "program")],
)
def test_who_has_a_port_in_few_words_and_in_full(kind: OwnerKind, who: str) -> None:
    report = RecorderReport(True, (taken(14317, kind), HTTP), database="/a/b.db")
    assert problem(report) == f"14317 taken by another {who}"
    first, second = in_full(report).splitlines()
    assert first == ports_problem(report.ports, handed_over=False)
    assert second == "recording: OTLP/HTTP [::1]:14318, into /a/b.db"
    named = taken(14317, kind, "python3", 1234)
    assert problem(RecorderReport(True, (named, HTTP))) == "14317 taken by python3 (1234)"
    neither = RecorderReport(False, (named, taken(14318, kind)))
    both = "the collector receives" if kind == "collector" else "ports taken"
    assert problem(neither) == f"not recording: {both}"
    assert neither.collector_receives == (kind == "collector")
    assert in_full(neither).replace("\n", " ") == ports_problem(neither.ports, handed_over=False)
    assert not problem(RecorderReport(True, (HTTP,)))


def test_why_nothing_is_recorded() -> None:
    handed_over = RecorderReport(False, (HTTP._replace(bound=False),), handed_over=True)
    assert problem(handed_over) == in_full(handed_over) == strings.HANDED_OVER
    assert not handed_over.collector_receives
    failed = RecorderReport(False, failure="/a/b.db cannot be read.")
    assert problem(failed) == in_full(failed) == failed.failure
    assert in_full(RecorderReport(recording=True), "a note") == "a note"
    assert not RecorderReport(recording=False).collector_receives


def test_the_first_day_leads_to_the_ports_of_whoever_records() -> None:
    page = first_day(RecorderReport(True, (HTTP,), database="/a/b.db"), "ccotel-tui").by_hand
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://[::1]:14318\n" in page
    assert "recording: OTLP/HTTP [::1]:14318, into /a/b.db\n" in page


def test_whoever_has_a_port_writes_no_line_of_its_own() -> None:
    evil = PortOwner("unknown", "x\n\x1b[31mrecording", 7, "belongs to user \x9b\nnobody")
    report = RecorderReport(True, (PortState("grpc", "::1", 9, False, evil), HTTP), database="a\nb")
    assert problem(report) == "9 taken by x  recording (7)"
    assert len(in_full(report).splitlines()) == 2
    assert "\x1b" not in "".join(first_day(report, "ccotel-tui"))


@pytest.mark.parametrize(("exact", "said"), [(True, "yes: every record"), (False, "no: the best")])
def test_what_a_number_is_says_whether_it_is_exact(exact: bool, said: str) -> None:
    window = Window.between(0, HOUR, ZoneInfo("UTC"))
    answer = PanelAnswer(BY_ID["lines_of_code"], "value", "counters", HOUR, value=3.0, exact=exact)
    assert said in explanation([answer], window, "").plain


def test_a_recorder_that_begins_is_no_fault() -> None:
    begins = RecorderReport(recording=False, starting=True)
    status = bar_status(None, "embedded", begins, False, HOUR, "", "")
    assert (status.state.kind, status.wrong) == ("starting", False)
    failed = replace(begins, starting=False, failure="It ended.")
    assert bar_status(None, "embedded", failed, False, HOUR, "", "").state.kind == "not_recording"
