"""Compressed bodies of HTTP requests, decompressed up to the limit of a request. Pure."""

import zlib

from ccotel_tui.errors import BodyTooLarge, MalformedTelemetry
from ccotel_tui.recorder.otlp.export import LARGEST_BODY

CONTENT_ENCODINGS = ("gzip", "deflate", "identity")
"""The Content-Encodings that are understood."""

_PIECE = 4096
"""Bytes."""

_FORMATS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def decompress(body: bytes, encoding: str) -> bytes:
    """Return the plain body of one that has one of CONTENT_ENCODINGS.

    Raises BodyTooLarge, and MalformedTelemetry where it is broken or cut short.
    """
    if encoding == "identity":
        return body
    plain: list[bytes] = []
    room = LARGEST_BODY
    at = 0
    # A gzip file may have several members, one after the other (RFC 1952).
    while at < len(body):
        decompressor = zlib.decompressobj(_FORMATS[encoding])
        while not decompressor.eof:
            # What is behind a member is copied: in small pieces, for there may be a million.
            piece = body[at : at + _PIECE]
            if not piece:
                raise MalformedTelemetry(f"not {encoding}: it is cut short")
            at += len(piece)
            plain.append(_decompress(decompressor, piece, encoding, room))
            room -= len(plain[-1])
        at -= len(decompressor.unused_data)
    return b"".join(plain)


def _decompress(decompressor: "zlib._Decompress", piece: bytes, encoding: str, room: int) -> bytes:
    try:
        plain = decompressor.decompress(piece, room + 1)
    except zlib.error as error:
        raise MalformedTelemetry(f"not {encoding}: {error}") from error
    if len(plain) > room:
        raise BodyTooLarge(f"more than {LARGEST_BODY} bytes, decompressed")
    return plain
