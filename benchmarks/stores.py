"""Stores to measure on: a heavy month, made once and kept in the cache."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from benchmarks import month
from ccotel_tui.query.window import HOUR
from ccotel_tui.store.file import schema

EVENTS = 500_000
"""Twice what one heavy user makes in 30 days."""

_FRESH_FOR = 6 * HOUR
"""A dashboard shows the last 24 hours: they are to be full."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store of so many events in the 30 days before `to_ns`."""

    path: Path
    events: int
    to_ns: int


def heavy_month(events: int = EVENTS) -> Store:
    """The store of so many events, made where there is none, or none that is fresh."""
    path = _file(events)
    if not path.exists() or time.time_ns() - _newest(path) > _FRESH_FOR:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            made = Path(folder) / path.name
            month.fill(made, events, time.time_ns())
            made.replace(path)
    return Store(path, events, _newest(path))


@contextmanager
def copied(store: Store) -> Iterator[Store]:
    """A copy to write to, in a folder of its own; gone afterwards."""
    with tempfile.TemporaryDirectory(dir=store.path.parent) as folder:
        path = Path(folder) / "telemetry.db"
        shutil.copyfile(store.path, path)
        yield Store(path, store.events, store.to_ns)


def _file(events: int) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ccotel-tui"
    made_by = b"".join(map(_source, (month, schema)))
    return cache / f"bench-{hashlib.sha256(made_by).hexdigest()[:12]}-{events}.db"


def _source(module: ModuleType) -> bytes:
    assert module.__file__ is not None
    return Path(module.__file__).read_bytes()


def _newest(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (newest,) = connection.execute("SELECT max(time_ns) FROM events").fetchone()
    return int(newest)
