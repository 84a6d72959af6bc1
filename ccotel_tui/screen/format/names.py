"""Names as short as they can be and still be told apart. Pure."""

import re

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.prompts.folded import text_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.telemetry.conventions import model_name

_DATE = re.compile(r"-\d{8}$")


def short_model(name: object) -> str:
    """A model without its maker, its date and what stands in brackets, safe to print."""
    model = name if isinstance(name, str) else ""
    return _DATE.sub("", sanitize(model_name(model)).removeprefix("claude-"))


def short_session(session_id: object) -> str:
    """The first eight characters of an id, safe to print."""
    return sanitize(str(session_id or ""))[:8]


def command_name(row: EventRow) -> str:
    """A command as it is typed, such as /compact."""
    name = row.get("command_name")
    return sanitize(f"/{name}" if name else text_of(row).split(" ")[0] or "/…")
