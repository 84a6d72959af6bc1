"""The embedded store as a backend."""

from functools import partial
from pathlib import Path
from threading import Event

from ccotel_tui.query.embedded.diagnostics import EmbeddedDiagnostics
from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.embedded.usage.source import EmbeddedUsage
from ccotel_tui.query.embedded.waits import waits_of
from ccotel_tui.query.source import Backend


def open_embedded(path: Path, polling: bool = True) -> Backend:
    """Return the backend of the database at the path; without a file it has no records yet.

    Where it is not asked again and again (`polling`), a window is not cut into buckets that could
    be cached. Raises BadDatabase.
    """
    cancelled = Event()
    reader = StoreReader(path, cancelled)
    return Backend(
        "embedded",
        EmbeddedSource(reader, polling),
        EmbeddedDiagnostics(reader),
        changes=reader.changes,
        run_together=reader.run_in_snapshot,
        cancelled=cancelled,
        close=reader.close,
        usage=EmbeddedUsage(reader),
        waits=partial(waits_of, reader),
    )
