"""The options that several commands share, their values, and the source that they open."""

import gc
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import click

from ccotel_tui.cli.headers import HeaderType
from ccotel_tui.cli.headers import headers as given_headers
from ccotel_tui.cli.output import say
from ccotel_tui.errors import UsageError
from ccotel_tui.local import locations, stack_ports
from ccotel_tui.local.local_zone import local_zone, misread_zone
from ccotel_tui.local.stack_ports import StackPort
from ccotel_tui.network.address import Headers, address
from ccotel_tui.panels.output.sanitize import hash_emails
from ccotel_tui.query.open_backend import SourceName, open_backend
from ccotel_tui.query.period import NAMES, Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend, Source
from ccotel_tui.query.window import DAY, MILLISECOND, SECOND, Window

Command = TypeVar("Command", bound=Callable[..., Any])

_ATTRIBUTE = re.compile(r"[\w.-]+")
_FIRST_YEAR = 1700
"""Nanoseconds before 1970 are 64 bits."""

GC_THRESHOLD = 50_000
"""Objects made between two looks for garbage: what a command reads stays until it is written."""

_LENGTH = re.compile(r"(\d+)(s|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def now() -> int:
    """Return Unix time in nanoseconds, to the millisecond: the resolution of every source."""
    return time.time_ns() // MILLISECOND * MILLISECOND


def zone() -> tzinfo:
    """Return the local time zone; warns once on stderr where TZ is not understood."""
    if problem := misread_zone():
        warn_once(problem)
    return local_zone()


@cache
def warn_once(sentence: str) -> None:
    """Print the sentence on stderr, the first time only."""
    say(f"ccotel-tui: {sentence}", err=True)


@dataclass(frozen=True)
class QueryOptions:
    """The source, window and scope of a command that reads."""

    source_name: SourceName
    database: Path
    settings_path: Path
    prometheus_url: str = field(repr=False)
    loki_url: str = field(repr=False)
    headers: Headers = field(repr=False)
    period: Period
    scope: Scope
    named: tuple[str, ...] = field(repr=False)
    """The servers' addresses that were given: whoever listens there is meant."""
    here: bool = False
    """Whether only sessions of this folder count."""

    def open(self, polling: bool = False, say: Callable[[str], object] = warn_once) -> Backend:
        """Return the backend; `say` gets why `auto` passed over a stack. Raises BadDatabase."""
        return open_backend(
            self.source_name,
            self.database,
            self.prometheus_url,
            self.loki_url,
            self.headers,
            polling,
            self.named,
            say,
        )

    def scope_of(self, source: Source, moment: int) -> Scope:
        """Return the scope with its folder and its current session, as they are at that time in ns.

        Raises UsageError, and SourceUnavailable.
        """
        scope = self.scope
        if self.here:
            from ccotel_tui.places import scope_here

            scope = scope_here(source, scope, moment, zone())
        return resolved(source, scope, moment)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which another command asks the servers that were named for this one.

        Other users see no secret in them, as they would among a command's words.
        """
        urls = {"CCOTEL_PROMETHEUS_URL": self.prometheus_url, "CCOTEL_LOKI_URL": self.loki_url}
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers)
        given = {name: url for name, url in urls.items() if url in self.named}
        return given | ({"CCOTEL_HEADER": headers} if headers else {})


def query_options(command: Command) -> Command:
    """Add the options of a command that reads, for `parse_query_options`."""
    for option in reversed(_QUERY_OPTIONS):
        command = option(command)
    return command


def parse_query_options(
    source: SourceName,
    db: Path | None,
    prometheus_url: str,
    loki_url: str,
    headers: tuple[str, ...],
    since: str | None,
    from_: str | None,
    to: str | None,
    window: str | None,
    step: str | None,
    session: str,
    model: str,
    filters: tuple[str, ...],
    here: bool = False,
    config: Path | None = None,
) -> QueryOptions:
    """Return what the options mean. Raises UsageError."""
    if sum(map(bool, (since, from_ or to, window))) > 1:
        raise UsageError("Use only one of --since, --from/--to and --window.")
    if to and not from_:
        raise UsageError("--to needs --from.")
    period = Period(
        name=window or "today",
        since_ns=length(since, "--since") if since else 0,
        from_ns=moment(from_, "--from") if from_ else None,
        to_ns=moment(to, "--to") if to else None,
        step_ns=_step(step) if step else 0,
    )
    scope = Scope(session, model, attributes=tuple(map(_filter, filters)))
    urls = {"prometheus_url": prometheus_url, "loki_url": loki_url}
    for name, url in urls.items():
        checked_url(f"--{name.replace('_', '-')}", url)
    named = tuple(url for name, url in urls.items() if is_given(name))
    paths = db or locations.database(), config or locations.settings()
    sent = given_headers(headers)
    return QueryOptions(source, *paths, prometheus_url, loki_url, sent, period, scope, named, here)


@dataclass
class OpenQuery:
    """An open source, with the window and scope that the options mean now."""

    backend: Backend
    window: Window
    scope: Scope
    now_ns: int
    options: QueryOptions

    def move_on(self) -> None:
        """Move the window on to the present."""
        self.now_ns = now()
        if self.options.here:
            from ccotel_tui.places import scope_here

            self.scope = scope_here(self.backend.source, self.scope, self.now_ns, zone())
        self.window = self.options.period.window(self.now_ns, zone())


@contextmanager
def opened_query(options: dict[str, Any]) -> Iterator[OpenQuery]:
    """Open the source that the options of `query_options` name, for the block."""
    gc.set_threshold(GC_THRESHOLD)
    parsed = parse_query_options(**options)
    if (path := parsed.settings_path).exists():
        from ccotel_tui.settings import wants_emails_hashed

        hash_emails(wants_emails_hashed(path))
    elif options["config"]:
        warn_once(f"There is no {path}: the defaults hold.")
    backend = parsed.open()
    if options["db"] and backend.name == "embedded" and not parsed.database.exists():
        warn_once(f"There is no {parsed.database}: nothing was recorded there.")
    try:
        moment = now()
        scope = parsed.scope_of(backend.source, moment)
        yield OpenQuery(backend, parsed.period.window(moment, zone()), scope, moment, parsed)
        for name in backend.diagnostics.unknown_attributes(scope):
            warn_once(f"No record has the attribute {name}.")
        for sentence in backend.diagnostics.partial_answers().values():
            warn_once(sentence)
    finally:
        backend.close()


def refuse_together(**given: bool) -> None:
    """Raise UsageError where more than one of these options, by their names, is given."""
    if len(names := [f"--{name}" for name, is_on in given.items() if is_on]) > 1:
        raise UsageError(f"Use only one of {', '.join(names[:-1])} and {names[-1]}.")


def is_given(parameter: str) -> bool:
    """Return whether a parameter of the running command has a value other than its default."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is not click.core.ParameterSource.DEFAULT


def checked_url(option: str, url: str) -> str:
    """Return the URL if it is one. Raises UsageError, whose text does not repeat it."""
    try:
        address(url)
    except ValueError as error:
        raise UsageError(f"{option}: {error}.") from None
    return url


def resolved(source: Source, scope: Scope, moment: int) -> Scope:
    """Return the scope, its session `current` resolved at that time in ns. Raises UsageError."""
    if scope.session_id != "current":
        return scope
    current = source.current(moment, scope._replace(session_id=""))
    if current is None:
        raise UsageError("--session current: no session has been active yet.")
    return scope._replace(session_id=current.session_id)


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not _ATTRIBUTE.fullmatch(name):
        raise UsageError(f"--filter {text}: write KEY=VALUE, or KEY= for records without it.")
    return name, value


def length(text: str, option: str) -> int:
    """Return a length of time such as 24h or 1d12h in nanoseconds. Raises UsageError."""
    parts = _LENGTH.findall(text)
    total = sum(int(number) * _SECONDS[unit] for number, unit in parts)
    if "".join(number + unit for number, unit in parts) != text or not 0 < total <= 400 * 86_400:
        raise UsageError(f"{option} {text}: write a length such as 90m, 24h or 7d, up to 400d.")
    return total * SECOND


def moment(text: str, option: str) -> int:
    """Return an RFC 3339 time, local if it names no zone, in nanoseconds. Raises UsageError."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: write a time such as 2026-11-24T09:00.") from error
    if parsed.year < _FIRST_YEAR:
        raise UsageError(f"{option} {text}: write a time from {_FIRST_YEAR} on.")
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=zone())
    try:
        return round(parsed.timestamp() * 1000) * MILLISECOND
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{option} {text}: write an earlier time.") from error


def _step(text: str) -> int:
    step_ns = length(f"{text}s" if text.isdigit() else text, "--step")
    if DAY % step_ns:
        raise UsageError(f"--step {text}: a step divides a day evenly, such as 5m or 2h.")
    return step_ns


class TextType(click.types.StringParamType):
    """A text to look for: nothing that is kept has bytes that are no UTF-8."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text: str = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail("that is no UTF-8 text.", param, ctx)
        return text


DATABASE = click.option(
    "--db",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Database of the embedded store.  [default: in the user's data directory]",
)

PROMETHEUS_URL = click.option(
    "--prometheus-url",
    default=partial(stack_ports.url, "PROMETHEUS"),
    show_default="http://127.0.0.1:19090",
    envvar="CCOTEL_PROMETHEUS_URL",
    show_envvar=True,
    metavar="URL",
    help="Base URL of Prometheus.",
)

HEADERS = click.option(
    "--header",
    "headers",
    type=HeaderType(),
    multiple=True,
    envvar="CCOTEL_HEADER",
    show_envvar=True,
    metavar="'NAME: VALUE'",
    help="Header for both servers, such as a token or a tenant. @FILE reads one from each line "
    "of a file that only you can read; @- prompts for one.",
)

LOKI_URL = click.option(
    "--loki-url",
    default=partial(stack_ports.url, "LOKI"),
    show_default="http://127.0.0.1:13100",
    envvar="CCOTEL_LOKI_URL",
    show_envvar=True,
    metavar="URL",
    help="Base URL of Loki.",
)

_QUERY_OPTIONS = (
    click.option(
        "--source",
        type=click.Choice(["auto", "embedded", "stack"]),
        default="auto",
        show_default=True,
        help="Where the data is read. auto is the stack if it is yours and answers, else the "
        "embedded store.",
    ),
    DATABASE,
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Settings file.  [default: in the user's configuration directory]",
    ),
    PROMETHEUS_URL,
    LOKI_URL,
    HEADERS,
    click.option("--since", metavar="LENGTH", help="Rolling window ending now, such as 24h."),
    click.option("--from", "from_", metavar="TIME", help="Start of the window (RFC 3339)."),
    click.option("--to", metavar="TIME", help="End of the window (RFC 3339).  [default: now]"),
    click.option(
        "--window",
        type=click.Choice(NAMES),
        help="Calendar window in local time.  [default: today]",
    ),
    click.option(
        "--step", metavar="LENGTH", help="Length of a bucket, such as 5m; must divide a day."
    ),
    click.option(
        "--session",
        default="",
        type=TextType(),
        metavar="ID",
        help="Only this session: its id or a prefix, current or unknown.",
    ),
    click.option(
        "--model",
        default="",
        type=TextType(),
        metavar="TEXT",
        help="Only models whose name contains TEXT.",
    ),
    click.option(
        "--filter",
        "filters",
        type=TextType(),
        multiple=True,
        metavar="KEY=VALUE",
        help="Only records with this attribute; KEY= matches records without it. May be "
        "repeated: all must match.",
    ),
    click.option("--here", is_flag=True, help="Only sessions of the folder you stand in."),
)


def listen_options(command: Command) -> Command:
    """Add the addresses that the recorder listens on."""
    ports: tuple[StackPort, ...] = ("OTLP_HTTP", "OTLP_GRPC")
    for port in ports:
        command = click.option(
            f"--{port.lower().replace('_', '-')}",
            default=partial(stack_ports.host_port, port),
            show_default=f"127.0.0.1:{stack_ports.USUAL[port]}",
            metavar="HOST:PORT",
            help="Address to receive OTLP on; port 0 is any free one.",
        )(command)
    return command
