"""The client's names, spelled here only: services, metrics, events and their attributes.

The first of three dictionaries; `query.measures` says what can be summed, `panels.catalogue` what
is shown. Source: the Monitoring page of the Claude Code documentation, and recordings of the CLI
2.1.197 and 2.1.330.
"""

import re

SERVICE_PREFIX = "claude-code"
"""service.name is `claude-code`, or `claude-code-desktop` for the desktop app."""

EVENT_PREFIX = "claude_code."
"""A log record's body is this and the event's name."""

UNKNOWN = "unknown"
"""The session, and the source, of a record that carries none."""

USER_PROMPT = "user_prompt"
API_REQUEST = "api_request"
API_ERROR = "api_error"
TOOL_RESULT = "tool_result"

ACTIVITY = (USER_PROMPT, API_REQUEST, API_ERROR, TOOL_RESULT)
"""The events that make a session active; a start-up event does not."""

COST = "claude_code.cost.usage"
TOKENS = "claude_code.token.usage"
LINES_OF_CODE = "claude_code.lines_of_code.count"

_MODEL_SUFFIX = re.compile(r"\[[^\]]*\]$")


def model_name(text: str) -> str:
    """The model without the `[1m]` that counters and some events put behind it."""
    return _MODEL_SUFFIX.sub("", text)


def source_name(query_source: str | None) -> str:
    """An event's query_source in the counters' words: main, subagent or auxiliary."""
    if query_source is None:
        return UNKNOWN
    if query_source in ("sdk", "main") or query_source.startswith("repl_main_thread"):
        return "main"
    if query_source == "subagent" or query_source.startswith("agent:"):
        return "subagent"
    return "auxiliary"
