"""What an export request amounts to, whichever server took it: records kept, then the answer."""

from collections.abc import Callable

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ccotel_tui.recorder.otlp.large_bodies import Turns, beside
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.telemetry.decode import Decoded, Encoding, Signal

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of a request, unpacked: a batch holds 512 records, the largest are API bodies of 60 kB."""


Read = Callable[[], tuple[Signal, Decoded]]
"""Reads a body; it may be called in a thread of its own."""


class Receiver:
    """Takes requests in and acknowledges them after the store has committed.

    What is refused of a request that is taken is counted here; whole ones by whoever answers them.
    """

    def __init__(
        self, writer: Writer, count_spans: Callable[[int], None], refusals: Refusals
    ) -> None:
        self.refusals = refusals
        self._writer = writer
        self._count_spans = count_spans
        self._turns = Turns()

    async def take(self, size: int, read: Read, encoding: Encoding) -> bytes:
        """The answer to a request of so many bytes whose records are on the disk.

        Raises what reading it does, Busy, or what the store says where it cannot keep them.
        """
        async with self._turns.turn(size):
            signal, found = await beside(size, read)
            if found.records:
                refused = await self._writer.keep(found.records)
                rejected, reason = found.rejected + refused.records, found.reason or refused.reason
                found = found._replace(records=[], rejected=rejected, reason=reason)
        if found.spans:
            self._count_spans(found.spans)
        self._count_refused(signal, found)
        return encode(_response(signal, found), encoding)

    def _count_refused(self, signal: Signal, found: Decoded) -> None:
        if found.rejected:
            sentence = f"Records of a {signal} request: {found.reason}. The sender must mend them."
            self.refusals.count("record", sentence, found.rejected)
        if found.unreadable:
            sentence = f"Values of a {signal} request could not be read; their records are kept."
            self.refusals.count("value", sentence, found.unreadable)


def encode(message: Message, encoding: Encoding) -> bytes:
    """The message as it stands in an answer's body."""
    if encoding == "json":
        return json_format.MessageToJson(message, indent=None).encode()
    return message.SerializeToString()


def _response(signal: Signal, found: Decoded) -> Message:
    """Say what was not kept; without a rejected record the message is a warning."""
    if signal == "traces":
        return ExportTraceServiceResponse()
    if signal == "logs":
        logs = ExportLogsServiceResponse()
        if message := _shortcomings(found):
            logs.partial_success.rejected_log_records = found.rejected
            logs.partial_success.error_message = message
        return logs
    metrics = ExportMetricsServiceResponse()
    if message := _shortcomings(found):
        metrics.partial_success.rejected_data_points = found.rejected
        metrics.partial_success.error_message = message
    return metrics


def _shortcomings(found: Decoded) -> str:
    values = f"{found.unreadable} values could not be read" if found.unreadable else ""
    return "; ".join(filter(None, (found.reason, values)))
