"""Lines of a service's log, from pieces that break anywhere."""

from ccotel_tui.stack_control.docker.streams import log_lines

WARN = (
    b"2026-11-29T08:17:20.060Z level=warn caller=grpc_logging.go:107 "
    b'method=/grpc.Compactor/GetCacheGenNumbers msg=gRPC err="deletion is not available for this '
    b'tenant"\n'
)
ERROR = (
    b"2026-11-29T08:17:20.061Z level=error caller=gennumber_loader.go:136 "
    b'msg="error loading cache generation numbers" err="rpc error: code = Unknown desc = deletion '
    b'is not available for this tenant"\n'
)
REAL = b'2026-11-29T08:17:20.062Z level=error msg="no space left on device"\n'


def test_what_loki_says_of_every_query_hides_nothing_else() -> None:
    log = WARN + ERROR + REAL + ERROR
    for length in (7, 64, len(log)):
        pieces = (log[at : at + length] for at in range(0, len(log), length))
        [line] = log_lines("loki", pieces)
        assert line.text == 'level=error msg="no space left on device"'
        assert line.time == "2026-11-29T08:17:20.062Z"


def test_the_parts_of_a_line_that_is_too_long_have_its_time() -> None:
    """A follower that connects again asks for what came behind the last time."""
    pieces = [b"2026-11-29T08:17:20.060Z begins", *[b"x" * 50_000] * 3, b" ends\n", REAL]
    *parts, last = log_lines("loki", iter(pieces))
    assert {line.time for line in parts} == {"2026-11-29T08:17:20.060Z"}
    assert "".join(line.text for line in parts) == f"begins{'x' * 150_000} ends"
    assert last.time == "2026-11-29T08:17:20.062Z"


def test_the_last_line_needs_no_end() -> None:
    """A program that breaks down has often not ended its line."""
    pieces = [b"2026-11-29T08:17:20.060Z starts\n2026-11-29T08:17:21.060Z ", b"out of memory"]
    assert [line.text for line in log_lines("loki", iter(pieces))] == ["starts", "out of memory"]
