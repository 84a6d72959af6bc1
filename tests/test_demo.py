"""The demo: recorded sessions as a day that ends now, in a store that goes away."""

from pathlib import Path
from zoneinfo import ZoneInfo

from ccotel_tui.demo import demo_store
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.window import DAY, Window
from tests.otlp import T0


def test_the_demo_is_a_day_of_sessions_and_leaves_nothing() -> None:
    with demo_store(T0) as path:
        backend = open_embedded(path)
        window = Window.between(T0 - DAY, T0, ZoneInfo("UTC"))
        rows = sessions_of(backend.source, window, Scope())
        assert backend.source.last_record_ns(T0) == T0
        backend.close()
        assert len(rows) == 25
        assert round(sum(row.cost or 0 for row in rows), 4) == 6.6011
    assert not Path(path).exists()
