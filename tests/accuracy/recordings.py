"""The sessions recorded from the real client, and what each amounts to."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from ccotel_tui.record.replay import move, parse
from tests.accuracy.client import Expected, Request
from tests.accuracy.days import SHIFT
from tests.accuracy.sending import Protocol

DATA = Path(__file__).parents[1] / "data"
VERSIONS = ("2.1.197", "2.1.330")
_FILES = {"2.1.197": ("sessions.jsonl", "truth.json")}
_FILES["2.1.330"] = ("sessions-2.1.330.jsonl", "truth-2.1.330.json")


@dataclass(frozen=True)
class Session:
    """A recorded session: its id, a name, dollars in all, and what the panels have to say."""

    id: str
    name: str
    cost: float
    expected: Expected


def renamed(session_id: str, protocol: Protocol) -> str:
    """The id that a session has where it is sent by this protocol, so that none is double."""
    return f"{protocol.replace('/', '-')}-{session_id}"


def requests(protocol: Protocol) -> Iterator[Request]:
    """All recorded requests, moved in time and renamed for the protocol."""
    for version in VERSIONS:
        for line in _lines(version):
            request = parse(line).request
            move(request, SHIFT)
            _rename(request, protocol)
            yield request


@cache
def sessions() -> tuple[Session, ...]:
    """Every recorded session in the order of the truth files."""
    old = [_session(entry) for entry in _truth("2.1.197")]
    return (*old, *(_newer_session(entry) for entry in _truth("2.1.330")))


def _session(entry: dict[str, Any]) -> Session:
    # The client prints no total when it is used interactively.
    cost = entry["client_total_cost_usd"] or entry["metrics_total"]["claude_code.cost.usage"]
    [model] = entry["by_model"]
    tools = {
        (name, outcome == "success"): number
        for name, outcomes in entry["tools"].items()
        for outcome, number in outcomes.items()
    }
    expected = Expected({model: cost}, entry["lines_of_code"], tools)
    return Session(entry["session_id"], entry["name"], cost, expected)


def _newer_session(entry: dict[str, Any]) -> Session:
    counted = entry["metrics"]
    lines = {type_: counted[f"lines_{type_}"] for type_ in ("added", "removed")}
    tools = {
        (name.split("/")[0], name.endswith("/true")): number
        for name, number in entry["events"]["tool_results"].items()
    }
    cost = _cost_by_model("2.1.330").get(entry["session"], {})
    expected = Expected(cost, {type_: n for type_, n in lines.items() if n}, tools)
    return Session(entry["session"], entry["capture"], counted["cost_usd"], expected)


@cache
def _cost_by_model(version: str) -> dict[str, dict[str, float]]:
    """Dollars by session and model, which this version's truth file does not tell apart."""
    cost: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for line in _lines(version):
        for logs in json.loads(line)["request"].get("resourceLogs", []):
            for record in logs["scopeLogs"][0]["logRecords"]:
                said = {pair["key"]: pair["value"] for pair in record["attributes"]}
                if said["event.name"]["stringValue"] == "api_request":
                    by_model = cost[said["session.id"]["stringValue"]]
                    model = said["model"]["stringValue"]
                    dollars = said["cost_usd"]["doubleValue"]
                    by_model[model] = by_model.get(model, 0.0) + dollars
    return cost


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


def _truth(version: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((DATA / _FILES[version][1]).read_text())
    return entries
