"""What senders hear: acknowledged is kept, refused is told why, and nothing makes it fall over."""

import gzip
import json
import resource
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from ccotel_tui.recorder.otlp.export import LARGEST_BODY
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.stored_records import stored_records
from ccotel_tui.telemetry.encode import traces_request
from tests.recorder.running import (
    JSON,
    LOGS,
    METRICS,
    PROTOBUF,
    TRACES,
    Recorder,
    export,
    post,
    recorder,
    refused,
)
from tests.tools.otlp import T0, lines, logs_request, metrics_request, request, span

FORMS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
}
TOO_MUCH = 200 * 1024 * 1024


def spent(database: Path) -> float:
    connection = connect(database)
    (total,) = connection.execute("SELECT total(cost_usd) FROM events").fetchone()
    connection.close()
    return float(total)


def test_both_http_forms_are_kept_when_they_are_acknowledged(
    running: Recorder, database: Path
) -> None:
    sent = logs_request(request(0.5))
    assert post(running.http, "/v1/logs", sent.SerializeToString()) == (200, b"")
    more = json_format.MessageToJson(logs_request(request(0.25, sequence=1))).encode()
    assert post(running.http, "/v1/logs", more, f"{JSON}; charset=utf-8") == (200, b"{}")
    assert spent(database) == 0.75
    points = metrics_request(lines(3)).SerializeToString()
    assert post(running.http, "/v1/metrics", points) == (200, b"")


@pytest.mark.parametrize("packing", FORMS)
def test_a_packed_body_is_kept(running: Recorder, database: Path, packing: str) -> None:
    body = FORMS[packing](logs_request(request(0.5)).SerializeToString())
    assert post(running.http, "/v1/logs", body, Content_Encoding=packing) == (200, b"")
    assert spent(database) == 0.5


def test_the_neighbours_of_a_bad_record_are_kept_and_the_sender_hears_of_it(
    running: Recorder, database: Path
) -> None:
    logs = logs_request(request(0.5), request(9.0, at=2**63), request(9.0, at=0))
    points = metrics_request(lines(3), lines(5, at=2**63)).SerializeToString()
    answer = ExportLogsServiceResponse.FromString(
        export(running.grpc, LOGS, logs.SerializeToString())
    ).partial_success
    assert (answer.rejected_log_records, "2262" in answer.error_message) == (2, True)
    said = ExportMetricsServiceResponse.FromString(export(running.grpc, METRICS, points))
    assert said.partial_success.rejected_data_points == 1
    status, body = post(running.http, "/v1/metrics", points)
    assert (status, ExportMetricsServiceResponse.FromString(body)) == (200, said)
    plain = json_format.MessageToJson(logs).encode()
    status, body = post(running.http, "/v1/logs", plain, JSON)
    partial = json.loads(body)["partialSuccess"]
    assert (status, partial["rejectedLogRecords"]) == (200, "2")
    assert "2262" in partial["errorMessage"]
    assert spent(database) == 0.5


def test_traces_are_answered_as_success(running: Recorder) -> None:
    sent = ExportTraceServiceRequest()
    sent.resource_spans.add().scope_spans.add().spans.add(name="a")
    assert export(running.grpc, TRACES, sent.SerializeToString()) == b""
    assert post(running.http, "/v1/traces", sent.SerializeToString()) == (200, b"")
    plain = json_format.MessageToJson(sent).encode()
    assert post(running.http, "/v1/traces", plain, JSON) == (200, b"{}")


def test_spans_of_the_client_are_kept_once_and_broken_ones_told(
    running: Recorder, database: Path
) -> None:
    sent = traces_request([span(T0, 1), span(T0, 2)])
    scope = sent.resource_spans[0].scope_spans[0]
    scope.spans.add(name="claude_code.tool", trace_id=b"1234", end_time_unix_nano=T0)
    for _ in range(2):
        answer = ExportTraceServiceResponse.FromString(
            export(running.grpc, TRACES, sent.SerializeToString())
        )
        assert answer.partial_success.rejected_spans == 1
        assert "a trace id of 16" in answer.partial_success.error_message
        assert post(running.http, "/v1/traces", sent.SerializeToString())[0] == 200
    with closing(connect(database)) as connection:
        assert list(stored_records(connection, 0, 2 * T0)) == [span(T0, 1), span(T0, 2)]
    assert refused(database, record=4).spans == 12


def test_what_is_not_otlp_is_refused_with_the_reason(running: Recorder, database: Path) -> None:
    status, body = post(running.http, "/v1/logs", b"\xff\xff\xff")
    told = ExportLogsPartialSuccess.FromString(body)  # google.rpc.Status on the wire
    assert (status, told.rejected_log_records) == (400, 3)
    assert "not an OTLP logs request" in told.error_message
    status, body = post(running.http, "/v1/logs", b"\xff\xff\xff", JSON)
    assert (status, json.loads(body)["code"]) == (400, 3)
    with pytest.raises(grpc.RpcError) as refusal:
        export(running.grpc, LOGS, b"\xff\xff\xff")
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    export(running.grpc, LOGS, logs_request(request(0.5)).SerializeToString())
    assert spent(database) == 0.5


def test_other_media_types_and_encodings_are_named(running: Recorder) -> None:
    status, said = post(running.http, "/v1/logs", b"{}", "text/plain")
    assert (status, b"application/json" in said) == (415, True)
    status, said = post(running.http, "/v1/logs", b"{}", JSON, Content_Encoding="compress")
    assert (status, b"gzip" in said) == (415, True)


def test_a_broken_packing_is_refused(running: Recorder) -> None:
    cut = gzip.compress(logs_request(request(0.5)).SerializeToString())[:-9]
    for broken in (b"not gzip", cut):
        assert post(running.http, "/v1/logs", broken, Content_Encoding="gzip")[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:14318"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.168.1.7:14318"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=str,
)
def test_a_web_page_cannot_write(
    running: Recorder, database: Path, headers: dict[str, str]
) -> None:
    body = logs_request(request(0.5)).SerializeToString()
    assert post(running.http, "/v1/logs", body, **headers)[0] == 403
    assert spent(database) == 0


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost", "LOCALHOST:14318", "[::1]:14318"])
def test_this_machine_can_by_any_of_its_names(running: Recorder, host: str) -> None:
    assert post(running.http, "/v1/logs", b"", Host=host)[0] == 200


def test_with_remote_senders_allowed_a_web_page_still_cannot_write(database: Path) -> None:
    """A container on this machine says host.docker.internal."""
    with recorder(database, "--otlp-http", "0.0.0.0:0", "--allow-remote") as running:
        host = "host.docker.internal:14318"
        assert post(running.http, "/v1/logs", b"", Host=host)[0] == 200
        assert post(running.http, "/v1/logs", b"", Host=host, Origin="http://a.example")[0] == 403


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_a_bomb_is_refused_by_a_process_that_stays_small(running: Recorder, database: Path) -> None:
    before = peak_memory(running.process.pid)
    for packing in ("gzip", "deflate"):
        bomb = FORMS[packing](bytes(TOO_MUCH))
        assert len(bomb) < TOO_MUCH / 500
        status, body = post(running.http, "/v1/logs", bomb, Content_Encoding=packing)
        told = ExportLogsPartialSuccess.FromString(body)
        assert (status, told.rejected_log_records) == (413, 8)
    for compression in (grpc.Compression.Gzip, grpc.Compression.Deflate):
        with pytest.raises(grpc.RpcError) as refusal:
            export(running.grpc, LOGS, bytes(TOO_MUCH), compression)
        assert refusal.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert peak_memory(running.process.pid) - before < TOO_MUCH / 2
    export(running.grpc, LOGS, logs_request(request(0.5)).SerializeToString())
    assert spent(database) == 0.5


def test_too_much_is_refused_as_it_is_too(running: Recorder) -> None:
    body = bytes(LARGEST_BODY + 1)
    assert post(running.http, "/v1/logs", body)[0] == 413
    with pytest.raises(grpc.RpcError) as refusal:
        export(running.grpc, LOGS, body)
    assert refusal.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files")
@pytest.mark.parametrize("number", [300, 10_000])
def test_a_full_disk_is_told_and_outlived(running: Recorder, database: Path, number: int) -> None:
    small = logs_request(request(0.5)).SerializeToString()
    many = [request(0.25, at=T0 + n, sequence=n) for n in range(1, number)]
    large = logs_request(*many).SerializeToString()
    export(running.grpc, LOGS, small)
    with full_disk(running.process.pid):
        with pytest.raises(grpc.RpcError) as refusal:
            export(running.grpc, LOGS, large)
        assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE
        assert "not kept" in str(refusal.value.details())
        status, body = post(running.http, "/v1/logs", large, PROTOBUF)
        told = ExportLogsPartialSuccess.FromString(body)
        assert (status, told.rejected_log_records) == (503, 14)
        assert spent(database) == 0.5
    assert post(running.http, "/v1/logs", large) == (200, b"")
    assert spent(database) == 0.5 + 0.25 * len(many)


def peak_memory(pid: int) -> int:
    lines_ = Path(f"/proc/{pid}/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines_ if line.startswith("VmHWM"))
    return int(peak) * 1024


@contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """No file of the process may grow over 64 KiB."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
