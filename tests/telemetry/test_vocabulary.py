"""The vocabulary knows every name that the recorded clients send."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from ccotel_tui.telemetry.conventions import COMMON, RECORDS
from ccotel_tui.telemetry.decode import read_request
from ccotel_tui.telemetry.records import Point, Record

DATA = Path(__file__).parents[1] / "data"
RECORDINGS = ("sessions.jsonl", "sessions-2.1.330.jsonl")


def name(record: Record) -> str:
    return record.metric if isinstance(record, Point) else record.name


def recorded(file: str) -> Iterator[tuple[Record, set[str]]]:
    """Each record, and the attributes that are the user's own: they are on its resource too."""
    for text in (DATA / file).read_text().splitlines():
        body: dict[str, Any] = json.loads(text)["request"]
        (resources,) = body.values()
        own = {pair["key"] for part in resources for pair in part["resource"]["attributes"]}
        request = (
            ExportLogsServiceRequest() if "resourceLogs" in body else ExportMetricsServiceRequest()
        )
        json_format.ParseDict(body, request)
        for record in read_request(request).records:
            yield record, own


@pytest.mark.parametrize("file", RECORDINGS)
def test_every_name_that_was_recorded_is_known(file: str) -> None:
    unknown = set()
    for record, own in recorded(file):
        known = RECORDS.get(name(record), frozenset()) | COMMON | own
        # A record without a row in the table is unknown by itself.
        sent = record.attributes.keys() if name(record) in RECORDS else {""}
        unknown |= {(name(record), attribute) for attribute in sent - known}
    assert sorted(unknown) == []


def test_both_clients_were_read() -> None:
    assert all(any(True for _ in recorded(file)) for file in RECORDINGS)
