"""Tells which attribute of a scope a kind of record never carries. Pure."""

from ccotel_tui.query.query import Scope
from ccotel_tui.telemetry.conventions import ATTRIBUTES, COMMON, RECORDS

_OURS = {"source": "query_source"}
"""Labels that have another name with the client."""


def never_carried(record: str, scope: Scope) -> str | None:
    """Return an attribute that the scope selects by and this event or metric never carries.

    Attributes outside the client's vocabulary are the user's own, and on every record.
    """
    carried = {_plain(name) for name in COMMON | RECORDS.get(record, frozenset())}
    selected = [_plain(_OURS.get(name, name)) for name, _ in scope.attributes]
    if scope.model:
        selected.append("model")
    return next((name for name in selected if name in _VOCABULARY - carried), None)


def _plain(name: str) -> str:
    return name.replace(".", "_")


_VOCABULARY = {_plain(name) for name in ATTRIBUTES}
