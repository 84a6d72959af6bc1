"""A recording's own JSON read as a truth, without the package."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tests.accuracy.truth.truth import TOKENS, Amount, EventRow, Truth

Json = dict[str, Any]

_COUNTERS = {
    "claude_code.cost.usage": ("cost", "model"),
    "claude_code.token.usage": ("", "model"),
    "claude_code.lines_of_code.count": ("lines", "type"),
    "claude_code.active_time.total": ("active", "type"),
    "claude_code.commit.count": ("commits", ""),
    "claude_code.pull_request.count": ("pulls", ""),
    "claude_code.code_edit_tool.decision": ("edits", "decision"),
}
_FIELDS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens")
_PANELS = {
    "tool_result": "tool_events",
    "tool_decision": "tool_events",
    "api_error": "api_error_events",
    "api_refusal": "api_error_events",
}
_TOLD = ("tool_name", "decision", "error", "model", "request_id", "tool_use_id")
_CUMULATIVE = (2, "AGGREGATION_TEMPORALITY_CUMULATIVE")


def read(requests: Iterable[Json]) -> Truth:
    """What the requests tell, each thing once."""
    truth = Truth()
    last: dict[object, float] = {}
    prompts: dict[str, str] = {}
    for request in requests:
        for logs in request.get("resourceLogs", ()):
            for scope in logs["scopeLogs"]:
                for record in scope["logRecords"]:
                    _event(int(record["timeUnixNano"]), _said(record), truth)
                    _continue(_said(record), prompts)
        for resource in request.get("resourceMetrics", ()):
            for scope in resource["scopeMetrics"]:
                for metric in scope["metrics"]:
                    truth.amounts.extend(_grown(metric, last))
    truth.amounts[:] = [
        one._replace(prompt=prompts.get(one.prompt, one.prompt)) for one in truth.amounts
    ]
    return truth


def _continue(said: Json, prompts: dict[str, str]) -> None:
    """Note which prompt this one of the client's belongs to: the last that a person typed.

    Where the client tells of its background agents in the recordings, there was one such prompt.
    """
    if said["event.name"] == "user_prompt" and said.get("command_source") != "builtin":
        session, id = said["session.id"], said["prompt.id"]
        prompts[id] = prompts.setdefault(session, id) if _notifies(said) else id
        if not _notifies(said):
            prompts[session] = id


def _notifies(said: Json) -> bool:
    return str(said.get("prompt", "")).startswith("<task-notification>")


def _said(holder: Json) -> Json:
    return {pair["key"]: next(iter(pair["value"].values())) for pair in holder["attributes"]}


def _event(time_ns: int, said: Json, truth: Truth) -> None:
    name, session = said["event.name"], said["session.id"]
    prompt = said.get("prompt.id", "")
    for what, key, number in _amounts(name, said):
        truth.amounts.append(Amount(what, time_ns, session, key, float(number), prompt=prompt))
    if name in _PANELS and said.get("decision") != "accept":
        told = {label: said[label] for label in _TOLD if label in said}
        if name == "tool_result":
            told["success"] = str(said["success"]).lower() == "true"
        if "status_code" in said:
            told["status_code"] = int(said["status_code"])
        sequence = int(said["event.sequence"])
        row = EventRow(time_ns, session, sequence, _PANELS[name], {"event_name": name, **told})
        truth.rows.append(row)


def _amounts(name: str, said: Json) -> Iterator[tuple[str, str, float]]:
    match name:
        case "api_request":
            model = _plain(said["model"])
            yield "cost", model, said["cost_usd"]
            yield "duration", model, said["duration_ms"]
            for what, field in zip(TOKENS, _FIELDS, strict=True):
                yield what, model, said[field]
        case "tool_result":
            yield "call", said["tool_name"], 1
            yield "success", said["tool_name"], str(said["success"]).lower() == "true"
            yield "took", said["tool_name"], said["duration_ms"]
        case "api_error":
            yield "error", str(said.get("status_code", "none")), 1
        case "user_prompt":
            builtin = said.get("command_source") == "builtin"
            yield "builtin" if builtin else "notification" if _notifies(said) else "prompt", "", 1


def _grown(metric: Json, last: dict[object, float]) -> Iterator[Amount]:
    """What the counter grew by with each point; a cumulative stream is known by its start."""
    name = metric["name"]
    what, key = _COUNTERS.get(name, ("", ""))
    for point in metric["sum"]["dataPoints"]:
        said, number = _said(point), float(point["asDouble"])
        if metric["sum"]["aggregationTemporality"] in _CUMULATIVE:
            stream = name, point["startTimeUnixNano"], tuple(sorted(said.items()))
            number, last[stream] = number - last.get(stream, 0.0), number
        if key == "model":
            what = what if name.endswith("cost.usage") else said["type"]
        if number > 0 and name in _COUNTERS:
            label = _plain(said[key]) if key else ""
            time_ns = int(point["timeUnixNano"])
            yield Amount(what, time_ns, said["session.id"], label, number, key == "model")


def _plain(model: str) -> str:
    return re.sub(r"\[[^]]*\]$", "", model)
