"""Where HTTP/2 frames end, so that one more can stand between two of them (RFC 9113). Pure."""

GOAWAY = bytes.fromhex("000008 07 00 00000000 7fffffff 00000000")
"""No new requests, please; all that have begun are answered."""

_HEAD = 9
_LENGTH = 3


class FrameTracker:
    """Follows the frames of one side of a connection."""

    def __init__(self) -> None:
        self._begun = False
        self._head = b""
        self._left = 0

    @property
    def between(self) -> bool:
        """Whether what was followed ends where a frame does; the first one must be SETTINGS."""
        return self._begun and not self._head and not self._left

    def follow(self, data: bytes) -> None:
        """Go on by the bytes, which may begin and end anywhere."""
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
