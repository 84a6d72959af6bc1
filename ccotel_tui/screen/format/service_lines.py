"""A service of the stack in one line: what it is, how it does, what is being done to it. Pure."""

from collections.abc import Sequence
from typing import Literal

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import duration, size
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import ended, fitted, right
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


def service_line(service: ServiceState, step: Progress | None, width: int) -> Content:
    """The service; while something is being done to it, that in the place of its state."""
    condition, state = _state(service)
    if step:
        condition, state = "changing", doing(step)
    mark, style = _MARKS[condition]
    cells = {
        "service": service.service,
        "state": state,
        "uptime": "" if step or service.uptime_s is None else duration(service.uptime_s),
        "restarts": str(service.restarts or ""),
        "memory": "" if service.memory is None else size(service.memory).replace(" ", ""),
        "cpu": "" if service.cpu is None else f"{service.cpu:.1%}",
        "ports": " ".join(port.rpartition(":")[2] for port in service.ports),
    }
    return Content.styled(
        _row(f"{mark} ", {k: sanitize(v) for k, v in cells.items()}, width), style
    )


def whole_lines(services: Sequence[ServiceState], width: int) -> Content:
    """The line for all of them together."""
    ready = sum(service.health == "ready" for service in services)
    summary = strings.READY.format(ready=ready, all=len(services))
    return Content(fitted(f"  {fitted(strings.WHOLE_STACK, _NAME)} {summary}", width))


def doing(step: Progress) -> str:
    """Return a step in words."""
    words = strings.STEPS[step.step]
    if step.step == "pulling":
        return f"{words} {step.layers_done}/{step.layers} {size(step.received)}"
    return words


def with_last_words(line: Content, service: ServiceState, width: int, most: int | None) -> Content:
    """Return the service's line, below it its last log lines, at most so many, if it died."""
    words = service.last_words[-most:] if most else service.last_words
    indented = (ended(Content(f"  {sanitize(each)}"), width) for each in words)
    return Content("\n").join([line, *(each.stylize("$text-warning") for each in indented)])


def log_line(line: LogLine, alone: bool) -> str:
    """A line of a log, with its service unless that is the only one."""
    name = "" if alone else f"{fitted(line.service, 10)} "
    return sanitize(f"{line.time[11:19]} {name}{strings.translated(line.text)}", 2_000)


def _state(service: ServiceState) -> tuple[_Condition, str]:
    """Return the condition of a service, and a word or two."""
    if service.state == "running":
        return _CONDITIONS.get(service.health, "failed"), strings.HEALTH[service.health]
    state = strings.STATE_OF_SERVICE.get(service.state, service.state)
    if service.oom:
        return "failed", strings.OUT_OF_MEMORY
    if service.exit_code is not None:
        return "failed" if service.exit_code else "stopped", strings.EXIT_CODE.format(
            state=state, code=service.exit_code
        )
    return ("failed" if service.state in ("restarting", "dead") else "stopped"), state


def _row(mark: str, cells: dict[str, str], width: int) -> str:
    first = mark + fitted(cells["service"], _NAME)
    roomy, wide = width >= _ROOMY, width >= _WIDE
    figures = ["restarts"] * roomy + ["memory"] * roomy + ["cpu"] * wide
    end = right(cells["uptime"], 7) if roomy or cells["uptime"] else ""
    end += "".join(right(cells[name], 10) for name in figures)
    ports = cells["ports"] if wide else cells["ports"].split(" ")[0]
    end += f"  {fitted(ports, 24 if wide else 5)}"
    room = width - len(mark) - _NAME - 1 - cell_len(end)
    return f"{first} {fitted(cells['state'], room)}{end}"
