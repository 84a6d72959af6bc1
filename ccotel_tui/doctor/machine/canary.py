"""One record that is answered and never kept, sent as the client would send."""

from time import time_ns

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.claude.destination import Destination
from ccotel_tui.doctor.facts import AnswerKind, CanaryAnswer
from ccotel_tui.network.address import address
from ccotel_tui.network.grpc_channel import options
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.network.http import HttpFailure, probe
from ccotel_tui.network.listener import process_of
from ccotel_tui.network.ownership import foreign_listener
from ccotel_tui.sentences import Sentence
from ccotel_tui.telemetry.conventions import CANARY_SCOPE
from ccotel_tui.telemetry.decode import SERVICES

_TIMEOUT = 5.0
"""Seconds."""

_HTTP_KINDS: dict[str, AnswerKind] = {"unreachable": "silent", "late": "late"}


def send_canary(place: Destination, to_foreign: bool) -> CanaryAnswer:
    """Return what the address says; a server that is not ours is asked with `to_foreign` only."""
    at = host_and_port(place.host, place.port)
    foreign = foreign_listener(place.host, place.port)
    process = process_of(place.port)
    holder = process.sentence if process else ""
    if foreign is None:
        return CanaryAnswer(at, place.protocol, "silent")
    if foreign and not to_foreign:
        return CanaryAnswer(at, place.protocol, "not asked", "", holder, foreign)
    ask = _by_grpc if place.protocol == "grpc" else _by_http
    kind, details = ask(at)
    return CanaryAnswer(at, place.protocol, kind, details, holder, pid=process and process.pid)


def canary() -> ExportLogsServiceRequest:
    """Return the record, dated now."""
    request = ExportLogsServiceRequest()
    logs = request.resource_logs.add().scope_logs.add()
    logs.scope.name = CANARY_SCOPE
    record = logs.log_records.add(time_unix_nano=time_ns(), event_name="canary")
    record.body.string_value = "canary"
    return request


def _by_grpc(at: str) -> tuple[AnswerKind, str]:
    with grpc.insecure_channel(at, options(at)) as channel:
        export: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/{SERVICES['logs']}/Export"
        )
        try:
            export(canary().SerializeToString(), timeout=_TIMEOUT)
        except grpc.RpcError as error:
            code, details = error.code(), str(error.details())
            if code is grpc.StatusCode.DEADLINE_EXCEEDED:
                return "late", Sentence("no_answer", "no answer in time")
            taken = code in (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL)
            return ("refused" if taken else "not otlp"), details
    return "ok", ""


def _by_http(at: str) -> tuple[AnswerKind, str]:
    kind = "application/x-protobuf"
    body = canary().SerializeToString()
    try:
        server = address(f"http://{at}")
        reply = probe("POST", server, "/v1/logs", _TIMEOUT, (("Content-Type", kind),), body)
    except HttpFailure as failure:
        return _HTTP_KINDS.get(failure.kind, "not otlp"), failure.details
    if reply.status in (429, 500, 503, 507):
        return "refused", Sentence("answer_status", "status {status}", status=reply.status)
    spoken = reply.headers.get("content-type", "").split(";")[0]
    if reply.status == 200 and spoken == kind:
        return "ok", ""
    values = {"status": reply.status, "type": spoken or Sentence("no_type", "no type")}
    return "not otlp", Sentence("answer_type", "status {status}, {type}", **values)
