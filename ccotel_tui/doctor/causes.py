"""Every fault that doctor knows: its check, how bad it is, its cause, and the next step."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ccotel_tui.sentences import Sentence

State = Literal["ok", "warn", "fail", "skip"]


class Cause(NamedTuple):
    """The words have places in braces, which the rule fills."""

    check: str
    state: State
    cause: str
    next: str


_SET_UP = "ccotel-tui setup --force"
_RESTART = "ccotel-tui setup"
_MAKE_ROOM = "make room on the disk of {folder}"
_WRITABLE = "chmod u+rw {database}*"
_AWAY = "mv {database} {database}.away"
_MEND_LINE = "mend that line in {place}"
_ADMINISTRATOR = "ask the administrator to change {place}"
_RESTART_LISTENER = "restart what listens at {address}"
OTHER_STEP = "{next}"
"""The step is one of the rule's words."""

IN_WORDS = {
    _MAKE_ROOM: "step_make_room",
    _MEND_LINE: "step_mend_line",
    _ADMINISTRATOR: "step_administrator",
    _RESTART_LISTENER: "step_restart_listener",
}
"""The steps that are no command, each with its key."""

NEXT_OF_FAULTS: dict[str, str] = {
    "disk_full": _MAKE_ROOM,
    "read_only": _WRITABLE,
    "locked": "kill {holder}",
    "damaged": _AWAY,
    "not_ours": _AWAY,
    "gone": "mkdir -p {folder}",
}
"""By the reason why nothing can be kept."""

KNOWN_CAUSES: dict[str, Cause] = {
    "no_client": Cause(
        "client",
        "fail",
        "No claude is on the PATH, and none was heard in the last day.",
        "npm install -g @anthropic-ai/claude-code",
    ),
    "old_client": Cause(
        "client", "warn", "Versions before 2.1.214 count some things twice.", "claude update"
    ),
    "broken_settings": Cause(
        "settings", "fail", "{problem}; Claude Code ignores the file.", _MEND_LINE
    ),
    "not_enabled": Cause(
        "enabled", "fail", "CLAUDE_CODE_ENABLE_TELEMETRY is not set anywhere.", _RESTART
    ),
    "only_in_project": Cause(
        "enabled",
        "fail",
        "Only {place} sets it, and a project's settings are not asked for it.",
        _RESTART,
    ),
    "switched_off": Cause("enabled", "fail", "{name} is {value} in {place}.", _SET_UP),
    "managed": Cause(
        "enabled",
        "fail",
        "{name} is {value} in {place}, which holds over all others.",
        _ADMINISTRATOR,
    ),
    "no_exporter": Cause(
        "exporters",
        "fail",
        "{name} is {value}: {signal} are not sent by OTLP.",
        _SET_UP,
    ),
    "bad_protocol": Cause(
        "protocol",
        "fail",
        "The protocol of {signal} is {value}, which Claude Code does not know; it sends nothing.",
        _SET_UP,
    ),
    "own_endpoint": Cause(
        "endpoint",
        "fail",
        "{name} in {place} sends {signal} to {value}, not where the rest goes.",
        _SET_UP,
    ),
    "bad_endpoint": Cause(
        "endpoint",
        "fail",
        "The endpoint of {signal} is {value}: {problem}.",
        _SET_UP,
    ),
    "elsewhere": Cause(
        "endpoint",
        "fail",
        "{signal} go to {value}, and nobody here receives there ({place}).",
        _SET_UP,
    ),
    "proxied": Cause(
        "proxy",
        "fail",
        "{name} names a proxy, and {missing} does not exempt {host}.",
        _RESTART,
    ),
    "client_says": Cause("log", "fail", "Claude Code says of {what}: {problem}.", _SET_UP),
    "client_ignores": Cause(
        "log", "warn", "Claude Code does not take {names} from a project's settings.", _RESTART
    ),
    "not_recording": Cause(
        "recorder", "fail", "No recorder runs, and nobody has its ports.", "ccotel-tui record"
    ),
    "standing_still": Cause("recorder", "fail", "{problem}", "kill -CONT {pid}"),
    "not_stored": Cause("recorder", "fail", "{problem}", OTHER_STEP),
    "port_taken": Cause(
        "ports", "fail", "{holder} has {address}, and is no receiver of ours.", "kill {pid}"
    ),
    "one_port_taken": Cause(
        "ports", "warn", "{holder} has {address}; the other port is served.", "kill {pid}"
    ),
    "silent": Cause("answer", "fail", "Nobody listens at {address}, where {signal} go.", _SET_UP),
    "silent_elsewhere": Cause(
        "answer",
        "fail",
        "{address}, where {signal} go, took the connection and did not answer ({holder}).",
        _SET_UP,
    ),
    "late": Cause(
        "answer",
        "fail",
        "{address} took the connection and did not answer ({holder}).",
        _RESTART_LISTENER,
    ),
    "wrong_protocol": Cause(
        "answer",
        "fail",
        "{address} does not take {protocol} ({holder}): {details}.",
        _SET_UP,
    ),
    "refused": Cause(
        "answer", "fail", "{address} refused the record: {details}.", "ccotel-tui record --status"
    ),
    "foreign": Cause(
        "answer",
        "warn",
        "{address} {foreign}, so nothing was sent there.",
        "ccotel-tui doctor --canary",
    ),
    "disk_full": Cause("disk", "fail", "{free} MB are free on the disk of {database}.", _MAKE_ROOM),
    "disk_low": Cause("disk", "warn", "{free} MB are free on the disk of {database}.", _MAKE_ROOM),
    "not_writable": Cause("database", "fail", "{database} cannot be written.", _WRITABLE),
    "unreadable": Cause("database", "fail", "{problem}", OTHER_STEP),
    "clock_moved": Cause(
        "clock", "warn", "The clock was set by {seconds} s.", "timedatectl set-ntp true"
    ),
    "ahead": Cause(
        "clock", "fail", "{ahead}: the sender's clock or ours is wrong.", "timedatectl set-ntp true"
    ),
    "docker": Cause(
        "docker", "warn", "{problem} Only the stack needs it.", "ccotel-tui stack status"
    ),
    "service": Cause("stack", "fail", "{services}.", "ccotel-tui stack up"),
    "server": Cause("stack", "fail", "{servers} not answering.", "ccotel-tui stack restart"),
    "moved": Cause(
        "moved",
        "warn",
        "{service} is published at {there}, and asked at {asked}.",
        "export {variable}=http://{there}",
    ),
    "lag": Cause("lag", "warn", "{servers}: what comes is shown late.", "ccotel-tui stack status"),
    "none_heard": Cause(
        "sessions", "fail", "Sessions run, and none is heard: {sessions}.", OTHER_STEP
    ),
    "some_unheard": Cause("sessions", "warn", "Not heard: {sessions}.", OTHER_STEP),
    "no_data": Cause("data", "warn", "Nothing has come yet.", 'claude -p "say hello"'),
    "one_signal": Cause(
        "data",
        "fail",
        "{heard} came, {signal} never: they are exported elsewhere or not at all.",
        _SET_UP,
    ),
    "refusals": Cause(
        "refused",
        "warn",
        "{count} were not taken, the newest: {newest}",
        "ccotel-tui record --status",
    ),
    "dropped": Cause(
        "dropped",
        "warn",
        "{dropped} of the last day came to the collector and went no further.",
        "ccotel-tui stack logs otel-collector",
    ),
    "deleted": Cause(
        "dropped",
        "warn",
        "Records deleted for want of room: {count}.",
        "ccotel-tui record --status",
    ),
    "gaps": Cause(
        "gaps",
        "warn",
        "Events of the last day that were sent and did not come: {count}.",
        "ccotel-tui record --install",
    ),
}


def step_of(form: str, words: Mapping[str, str]) -> str:
    """Return the next step, which is a sentence where it is no command."""
    if form == OTHER_STEP:
        return words["next"]
    key = IN_WORDS.get(form)
    return Sentence(key, form, **words) if key else form.format(**words)
