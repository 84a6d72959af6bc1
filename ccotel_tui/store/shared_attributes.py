"""The attributes that an event shares with others, kept once, and its varying ones. Pure."""

import json
from collections.abc import Set
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ccotel_tui.telemetry.conventions import CLIENT_SCOPES

if TYPE_CHECKING:
    from ccotel_tui.telemetry.records import Event, Record, Value

canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
"""Attributes as JSON that is the same for the same attributes in any order."""


class SharedAttributes(NamedTuple):
    """The fields that an event shares with others: a row of `origins` without its id.

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


def split_attributes(
    event: "Event", context: str, varying: Set[str]
) -> tuple[SharedAttributes, str]:
    """Return the shared attributes, and the event's varying ones as JSON.

    Which are which is a guess for the sake of speed: whoever reads looks at both.
    """
    common: list[tuple[str, str]] = []
    varying_values: dict[str, Value] = {}
    foreign = event.scope not in CLIENT_SCOPES
    for name, value in event.attributes.items():
        if foreign or name in varying or not isinstance(value, str):
            varying_values[name] = value
        else:
            common.append((name, value))
    origin = SharedAttributes(
        *(event.service, event.version, event.scope),
        *(_common(tuple(common)), _names(tuple(varying_values)), context),
    )
    return origin, canonical(varying_values)


def context_of(record: "Record") -> str:
    """The attributes of the record's resource and scope, all of them, as JSON."""
    return canonical({**record.context, **_service(record.service, record.version)})


def _service(service: str, version: str) -> "dict[str, Value]":
    named = {"service.name": service, "service.version": version}
    return {name: value for name, value in named.items() if value}


def context_without_service(text: str) -> "dict[str, Value]":
    """The context of a record, from the JSON that `context_of` made of it."""
    context: dict[str, Value] = json.loads(text)
    for name in ("service.name", "service.version"):
        context.pop(name, None)
    return context


def service_alone(record: "Record") -> str:
    """The context of a record of which nothing is known but its service, as JSON."""
    return canonical(_service(record.service, record.version))


@lru_cache(maxsize=100)
def _common(attributes: tuple[tuple[str, str], ...]) -> str:
    return canonical(dict(attributes))


@lru_cache(maxsize=100)
def _names(varying: tuple[str, ...]) -> str:
    return "\n".join(("", *sorted(varying), ""))


def merge_attributes(common: str, varying: str, context: str = "{}") -> "dict[str, Value]":
    """Return an event's attributes, in no order; its own win over its context's."""
    own: dict[str, Value] = json.loads(varying)
    return _shared(common, context) | own


@lru_cache(maxsize=100)
def _shared(common: str, context: str) -> "dict[str, Value]":
    shared: dict[str, Value] = json.loads(context) | json.loads(common)
    return shared
