"""Valid export requests with one broken record among valid neighbours."""

import copy
import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

Request = ExportLogsServiceRequest | ExportMetricsServiceRequest

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 1e300, -1e308, 2**63, 2**64, 10**30, "", "x", "1e400", "NaN"),
    *("-Infinity", "0,07", "\u0000", "\ud83d", "'; --", {}, [], [[]], {"a": {}}),
    *({"doubleValue": {}}, {"intValue": 1.5}, {"stringValue": 7}, {"nobodyKnows": 1}),
    *({"kvlistValue": {"values": [{}]}}, {"bytesValue": "%%%"}),
)
_DELETED = object()


def as_json(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = json_format.MessageToDict(request, use_integers_for_enums=True)
    return body


def broken_json(dice: random.Random, request: Request) -> bytes:
    """The request in JSON, its middle record changed somewhere."""
    body = as_json(request)
    records = _records(body)
    place = len(records) // 2
    records[place] = _changed(dice, records[place])
    return json.dumps(body).encode()


def broken_protobuf(dice: random.Random, request: Request) -> bytes:
    """The request in protobuf, the bytes of its middle record changed, its framing intact."""
    if isinstance(request, ExportLogsServiceRequest):
        [logs] = request.resource_logs
        [scope_logs] = logs.scope_logs
        resource, scope = logs.resource, scope_logs.scope
        members = [record.SerializeToString() for record in scope_logs.log_records]
    else:
        [metrics] = request.resource_metrics
        [scope_metrics] = metrics.scope_metrics
        resource, scope = metrics.resource, scope_metrics.scope
        members = [metric.SerializeToString() for metric in scope_metrics.metrics]
    place = len(members) // 2
    members[place] = changed_bytes(dice, members[place])
    scoped = _chunk(1, scope.SerializeToString()) + b"".join(_chunk(2, one) for one in members)
    resourced = _chunk(1, resource.SerializeToString()) + _chunk(2, scoped)
    return _chunk(1, resourced)


def changed_bytes(dice: random.Random, body: bytes) -> bytes:
    """Some bytes replaced, taken out, put in or cut off."""
    changed = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(changed) + 1)
        match dice.randrange(4):
            case 0 if at < len(changed):
                changed[at] = dice.randrange(256)
            case 1:
                del changed[at : at + dice.randint(1, 5)]
            case 2:
                changed[at:at] = dice.randbytes(dice.randint(1, 5))
            case _ if dice.random() < 0.2:
                del changed[at:]
    return bytes(changed)


def _records(body: dict[str, Any]) -> list[Any]:
    """The log records of the body, or its metrics."""
    for resource, scope, member in (
        ("resourceLogs", "scopeLogs", "logRecords"),
        ("resourceMetrics", "scopeMetrics", "metrics"),
    ):
        if resource in body:
            records: list[Any] = body[resource][0][scope][0][member]
            return records
    raise AssertionError(body)


def _changed(dice: random.Random, record: Any) -> Any:
    """The record with one of its values, at any depth, replaced or taken out."""
    record = copy.deepcopy(record)
    places = list(_places(record))
    put = dice.choice(places)
    put(_DELETED if dice.random() < 0.1 else dice.choice(ODD_VALUES))
    return _without_deleted(record)


def _places(value: Any) -> list[Callable[[Any], None]]:
    """Ways to put another value in the place of one inside."""
    keys = value if isinstance(value, dict) else range(len(value))
    found: list[Callable[[Any], None]] = []
    for key in keys:
        found.append(partial(value.__setitem__, key))
        if isinstance(value[key], dict | list):
            found += _places(value[key])
    return found


def _without_deleted(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_deleted(v) for k, v in value.items() if v is not _DELETED}
    if isinstance(value, list):
        return [_without_deleted(v) for v in value if v is not _DELETED]
    return value


def _chunk(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
