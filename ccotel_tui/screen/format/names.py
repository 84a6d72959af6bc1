"""Names as short as they can be and still be told apart. Pure."""

import re

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.prompts.folded import text_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.telemetry.conventions import model_name

_DATE = re.compile(r"[-@]\d{8}$")
_VERSION = re.compile(r"-v\d+(:\d+)?$")


def short_model(name: object) -> str:
    """A model without where it is run, its maker, its date and versions, safe to print.

    Names that providers give are alike at their beginning and differ at their end: an ARN such as
    `arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-opus-4-8-20260101-v1:0`.
    """
    model = sanitize(model_name(name)) if isinstance(name, str) else ""
    last = model.rpartition("/")[2].rpartition("anthropic.")[2]
    return _DATE.sub("", _VERSION.sub("", last)).removeprefix("claude-") or model


def short_session(session_id: object) -> str:
    """The first eight characters of an id, safe to print."""
    return sanitize(str(session_id or ""))[:8]


def command_name(row: EventRow) -> str:
    """A command as it is typed, such as /compact."""
    name = row.get("command_name")
    return sanitize(f"/{name}" if name else text_of(row).split(" ")[0] or "/…")
