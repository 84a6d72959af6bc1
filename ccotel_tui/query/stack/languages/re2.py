"""Conditions in the form that both servers share, and text as their regular expressions (RE2)."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import Scope
from ccotel_tui.telemetry.conventions import UNKNOWN

NO_SESSION = "no session"
"""An id that no session has."""
_NOT_IN_A_LABEL = re.compile(r"[^A-Za-z0-9_]")
MOST_BYTES = 12 * 1024
"""Of a query's text: servers of other people refuse longer ones, VictoriaMetrics from 16 KiB on."""


def string(text: str) -> str:
    """The text as a string of both languages: they read no escapes of surrogates."""
    return json.dumps(text.encode(errors="replace").decode(), ensure_ascii=False)


def label_name(attribute: str) -> str:
    """The name of the label that both servers make of an attribute."""
    name = _NOT_IN_A_LABEL.sub("_", attribute)
    return f"key_{name}" if name[:1].isdigit() else name


def matcher(label: str, condition: Condition) -> str:
    """The condition on a label of that name: a session without an id has none at all."""
    name, value, negated, prefix = condition
    if prefix:
        # With (?s): a text may have several lines.
        return f"{label}=~{string(f'(?s){prefixed(value)}')}"
    if name == "session_id" and value == UNKNOWN:
        value = ""
    if name == "model" and value:
        return f"{label}{'!~' if negated else '=~'}{string(model(value))}"
    return f"{label}{'!=' if negated else '='}{string(value)}"


def quoted(text: str) -> str:
    """The expression that matches the text to the letter."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)


def prefixed(text: str) -> str:
    """The expression that matches what begins with the text.

    With its anchor: Loki's label filters find an `x.*` anywhere (grafana/loki#14433).
    """
    return f"^{quoted(text)}.*"


def one_of(texts: Iterable[str]) -> str:
    """The expression that matches any of the texts, with its anchors too."""
    return f"^({'|'.join(map(quoted, texts))})$"


def among(sessions: Iterable[str]) -> str:
    """The condition that keeps these sessions; without any it keeps none."""
    ids = ["" if session == UNKNOWN else session for session in sessions]
    return f"session_id=~{string(one_of(ids or [NO_SESSION]))}"


def bounded_queries(
    compiled: Callable[[Sequence[str]], Sequence[str]], sessions: Sequence[str]
) -> Iterator[str]:
    """Yield the texts about these sessions, about fewer of them each where one were too long.

    Without any session they are about all.
    """
    texts = compiled(sessions)
    if len(sessions) < 2 or all(len(text.encode()) <= MOST_BYTES for text in texts):
        yield from texts
        return
    half = len(sessions) // 2
    yield from bounded_queries(compiled, sessions[:half])
    yield from bounded_queries(compiled, sessions[half:])


def scoped_queries(compiled: Callable[[Scope], Sequence[str]], scope: Scope) -> Iterator[str]:
    """Yield the texts about the scope, about fewer of its sessions each where one were too long."""
    yield from bounded_queries(
        lambda part: compiled(scope._replace(sessions=tuple(part)) if part else scope),
        scope.sessions or (),
    )


def model(name: str) -> str:
    """The expression that matches the model, with or without the `[1m]` behind its name."""
    return rf"^{quoted(name)}(\[.*\])?$"


def containing(text: str) -> str:
    """The expression that matches what has the text in it, in any case."""
    return f"(?i).*{quoted(text)}.*"
