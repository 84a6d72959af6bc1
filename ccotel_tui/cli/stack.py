"""The stack from the command line: progress on stderr, data on stdout."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from threading import Event
from typing import TYPE_CHECKING, Any, Self, TextIO

import click

from ccotel_tui.cli.options import now, parse_query_options, query_options, resolved, zone
from ccotel_tui.cli.output import erase_line, say, say_json
from ccotel_tui.errors import CcotelError, LeftOut, UsageError
from ccotel_tui.local import locations
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import duration, size
from ccotel_tui.recorder.ports.lease import PortLease
from ccotel_tui.sentences import counted

if TYPE_CHECKING:
    from ccotel_tui.panels.grafana.link import Board
    from ccotel_tui.stack_control.models import LogLine, Progress, ServiceState
    from ccotel_tui.stack_control.stack import Stack

_MAX_LINE_LENGTH = 16_384
_NAMES = click.argument("services", nargs=-1)


@click.group("stack")
@click.option(
    "-p",
    "--project",
    metavar="NAME",
    help="Project name, in place of COMPOSE_PROJECT_NAME or the file's name.",
)
@click.pass_context
def stack_group(context: click.Context, project: str | None) -> None:
    """Start, watch and stop the Collector, Prometheus, Loki and Grafana.

    Docker is found as the docker command finds it. Containers that `docker compose` created are
    taken over.
    """
    if project:
        os.environ["COMPOSE_PROJECT_NAME"] = project


@stack_group.command()
@_NAMES
@click.option(
    "--new-password",
    is_flag=True,
    help="Generate a password for Grafana's user admin; `stack status` shows it.",
)
def up(services: tuple[str, ...], new_password: bool) -> None:
    """Start all services, or the SERVICES named, and wait until they answer.

    Resumes from any partial state. Grafana comes last: where it cannot start, the others run.
    """
    from ccotel_tui.stack_control import endpoints

    if new_password and services and "grafana" not in services:
        raise UsageError("--new-password is for Grafana: name grafana among the services, or none.")
    with _opened(services) as ours, _interruptible() as cancelled, _ProgressLines() as report:
        left_out: LeftOut | None = None
        try:
            ours.up(report, PortLease(locations.database()), cancelled, services, new_password)
            _say_where(ours, services)
        except LeftOut as error:
            left_out = error
        places = endpoints.receivers(ours.compose)
    if places and not services:
        _backfill(*places)
    if left_out:
        raise left_out


@stack_group.command()
def down() -> None:
    """Stop and remove the containers and the network; the data stays."""
    with _opened() as ours, _interruptible() as cancelled, _ProgressLines() as report:
        ours.down(report, cancelled)


@stack_group.command()
@_NAMES
def restart(services: tuple[str, ...]) -> None:
    """Stop all services, or the SERVICES named, and start them with the current settings."""
    with _opened(services) as ours, _interruptible() as cancelled, _ProgressLines() as report:
        ours.restart(report, PortLease(locations.database()), cancelled, services)


@stack_group.command()
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each service.")
def status(as_json: bool) -> None:
    """Print state, health, uptime, restarts, memory, CPU and ports of every service.

    Exit status 0 if all are ready, else 1.
    """
    with _opened() as ours:
        states = ours.states()
        passwords = ours.grafana_passwords
    if as_json:
        for state in states:
            say_json(asdict(state))
    else:
        for line in _table([_TITLES, *map(_row, states)]):
            say(line)
        for state in states:
            for line in state.last_words:
                say(f"{state.service} | {sanitize(line)}")
        if passwords:
            pending = " (not taken yet: ccotel-tui stack up)" if passwords[1:] else ""
            say(f"Grafana: user admin, password {sanitize(passwords[0])}{pending}")
    sys.exit(0 if all(state.health == "ready" for state in states) else 1)


@stack_group.command()
@_NAMES
@click.option("-f", "--follow", is_flag=True, help="Keep printing new lines.")
@click.option(
    "--tail",
    default="200",
    show_default=True,
    metavar="N",
    help="Only the last N lines of each service, or all.",
)
def logs(services: tuple[str, ...], follow: bool, tail: str) -> None:
    """Print the logs of all services, or the SERVICES named, by time."""
    if tail != "all" and not tail.isdecimal():
        raise UsageError(f"--tail {tail}: write a number, or all.")
    with _opened(services) as ours, _interruptible() as cancelled:
        width = max(map(len, services or ours.compose.names))
        for batch in ours.logs(cancelled, services, None if tail == "all" else int(tail), follow):
            _print_lines(batch, width)


@stack_group.command()
@click.option("--yes", is_flag=True, help="Remove without asking.")
def clean(yes: bool) -> None:
    """Permanently delete this project's containers, network and volumes with all their data."""
    with _opened() as ours, _interruptible() as cancelled:
        left = ours.clean_list()
        if not left:
            say("Nothing to remove.", err=True)
            return
        say("This will be permanently deleted:", err=True)
        for part in left:
            say(f"  {part.kind:9} {part.name}", err=True)
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("This deletes data: without a terminal, pass --yes.")
            click.confirm("Delete it?", abort=True, err=True)
        with _ProgressLines() as report:
            ours.clean(report, cancelled)


@stack_group.command("open")
@click.argument("section", type=click.Choice((*SECTIONS, "team")), required=False)
@query_options
def open_(section: "Board | None", **options: Any) -> None:
    """Open a SECTION's Grafana board, or the one of all, with the same window and scope.

    Prints its address.
    """
    from ccotel_tui.local.browser import browse
    from ccotel_tui.panels.grafana.link import LEFT_OUT, link
    from ccotel_tui.places import scope_here
    from ccotel_tui.stack_control import endpoints

    query = parse_query_options(**options)
    query.period.window(now(), zone())
    scope = query.scope
    if query.here or scope.session_id == "current":
        with closing(query.open()) as backend:
            if query.here:
                scope = scope_here(backend.source, scope, now(), zone())
            scope = resolved(backend.source, scope, now())
    target = link(endpoints.grafana(os.environ), section or "home", query.period, scope, zone())
    for filter_ in target.left_out:
        say(f"--filter {filter_} is left out: {LEFT_OUT}", err=True)
    say(target.url)
    browse(target.url)


@stack_group.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option(
    "--output",
    type=click.File("w", encoding="utf-8", lazy=True),
    metavar="FILE",
    help="Write it there (- is stdout), in place of the stack's own folder of boards.",
)
def import_(file: TextIO, output: TextIO | None) -> None:
    """Make a FILE with somebody's Claude Code dashboard work on this stack.

    Data sources, names of counters and labels are made this stack's, and what a counter grew by
    is told as the panels tell it. Prints where it is, and what this stack cannot answer.
    """
    from ccotel_tui.panels.grafana.foreign.board import imported

    try:
        result = imported(file.read())
    except UnicodeDecodeError as error:
        raise UsageError(f"{file.name} is not UTF-8: {error}.") from error
    text = json.dumps(result.board, indent=1) + "\n"
    if output:
        output.write(text)
    else:
        path = locations.stack_folder() / "grafana" / "boards" / result.file_name
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"{path} cannot be written: {error.strerror}. Write the board with --output FILE, "
                "and import it in Grafana."
            ) from error
        say(str(path))
        say("Where the stack runs, Grafana has it within half a minute.", err=True)
    queries = counted(("query was", "queries were"), result.queries)
    say(f"{result.changed} of {result.queries} {queries} rewritten.", err=True)
    for what, count in result.unanswerable.items():
        say(f"Not answered by this stack: {sanitize(what)} ({count})", err=True)


def opened_stack() -> "Stack":
    """Return the stack of our compose file, on the Docker host in use. Raises StackError."""
    from ccotel_tui.stack_control.compose_file import read_compose_file
    from ccotel_tui.stack_control.docker.host import find
    from ccotel_tui.stack_control.stack import Stack

    path = locations.stack_folder() / "docker-compose.yml"
    return Stack(read_compose_file(path, os.environ), find(os.environ))


def _backfill(endpoint: str, loki_url: str) -> None:
    """Send the history to the stack; a failure is only reported, since the next run resumes."""
    from ccotel_tui.send.backfill import backfill

    if not locations.database().exists():
        return
    try:
        backfill(locations.database(), endpoint, loki_url, lambda line: say(line, err=True))
    except CcotelError as error:
        say(f"Backfill is not complete: {error}", err=True)


@contextmanager
def _opened(services: Sequence[str] = ()) -> "Iterator[Stack]":
    ours = opened_stack()
    try:
        if unknown := set(services) - set(ours.compose.names):
            raise UsageError(
                f"There is no service {unknown.pop()}: {', '.join(ours.compose.names)}."
            )
        yield ours
    finally:
        ours.close()


@contextmanager
def _interruptible() -> Iterator[Event]:
    """Yield an event that the first Ctrl-C sets, to end at the next step; a second one ends now."""
    cancelled = Event()

    def cancel(*_: object) -> None:
        if cancelled.is_set():
            raise KeyboardInterrupt
        cancelled.set()

    before = {each: signal.signal(each, cancel) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancelled
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _ProgressLines:
    """Prints progress as lines; a pull rewrites its line on a terminal, and has one elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._open = False
        self._pulling: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._open:
            say("", err=True)

    def __call__(self, progress: "Progress") -> None:
        pulling = progress.step == "pulling"
        if progress.step == "done" or (pulling and progress.service in self._pulling):
            return
        if pulling and not self._live:
            self._pulling.add(progress.service)
        if self._open:
            erase_line()
        self._open = pulling and self._live
        say(sanitize(_sentence(progress)), err=True, nl=not self._open)


_STEPS = {
    "asking": "asks for a login:",
    "releasing": "taking over OTLP ports",
    "taken back": "not ready, OTLP ports returned",
}
"""What is printed of a step, where that is not its name."""


def _sentence(progress: "Progress") -> str:
    what = f"{progress.service} " if progress.service else ""
    if progress.step == "pulling":
        return (
            f"{what}pulling {progress.text}: {progress.layers_done} of {progress.layers} layers, "
            f"{size(progress.received)}"
        )
    if progress.step == "waiting":
        return f"waiting: process {progress.text} works on this stack"
    return f"{what}{_STEPS.get(progress.step, progress.step)} {progress.text}".rstrip()


def _say_where(ours: "Stack", services: Sequence[str]) -> None:
    for service in ours.compose.services:
        if service.name == "grafana" and service.ports and (not services or "grafana" in services):
            say(f"Grafana: http://{service.ports[0]}")


_TITLES = ("service", "state", "health", "uptime", "restarts", "memory", "cpu", "ports")


def _row(service: "ServiceState") -> tuple[str, ...]:
    state = "not created" if service.state == "absent" else service.state
    if service.exit_code is not None:
        state += f" ({service.exit_code})"
    if service.oom:
        state += ", out of memory"
    memory = "-"
    if service.memory is not None:
        memory = size(service.memory)
        if service.memory_limit:
            memory += f" of {size(service.memory_limit)}"
    return (
        service.service,
        state,
        service.health or "-",
        "-" if service.uptime_s is None else duration(service.uptime_s),
        str(service.restarts),
        memory,
        "-" if service.cpu is None else f"{service.cpu:.1%}",
        " ".join(service.ports) or "-",
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _print_lines(batch: "list[LogLine]", width: int) -> None:
    for line in batch:
        if line.service:
            say(f"{line.service:{width}} | {sanitize(line.text, _MAX_LINE_LENGTH)}")
        else:
            say(sanitize(line.text), err=True)
