"""The state of the data in a word, and what stands below. Pure."""

import re
from datetime import UTC, datetime, tzinfo

from ccotel_tui.claude.environment import variables
from ccotel_tui.glance import LIVE_FOR_NS
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.period import Period
from ccotel_tui.query.window import DAY, MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.session_lines import age

_TAKEN = re.compile(
    r"\S+:(?P<port>\d+) is taken by (?P<who>the|another|an) .*?"
    r"(?:\((?P<name>[^()]+), process (?P<id>\d+)\))?(?::.*?)?\.(?: |$)"
)
"""What the recorder says of a port that it cannot have."""


def state_words(
    snapshot: Snapshot | None, recording: bool, paused: bool, now_ns: int, wrong: str = ""
) -> str:
    """One of live, quiet, not recording, not stored, stale, error, paused, waiting, loading.

    `wrong` is what the recorder itself says, in its words.
    """
    if snapshot is not None and snapshot.failure:
        if snapshot.heard_ns is None:
            return strings.ERROR
        return strings.STALE.format(age=age(snapshot.now_ns, now_ns))
    if paused:
        return strings.PAUSED
    if wrong or not recording:
        return wrong or strings.NOT_RECORDING
    if snapshot is None:
        return strings.LOADING
    if snapshot.heard_ns is None:
        return strings.WAITING
    if now_ns - snapshot.heard_ns <= LIVE_FOR_NS:
        return strings.LIVE
    return strings.QUIET.format(age=age(snapshot.heard_ns, now_ns))


def bottom(
    snapshot: Snapshot | None,
    source: str,
    recorder: str,
    recording: bool,
    now_ns: int,
    note: str = "",
) -> str:
    """Who answers and how old the newest record is; first of all what is wrong.

    `note` is what a reader should know where nothing else is wrong.
    """
    if snapshot is not None and snapshot.failure:
        return snapshot.failure
    if wrong := problem(recorder, recording):
        return wrong
    if note:
        return note
    if snapshot is not None and snapshot.ahead is not None:
        return snapshot.ahead.sentence(now_ns)
    if snapshot is not None and snapshot.heard_ns is not None:
        return f"{source}, {strings.AGO.format(age=age(snapshot.heard_ns, now_ns))}"
    return f"{source}, {recorder}" if recorder else source


def problem(recorder: str, recording: bool) -> str:
    """What keeps the recorder from recording all of it, in few words; empty where nothing does."""
    all_found = list(_TAKEN.finditer(recorder))
    taken = [
        strings.TAKEN.format(
            port=found["port"],
            who=f"{found['name']} ({found['id']})"
            if found["id"]
            else strings.TAKEN_BY[found["who"]],
        )
        for found in all_found
    ]
    if len(taken) > 1 and not recording:
        receives = all(found["who"] == strings.RECEIVER for found in all_found)
        return strings.COLLECTOR_RECEIVES if receives else strings.PORTS_TAKEN
    if taken:
        return ", ".join(taken)
    return "" if recording else recorder


def in_full(recorder: str, recording: bool, note: str = "") -> str:
    """All that the recorder says where something is wrong, that first; else the note."""
    if not problem(recorder, recording):
        return note
    taken = [found[0].strip() for found in _TAKEN.finditer(recorder)]
    rest = _TAKEN.sub("", recorder).strip().removesuffix(strings.NOT_RECORDING + ":")
    return "\n".join(filter(None, (*taken, rest)))


def first_day(recorder: str, recording: bool, command: str, not_taken: str = "") -> str:
    """What is wrong and was not taken, how to connect, and what the recorder listens on."""
    needed = "\n".join(f"  {name}={sanitize(value)}" for name, value in variables(recorder).items())
    wrong = in_full(recorder, recording)
    return strings.FIRST_DAY.format(
        command=command,
        problem="".join(
            f"{sanitize(line)}\n\n" for line in f"{wrong}\n{not_taken}".split("\n") if line
        ),
        recorder=f"{sanitize(recorder)}\n\n" if recorder and not wrong else "",
        variables=needed,
    )


def period_label(period: Period, zone: tzinfo) -> str:
    """What a person calls the period: its name, or its ends."""
    if not period.from_ns:
        return period.label
    start = _local(period.from_ns, zone)
    end = _local(period.to_ns - 1, zone) if period.to_ns else None
    if end is None:
        return f"{start:%m-%d %H:%M}-"
    if period.to_ns - period.from_ns > DAY + 2 * 3600 * SECOND:
        return f"{start:%m-%d}..{end:%m-%d}"
    if start.date() == end.date() and period.to_ns - period.from_ns > DAY - 2 * 3600 * SECOND:
        return f"{start:%m-%d}"
    if start.date() == end.date():
        return f"{start:%m-%d %H:%M}-{_local(period.to_ns, zone):%H:%M}"
    hours, rest = divmod((period.to_ns - period.from_ns) // MINUTE, 60)
    return f"{start:%m-%d %H:%M} +{hours}h" + (f" {rest}m" if rest else "")


def _local(time_ns: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone)
