"""Made-up sessions with what the recordings hardly have: users, skills, plugins, branches."""

from collections.abc import Iterator

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from tests.accuracy.truth import otlp
from tests.accuracy.truth.days import MINUTE, SECOND, at
from tests.accuracy.truth.otlp import Request

_BEGIN = at("04:05")
_TEXT = "<task-notification><task-id>a1</task-id></task-notification>"

Told = dict[str, str | int | float]

WHO: tuple[Told, ...] = (
    {"user.id": "f00d" * 16, "user.email": "kim@acme.example", "user.account_uuid": "u-1"},
    {"user.id": "beef" * 16, "user.account_uuid": "0f9c-22"},
    {"user.id": "cafe" * 16},
    {},
)
"""Whose each session is, in turn."""

WITH: tuple[Told, ...] = (
    {"query_source": "sdk", "effort": "high", "speed": "normal"},
    {"query_source": "agent:custom", "agent.name": "reviewer", "effort": "low", "speed": "fast"},
    {"query_source": "repl_main_thread", "skill.name": "release", "plugin.name": "acme/tools"},
    {"query_source": "compact", "mcp_server.name": "inventory", "team.id": 7},
    {"model": "claude-opus-4-8[1m]", "effort": 'hi"gh, ü', "nightly": "true"},
)
"""What each request says beside its numbers, in turn."""


def story() -> Iterator[Request]:
    """Four sessions of three prompts, one of which tools and a background agent go on with."""
    for number, who in enumerate(WHO):
        session: Told = {"session.id": f"made-up-{number}"} if number != 3 else {}
        carried: Told = {**who, **session, "terminal.type": "xterm"}
        records = [
            otlp.log_record(time_ns, name, {**carried, "event.name": name, **said})
            for time_ns, name, said in _events(number)
        ]
        request = otlp.logs_request(records, "2.1.332")
        assert isinstance(request, ExportLogsServiceRequest)
        if number == 1:
            extra = otlp.pairs({"project": "web-shop"})
            request.resource_logs[0].resource.attributes.extend(extra)
        yield request


def counters() -> Iterator[Request]:
    """A session that exports no events: only its counters tell what it cost."""
    carried: Told = {"session.id": "counted", "user.id": "cafe" * 16, "project": "infra"}
    for minute, dollars, agent in ((9, 0.5, ""), (31, 0.25, "reviewer"), (64, 0.125, "")):
        labels = {"model": "claude-opus-4-8[1m]", "query_source": "main", "effort": "high"}
        said: Told = {**carried, **labels, **({"agent.name": agent} if agent else {})}
        begin, end = _BEGIN + (minute - 1) * MINUTE, _BEGIN + minute * MINUTE
        points = {
            "claude_code.cost.usage": [otlp.point(begin, end, dollars, said)],
            "claude_code.token.usage": [
                otlp.point(begin, end, dollars * 1000, {**said, "type": type_})
                for type_ in ("input", "cacheRead")
            ],
        }
        yield otlp.metrics_request(points, otlp.DELTA, "2.1.332")


def _events(session: int) -> Iterator[tuple[int, str, Told]]:
    for turn in range(3):
        prompt: Told = {"prompt.id": f"p-{session}-{turn}"}
        begin = _BEGIN + (session * 7 + turn * 23) * MINUTE
        command: Told = {"command_source": "builtin"} if turn == 2 else {}
        yield (
            begin,
            "user_prompt",
            {**prompt, "prompt_length": 9, "prompt": "<REDACTED>", **command},
        )
        for number, said in enumerate(WITH):
            yield begin + (number + 1) * SECOND, "api_request", _request(number, said) | prompt
        for number, branch in enumerate(("main", "fix-login", "")[turn:]):
            told: Told = {"vcs.ref.head.name": branch} if branch else {}
            used: Told = {"tool_name": "Bash", "success": "true", "duration_ms": "61"}
            yield begin + (8 + number) * SECOND, "tool_result", {**prompt, **used, **told}
        if turn == 0:
            yield from _background(session, begin + 10 * SECOND, prompt)


def _background(session: int, begin: int, prompt: Told) -> Iterator[tuple[int, str, Told]]:
    """An agent that ends after the next prompt was typed: what it began is gone on with."""
    agent: Told = {"agent_id": "a1", "agent.name": "Explore"}
    yield begin, "api_request", {**_request(5, agent), **prompt}
    later = begin + 25 * MINUTE
    yield later, "subagent_completed", {"agent_id": "a1", "is_async": "true"}
    text = _TEXT if session % 2 else "<REDACTED>"
    ended: Told = {"prompt.id": f"p-{session}-notified"}
    yield later + SECOND, "user_prompt", {**ended, "prompt": text, "prompt_length": 60}
    yield later + 2 * SECOND, "api_request", _request(6, {}) | ended
    told: Told = {"tool_name": "Bash", "success": "true", "vcs.ref.head.name": "late"}
    yield later + 3 * SECOND, "tool_result", {**ended, **told}


def _request(number: int, said: Told) -> dict[str, str | int | float]:
    return {
        "model": ("claude-haiku-4-5", "claude-opus-4-8")[number % 2],
        "cost_usd": 0.01 * (number + 1) + 0.000001 * number,
        "duration_ms": 300 + number,
        "input_tokens": 10 + number,
        "output_tokens": 20 * number,
        "cache_read_tokens": 1000 + number,
        "cache_creation_tokens": 7,
        **said,
    }
