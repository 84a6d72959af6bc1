"""How long tool calls waited for permission, from the spans of the embedded store."""

from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.query.source import Waits
from ccotel_tui.telemetry.conventions import TOOL_SPAN, WAIT_SPAN

_CALLS = f"""\
SELECT t.tool_use_id, total(w.time_ns - w.start_ns) / 1e6
FROM spans t LEFT JOIN spans w
    ON w.trace_id = t.trace_id AND w.parent_id = t.span_id AND w.name = '{WAIT_SPAN}'
WHERE t.session_id = ? AND t.name = '{TOOL_SPAN}' AND t.tool_use_id IS NOT NULL
GROUP BY t.tool_use_id"""

_ANY = "SELECT 1 FROM spans WHERE session_id = ? LIMIT 1"


def waits_of(reader: StoreReader, session_id: str) -> Waits | None:
    """Return what `ccotel_tui.query.source.Backend.waits` does."""
    with reader.snapshot():
        if not reader.run(_ANY, (session_id,)):
            return None
        return dict(reader.run(_CALLS, (session_id,)))
