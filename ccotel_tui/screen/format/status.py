"""The state of the data in a word, and what stands below. Pure."""

from typing import NamedTuple

from ccotel_tui.claude.environment import variables
from ccotel_tui.line.shown import LIVE_FOR_NS
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.recorder.health import Health
from ccotel_tui.recorder.state import PortOwner, PortState, bound, endpoints
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.bar_status import BarStatus, LiveState, StateKind
from ccotel_tui.screen.format.sessions.lines import age

_BEFORE_OR_AFTER_DATA: tuple[StateKind, ...] = ("loading", "waiting", "live", "quiet")
"""What is told of the data where nothing else is to be told."""

_HEALTHY = Health()


def bar_status(
    snapshot: Snapshot | None,
    source: str,
    recorder: RecorderReport,
    paused: bool,
    now_ns: int,
    note: str,
    backfill: str,
) -> BarStatus:
    """Return what the bars say; `backfill` is how far one is that runs, `note` what can wait."""
    wrong = recorder.health.wrong
    records = recorder.recording or recorder.starting
    state = live_state(snapshot, records, paused, now_ns, recorder.health)
    if recorder.starting and state.kind in _BEFORE_OR_AFTER_DATA:
        state = LiveState("starting", strings.STARTING)
    not_taken = recorder.not_taken.in_brief(now_ns)
    note = not_taken or " ".join(map(strings.translated, recorder.health.notices)) or note
    text = strings.translated(recorder.health.cause) or bottom(
        snapshot, source, recorder, now_ns, note
    )
    failed = bool(snapshot and snapshot.failure)
    if backfill and not failed:
        text = backfill
    return BarStatus(
        state,
        sanitize(text),
        failed or bool(problem(recorder) or wrong or not_taken),
    )


def live_state(
    snapshot: Snapshot | None,
    recording: bool,
    paused: bool,
    now_ns: int,
    health: Health = _HEALTHY,
) -> LiveState:
    """Return whether data comes in; a fault of the recorder in the recorder's words."""
    if snapshot is not None and snapshot.failure:
        if snapshot.heard_ns is None:
            return LiveState("error", strings.ERROR)
        return LiveState("stale", strings.STALE.format(age=age(snapshot.now_ns, now_ns)))
    if paused:
        return LiveState("paused", strings.PAUSED)
    if health.wrong or not recording:
        kind: StateKind = "not_stored" if health.not_stored else "not_recording"
        return LiveState(kind, strings.translated(health.wrong) or strings.NOT_RECORDING)
    if snapshot is None:
        return LiveState("loading", strings.LOADING)
    if snapshot.heard_ns is None:
        return LiveState("waiting", strings.WAITING)
    if now_ns - snapshot.heard_ns <= LIVE_FOR_NS:
        return LiveState("live", strings.LIVE)
    return LiveState("quiet", strings.QUIET.format(age=age(snapshot.heard_ns, now_ns)))


def bottom(
    snapshot: Snapshot | None, source: str, recorder: RecorderReport, now_ns: int, note: str = ""
) -> str:
    """Return who answers and how old the newest record is; first of all what is wrong.

    `note` is what a reader should know where nothing else is wrong.
    """
    if snapshot is not None and snapshot.failure:
        return strings.translated(snapshot.failure)
    if wrong := problem(recorder):
        return wrong
    if note:
        return strings.translated(note)
    if snapshot is not None and snapshot.ahead is not None:
        return strings.translated(snapshot.ahead.sentence(now_ns))
    source = strings.SOURCES.get(source, source)
    if snapshot is not None and snapshot.heard_ns is not None:
        return f"{source}, {strings.AGO.format(age=age(snapshot.heard_ns, now_ns))}"
    return source


def problem(recorder: RecorderReport) -> str:
    """Return why not all of it is recorded, in few words; empty where nothing is wrong."""
    if recorder.failure:
        return sanitize(strings.translated(recorder.failure))
    if recorder.handed_over:
        return strings.HANDED_OVER
    taken = [
        strings.TAKEN.format(port=port.port, who=_owner(port.owner))
        for port in recorder.ports
        if port.owner
    ]
    if len(taken) > 1 and not recorder.recording:
        return strings.COLLECTOR_RECEIVES if recorder.collector_receives else strings.PORTS_TAKEN
    return ", ".join(taken)


def in_full(recorder: RecorderReport, note: str = "") -> str:
    """Return what is wrong a line each, then what is recorded; the note where nothing is wrong."""
    wrong = problem(recorder)
    if not wrong:
        return note
    taken = [_taken(port, port.owner) for port in recorder.ports if port.owner]
    return "\n".join(filter(None, (*(taken or [wrong]), listening(recorder))))


def listening(recorder: RecorderReport) -> str:
    """Return where it records into what; empty where it has no port."""
    ports = ", ".join(map(str, bound(recorder.ports)))
    return ports and strings.RECORDING.format(ports=ports, database=sanitize(recorder.database))


class FirstDayText(NamedTuple):
    """What is wrong and that nothing came, and how to connect by hand."""

    head: str
    by_hand: str


def first_day(recorder: RecorderReport, command: str) -> FirstDayText:
    """Return what is wrong and was refused, how to connect, and where the recorder listens."""
    needed = "\n".join(
        f"  {name}={sanitize(value)}"
        for name, value in variables(endpoints(recorder.ports)).items()
    )
    wrong = in_full(recorder)
    lines = f"{wrong}\n{recorder.not_taken.in_full()}".split("\n")
    problem = "".join(f"{sanitize(line)}\n\n" for line in lines if line)
    listens = "" if wrong or not recorder.ports else f"{listening(recorder)}\n\n"
    return FirstDayText(
        strings.FIRST_DAY.format(problem=problem),
        strings.BY_HAND.format(command=command, recorder=listens, variables=needed),
    )


def _owner(owner: PortOwner) -> str:
    return f"{sanitize(owner.name)} ({owner.pid})" if owner.pid else strings.TAKEN_BY[owner.kind]


def _taken(port: PortState, owner: PortOwner) -> str:
    process = strings.PROCESS.format(name=sanitize(owner.name), pid=owner.pid) if owner.pid else ""
    foreign = strings.FOREIGN.format(why=sanitize(owner.foreign)) if owner.foreign else ""
    taken = strings.TAKEN_IN_FULL[owner.kind]
    return taken.format(address=port.address, process=process, foreign=foreign)
