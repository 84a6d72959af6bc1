"""HTTP/2 frame boundaries, where one more frame can be inserted (RFC 9113). Pure."""

GOAWAY = bytes.fromhex("000008 07 00 00000000 7fffffff 00000000")
"""Asks for no new requests; all that have begun are answered."""

_HEAD = 9
_LENGTH = 3


class FrameTracker:
    """Tracks the frames of one side of a connection."""

    def __init__(self) -> None:
        self._begun = False
        self._head = b""
        self._left = 0

    @property
    def at_frame_boundary(self) -> bool:
        """True where the data so far ends with a frame; the first one must be SETTINGS."""
        return self._begun and not self._head and not self._left

    def feed(self, data: bytes) -> None:
        """Advance by the data, which may begin and end anywhere."""
        self._begun = True
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
            else:
                step = min(_HEAD - len(self._head), len(data) - at)
                self._head += data[at : at + step]
                if len(self._head) == _HEAD:
                    self._left = int.from_bytes(self._head[:_LENGTH], "big")
                    self._head = b""
            at += step
