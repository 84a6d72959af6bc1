"""What a stack says of events that are dated after now."""

from contextlib import closing
from urllib.parse import parse_qs, urlsplit

from ccotel_tui.query.window import DAY
from ccotel_tui.store.ahead import SKEW_NS, Ahead
from tests.query.stub import Request, Stub, well
from tests.tools.otlp import T0

NOTHING = b'{"status": "success", "data": {"resultType": "streams", "result": []}}'


def queries(stub: Stub) -> list[dict[str, list[str]]]:
    """What was asked of rows."""
    asked = (parse_qs(urlsplit(path).query) for path in stub.paths)
    return [one for one in asked if "query" in one]


def test_the_events_after_now_are_counted_by_loki() -> None:
    with Stub() as stub, closing(stub.backend()) as backend:
        # Its one row is the newest that may be in the answer, and it counts $1.25 for one.
        assert backend.diagnostics.ahead(T0) == Ahead(1, T0 + DAY)
    rows, count = queries(stub)
    assert (rows["start"], rows["end"]) == ([f"{T0 + SKEW_NS + 1}"], [f"{T0 + DAY + 1}"])
    assert count["query"][0].endswith("[86390000ms]))")


def test_where_there_is_none_nothing_is_counted() -> None:
    def behave(request: Request) -> None:
        if "query=" in request.path:
            request.say(200, NOTHING)
        else:
            well(request)

    with Stub() as stub, closing(stub.backend()) as backend:
        stub.behave = behave
        assert backend.diagnostics.ahead(T0) is None
    assert len(queries(stub)) == 1


def test_the_newest_event_is_looked_for_up_to_now() -> None:
    with Stub() as stub, closing(stub.backend()) as backend:
        assert backend.source.last_record_ns(T0) == T0
