"""What a stack says of events that are dated after now."""

from contextlib import closing
from urllib.parse import parse_qs, urlsplit

from ccotel_tui.ahead import SKEW_NS, Ahead
from ccotel_tui.query.window import DAY
from tests.otlp import T0
from tests.query.stub import Request, Stub

NOTHING = b'{"status": "success", "data": {"resultType": "streams", "result": []}}'


def test_the_events_after_now_are_counted_by_loki() -> None:
    with Stub() as stub, closing(stub.source()) as source:
        # Its one row is the newest that may be in the answer, and it counts $1.25 for one.
        assert source.ahead(T0) == Ahead(1, T0 + DAY)
    rows, count = (parse_qs(urlsplit(path).query) for path in stub.paths)
    assert (rows["start"], rows["end"]) == ([f"{T0 + SKEW_NS + 1}"], [f"{T0 + DAY + 1}"])
    assert count["query"][0].endswith("[86390000ms]))")


def test_where_there_is_none_nothing_is_counted() -> None:
    def behave(request: Request) -> None:
        request.say(200, NOTHING)

    with Stub() as stub, closing(stub.source()) as source:
        stub.behave = behave
        assert source.ahead(T0) is None
    assert len(stub.paths) == 1


def test_the_newest_event_is_looked_for_up_to_now() -> None:
    with Stub() as stub, closing(stub.source()) as source:
        assert source.last_heard(T0) == T0
