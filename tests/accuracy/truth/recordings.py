"""The sessions recorded from the real client, and what each amounts to."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ccotel_tui.send.replay import move, parse_line
from tests.accuracy.paths.sending import Protocol
from tests.accuracy.truth.days import DAY, HOUR, SHIFT
from tests.accuracy.truth.otlp import Request, pairs
from tests.accuracy.truth.reading import read
from tests.accuracy.truth.truth import TOKENS, Truth, together

DATA = Path(__file__).parents[2] / "data"
VERSIONS = {"2.1.197": 0, "2.1.330": 0, "2.1.332": -(4 * DAY + 17 * HOUR)}
"""The recorded versions, and what moves each to the day of the first."""

_FILES = {"2.1.197": ("sessions.jsonl", "truth.json")} | {
    version: (f"sessions-{version}.jsonl", f"truth-{version}.json")
    for version in ("2.1.330", "2.1.332")
}


class Settings(NamedTuple):
    """What a stranger's settings make of the requests: whose name they bear, and how they come."""

    service: str
    resource: Mapping[str, str] = {}
    deliveries: int = 1


SETTINGS: Mapping[Protocol, Settings] = {
    "grpc": Settings("claude-code"),
    "http/protobuf": Settings("my-team", {"project": "shop", "deployment.environment": "prod"}),
    "http/json": Settings("acme/agents", {"team.id": "platform"}, deliveries=2),
}
"""Each protocol is spoken by a client of other settings; no figure may show it."""


@dataclass(frozen=True)
class Session:
    """A recorded session: its id, a name, and what the truth file says that it amounts to."""

    id: str
    name: str
    sums: Mapping[str, float]


def renamed(session_id: str, protocol: Protocol) -> str:
    """The id that a session has where it is sent by this protocol, so that none is double."""
    return f"{protocol.replace('/', '-')}-{session_id}"


def requests(protocol: Protocol) -> Iterator[Request]:
    """All recorded requests, moved in time, and as the protocol's settings make them."""
    for version, by_ns in VERSIONS.items():
        for line in _lines(version):
            request = parse_line(line).request
            assert not isinstance(request, ExportTraceServiceRequest), "none has spans"
            move(request, by_ns + SHIFT)
            _rename(request, protocol)
            _set(request, SETTINGS[protocol])
            yield from [request] * SETTINGS[protocol].deliveries


@cache
def recorded() -> Truth:
    """All that was done, as it was recorded."""
    return together(
        read(_body(line) for line in _lines(version)).moved(by_ns, "")
        for version, by_ns in VERSIONS.items()
    )


@cache
def truth(protocol: Protocol) -> Truth:
    """All that was done, as it is sent by the protocol."""
    return recorded().moved(SHIFT, renamed("", protocol))


@cache
def sessions() -> tuple[Session, ...]:
    """Every recorded session in the order of the truth files."""
    return (
        *map(_older, _truth("2.1.197")),
        *map(_newer, _truth("2.1.330")),
        *map(_newest, _truth("2.1.332")["sessions"]),
    )


def _older(entry: dict[str, Any]) -> Session:
    counted = defaultdict(float, entry["metrics_total"])
    models, tools = entry["by_model"].values(), entry["tools"].values()
    fields = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens")
    durations = entry["api_request_duration_ms"].values()
    sums = {
        # The client prints no total when it is used interactively.
        "cost": entry["client_total_cost_usd"] or counted["claude_code.cost.usage"],
        **{
            name: sum(one[field] for one in models)
            for name, field in zip(TOKENS, fields, strict=True)
        },
        "duration": sum(sum(values) for values in durations),
        "call": sum(sum(found.values()) for found in tools),
        "success": sum(found.get("success", 0) for found in tools),
        "error": sum(entry["api_errors_by_status"].values()),
        "lines": sum(entry["lines_of_code"].values()),
        "active": counted["claude_code.active_time.total"],
        "commits": counted["claude_code.commit.count"],
        "pulls": counted["claude_code.pull_request.count"],
        "edits": counted["claude_code.code_edit_tool.decision"],
    }
    return Session(entry["session_id"], entry["name"], sums)


def _newer(entry: dict[str, Any]) -> Session:
    real, counted, events = entry["truth"], entry["metrics"], entry["events"]
    tools = events["tool_results"]
    sums = {
        "cost": real["cli_total_cost_usd"] if real["api_requests_ok"] else 0,
        **(real["tokens"] if real["api_requests_ok"] else {}),
        "call": sum(tools.values()),
        "success": sum(n for name, n in tools.items() if name.endswith("/true")),
        "error": sum(one["event"] == "api_error" for one in events["errors"]),
        "lines": counted["lines_added"] + counted["lines_removed"],
        "active": counted["active_s_user"] + counted["active_s_cli"],
        "commits": real["commits_made_in_repo"],
        "pulls": counted["pull_requests"],
        "edits": counted["code_edit_decisions"],
    }
    return Session(entry["session"], entry["capture"], sums)


def _newest(entry: dict[str, Any]) -> Session:
    sums = {"cost": entry["events_cost_usd"], "prompt": entry["typed_prompts"]}
    return Session(entry["session"], f"2.1.332 {entry['mode']}", sums)


def _set(request: Request, settings: Settings) -> None:
    resources = (
        [one.resource for one in request.resource_logs]
        if isinstance(request, ExportLogsServiceRequest)
        else [one.resource for one in request.resource_metrics]
    )
    for resource in resources:
        for pair in resource.attributes:
            if pair.key == "service.name":
                pair.value.string_value = settings.service
        resource.attributes.extend(pairs(settings.resource))


def _rename(message: Message, protocol: Protocol) -> None:
    for field, value in message.ListFields():
        if field.name == "attributes":
            for pair in value:
                if pair.key == "session.id":
                    pair.value.string_value = renamed(pair.value.string_value, protocol)
        elif field.message_type is not None:
            for inner in [value] if isinstance(value, Message) else value:
                _rename(inner, protocol)


def _lines(version: str) -> list[str]:
    return (DATA / _FILES[version][0]).read_text().splitlines()


def _body(line: str) -> dict[str, Any]:
    line_body = json.loads(line)
    request: dict[str, Any] = line_body.get("request", line_body)
    return request


def _truth(version: str) -> Any:
    return json.loads((DATA / _FILES[version][1]).read_text())
