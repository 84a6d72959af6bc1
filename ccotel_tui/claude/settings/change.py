"""The change that lets Claude Code send here, as text, as lines to show, and taken back. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ccotel_tui.claude.environment import ENABLE, OVERRIDING, means_yes, names_otlp
from ccotel_tui.claude.settings.json_text import parse, variable_text, with_value, without_value
from ccotel_tui.claude.settings.origins import masked
from ccotel_tui.errors import BadSettings

_PREFERENCES = frozenset(
    {
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "OTEL_METRIC_EXPORT_INTERVAL",
        "OTEL_LOGS_EXPORT_INTERVAL",
    }
)
"""Whatever the user has set of these is as good."""

_EXTENDED = frozenset({"no_grpc_proxy", "no_proxy", "NO_PROXY"})
"""Lists that go on with the user's own entries."""

_EXPORTERS = frozenset({"OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"})

JsonPath = tuple[str, ...]


@dataclass(frozen=True)
class SettingStep:
    """A value at a path, None where it goes or was not there."""

    path: JsonPath
    before: Any
    after: Any


def set_up_steps(
    text: str, variables: Mapping[str, str], status_command: str | None
) -> list[SettingStep]:
    """Return what is to change so that the variables are set; nothing where they are already.

    `status_command` becomes the status line, beside the user's own where there is one; None is no
    change of it. Raises BadSettings.
    """
    document = parse(text)
    if not isinstance(document.get("env", {}), dict):
        raise BadSettings("env is no object; make it one, or take it out")
    env = _object(document, "env")
    steps = [
        SettingStep(("env", name), env[name], None)
        for name in OVERRIDING
        if name in env and name not in variables
    ]
    for name, value in variables.items():
        theirs = variable_text(env.get(name))
        if theirs != value and not (theirs is not None and is_as_good(name, theirs)):
            steps.append(SettingStep(("env", name), env.get(name), value))
    if status_command is not None:
        line = _object(document, "statusLine")
        if (wanted := _status_line(line, status_command)) != line:
            steps.append(SettingStep(("statusLine",), document.get("statusLine"), wanted))
    return steps


def is_as_good(name: str, theirs: str) -> bool:
    """Return whether what the user has set a variable to does as well as ours."""
    if name == ENABLE:
        return means_yes(theirs)
    return name in _PREFERENCES or (name in _EXPORTERS and names_otlp(theirs))


def conflicts(steps: list[SettingStep]) -> list[SettingStep]:
    """Return the steps that change a variable which the user has set otherwise."""
    return [
        step
        for step in steps
        if step.path[0] == "env" and step.before is not None and step.path[-1] not in _EXTENDED
    ]


def changed(text: str, steps: list[SettingStep]) -> str:
    """Return the text after these steps."""
    for step in steps:
        if step.after is not None:
            text = with_value(text, step.path, step.after)
        else:
            text = without_value(text, step.path)
    return text


def taken_back(now: str, before: str, after: str) -> tuple[str, list[str]]:
    """Return the text without what made `after` of `before`, and the names of what stays.

    Only values that are still those of `after` go back: the others were changed since.
    """
    was, ours, here = parse(before), parse(after), parse(now)
    staying: list[str] = []
    for path in _differing(was, ours):
        current, wanted = _at(here, path), _at(was, path)
        if current != _at(ours, path):
            if current != wanted:
                staying.append(".".join(path))
        elif wanted is None:
            now = without_value(now, path)
        else:
            now = with_value(now, path, wanted)
    if "env" not in was and parse(now).get("env") == {}:
        now = without_value(now, ("env",))
    return now, staying


def diff_lines(steps: list[SettingStep]) -> Iterator[str]:
    """Yield the steps as lines of a diff; a secret is never among them."""
    in_env = [step for step in steps if step.path[0] == "env"]
    if in_env:
        yield '  "env"'
    for step in in_env:
        name = step.path[-1]
        if step.before is not None:
            yield f"-   {name} = {masked(name, step.before)}"
        if step.after is not None:
            yield f"+   {name} = {masked(name, step.after)}"
    for step in steps:
        if step.path == ("statusLine",):
            yield '  "statusLine"'
            if step.before is not None:
                yield "    your own command, which is run first as before; beside it:"
            yield f"+   {_ours(step.after['command'])}"


def _status_line(line: Mapping[str, Any], command: str) -> dict[str, Any]:
    theirs = line.get("command")
    if not isinstance(theirs, str) or not theirs.strip():
        return {"type": "command", "command": command, "refreshInterval": 5}
    if "ccotel" in theirs and " line" in theirs:
        return dict(line)
    both = f"in=$(cat); printf '%s' \"$in\" | (\n{theirs}\n); printf '%s' \"$in\" | {command}"
    return {**line, "type": "command", "command": both}


def _ours(command: str) -> str:
    return command.rpartition("; printf '%s' \"$in\" | ")[2]


def _object(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[JsonPath]:
    old, new = _object(before, "env"), _object(after, "env")
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield ("env", name)
    if before.get("statusLine") != after.get("statusLine"):
        yield ("statusLine",)


def _at(document: Mapping[str, Any], path: JsonPath) -> Any:
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
