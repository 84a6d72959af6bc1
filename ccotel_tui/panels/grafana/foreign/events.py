"""Somebody's LogQL about the client's events, as this stack keeps them. Pure.

Only `service_name` is a label of every stream here, and `event_name` of those of the client's own
events; all else is structured metadata. A line is the event's name with its prefix, and no JSON, so
that a parser would fail on each.
"""

import json
import re

from ccotel_tui.query.stack.languages.re2 import quoted
from ccotel_tui.telemetry.conventions import EVENT_PREFIX

_QUOTED = r'"(?:\\.|[^"\\])*"|`[^`]*`'
_BRACES = rf"(?<!\$)\{{(?:[^{{}}\"`]|{_QUOTED}|\$\{{[^}}]*\}})*\}}"
_STREAMS = re.compile(rf"{_QUOTED}|(?P<braces>{_BRACES})")
"""Texts, in which braces are a template's, and the selectors of streams between them."""

_MATCHER = re.compile(rf"([\w.]+)\s*(=~|!~|!=|=)\s*({_QUOTED})")
_PARSER = re.compile(rf"{_QUOTED}|(?P<parser>\|\s*(?:json|logfmt)\b\s*(?=[|\[)]|$))")
_LINE_FILTER = rf"(?:\|=|!=|\|~|!~)\s*(?:{_QUOTED})"
_LABEL_FILTER = rf"\|\s*[\w.]+\s*(?:=~|!~|!=|=)\s*(?:{_QUOTED})"
_ALL_HOLD = rf"(?:\s*(?:{_LINE_FILTER}|{_LABEL_FILTER})(?!\s*(?:or\b|and\b|,)))*"
_FILTERED = re.compile(rf"{_QUOTED}|(?P<braces>{_BRACES})(?P<filters>{_ALL_HOLD})")
"""Texts, and selectors with the filters behind them of which a row must pass each."""

_NAMES = re.compile(
    rf"""\|\s*event_name\s*=\s*(?P<name>{_QUOTED})
    |\|\s*event_name\s*=~\s*(?P<names>{_QUOTED})
    |\|=\s*["`]{re.escape(EVENT_PREFIX)}(?P<beginning>\w+)["`]
    |{_QUOTED}""",
    re.VERBOSE,
)
"""The filters that tell which events pass; texts of others are passed over."""

_OF_STREAMS = "service_name"
_OF_OTHERS = ("job", "exporter", "source", "app", "container", "level")
"""What other ways into a Loki label streams by."""


def translated_events_query(text: str) -> str:
    """The query with the stream label that is here, and the others as conditions on events."""
    text = _STREAMS.sub(lambda each: _selected(each[0]) if each["braces"] else each[0], text)
    text = _PARSER.sub(lambda each: "" if each["parser"] else each[0], text)
    return _FILTERED.sub(lambda each: _narrowed(each) if each["braces"] else each[0], text)


def _narrowed(selected: re.Match[str]) -> str:
    """The selector without the streams of events none of which pass its filters.

    What has no such label, as another collector's and what a Loki kept before, is selected too.
    """
    braces, filters = selected["braces"], selected["filters"]
    for event_filter in _NAMES.finditer(filters):
        if (names := _expression(event_filter)) is not None:
            return f"{braces[:-1]}, event_name=~{json.dumps(f'{names}|')}}}{filters}"
    return selected[0]


def _expression(event_filter: re.Match[str]) -> str | None:
    """What the names of events match that may pass the filter; None where it tells none."""
    if event_filter["beginning"]:
        return f"{event_filter['beginning']}.*"
    text = event_filter["name"] or event_filter["names"]
    if not text or (text[0] == '"' and "\\" in text) or (event_filter["name"] and "$" in text):
        return None
    # As a filter an expression need not match from end to end.
    return quoted(text[1:-1]) if event_filter["name"] else f".*({text[1:-1]}).*"


def _selected(braces: str) -> str:
    streams, conditions = [], []
    for label, sign, value in _MATCHER.findall(braces):
        label = label.replace(".", "_")
        if label == _OF_STREAMS:
            streams.append(f"{label}{sign}{value}")
        elif label not in _OF_OTHERS:
            quote, inside = value[0], value[1:-1]
            conditions.append(f"{label}{sign}{quote}{inside.removeprefix(EVENT_PREFIX)}{quote}")
    selector = "{" + ", ".join(streams or [f'{_OF_STREAMS}=~"claude-code.*"']) + "}"
    return " | ".join([selector, *conditions])
