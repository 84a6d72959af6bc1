"""The keys that usage is grouped by: which labels they read, and which value these are. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from ccotel_tui.errors import UsageError
from ccotel_tui.query.query import OWN_LABELS
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window
from ccotel_tui.telemetry.conventions import UNKNOWN

NONE = "(none)"
"""The key of requests without a value."""

TIMES = ("hour", "day", "week", "month")

_ATTRIBUTE = "attribute:"
_NAME = re.compile(r"[\w.-]+")

USER_LABELS = ("user.email", "user.account_uuid", "user.id")
"""The attributes that tell a user, the first that a record has counts."""

_LABELS: Mapping[str, tuple[str, ...]] = {
    "model": ("model",),
    "source": ("source",),
    "session": ("session_id",),
    "prompt": ("prompt_id", "session_id"),
    "project": ("project", "session_id"),
    "branch": ("prompt_id", "session_id"),
    "agent": ("agent.name",),
    "skill": ("skill.name",),
    "plugin": ("plugin.name",),
    "mcp_server": ("mcp_server.name",),
    "user": USER_LABELS,
    "effort": ("effort",),
    "speed": ("speed",),
    **dict.fromkeys(TIMES, ()),
}
"""The labels that each key is made of."""

KEYS = tuple(_LABELS)
"""The keys by name; `attribute:NAME` is one too."""

_NEVER_LACKING = ("model", "source", "session")
_SHORTENED = 8
"""Characters of a user.id that are shown."""


@dataclass(frozen=True)
class Names:
    """What requests do not tell themselves.

    `roots` has the prompt that a prompt continues, `branches` the branch of a prompt, `projects`
    the folder or repository of a session.
    """

    roots: Mapping[str, str] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)


class UsageKey(NamedTuple):
    """A key by its name, and the labels of a UsageQuery that it reads."""

    name: str
    labels: tuple[str, ...]

    @property
    def is_time(self) -> bool:
        return self.name in TIMES

    def value(self, labels: Mapping[str, str], to_ns: int, zone: tzinfo, names: Names) -> str:
        """Return the value of what has these labels, in a bucket that ends then."""
        if not self.labels:
            return _time(self.name, to_ns, zone)
        first = labels[self.labels[0]]
        match self.name:
            case "prompt":
                return names.roots.get(first, first) or NONE
            case "branch":
                return names.branches.get(names.roots.get(first, first), NONE)
            case "project":
                return first or names.projects.get(labels["session_id"]) or NONE
            case "user":
                return user_of([labels[label] for label in USER_LABELS]) or NONE
        return first or (UNKNOWN if self.name in _NEVER_LACKING else NONE)


def usage_key(text: str) -> UsageKey:
    """Return the key of that name. Raises UsageError."""
    if text in _LABELS:
        return UsageKey(text, _LABELS[text])
    name = text.removeprefix(_ATTRIBUTE)
    if name == text or not _NAME.fullmatch(name):
        raise UsageError(f"--by {text}: choose from {', '.join(KEYS)} or attribute:NAME.")
    label = name.replace(".", "_")
    return UsageKey(text, (label if label in OWN_LABELS else name,))


def user_of(values: Sequence[str]) -> str:
    """Return the user that these values of USER_LABELS tell; nothing where they are empty."""
    email, account, id = values
    return email or account or id[:_SHORTENED]


def of_attribute(name: str) -> str:
    """Return the key of an attribute that users set."""
    return f"{_ATTRIBUTE}{name}"


def keys_after(keys: Sequence[str], order: Sequence[str] = KEYS) -> list[str]:
    """Return the keys that come in turn after the last of these, without any of these."""
    place = order.index(keys[-1])
    return [key for key in (*order[place + 1 :], *order[:place]) if key not in keys]


def stepped_for(window: Window, keys: tuple[UsageKey, ...]) -> Window:
    """Return the window with the longest step whose buckets lie each in one value of the keys."""
    if not any(key.name == "hour" for key in keys):
        return Window.between(window.from_ns, window.to_ns, window.zone, DAY)
    days = Window.between(window.from_ns, window.to_ns, window.zone, DAY).buckets()
    offsets = [_offset_ns(to_ns, window.zone) for day in days for to_ns in day]
    steps = (HOUR, HOUR // 2, HOUR // 4)
    step = next((step for step in steps if not any(off % step for off in offsets)), MINUTE)
    return Window.between(window.from_ns, window.to_ns, window.zone, step)


def _offset_ns(time_ns: int, zone: tzinfo) -> int:
    """What the zone's clocks are ahead of UTC."""
    offset = _local(time_ns, zone).utcoffset() or timedelta(0)
    return offset // timedelta(microseconds=1) * 1000


def _time(name: str, to_ns: int, zone: tzinfo) -> str:
    """The local hour, day, week or month that the nanosecond before lies in."""
    at = _local(to_ns - 1, zone)
    match name:
        case "hour":
            return at.replace(minute=0, second=0).isoformat(timespec="minutes")
        case "day":
            return at.date().isoformat()
        case "week":
            year, week, _ = at.isocalendar()
            return f"{year}-W{week:02}"
    return f"{at:%Y-%m}"


def _local(time_ns: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)
