"""Asks this machine once for all that the rules judge."""

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

from ccotel_tui.claude.client import installed_client
from ccotel_tui.claude.destination import (
    PROTOCOLS,
    SENT_SIGNALS,
    destination,
    is_on,
    process_origins,
    settings_changed_ms,
    unheard,
)
from ccotel_tui.claude.session_registry import Running, SessionRegistry
from ccotel_tui.claude.settings.origins import Origin, project_origins, read_origins
from ccotel_tui.doctor.facts import CanaryAnswer, ClientLog, Facts, StackFacts, Stored
from ccotel_tui.doctor.machine.canary import send_canary
from ccotel_tui.doctor.machine.locked import lock_holder
from ccotel_tui.doctor.machine.metrics_server import metrics_server
from ccotel_tui.doctor.machine.stack_lag import with_lags
from ccotel_tui.errors import BadDatabase, sentence
from ccotel_tui.network.address import Address, address, server_in
from ccotel_tui.network.loopback import leads_here
from ccotel_tui.query.sequence import count_gaps
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.store.ahead import SKEW_NS, Ahead
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.file.faults import reason_of, translate_errors
from ccotel_tui.store.newest import AHEAD

_DAY_NS = 86_400 * 1_000_000_000

_NEWEST = {
    "logs": "SELECT max(time_ns) FROM events WHERE time_ns <= ?",
    "metrics": "SELECT max(time_ns) FROM increments WHERE time_ns <= ?",
}
_VERSIONS = "SELECT DISTINCT version FROM origins WHERE version <> '' ORDER BY id DESC LIMIT 3"
_SEQUENCES = """\
SELECT session_id, sequence FROM events WHERE time_ns > ? AND sequence IS NOT NULL
ORDER BY session_id, time_ns, sequence"""
_HEARD = """\
SELECT DISTINCT session_id FROM events UNION SELECT DISTINCT session_id FROM series"""


def gather(
    database: Path,
    to_foreign: bool,
    stack: StackFacts,
    log: ClientLog | None = None,
    prometheus: Address | None = None,
) -> Facts:
    """Return the facts; `to_foreign` lets a server that is not ours be asked too.

    `log` is what the client's own log says, where it was given, and `prometheus` a server that
    somebody named; else that of the stack is asked what it is.
    """
    now_ns = time.time_ns()
    client = installed_client()
    origins = tuple(read_origins())
    state = read_state(database)
    stored, heard_ids = _stored(database, now_ns)
    running = [each for each in SessionRegistry().read().values() if each.lives]
    ports = [port.port for port in state.ports] if state else []
    set_ms = settings_changed_ms()
    missing = [
        unheard(each, process_origins(each.pid), ports, set_ms)
        for each in running
        if each.session_id not in heard_ids
    ]
    answers = tuple(_answers(origins, to_foreign))
    if stack.made:
        by_collector = not (state and state.listening)
        was_sent = by_collector and any(answer.kind == "ok" for answer in answers)
        stack = with_lags(stack, now_ns, was_sent)
    if prometheus is None and (published := stack.published.get("prometheus")):
        prometheus = address(f"http://{published}")
    return Facts(
        client_path=str(client.path) if client else "",
        client_version=client.version if client else "",
        running=bool(running),
        origins=origins,
        project_origins=tuple(project_origins(Path.cwd())),
        database=str(database),
        recorder=state,
        answers=answers,
        free=_free(database),
        locked_by=lock_holder(database, state.pid if state else 0),
        writable=os.access(database if database.exists() else _folder(database), os.W_OK),
        stored=stored,
        stack=stack,
        client_log=log,
        read_at=_read_at(),
        metrics_server=metrics_server(prometheus) if prometheus else None,
        heard=_names(running, heard_ids),
        unheard=tuple(missing) if not stack.made else (),
        now_ns=now_ns,
    )


def _read_at() -> dict[str, str]:
    """Where the other commands ask the stack's servers, without options."""
    urls = {
        "prometheus": os.environ.get("CCOTEL_PROMETHEUS_URL", "http://127.0.0.1:19090"),
        "loki": os.environ.get("CCOTEL_LOKI_URL", "http://127.0.0.1:13100"),
    }
    return {name: server_in(url).rpartition("@")[2] for name, url in urls.items()}


def _names(running: Iterable[Running], heard: set[str]) -> tuple[str, ...]:
    return tuple(each.name or each.session_id for each in running if each.session_id in heard)


def _answers(origins: Sequence[Origin], to_foreign: bool) -> Iterator[CanaryAnswer]:
    """Each address of the client's, once."""
    if not is_on(origins):
        return
    by_signal = [destination(signal, origins) for signal in SENT_SIGNALS]
    addresses = {(place.protocol, place.host, place.port): place for place in by_signal}
    for place in addresses.values():
        reachable = leads_here(place.host) or to_foreign
        if reachable and place.host and place.protocol in PROTOCOLS:
            yield send_canary(place, to_foreign)


def _stored(database: Path, now_ns: int) -> tuple[Stored, set[str]]:
    if not database.exists():
        return Stored(exists=False, newest=dict.fromkeys(_NEWEST)), set()
    try:
        with translate_errors(database), closing(connect(database)) as connection:
            newest = {
                signal: connection.execute(statement, (now_ns,)).fetchone()[0]
                for signal, statement in _NEWEST.items()
            }
            versions = tuple(version for (version,) in connection.execute(_VERSIONS))
            rows = connection.execute(_SEQUENCES, (now_ns - _DAY_NS,)).fetchall()
            ahead = Ahead(*connection.execute(AHEAD, (now_ns + SKEW_NS,)).fetchone())
            heard = {session_id for (session_id,) in connection.execute(_HEARD)}
    except BadDatabase as error:
        nothing = dict.fromkeys(_NEWEST)
        return Stored(problem=sentence(error), newest=nothing, reason=reason_of(error)), set()
    ahead_words = ahead.sentence(now_ns) if ahead.records else ""
    return Stored(True, "", newest, versions, _missed(rows), ahead_words), heard


def _missed(rows: Iterable[tuple[str, int]]) -> int:
    by_session = groupby(rows, key=lambda row: row[0])
    return sum(count_gaps(number for _, number in group) for _, group in by_session)


def _free(database: Path) -> int | None:
    try:
        return shutil.disk_usage(_folder(database)).free
    except OSError:
        return None


def _folder(database: Path) -> Path:
    return next((each for each in database.parents if each.exists()), Path("/"))
