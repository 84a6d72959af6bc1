"""Names as short as they can be and still be told apart. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.prompts.folded import text_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.telemetry.conventions import model_name

_DATE = re.compile(r"[-@]\d{8}$")
_VERSION = re.compile(r"-v\d+(:\d+)?$")


def short_model(name: object) -> str:
    """A model without where it is run, its maker, its date and versions, safe to print."""
    return _forms_of_model(name if isinstance(name, str) else "")[0]


def short_session(session_id: object) -> str:
    """The first eight characters of an id, safe to print."""
    return _forms_of_session(str(session_id or ""))[0]


def short_names(label: str, values: Iterable[str]) -> dict[str, str]:
    """Return the label's values, which are shown together, with a short name each.

    No two of them have one name: those whose names would be alike are shortened less, or not.
    """
    forms = {value: _FORMS.get(label, _forms_of_any)(value) for value in values}
    names = _distinct({every[-1]: every for every in forms.values()})
    return {value: names[every[-1]] for value, every in forms.items()}


Forms = Sequence[str]
"""A value's names, safe to print, from the shortest to the whole one."""


def _forms_of_model(name: str) -> Forms:
    """Return a model without place and date, with its place, with its date, and whole.

    Names that providers give are alike at their beginning and differ at their end: an ARN such as
    `arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-opus-4-8-20260101-v1:0`.
    """
    model = sanitize(model_name(name))
    place, _, dated = model.rpartition("/")[2].rpartition("anthropic.")
    dated = dated.removeprefix("claude-")
    bare = _DATE.sub("", _VERSION.sub("", dated)) or model
    return bare, f"{place}{bare}", dated or model, model


def _forms_of_session(session_id: str) -> Forms:
    whole = sanitize(session_id)
    return whole[:8], whole


def _forms_of_project(folder: str) -> Forms:
    path = PurePath(sanitize(folder))
    return path.name or str(path), "/".join(path.parts[-2:]), sanitize(folder)


def _forms_of_any(value: str) -> Forms:
    return (sanitize(value),)


_FORMS: Mapping[str, Callable[[str], Forms]] = {
    "model": _forms_of_model,
    "session": _forms_of_session,
    "session_id": _forms_of_session,
    "project": _forms_of_project,
}


def _distinct(forms: Mapping[str, Forms]) -> dict[str, str]:
    """Return for each whole name the first of its forms that leaves no two alike."""
    chosen = dict.fromkeys(forms, 0)
    while True:
        names = {whole: forms[whole][at] for whole, at in chosen.items()}
        counts = Counter(names.values())
        alike = [whole for whole, name in names.items() if counts[name] > 1 and name != whole]
        if not alike:
            return names
        for whole in alike:
            chosen[whole] += 1


def command_name(row: EventRow) -> str:
    """A command as it is typed, such as /compact."""
    name = row.get("command_name")
    return sanitize(f"/{name}" if name else text_of(row).split(" ")[0] or "/…")
