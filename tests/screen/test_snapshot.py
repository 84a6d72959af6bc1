"""One moment, asked of the source."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Source
from ccotel_tui.screen.data.snapshot import Question, fetch_snapshot
from ccotel_tui.store.database import Database
from tests.otlp import T0, request
from tests.screen.running import NOW, SEOUL


class Asked:
    """A source, and how often it was asked when it heard of anything."""

    def __init__(self, source: EmbeddedSource) -> None:
        self._source = source
        self.times = 0

    def last_heard(self, now_ns: int) -> int | None:
        self.times += 1
        return self._source.last_heard(now_ns)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


@pytest.mark.parametrize("panels", [PANELS, ()])
def test_when_the_newest_record_came_is_asked_once(
    database: Database, tmp_path: Path, panels: Sequence[Panel]
) -> None:
    database.append([request(1.25)])
    source = Asked(EmbeddedSource(tmp_path / "telemetry.db"))
    question = Question("overview", "embedded", panels, Period(), Scope(), present=True)
    snapshot = fetch_snapshot(question, cast(Source, source), dict, NOW, SEOUL)
    assert snapshot.heard_ns == T0
    assert source.times == 1
    source.close()
