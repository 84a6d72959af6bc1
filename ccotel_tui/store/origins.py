"""What an event has in common with others, kept once, and what is its own. Pure."""

import json
from collections.abc import Set
from functools import lru_cache
from typing import NamedTuple

from ccotel_tui.telemetry.records import Attributes, Value
from ccotel_tui.telemetry.vocabulary import SERVICE_PREFIX

canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
"""Attributes as JSON that is the same for the same attributes in any order."""


class Origin(NamedTuple):
    """What an event has in common with others: a row of `origins` without its id.

    `attributes` are those that seldom change within a session, as JSON; `names` says which others
    the event has, each between two line breaks.
    """

    service: str
    version: str
    attributes: str
    names: str


def parted(
    service: str, version: str, attributes: Attributes, varying: Set[str]
) -> tuple[Origin, str]:
    """The origin, and the event's own attributes as JSON.

    Which are which is a guess for the sake of speed: whoever reads looks at both.
    """
    common: list[tuple[str, str]] = []
    own: dict[str, Value] = {}
    foreign = not service.startswith(SERVICE_PREFIX)
    for name, value in attributes.items():
        if foreign or name in varying or not isinstance(value, str):
            own[name] = value
        else:
            common.append((name, value))
    return Origin(service, version, _common(tuple(common)), _names(tuple(own))), canonical(own)


@lru_cache(maxsize=100)
def _common(attributes: tuple[tuple[str, str], ...]) -> str:
    return canonical(dict(attributes))


@lru_cache(maxsize=100)
def _names(own: tuple[str, ...]) -> str:
    return "\n".join(("", *sorted(own), ""))


def joined(common: str, own: str) -> dict[str, Value]:
    """An event's attributes from both places, in the order of their names."""
    return dict(sorted((json.loads(common) | json.loads(own)).items()))
