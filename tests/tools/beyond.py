"""Stores and servers whose numbers no sum can hold, in every place that numbers are read from."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from math import inf, nan
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import decode
from ccotel_tui.telemetry.records import Event, Point, Record
from tests.query.stub import Behaviour, Request, data
from tests.tools.otlp import SECOND, Plain, event, logs_request, metrics_request

NUMBERS: tuple[float, ...] = (1e308, nan, inf, -inf, -1e308, -5, 2**63 - 1, 1e-320, 1e23)

_OF_EVENTS = {
    "api_request": (
        *("cost_usd", "duration_ms", "input_tokens", "output_tokens", "cache_read_tokens"),
        *("cache_creation_tokens", "attempt"),
    ),
    "tool_result": ("duration_ms", "tool_result_size_bytes", "tool_input_size_bytes"),
    "api_error": ("duration_ms", "status_code", "attempt"),
    "api_retries_exhausted": ("total_attempts", "total_retry_duration_ms", "status_code"),
    "user_prompt": ("prompt_length",),
}
_COUNTERS = {
    "cost.usage": {"model": "m", "query_source": "main"},
    "token.usage": {"type": "input", "model": "m", "query_source": "main"},
    "lines_of_code.count": {"type": "added"},
    "active_time.total": {"type": "cli"},
    "commit.count": {},
    "pull_request.count": {},
    "code_edit_tool.decision": {"decision": "accept", "tool_name": "Edit"},
}
_COLUMNS = (
    *("duration_ms", "cost_usd", "input_tokens", "output_tokens"),
    *("cache_read_tokens", "cache_creation_tokens"),
)


def records(number: float, at: int) -> Iterator[Record]:
    """Three records of each kind with this number in each of its places, in two sessions."""
    for turn in range(3):
        session, time_ns = f"s{turn % 2}", at + turn * SECOND
        for name, places in _OF_EVENTS.items():
            told: dict[str, Plain] = dict.fromkeys(places, number)
            yield event(
                name,
                time_ns,
                session,
                **{"event.sequence": number, "model": "m", "tool_name": "Bash", **told},
            )
        for metric, labels in _COUNTERS.items():
            attributes = {"session.id": session, **labels}
            name = f"claude_code.{metric}"
            yield Point(time_ns, at, "claude-code", name, "", False, number, attributes)


def send(path: Path, number: float, at: int) -> None:
    """Have the store keep what a recorder takes of such records."""
    sent = list(records(number, at))
    logs = logs_request(*(one for one in sent if isinstance(one, Event)))
    metrics = metrics_request(*(one for one in sent if isinstance(one, Point)))
    with closing(Database(path)) as database:
        database.append(decode("logs", logs.SerializeToString()).records)
        database.append(decode("metrics", metrics.SerializeToString()).records)


def keep(path: Path, number: float, at: int) -> None:
    """Have the store keep them as a version did that believed every number."""
    send(path, 1, at)
    with closing(sqlite3.connect(path)) as connection:
        assigned = ", ".join(f"{column} = :number" for column in _COLUMNS)
        connection.execute(f"UPDATE events SET {assigned}", {"number": number})
        if number > 0:
            connection.execute("UPDATE increments SET value = ?", (number,))
        connection.commit()


def keep_counters(path: Path, number: float, at: int) -> None:
    """Have the store keep such points of counters, and events that can be summed."""
    send(path, 1, at)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE increments SET value = ?", (number,))
        connection.commit()


def answering(number: Any, now_ns: int) -> Behaviour:
    """Servers whose sums of values are this number, a text or not; records are counted right."""

    def behave(request: Request) -> None:
        parsed = urlsplit(request.path)
        asked = {name: values[0] for name, values in parse_qs(parsed.query).items()}
        query = asked.get("query", "")
        told = number if "unwrap" in query else "3"
        if "unwrap time" in query:
            told = str(now_ns - 3600 * SECOND)
        content = data(request.path)
        if _is_of_counters(query):
            labels = {"session_id": "s", "model": "m", "type": "added", "query_source": "main"}
            sample = [float(asked.get("time") or asked["end"]), number]
            content = {"result": [{"metric": labels, "values": [sample], "value": sample}]}
        else:
            for one in content["result"] if isinstance(content, dict) else ():
                _tell(one, told)
        request.say(200, json.dumps({"status": "success", "data": content}).encode())

    return behave


def _is_of_counters(query: str) -> bool:
    return "claude_code_" in query and "last_over_time" in query and "stream_start" not in query


def _tell(series: dict[str, Any], number: Any) -> None:
    if "metric" in series:
        for sample in series.get("values") or [series["value"]]:
            sample[1] = number
