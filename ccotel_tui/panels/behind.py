"""Where the rows are that a panel's number is made of. Pure."""

from dataclasses import dataclass

from ccotel_tui.panels.panel import Panel
from ccotel_tui.query.window import Bucket
from ccotel_tui.telemetry.conventions import API_ERROR, API_REQUEST, TOOL_RESULT


@dataclass(frozen=True)
class Behind:
    """Requests by a key of usage, or the events that a filter of the log leaves.

    Those in the bucket alone, where there is one.
    """

    key: str = ""
    events: str = ""
    bucket: Bucket | None = None


def behind(panel: Panel, bucket: Bucket | None = None) -> Behind:
    """Return where the panel's rows are; of counters, which have none, their sessions."""
    records = {name for _, ask in panel.asked() for name in ask.measure.records}
    records |= {kind.name for kind in panel.events}
    if API_ERROR in records:
        return Behind(events=f"event:{API_ERROR}", bucket=bucket)
    if TOOL_RESULT in records:
        return Behind(events=f"event:{TOOL_RESULT}", bucket=bucket)
    key = "model" if API_REQUEST in records else "session"
    return Behind(panel.key or key, bucket=bucket)


def behind_tool(label: str, value: str, *, failed: bool) -> Behind:
    """Return where the calls are that a row of success bars counts, or only the failed ones."""
    name = {"tool_name": "tool", "session_id": "session"}.get(label, label)
    words = [f"event:{TOOL_RESULT}", *([f"{name}:{value}"] if " " not in value else [])]
    return Behind(events=" ".join([*words, *(["ok:false"] if failed else [])]))
