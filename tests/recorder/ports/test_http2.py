"""HTTP/2 frames are followed however the bytes are cut."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.recorder.ports.http2 import GOAWAY, FrameTracker

PAYLOADS = st.lists(st.binary(max_size=40), min_size=1, max_size=5)


def frame(payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes(6) + payload


@given(PAYLOADS, st.lists(st.integers(1, 30), min_size=1))
def test_between_is_where_a_frame_ends_and_nowhere_else(
    payloads: Sequence[bytes], steps: Sequence[int]
) -> None:
    sent = b"".join(map(frame, payloads))
    ends = {sum(len(frame(one)) for one in payloads[:n]) for n in range(1, len(payloads) + 1)}
    frames = FrameTracker()
    assert not frames.at_frame_boundary
    at = 0
    while at < len(sent):
        step = steps[at % len(steps)]
        frames.feed(sent[at : at + step])
        at = min(at + step, len(sent))
        assert frames.at_frame_boundary == (at in ends)


def test_goaway_is_a_frame_of_its_own() -> None:
    frames = FrameTracker()
    frames.feed(GOAWAY)
    assert frames.at_frame_boundary
