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
