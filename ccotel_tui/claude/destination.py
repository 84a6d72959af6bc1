"""Where a client sends its telemetry, by its settings, and why a running one is not heard."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ccotel_tui.claude.environment import ENABLE, means_yes, names_otlp
from ccotel_tui.claude.session_registry import Running
from ccotel_tui.claude.settings.origins import Origin, Setting, read_origins, setting, user_settings
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.network.loopback import leads_here
from ccotel_tui.sentences import Sentence

SentSignal = Literal["metrics", "logs"]

SENT_SIGNALS: tuple[SentSignal, ...] = ("metrics", "logs")
PROTOCOLS = ("grpc", "http/protobuf", "http/json")
_USUAL_PORTS = {"grpc": 4317}
_PREFIXES = ("OTEL_", "CLAUDE_CODE_ENABLE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "grpc_proxy", "no_proxy", "no_grpc_proxy")


@dataclass(frozen=True)
class Destination:
    """The protocol and URL of one signal; `port` is that of the URL, or of the protocol."""

    protocol: str
    url: str
    host: str
    port: int
    by: Setting | None


Mending = Literal["setup", "restart", "prompt", "administrator"]
"""What lets a session be heard: set up and restart it, restart it, use it, or ask another."""

_REMEDIES: Mapping[Mending, Sentence] = {
    "setup": Sentence("mend_setup", "ccotel-tui setup, then restart it"),
    "restart": Sentence("mend_restart", "restart it: claude --continue"),
    "prompt": Sentence("mend_prompt", "type a prompt in it"),
    "administrator": Sentence(
        "mend_administrator", "set by a managed file, which only an administrator changes"
    ),
}


@dataclass(frozen=True)
class Unheard:
    """A running session of which nothing came, the reason, and what mends it."""

    name: str
    cause: str
    remedy: str
    mending: Mending = "restart"
    session_id: str = ""


def is_on(origins: Sequence[Origin]) -> bool:
    """Return whether telemetry is switched on."""
    switch = setting(ENABLE, origins)
    return switch is not None and means_yes(switch.value)


def exporter_of(signal: SentSignal, origins: Sequence[Origin]) -> Setting | None:
    """Return the exporters of a signal."""
    return setting(f"OTEL_{signal.upper()}_EXPORTER", origins)


def sends_otlp(exporter: Setting | None) -> bool:
    """Return whether OTLP is among the exporters."""
    return exporter is not None and names_otlp(exporter.value)


def setting_of_signal(signal: SentSignal, what: str, origins: Sequence[Origin]) -> Setting | None:
    """Return the signal's own ENDPOINT or PROTOCOL, else that of both; an empty one is none."""
    names = (f"OTEL_EXPORTER_OTLP_{signal.upper()}_{what}", f"OTEL_EXPORTER_OTLP_{what}")
    there = (setting(name, origins) for name in names)
    return next((held for held in there if held and held.value.strip()), None)


def destination(signal: SentSignal, origins: Sequence[Origin]) -> Destination:
    """Return where the signal goes; without an endpoint, where the client then sends it."""
    named = setting_of_signal(signal, "PROTOCOL", origins)
    protocol = named.value.strip() if named else "http/protobuf"
    by = setting_of_signal(signal, "ENDPOINT", origins)
    port = _USUAL_PORTS.get(protocol, 4318)
    url = by.value.strip() if by else f"http://127.0.0.1:{port}"
    try:
        parsed = urlsplit(url if "://" in url else f"//{url}")
        return Destination(protocol, url, parsed.hostname or "", parsed.port or port, by)
    except ValueError:
        return Destination(protocol, url, "", 0, by)


def process_origins(pid: int) -> list[Origin] | None:
    """Return where the variables of a running client come from; None where that is not told.

    Only what concerns telemetry is read of its environment.
    """
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        lines = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    pairs = (line.partition("=") for line in lines)
    variables = {
        name: value
        for name, _, value in pairs
        if name.startswith(_PREFIXES) or name.lower() in _PROXIES
    }
    flags = [word for before, word in pairwise(words) if before == "--settings"]
    flags += [word.partition("=")[2] for word in words if word.startswith("--settings=")]
    return read_origins(variables, flags)


def unheard(
    running: Running, origins: Sequence[Origin] | None, ours: Collection[int] | None, set_ms: int
) -> Unheard:
    """Return why nothing is heard of a running session. Pure.

    `ours` are the ports that are listened on, None where that is not known; `set_ms` is when the
    user's settings were changed last (Unix ms).
    """
    name = running.name or Path(running.folder).name or running.session_id[:8]
    cause, mending = _cause(running, origins, ours, set_ms)
    return Unheard(name, cause, _REMEDIES[mending], mending, running.session_id)


def _cause(
    running: Running, origins: Sequence[Origin] | None, ours: Collection[int] | None, set_ms: int
) -> tuple[Sentence, Mending]:
    if origins is None:
        return Sentence("unheard_unreadable", "its variables cannot be read"), "restart"
    if not is_on(origins):
        switch = setting(ENABLE, origins)
        if switch is None:
            return Sentence("unheard_off", "telemetry is off"), "setup"
        place = switch.origin.place
        return Sentence("unheard_off_in", "telemetry is off in {place}", place=place), "setup"
    for signal in SENT_SIGNALS:
        if not sends_otlp(exporter_of(signal, origins)):
            return Sentence("unheard_export", "it exports no {signal}", signal=signal), "setup"
    there = destination("logs", origins)
    if ours is not None and (not leads_here(there.host) or there.port not in ours):
        managed = there.by is not None and there.by.origin.kind == "managed"
        address = host_and_port(there.host, there.port)
        cause = Sentence("unheard_elsewhere", "sends to {address}", address=address)
        return cause, "administrator" if managed else "setup"
    if running.started_ms and running.started_ms < set_ms:
        return Sentence("unheard_early", "started before the variables were set"), "restart"
    return Sentence("unheard_nothing", "nothing was sent yet"), "prompt"


def unheard_sessions(
    sessions: Iterable[Running], ours: Collection[int] | None
) -> tuple[Unheard, ...]:
    """Return why nothing is heard of those of the sessions that run."""
    set_ms = settings_changed_ms()
    return tuple(
        unheard(running, process_origins(running.pid), ours, set_ms)
        for running in sessions
        if running.lives
    )


def settings_send_to(ours: Collection[int]) -> bool:
    """Return whether the settings alone let each new session send to one of these local ports."""
    origins = read_origins({}, ())
    there = destination("logs", origins)
    exporters = (exporter_of(signal, origins) for signal in SENT_SIGNALS)
    is_sent = is_on(origins) and all(map(sends_otlp, exporters))
    return is_sent and leads_here(there.host) and there.port in ours


def settings_changed_ms() -> int:
    """Return when the user's settings were changed last (Unix ms); 0 where there are none."""
    try:
        return os.stat(user_settings()).st_mtime_ns // 1_000_000
    except OSError:
        return 0
