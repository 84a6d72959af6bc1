"""The signal of a request of OTLP/HTTP, told by its path and by its content. Pure."""

import json
import re
from collections.abc import Sequence
from typing import Any

from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

from ccotel_tui.telemetry.decode import SERVICES, SIGNAL_KEYS, Encoding, Signal, let_threads_run
from ccotel_tui.telemetry.salvage import length_prefixed

PATHS = "/v1/logs, /v1/metrics or /v1/traces"

_WITHOUT_SIGNAL: Sequence[list[str]] = ([], ["v1"])
"""Paths of a sender that was given a base address where a signal's own is due."""

_FIRST_KEY = re.compile(rb'\s*\{\s*"(\w+)"')

_Fields = dict[tuple[int, int], Any]
"""The first value by field number and wire type."""

_FIXED64, _LENGTH_DELIMITED = 1, 2
_TRACE_ID, _SPAN_ID = 16, 8
_METRIC_DATA = (5, 7, 9, 10, 11)


def is_served(path: str) -> bool:
    """Return whether requests to the path are taken, if need be by their content alone."""
    return _named(path) is not None or _words(path) in _WITHOUT_SIGNAL


def signal_of(path: str, body: bytes, encoding: Encoding) -> Signal | None:
    """Return the signal of a request to a path that is served; None where that is not clear.

    What the content tells goes before what the path says.
    """
    named = _named(path)
    return (_by_json(body, named) if encoding == "json" else _by_protobuf(body)) or named


def _words(path: str) -> list[str]:
    return [word for word in path.split("/") if word]


def _named(path: str) -> Signal | None:
    match _words(path):
        case [*_, "v1", word]:
            return next((signal for signal in SERVICES if signal == word), None)
    return None


def _by_json(body: bytes, named: Signal | None) -> Signal | None:
    first = _FIRST_KEY.match(body)
    if named and first and SIGNAL_KEYS.get(first[1].decode()) == named:
        return named
    try:
        request = json.loads(body, object_hook=let_threads_run)
    except (ValueError, RecursionError):
        return None
    if not isinstance(request, dict):
        return None
    return _only({signal for key, signal in SIGNAL_KEYS.items() if request.get(key)})


def _by_protobuf(body: bytes) -> Signal | None:
    """By the first record: the three signals part in how its fields are laid out."""
    try:
        record = _fields(_first(_first(_first(body, 1), 2), 2))
    except (DecodeError, LookupError):
        return None
    is_one: dict[Signal, bool] = {
        "logs": _is_log(record),
        "metrics": _is_metric(record),
        "traces": _is_span(record),
    }
    return _only({signal for signal, holds in is_one.items() if holds})


def _only(signals: set[Signal]) -> Signal | None:
    return signals.pop() if len(signals) == 1 else None


def _first(message: bytes, number: int) -> bytes:
    for field in length_prefixed(message):
        if field.number == number and field.payload is not None:
            return message[field.payload : field.end]
    raise LookupError(number)


def _fields(message: bytes) -> _Fields:
    fields: _Fields = {}
    all_of_them = UnknownFieldSet(Empty.FromString(message))
    for field in (all_of_them[place] for place in range(len(all_of_them))):
        fields.setdefault((field.field_number, field.wire_type), field.data)
    return fields


def _is_log(record: _Fields) -> bool:
    """It has a time, or the time when it was observed, in the places of a log record."""
    return bool(record.get((1, _FIXED64)) or record.get((11, _FIXED64)))


def _is_metric(record: _Fields) -> bool:
    """It has a name, and data of one of the five kinds."""
    name = record.get((1, _LENGTH_DELIMITED), b"")
    data = any((number, _LENGTH_DELIMITED) in record for number in _METRIC_DATA)
    return bool(name) and data and not _is_span(record)


def _is_span(record: _Fields) -> bool:
    """It has both ids, at their lengths, and a time of start."""
    trace_id = record.get((1, _LENGTH_DELIMITED), b"")
    span_id = record.get((2, _LENGTH_DELIMITED), b"")
    times = (7, _FIXED64) in record
    return times and (len(trace_id), len(span_id)) == (_TRACE_ID, _SPAN_ID)
