"""Export requests of either server: their records are kept, then they are answered."""

from collections.abc import Callable

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ccotel_tui.recorder.otlp.large_bodies import Turns, run_beside
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.recorder.writer import Writer
from ccotel_tui.sentences import counted
from ccotel_tui.telemetry.conventions import CANARY_SCOPE
from ccotel_tui.telemetry.decode import Decoded, Encoding, Signal

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of a decompressed request: a batch holds 512 records, API bodies of 60 kB at most."""


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
        """Keep the records of a request of so many bytes, and return the answer to it.

        Raises what reading it does, Busy, or what the store does where it cannot keep them.
        """
        async with self._turns.turn(size):
            signal, content = await run_beside(size, read)
            records = [record for record in content.records if record.scope != CANARY_SCOPE]
            content = content._replace(records=records)
            if content.records:
                rejected = await self._writer.keep(content.records)
                content = content._replace(
                    records=[],
                    rejected=content.rejected + rejected.records,
                    reason=content.reason or rejected.reason,
                )
        if content.spans:
            self._count_spans(content.spans)
        self._count_refused(signal, content)
        return encode(_response(signal, content), encoding)

    def _count_refused(self, signal: Signal, content: Decoded) -> None:
        if content.rejected:
            sentence = (
                f"Records of a {signal} request: {content.reason}. The sender must mend them."
            )
            self.refusals.count("record", sentence, content.rejected)
        if content.unreadable:
            sentence = f"Values of a {signal} request could not be read; their records are kept."
            self.refusals.count("value", sentence, content.unreadable)


def encode(message: Message, encoding: Encoding) -> bytes:
    """Return the message as the body of an answer."""
    if encoding == "json":
        return json_format.MessageToJson(message, indent=None).encode()
    return message.SerializeToString()


def _response(signal: Signal, content: Decoded) -> Message:
    """Say what was not kept; without a rejected record the message is a warning."""
    if signal == "traces":
        traces = ExportTraceServiceResponse()
        if message := _shortcomings(content):
            traces.partial_success.rejected_spans = content.rejected
            traces.partial_success.error_message = message
        return traces
    if signal == "logs":
        logs = ExportLogsServiceResponse()
        if message := _shortcomings(content):
            logs.partial_success.rejected_log_records = content.rejected
            logs.partial_success.error_message = message
        return logs
    metrics = ExportMetricsServiceResponse()
    if message := _shortcomings(content):
        metrics.partial_success.rejected_data_points = content.rejected
        metrics.partial_success.error_message = message
    return metrics


def _shortcomings(content: Decoded) -> str:
    number = content.unreadable
    values = f"{number} {counted(('value', 'values'), number)} could not be read" if number else ""
    return "; ".join(filter(None, (content.reason, values)))
