"""Somebody's LogQL about the client's events, as this stack keeps them. Pure.

Only `service_name` is a label of every stream here, all else structured metadata; and no line is
JSON, so that a parser would fail on each.
"""

import re

from ccotel_tui.telemetry.conventions import EVENT_PREFIX

_QUOTED = r'"(?:\\.|[^"\\])*"|`[^`]*`'
_BRACES = rf"(?<!\$)\{{(?:[^{{}}\"`]|{_QUOTED}|\$\{{[^}}]*\}})*\}}"
_STREAMS = re.compile(rf"{_QUOTED}|(?P<braces>{_BRACES})")
"""Texts, in which braces are a template's, and the selectors of streams between them."""

_MATCHER = re.compile(rf"([\w.]+)\s*(=~|!~|!=|=)\s*({_QUOTED})")
_PARSER = re.compile(rf"{_QUOTED}|(?P<parser>\|\s*(?:json|logfmt)\b\s*(?=[|\[)]|$))")
_OF_STREAMS = "service_name"
_OF_OTHERS = ("job", "exporter", "source", "app", "container", "level")
"""What other ways into a Loki label streams by."""


def translated_events_query(text: str) -> str:
    """The query with the stream label that is here, and the others as conditions on events."""
    text = _STREAMS.sub(lambda each: _selected(each[0]) if each["braces"] else each[0], text)
    return _PARSER.sub(lambda each: "" if each["parser"] else each[0], text)


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
