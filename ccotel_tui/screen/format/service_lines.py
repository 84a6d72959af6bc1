"""A service of the stack in one line: what it is, how it does, what is being done to it. Pure."""

from collections.abc import Sequence
from typing import Literal

from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import duration, size
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, right
from ccotel_tui.stack_control.models import LogLine, Progress, ServiceState

_NAME = 15
_ROOMY = 60
_WIDE = 100
"""Columns from which restarts and memory have a place; the processor and all ports."""

_Condition = Literal["running", "changing", "failed", "stopped"]
_MARKS: dict[_Condition, tuple[str, str]] = {
    "running": ("●", "$text-success"),
    "changing": ("…", "$text-warning"),
    "failed": ("✗", "bold $text-error"),
    "stopped": ("·", ""),
}
"""The sign before a service, and the style of its line."""


_CONDITIONS: dict[str, _Condition] = {"ready": "running", "": "running", "starting": "changing"}
"""The condition of a service that runs, by its health."""


def service_header(width: int) -> Content:
    """The columns' names above the lines."""
    return Content.styled(_row("  ", strings.SERVICE_COLUMNS, width), "$foreground-muted")


def service_line(one: ServiceState, step: Progress | None, width: int) -> Content:
    """The service; while something is being done to it, that in the place of its state."""
    condition, state = _state(one)
    if step:
        condition, state = "changing", doing(step)
    mark, style = _MARKS[condition]
    cells = {
        "service": one.service,
        "state": state,
        "uptime": "" if step or one.uptime_s is None else duration(one.uptime_s),
        "restarts": str(one.restarts or ""),
        "memory": "" if one.memory is None else size(one.memory).replace(" ", ""),
        "cpu": "" if one.cpu is None else f"{one.cpu:.1%}",
        "ports": " ".join(port.rpartition(":")[2] for port in one.ports),
    }
    return Content.styled(
        _row(f"{mark} ", {k: sanitize(v) for k, v in cells.items()}, width), style
    )


def whole(services: Sequence[ServiceState], width: int) -> Content:
    """The line for all of them together."""
    ready = sum(one.health == "ready" for one in services)
    said = strings.READY.format(ready=ready, all=len(services))
    return Content(fitted(f"  {fitted(strings.WHOLE_STACK, _NAME)} {said}", width))


def doing(step: Progress) -> str:
    """A step in words."""
    said = strings.STEPS[step.step]
    if step.step == "pulling":
        return f"{said} {step.layers_done}/{step.layers} {size(step.received)}"
    return said


def last_words(services: Sequence[ServiceState]) -> list[Content]:
    """What those that do not run as they should said last."""
    return [
        Content.assemble((f"{one.service} ", "$foreground-muted"), sanitize(said))
        for one in services
        for said in one.last_words
    ]


def log_line(one: LogLine, alone: bool) -> str:
    """A line of a log, with its service unless that is the only one."""
    name = "" if alone else f"{fitted(one.service, 10)} "
    return sanitize(f"{one.time[11:19]} {name}{one.text}", 2_000)


def _state(one: ServiceState) -> tuple[_Condition, str]:
    """Return the condition of a service, and a word or two."""
    if one.state == "running":
        return _CONDITIONS.get(one.health, "failed"), strings.HEALTH[one.health]
    state = strings.STATE_OF_SERVICE.get(one.state, one.state)
    if one.oom:
        return "failed", strings.OUT_OF_MEMORY
    if one.exit_code is not None:
        return "failed" if one.exit_code else "stopped", strings.EXIT_CODE.format(
            state=state, code=one.exit_code
        )
    return ("failed" if one.state in ("restarting", "dead") else "stopped"), state


def _row(mark: str, cells: dict[str, str], width: int) -> str:
    first = mark + fitted(cells["service"], _NAME)
    roomy, wide = width >= _ROOMY, width >= _WIDE
    figures = ["restarts"] * roomy + ["memory"] * roomy + ["cpu"] * wide
    end = right(cells["uptime"], 7) if roomy or cells["uptime"] else ""
    end += "".join(right(cells[name], 10) for name in figures)
    ports = cells["ports"] if wide else cells["ports"].split(" ")[0]
    end += f"  {fitted(ports, 24 if wide else 5)}"
    room = width - len(mark) - _NAME - 1 - len(end)
    return f"{first} {fitted(cells['state'], room)}{end}"
