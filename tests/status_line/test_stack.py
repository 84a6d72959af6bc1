"""The collector of a stack takes what `line` hands on to Loki, apart from the client's rows."""

import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.query import EventKind, Scope
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.status_line.delivery import StatusReceiver, handing_on
from ccotel_tui.telemetry.conventions import STATUS_LINE
from ccotel_tui.telemetry.status_line import Scalar
from tests.accuracy.paths.paths import StackPath
from tests.servers.cache import find
from tests.servers.servers import until

WITHIN = 60.0

FIELDS: dict[str, Scalar] = {
    "session.id": "s1",
    "session_name": "an odd {name}",
    "fast_mode": True,
    "prompt_cache.expires_at": 1_795_502_671,
    "context_window.used_percentage": 48.5,
}


@pytest.mark.servers
def test_a_status_line_is_asked_for_by_name_and_counted_nowhere(tmp_path: Path) -> None:
    if find("loki") is None:
        pytest.skip("no Loki on this machine")
    with StackPath(tmp_path / "stack", "real") as path:
        host, _, port = path.http.removeprefix("http://").partition(":")
        receiver = StatusReceiver(host, int(port))
        for session in ("s1", "s2"):
            fields = FIELDS | {"session.id": session}
            with handing_on(fields, receiver, tmp_path / "handed-on") as handed_on:
                assert handed_on
        backend = path.backend()
        now_ns = time.time_ns()
        window = Window.between(now_ns - DAY, now_ns + DAY, ZoneInfo("UTC"))
        try:
            source, kinds = backend.source, [EventKind(STATUS_LINE)]
            assert until(lambda: len(source.rows(kinds, window, Scope(), 10)) == 2, WITHIN)
            [row] = source.rows(kinds, window, Scope("s1"), 10)
            every, current = source.rows([], window, Scope(), 10), source.current(now_ns, Scope())
            newest_ns = source.last_record_ns(now_ns + DAY)
        finally:
            backend.close()
    assert (every, current, newest_ns) == ([], None, None)
    assert row["session_name"] == "an odd {name}"
    assert (row["fast_mode"], row["prompt_cache_expires_at"]) == ("true", "1795502671")
