"""The heavy month: as many events as asked for, the same again, in order."""

from pathlib import Path

import pytest

from benchmarks import month, stores
from ccotel_tui.query.window import DAY
from ccotel_tui.telemetry.records import Event
from tests.tools.otlp import T0


def test_the_same_numbers_make_the_same_month() -> None:
    assert list(month.records(500, T0)) == list(month.records(500, T0))


def test_events_lie_in_the_30_days_in_order() -> None:
    times = [event.time_ns for event in month.records(500, T0) if isinstance(event, Event)]
    assert len(times) == 500
    assert times == sorted(times)
    assert T0 - 30 * DAY < times[0] < times[-1] <= T0


def test_a_store_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = stores.heavy_month(300)
    before = made.path.stat().st_mtime_ns
    assert stores.heavy_month(300) == made
    assert made.path.stat().st_mtime_ns == before
    with stores.copied(made) as copy:
        assert copy.path.read_bytes() == made.path.read_bytes()
    assert not copy.path.exists()
