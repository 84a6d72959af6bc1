"""What is read of a standard input, whoever holds its other end and however long."""

import os
from collections.abc import Iterator
from threading import Thread

import pytest

from ccotel_tui.errors import CcotelError
from ccotel_tui.line.status_line import parse_status_line, read_input

FOREVER = 3600.0
SHORT = 0.01


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe whose other end stays open."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_a_whole_object_is_not_waited_behind(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b'{"session_id": "s1"}\n')
    assert read_input(pipe[0], FOREVER) == b'{"session_id": "s1"}\n'


def test_what_comes_in_pieces_is_put_together(pipe: tuple[int, int]) -> None:
    text = b'{"cost": {"total_cost_usd": 1.5}, "session_id": "}"}'
    writing = Thread(target=lambda: [os.write(pipe[1], bytes([byte])) for byte in text])
    writing.start()
    assert read_input(pipe[0], FOREVER) == text
    writing.join()


def test_a_silent_one_says_nothing(pipe: tuple[int, int]) -> None:
    assert read_input(pipe[0], SHORT) == b""


def test_what_is_cut_off_by_the_time_is_left_out(pipe: tuple[int, int]) -> None:
    os.write(pipe[1], b'{"session_id": "s1')
    assert read_input(pipe[0], SHORT) == b""


def test_what_ends_is_read_to_its_end() -> None:
    receiving, sending = os.pipe()
    os.write(sending, b"no object")
    os.close(sending)
    assert read_input(receiving, FOREVER) == b"no object"
    os.close(receiving)


def test_what_never_ends_is_given_up() -> None:
    endless = os.open("/dev/zero", os.O_RDONLY)
    assert read_input(endless, FOREVER) == b""
    os.close(endless)


@pytest.mark.parametrize(
    "text",
    [
        b'{"session_id": "\\ud800"}',
        b'{"session_id": "s1", "cost": {"total_cost_usd": 1e300}}',
        b'{"session_id": "s1", "cost": {"total_cost_usd": ' + b"9" * 400 + b"}}",
    ],
)
def test_what_cannot_be_is_not_said(text: bytes) -> None:
    assert parse_status_line(text).session_cost is None
    assert parse_status_line(text).session_id in (None, "s1")


def test_what_is_nested_beyond_reading_is_told() -> None:
    with pytest.raises(CcotelError, match="not Claude Code's status line JSON"):
        parse_status_line(b"[" * 200_000)
