"""Packed bodies of HTTP requests, never unpacked further than a request may be large. Pure."""

import zlib

from ccotel_tui.errors import BodyTooLarge, MalformedTelemetry
from ccotel_tui.record.receiver import LARGEST_BODY

PACKINGS = ("gzip", "deflate", "identity")
"""The Content-Encodings that are understood."""

_PIECE = 4096
"""Bytes."""

_FORMATS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def unpacked(body: bytes, packing: str) -> bytes:
    """The body as it was before it was packed in one of PACKINGS.

    Raises BodyTooLarge, and MalformedTelemetry where the packing is broken or cut short.
    """
    if packing == "identity":
        return body
    plain = bytearray()
    at = 0
    # A gzip file may have several members, one after the other (RFC 1952).
    while at < len(body):
        at = _unpack_member(body, at, packing, plain)
    return bytes(plain)


def _unpack_member(body: bytes, at: int, packing: str, plain: bytearray) -> int:
    """Append what the member that begins there holds; where it ends."""
    unpacker = zlib.decompressobj(_FORMATS[packing])
    while not unpacker.eof:
        # What is behind the member is copied: in small pieces, for there may be a million.
        piece = body[at : at + _PIECE]
        at += len(piece)
        if not piece:
            raise MalformedTelemetry(f"not {packing}: it is cut short")
        try:
            plain += unpacker.decompress(piece, LARGEST_BODY + 1 - len(plain))
        except zlib.error as error:
            raise MalformedTelemetry(f"not {packing}: {error}") from error
        if len(plain) > LARGEST_BODY:
            raise BodyTooLarge(f"more than {LARGEST_BODY} bytes, unpacked")
    return at - len(unpacker.unused_data)
