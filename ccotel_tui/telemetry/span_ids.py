"""The ids of spans in JSON: OTLP has them in hexadecimal, protobuf's own JSON in base64. Pure."""

import base64
import re
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

_FIELDS = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}
"""Fields, and the bytes of an id in them."""

_KEYS = ("traceId", "spanId", "parentSpanId")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]+")


def read_hexadecimal(request: Message) -> None:
    """Set the ids of a request that was read as protobuf's JSON where they are OTLP's."""
    if not isinstance(request, ExportTraceServiceRequest):
        return
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                _read(span)


def _read(span: SentSpan) -> None:
    for name, length in _FIELDS.items():
        text = base64.b64encode(getattr(span, name)).decode()
        # What was read as base64 is longer by a half than the id that it spells.
        if len(text) == 2 * length and _HEXADECIMAL.fullmatch(text):
            setattr(span, name, bytes.fromhex(text))


def write_hexadecimal(body: dict[str, Any]) -> None:
    """Put the ids into OTLP's spelling, in a request that protobuf has put into JSON."""
    for resource_spans in body.get("resourceSpans", ()):
        for scope_spans in resource_spans.get("scopeSpans", ()):
            for span in scope_spans.get("spans", ()):
                span.update(
                    {key: base64.b64decode(span[key]).hex() for key in _KEYS if key in span}
                )
