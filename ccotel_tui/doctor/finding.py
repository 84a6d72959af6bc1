"""What a rule finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """What is there in a few words; a fault by its name among the causes, with its words."""

    found: str
    cause: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    skipped: bool = False


def broken(found: str, cause: str, **words: str) -> Finding:
    """Return a finding of this fault."""
    return Finding(found, cause, words)


def skipped(why: str) -> Finding:
    """Return that there was nothing to check, and why."""
    return Finding(why, skipped=True)


def length_text(length_ns: int) -> str:
    """Return such as 3 min; what is not over yet has no age."""
    seconds = max(0, length_ns) // 1_000_000_000
    for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"
