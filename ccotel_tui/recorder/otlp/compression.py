"""Packed bodies of HTTP requests, never unpacked further than a request may be large. Pure."""

import zlib

from ccotel_tui.errors import BodyTooLarge, MalformedTelemetry
from ccotel_tui.recorder.otlp.export import LARGEST_BODY

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
    plain: list[bytes] = []
    room = LARGEST_BODY
    at = 0
    # A gzip file may have several members, one after the other (RFC 1952).
    while at < len(body):
        unpacker = zlib.decompressobj(_FORMATS[packing])
        while not unpacker.eof:
            # What is behind a member is copied: in small pieces, for there may be a million.
            piece = body[at : at + _PIECE]
            if not piece:
                raise MalformedTelemetry(f"not {packing}: it is cut short")
            at += len(piece)
            plain.append(_unpacked(unpacker, piece, packing, room))
            room -= len(plain[-1])
        at -= len(unpacker.unused_data)
    return b"".join(plain)


def _unpacked(unpacker: "zlib._Decompress", piece: bytes, packing: str, room: int) -> bytes:
    try:
        plain = unpacker.decompress(piece, room + 1)
    except zlib.error as error:
        raise MalformedTelemetry(f"not {packing}: {error}") from error
    if len(plain) > room:
        raise BodyTooLarge(f"more than {LARGEST_BODY} bytes, unpacked")
    return plain
