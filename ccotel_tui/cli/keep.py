"""The commands that receive, send and delete telemetry."""

import sys
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ccotel_tui.cli.options import (
    DATABASE,
    LOKI_URL,
    TextType,
    checked_url,
    is_given,
    listen_options,
    moment,
    now,
    refuse_together,
    zone,
)
from ccotel_tui.cli.output import say, say_json, say_json_text
from ccotel_tui.errors import BadDatabase, EndpointUnavailable, NotOurs, UsageError, sentence
from ccotel_tui.local import locations, stack_ports
from ccotel_tui.network.address import address
from ccotel_tui.network.host_and_port import host_and_port

if TYPE_CHECKING:
    from ccotel_tui.recorder.child.events import RecorderEvent
    from ccotel_tui.recorder.ports.address import ReceiverAddress

ENDPOINT = click.option(
    "--endpoint",
    default=partial(stack_ports.host_port, "OTLP_GRPC"),
    show_default="127.0.0.1:14317",
    metavar="HOST:PORT",
    help="OTLP/gRPC address to send to.",
)


@click.command()
@listen_options
@click.option(
    "--allow-remote", is_flag=True, help="Permit an address that other machines can write to."
)
@click.option("--wait", is_flag=True, help="If another recorder is running, wait for it to exit.")
@click.option("--install", is_flag=True, help="Install a user service that records from login on.")
@click.option("--uninstall", is_flag=True, help="Stop and remove that service.")
@click.option("--status", is_flag=True, help="Exit 0 if a recorder is running, else 1.")
@click.option("--json", "as_json", is_flag=True, help="With --status: print one JSON document.")
@click.option("--child", is_flag=True, hidden=True)
@DATABASE
def record(
    otlp_grpc: str,
    otlp_http: str,
    allow_remote: bool,
    wait: bool,
    install: bool,
    uninstall: bool,
    status: bool,
    as_json: bool,
    child: bool,
    db: Path | None,
) -> None:
    """Receive telemetry and store it, without a screen."""
    from ccotel_tui.recorder.ports.address import parse_address

    refuse_together(install=install, uninstall=uninstall, status=status)
    database = (db or locations.database()).absolute()
    addresses = [
        parse_address("grpc", otlp_grpc, allow_remote),
        parse_address("http", otlp_http, allow_remote),
    ]
    if as_json and not status:
        raise UsageError("--json goes with --status only.")
    if status:
        _status(database, as_json)
    elif install or uninstall:
        remote = ["--allow-remote"] if allow_remote else []
        listening = ["--otlp-grpc", otlp_grpc, "--otlp-http", otlp_http, *remote]
        _service(install, ["record", "--wait", "--db", str(database), *listening])
    elif child:
        _record_as_child(database, addresses, allow_remote)
    else:
        from ccotel_tui.recorder.sentences import event_sentence

        def report(event: "RecorderEvent") -> None:
            say(event_sentence(event, database))

        _record(database, addresses, report, wait, allow_remote)


def _record(
    database: Path,
    addresses: Iterable["ReceiverAddress"],
    report: "Callable[[RecorderEvent], None]",
    wait: bool,
    allow_remote: bool,
) -> None:
    from ccotel_tui.recorder.lock import acquire
    from ccotel_tui.recorder.ports.address import listen
    from ccotel_tui.recorder.ports.lease import wait_while_leased

    def tell(event: "RecorderEvent") -> None:
        # Who reads it may have gone, as a closed terminal, or its disk be full: that ends nothing.
        with suppress(OSError):
            report(event)

    with acquire(database, tell, wait) as lock:
        wait_while_leased(database, tell)
        # Bound before gRPC is imported: a client that connects now waits, and loses nothing.
        sockets = {address: listen(address) for address in addresses}
        from ccotel_tui.recorder.process import Recorder

        Recorder(database, lock, tell, wait, allow_remote).run(sockets)


def _record_as_child(
    database: Path, addresses: Iterable["ReceiverAddress"], allow_remote: bool
) -> None:
    """Report to the dashboard in JSON lines, also why the recorder ends."""
    from ccotel_tui.recorder.child.events import Failed, event_line
    from ccotel_tui.recorder.child.parent_process import exit_with_parent

    def report(event: "RecorderEvent") -> None:
        say_json_text(event_line(event))

    exit_with_parent()
    try:
        _record(database, addresses, report, True, allow_remote)
    except Exception as error:
        report(Failed(sentence(error)))
        sys.exit(1)


def _status(database: Path, as_json: bool) -> None:
    from ccotel_tui.recorder.lock import read_state
    from ccotel_tui.recorder.status import status_document, status_lines

    state = read_state(database)
    if as_json:
        say_json(status_document(database, state, zone(), now()))
    else:
        for line in status_lines(database, state, zone(), now()):
            say(line)
    sys.exit(0 if state and state.records else 1)


def _service(install: bool, words: list[str]) -> None:
    from ccotel_tui.recorder.service import run_command, service

    ours = service([*locations.PROGRAM, *words])
    say(ours.install(run_command) if install else ours.uninstall(run_command))


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@ENDPOINT
@click.option(
    "--speed",
    default=0.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="FACTOR",
    help="Pauses between records: 1 keeps them, 10 makes them a tenth, 0 leaves them out.",
)
@click.option("--now", "to_now", is_flag=True, help="Shift all times so that the last is now.")
def replay(files: tuple[Path, ...], endpoint: str, speed: float, to_now: bool) -> None:
    """Send the OTLP JSON lines of FILES to an endpoint by gRPC; - is standard input."""
    from ccotel_tui.panels.output.units import quantity
    from ccotel_tui.send.replay import Line, moved_to, read_lines, send

    paths = [Path("/dev/stdin") if file == Path("-") else file for file in files]
    lines: Iterable[Line] = (line for path in paths for line in read_lines(path))
    if to_now:
        lines = moved_to(lines, now())
    ours_only = not is_given("endpoint")
    sent = send(lines, endpoint, speed, ours_only, lambda line: say(line, err=True))
    say(f"{quantity(sent.requests, 'request')} sent to {endpoint}")
    if sent.refused:
        raise EndpointUnavailable(
            f"{endpoint} refused {_number(sent.refused, 'record')}: {sent.reason}."
        )


@click.command()
@click.option("--from", "from_", metavar="TIME", help="Only from this time on (RFC 3339).")
@click.option("--to", metavar="TIME", help="Only up to this time (RFC 3339).")
@click.option(
    "--session", type=TextType(), metavar="ID", help="Only this session: its id or a prefix."
)
@DATABASE
def export(from_: str | None, to: str | None, session: str | None, db: Path | None) -> None:
    """Print the stored records as OTLP JSON lines, as `replay -` reads them."""
    from ccotel_tui.store.file.connection import connect
    from ccotel_tui.store.file.faults import translate_errors
    from ccotel_tui.store.stored_records import session_ids, stored_records
    from ccotel_tui.telemetry.encode import otlp_lines
    from ccotel_tui.telemetry.values import LATEST

    from_ns = moment(from_, "--from") if from_ else 0
    to_ns = moment(to, "--to") if to else LATEST
    if to_ns <= from_ns:
        raise UsageError("The window ends before it begins.")
    path = _existing(db)
    with closing(connect(path)) as connection, translate_errors(path):
        session_id = _one_session(session, session_ids(connection, session)) if session else None
        for line in otlp_lines(stored_records(connection, from_ns, to_ns, session_id)):
            say_json_text(line)


@click.command("backfill")
@ENDPOINT
@LOKI_URL
@click.option("--yes", is_flag=True, help="Send to a server of another user without asking.")
@click.option("--child", is_flag=True, hidden=True)
@DATABASE
def backfill_command(endpoint: str, loki_url: str, yes: bool, child: bool, db: Path | None) -> None:
    """Send the records stored while the stack was down to its collector, each once.

    An interrupted run resumes.
    """
    from ccotel_tui.send.backfill import backfill as send

    if child:
        from ccotel_tui.recorder.child.parent_process import exit_with_parent

        exit_with_parent()
    checked_url("--loki-url", loki_url)
    path = _existing(db)
    foreign = _foreign(endpoint, loki_url)
    for server in foreign:
        say(f"{server}.", err=True)
    if foreign and not yes:
        if child or not sys.stdin.isatty():
            raise NotOurs(
                "What is kept is not sent there unasked: `ccotel-tui backfill` asks on a terminal, "
                "and sends it with --yes."
            )
        click.confirm("Send all that is kept there?", abort=True, err=True)
    send(path, endpoint, loki_url, lambda line: say(line, err=True), not foreign)


def _foreign(endpoint: str, loki_url: str) -> list[str]:
    """Return the servers at these addresses that are not ours, each with the reason."""
    from ccotel_tui.network.ownership import foreign_listener
    from ccotel_tui.send.exporter import parse_endpoint

    places = parse_endpoint(endpoint), address(loki_url).host
    owners = {host_and_port(host, port): foreign_listener(host, port) for host, port in places}
    return [f"{server} {owner}" for server, owner in owners.items() if owner]


@click.command()
@click.option("--before", metavar="TIME", help="Everything before this time (RFC 3339).")
@click.option(
    "--session",
    type=TextType(),
    metavar="ID",
    help="Everything of this session: its id or a prefix.",
)
@click.option("--yes", is_flag=True, help="Delete without asking.")
@DATABASE
def forget(before: str | None, session: str | None, yes: bool, db: Path | None) -> None:
    """Permanently delete stored records; a recorder may keep running."""
    from ccotel_tui.store.erase import forget_older, forget_session
    from ccotel_tui.store.file.connection import connect
    from ccotel_tui.store.file.faults import translate_errors
    from ccotel_tui.store.file.place import logs_set_aside
    from ccotel_tui.store.stored_records import count_of_session, count_older, session_ids

    if bool(before) == bool(session):
        raise UsageError("Use exactly one of --before and --session.")
    path = _existing(db)
    before_ns = moment(before, "--before") if before else 0
    with closing(connect(path)) as connection, translate_errors(path):
        session_id = _one_session(session, session_ids(connection, session)) if session else ""
        count = (
            count_older(connection, before_ns)
            if before
            else count_of_session(connection, session_id)
        )
    spans = f"{_number(count.spans, 'span')}, " if count.spans else ""
    say(
        f"This deletes {spans}{_number(count.events, 'event')} and "
        f"{_number(count.increments, 'increment')} of counters, "
        f"of {_number(count.sessions, 'session')}, from {path}.",
        err=True,
    )
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("What is deleted is gone: without a terminal, say --yes.")
        click.confirm("Delete it?", abort=True, err=True)
    gone = forget_older(path, before_ns) if before else forget_session(path, session_id)
    with translate_errors(path):
        _forget_status_lines(path, before_ns, session_id)
        former_logs = logs_set_aside(path)
    if path == locations.database():
        _forget_beside_the_store(before_ns, session_id)
    for log in former_logs:
        say(
            f"ccotel-tui: {log} is the log of a file that was at this path before, and may hold "
            "some of it. Delete it if you need nothing of that file.",
            err=True,
        )
    if not gone:
        say(
            f"ccotel-tui: deleted; but somebody reads {path}, so that the log beside it still "
            "holds some of it. Do it again when nobody reads.",
            err=True,
        )
    if former_logs or not gone:
        sys.exit(1)


def _forget_status_lines(path: Path, before_ns: int, session_id: str) -> None:
    """Delete what status lines told of the session, or all before then, from the files beside."""
    from ccotel_tui.line.memory import memory_file
    from ccotel_tui.status_line.memory import HandedOn, delete_older, handed_on_folder

    folder = handed_on_folder(path)
    if session_id:
        HandedOn(folder, session_id).forget()
    else:
        delete_older(folder, before_ns / 1e9)
    Path(memory_file(path)).unlink(missing_ok=True)


def _forget_beside_the_store(before_ns: int, session_id: str) -> None:
    """Delete names and folders of sessions, and what rules told of them."""
    from ccotel_tui.claude.session_memory import SessionMemory
    from ccotel_tui.query.window import MILLISECOND
    from ccotel_tui.screen.data.files.fired import FiredHistory

    memory = SessionMemory(locations.session_memory())
    memory.forget(session_id, before_ns // MILLISECOND)
    FiredHistory(locations.fired_alerts()).forget(session_id, before_ns)


def _existing(db: Path | None) -> Path:
    path = db or locations.database()
    if not path.exists():
        raise BadDatabase(f"There is no {path}: nothing was recorded there.")
    return path


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _one_session(prefix: str, ids: list[str]) -> str:
    """Return the only id that begins so. Raises UsageError."""
    if prefix in ids:
        return prefix
    if len(ids) != 1:
        which = f"it may be {', '.join(ids)}" if ids else "there is no such session"
        raise UsageError(f"--session {prefix}: {which}.")
    return ids[0]
