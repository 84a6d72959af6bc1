"""The fields of Claude Code's status line that are kept, by name. Pure.

What is not named here goes nowhere: neither the transcript's path nor any field of a later client.
"""

from collections.abc import Mapping
from typing import Any

_LONGEST_TEXT = 1024
"""Characters of a text that are kept."""

_LARGEST = 1e15

_PATHS = """
    session_id session_name prompt_id model.id version effort.level fast_mode
    cost.total_cost_usd cost.total_lines_added cost.total_lines_removed
    context_window.context_window_size context_window.used_percentage
    context_window.current_usage.input_tokens context_window.current_usage.output_tokens
    context_window.current_usage.cache_creation_input_tokens
    context_window.current_usage.cache_read_input_tokens
    prompt_cache.warm prompt_cache.ttl prompt_cache.expires_at prompt_cache.hit_ratio
    prompt_cache.misses prompt_cache.last_miss_cause prompt_cache.recache_tokens_if_cold
    rate_limits.five_hour.used_percentage rate_limits.five_hour.resets_at
    rate_limits.seven_day.used_percentage rate_limits.seven_day.resets_at
    workspace.project_dir workspace.repo.owner workspace.repo.name
"""

SESSION_ID = "session.id"
_AS_IN_EVENTS = {"session_id": SESSION_ID, "prompt_id": "prompt.id"}

FIELDS: Mapping[str, tuple[str, ...]] = {
    _AS_IN_EVENTS.get(path, path): tuple(path.split(".")) for path in _PATHS.split()
}
"""The attribute of each field that is kept, and where it stands in the JSON."""

Scalar = str | int | float | bool


def kept_fields(status: Mapping[str, Any]) -> dict[str, Scalar]:
    """Return the fields of a status line by their attributes; what is missing or null is left out.

    So is what is neither a text, a number nor a truth value.
    """
    values = ((name, _at(status, path)) for name, path in FIELDS.items())
    return {name: scalar for name, value in values if (scalar := _scalar(value)) is not None}


def _at(status: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(status, Mapping):
            return None
        status = status.get(key)
    return status


def _scalar(value: Any) -> Scalar | None:
    if isinstance(value, str):
        return value[:_LONGEST_TEXT] or None
    if isinstance(value, bool):
        return value
    # One that is not finite fails the comparison.
    return value if isinstance(value, int | float) and abs(value) <= _LARGEST else None
