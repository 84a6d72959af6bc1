"""What an event has in common with others, kept once, and what is its own. Pure."""

import json
from collections.abc import Set
from functools import lru_cache
from typing import NamedTuple

from ccotel_tui.telemetry.conventions import CLIENT_SCOPES
from ccotel_tui.telemetry.records import Event, Point, Value

canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
"""Attributes as JSON that is the same for the same attributes in any order."""


class SharedAttributes(NamedTuple):
    """What an event has in common with others: a row of `origins` without its id.

    `attributes` are those that seldom change within a session, as JSON; `names` says which others
    the event has, each between two line breaks. `context` has the attributes of its resource and
    its scope, service.name and service.version among them, as JSON.
    """

    service: str
    version: str
    scope: str
    attributes: str
    names: str
    context: str


def split_attributes(event: Event, context: str, varying: Set[str]) -> tuple[SharedAttributes, str]:
    """The origin, and the event's own attributes as JSON.

    Which are which is a guess for the sake of speed: whoever reads looks at both.
    """
    common: list[tuple[str, str]] = []
    own: dict[str, Value] = {}
    foreign = event.scope not in CLIENT_SCOPES
    for name, value in event.attributes.items():
        if foreign or name in varying or not isinstance(value, str):
            own[name] = value
        else:
            common.append((name, value))
    origin = SharedAttributes(
        *(event.service, event.version, event.scope),
        *(_common(tuple(common)), _names(tuple(own)), context),
    )
    return origin, canonical(own)


def context_of(record: Event | Point) -> str:
    """The attributes of the record's resource and scope, all of them, as JSON."""
    return canonical({**record.context, **_service(record.service, record.version)})


def _service(service: str, version: str) -> dict[str, Value]:
    named = {"service.name": service, "service.version": version}
    return {name: value for name, value in named.items() if value}


def context_without_service(text: str) -> dict[str, Value]:
    """The context of a record, from the JSON that `context_of` made of it."""
    context: dict[str, Value] = json.loads(text)
    for name in ("service.name", "service.version"):
        context.pop(name, None)
    return context


def service_alone(record: Event | Point) -> str:
    """The context of a record of which nothing is known but its service, as JSON."""
    return canonical(_service(record.service, record.version))


@lru_cache(maxsize=100)
def _common(attributes: tuple[tuple[str, str], ...]) -> str:
    return canonical(dict(attributes))


@lru_cache(maxsize=100)
def _names(own: tuple[str, ...]) -> str:
    return "\n".join(("", *sorted(own), ""))


def merge_attributes(common: str, own: str, context: str = "{}") -> dict[str, Value]:
    """An event's attributes in the order of their names, its own before those of its context."""
    return dict(sorted((json.loads(context) | json.loads(common) | json.loads(own)).items()))
