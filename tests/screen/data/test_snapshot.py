"""One moment, asked of the source."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import DAY
from ccotel_tui.screen.data.snapshot import Question
from ccotel_tui.store.database import Database
from tests.query.passing import Passing
from tests.screen.tools.running import NOW
from tests.screen.tools.snapshots import snapshot_reader
from tests.tools.otlp import T0, request


class Counted(Passing):
    """A source, and how often it was asked when it heard of anything."""

    times = 0

    def last_record_ns(self, now_ns: int) -> int | None:
        self.times += 1
        return self.inner.last_record_ns(now_ns)


@pytest.mark.parametrize("panels", [PANELS, ()])
def test_when_the_newest_record_came_is_asked_once(
    database: Database, tmp_path: Path, panels: Sequence[Panel]
) -> None:
    database.append([request(1.25)])
    backend = open_embedded(tmp_path / "telemetry.db")
    counted = Counted(backend.source)
    question = Question("overview", "embedded", panels, Period(), Scope(), present=True)
    reader = snapshot_reader(tmp_path)
    snapshot = reader.read(question, replace(backend, source=counted), NOW)
    assert snapshot.heard_ns == T0
    assert counted.times == 1
    backend.close()


def test_what_came_first_is_looked_for_anew_in_another_source(tmp_path: Path) -> None:
    question = Question("overview", "embedded", (), Period(), Scope())
    reader = snapshot_reader(tmp_path)
    first: list[int | None] = []
    for name, times in (("old", [T0 - 3 * DAY, T0]), ("new", [T0])):
        path = tmp_path / f"{name}.db"
        with closing(Database(path)) as database:
            database.append([request(1.0, at) for at in times])
        with closing(open_embedded(path)) as backend:
            first.append(reader.read(question, backend, NOW).first_ns)
    assert first == [None, T0]
