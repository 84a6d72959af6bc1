"""The demo: recorded sessions as a day that ends now, in a store that goes away."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

from ccotel_tui.demo import PROJECTS, RECORDINGS, TEXTS, demo_registry, demo_store
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import EventKind, Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.telemetry.conventions import USER_PROMPT
from tests.tools.otlp import T0


def test_the_demo_is_a_day_of_sessions_and_leaves_nothing() -> None:
    with demo_store(T0) as path:
        backend = open_embedded(path)
        window = Window.between(T0 - DAY, T0, ZoneInfo("UTC"))
        rows = sessions_of(backend.source, window, Scope())
        assert backend.source.last_record_ns(T0) == T0
        assert {str(row.project) for row in rows} <= {*PROJECTS, "shop"}
        running = demo_registry(path).read()
        prompts = [
            str(row["prompt"])
            for row in backend.source.rows([EventKind(USER_PROMPT)], window, Scope(), 100)
        ]
        backend.close()
        newest = max(rows, key=lambda row: row.last_seen_ns)
        assert running[newest.session_id].waiting_for == "permission prompt"
        assert len({*running} & {row.session_id for row in rows}) == 3
        assert set(TEXTS) <= set(prompts)
        assert not any(text.startswith("SCRIPT=") for text in prompts)
        assert len(rows) == 25
        assert round(sum(row.cost or 0 for row in rows), 4) == 6.6011
    assert not Path(path).exists()


def test_the_demo_has_no_text_made_to_test_a_screen() -> None:
    recorded = gzip.decompress(RECORDINGS.read_bytes()).decode()
    assert not [text for text in ("\\u001b", "[/", "999999 tokens") if text in recorded]
