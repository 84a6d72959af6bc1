"""Of a request with a broken part everything else is read, and what was not is counted."""

import json
import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.telemetry.decode import Encoding, Signal, decode
from ccotel_tui.telemetry.records import Event, Record
from tests.tools.mutation import as_json, broken_json, broken_protobuf, changed_bytes
from tests.tools.otlp import T0, event, lines, logs_request, metrics_request, request

FIRST, MIDDLE, LAST = (request(0.25, at=T0 + n, sequence=n) for n in range(3))
LOGS = logs_request(FIRST, MIDDLE, LAST)
METRICS = metrics_request(lines(3), lines(4, kind="removed"), lines(5, session="s2"))


def first_and_last(records: list[Record]) -> list[Record]:
    return [one for one in records if one in (FIRST, LAST)]


@given(st.integers(0, 2**32))
def test_the_neighbours_of_a_broken_event_are_kept(seed: int) -> None:
    dice = random.Random(seed)
    by_json = decode("logs", broken_json(dice, LOGS), "json")
    by_protobuf = decode("logs", broken_protobuf(dice, LOGS))
    for found in (by_json, by_protobuf):
        assert first_and_last(found.records) == [FIRST, LAST]
        assert len(found.records) + found.rejected + found.unreadable >= 2


@given(st.integers(0, 2**32))
def test_the_neighbours_of_a_broken_metric_are_kept(seed: int) -> None:
    dice = random.Random(seed)
    neighbours = [lines(3), lines(5, session="s2")]
    for found in (
        decode("metrics", broken_json(dice, METRICS), "json"),
        decode("metrics", broken_protobuf(dice, METRICS)),
    ):
        assert [one for one in found.records if one in neighbours] == neighbours


@given(st.integers(0, 2**32), st.sampled_from(["logs", "metrics", "traces"]))
def test_no_bytes_at_all_surprise_it(seed: int, signal: Signal) -> None:
    dice = random.Random(seed)
    sent = LOGS if signal == "logs" else METRICS
    forms: tuple[tuple[Encoding, bytes], ...] = (
        ("protobuf", changed_bytes(dice, sent.SerializeToString())),
        ("json", changed_bytes(dice, json.dumps(as_json(sent)).encode())),
    )
    for encoding, body in forms:
        with suppress(MalformedTelemetry):
            decode(signal, body, encoding)


def attribute(name: str, **value: object) -> dict[str, object]:
    return {"key": name, "value": value}


@pytest.mark.parametrize(
    ("value", "unreadable"),
    [
        ({"intValue": "99999999999999999999"}, 1),
        ({"intValue": 1.5}, 1),
        ({"doubleValue": {}}, 1),
        ({"stringValue": 7}, 1),
        ({"doubleValue": "0,07"}, 1),
        ({}, 0),
    ],
)
def test_a_value_that_cannot_be_read_is_absent(value: dict[str, object], unreadable: int) -> None:
    body = as_json(logs_request(request(0.5)))
    [record] = body["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    record["attributes"].append({"key": "odd", "value": value})
    found = decode("logs", json.dumps(body).encode(), "json")
    [kept] = found.records
    assert kept.attributes["odd"] is None
    assert kept.attributes["cost_usd"] == 0.5
    assert (found.rejected, found.unreadable) == (0, unreadable)


def test_ids_that_are_too_short_and_odd_fields_take_nothing_away() -> None:
    body = as_json(logs_request(request(0.5)))
    [record] = body["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    record |= {"traceId": "abc", "spanId": 7, "severityNumber": "LOUD", "flags": -1}
    found = decode("logs", json.dumps(body).encode(), "json")
    assert found.records == [request(0.5)]
    assert found.unreadable == 3


def test_a_number_too_large_for_a_name_takes_nothing_away() -> None:
    body = as_json(logs_request(request(0.5), request(0.25, sequence=1)))
    body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["severityNumber"] = "number"
    found = decode("logs", json.dumps(body).replace('"number"', "1e999").encode(), "json")
    assert found.records == [request(0.5), request(0.25, sequence=1)]
    assert (found.rejected, found.unreadable) == (0, 1)


@pytest.mark.parametrize("time", ["yesterday", {}, -5, 2**64, 1.5e300])
def test_a_record_whose_time_cannot_be_read_is_rejected_alone(time: object) -> None:
    body = as_json(logs_request(request(0.5), request(0.25, sequence=1)))
    body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["timeUnixNano"] = time
    found = decode("logs", json.dumps(body).encode(), "json")
    assert found.records == [request(0.25, sequence=1)]
    assert (found.rejected, "time" in found.reason) == (1, True)


@pytest.mark.parametrize("encoding", ["protobuf", "json"])
def test_a_request_that_is_cut_off_is_refused(encoding: Encoding) -> None:
    body = {"protobuf": LOGS.SerializeToString(), "json": json.dumps(as_json(LOGS)).encode()}
    with pytest.raises(MalformedTelemetry, match=f"not an OTLP logs request in {encoding}"):
        decode("logs", body[encoding][:-20], encoding)


def test_a_broken_resource_takes_nothing_from_its_records() -> None:
    body = as_json(logs_request(request(0.5)))
    body["resourceLogs"][0]["resource"]["attributes"] += [
        attribute("project", doubleValue={}),
        "no attribute",
        attribute("team", stringValue="blue"),
    ]
    found = decode("logs", json.dumps(body).encode(), "json")
    [kept] = found.records
    assert isinstance(kept, Event)
    assert kept.attributes == request(0.5).attributes
    assert kept.context == {"project": None, "team": "blue"}
    assert found.unreadable == 2


def test_a_point_without_a_value_or_below_0_is_rejected() -> None:
    sent = metrics_request(lines(3), lines(-4), lines(5))
    sent.resource_metrics[0].scope_metrics[0].metrics[2].sum.data_points[0].ClearField("as_double")
    found = decode("metrics", sent.SerializeToString())
    assert found.records == [lines(3)]
    assert found.rejected == 2


def test_an_unnamed_event_has_no_name() -> None:
    sent = logs_request(event("x"))
    record = sent.resource_logs[0].scope_logs[0].log_records[0]
    record.ClearField("body")
    del record.attributes[:]
    [kept] = decode("logs", sent.SerializeToString()).records
    assert isinstance(kept, Event)
    assert kept.name == ""
