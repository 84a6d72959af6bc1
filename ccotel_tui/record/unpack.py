"""Packed bodies of HTTP requests, never unpacked further than a request may be large. Pure."""

import zlib

from ccotel_tui.errors import BodyTooLarge, MalformedTelemetry
from ccotel_tui.record.receiver import LARGEST_BODY

PACKINGS = ("gzip", "deflate", "identity")
"""The Content-Encodings that are understood."""

_FORMATS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def unpacked(body: bytes, packing: str) -> bytes:
    """The body as it was before it was packed in one of PACKINGS.

    Raises BodyTooLarge, and MalformedTelemetry where the packing is broken or cut short.
    """
    if packing == "identity":
        return body
    plain = b""
    # A gzip file may have several members, one after the other (RFC 1952).
    while body:
        unpacker = zlib.decompressobj(_FORMATS[packing])
        try:
            plain += unpacker.decompress(body, LARGEST_BODY + 1 - len(plain))
        except zlib.error as error:
            raise MalformedTelemetry(f"not {packing}: {error}") from error
        if len(plain) > LARGEST_BODY:
            raise BodyTooLarge(f"more than {LARGEST_BODY} bytes, unpacked")
        if not unpacker.eof:
            raise MalformedTelemetry(f"not {packing}: it is cut short")
        body = unpacker.unused_data
    return plain
