"""Lines on telemetry of the log that `claude --debug-file` writes."""

import re
from collections.abc import Iterable
from pathlib import Path

from ccotel_tui.doctor.facts import ClientLog
from ccotel_tui.errors import UsageError
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.sentences import Sentence

_LONGEST = 300
"""Characters of a reason that are shown."""

_FIRST = re.compile(r"First (logs|metrics) export: (?:SUCCESS|FAILED \((.*)\))")
_FAILED = re.compile(r'OTEL diag error: \{"message":"((?:[^"\\]|\\.)*)"')
_INIT = re.compile(r"Telemetry init failed: (.*)")
_OFF = re.compile(r"isTelemetryEnabled=false \((.*)\)")
_NO_READERS = re.compile(r"getOtlpReaders: types=\[\]")
_IGNORED = re.compile(r"\[WARN\] ([A-Z_]+) in (\S+) is ignored")
_OF_METRICS = "PeriodicExportingMetricReader: "


def read_client_log(path: Path) -> ClientLog:
    """Return what the log says of telemetry. Raises UsageError where it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return client_log(lines)
    except OSError as error:
        raise UsageError(f"--debug-file {path} cannot be read: {error.strerror}.") from None


def client_log(lines: Iterable[str]) -> ClientLog:
    """Return what the lines say; of each signal the last word holds. Pure."""
    exported: dict[str, None] = {}
    problems: dict[str, str] = {}
    ignored: dict[str, None] = {}
    for line in lines:
        if first := _FIRST.search(line):
            signal, reason = first.groups()
            if reason is None:
                exported[signal] = None
                problems.pop(signal, None)
            else:
                problems[signal] = _shown(reason)
        elif failed := _FAILED.search(line):
            signal = "metrics" if _OF_METRICS in failed[1] else "logs"
            problems[signal] = _shown(failed[1].removeprefix(_OF_METRICS))
        elif init := _INIT.search(line):
            problems["start"] = _shown(init[1])
        elif off := _OFF.search(line):
            problems["start"] = Sentence("log_off", "telemetry is off ({why})", why=_shown(off[1]))
        elif _NO_READERS.search(line):
            problems["start"] = Sentence("log_no_exporter", "no exporter of metrics is named")
        elif left := _IGNORED.search(line):
            words = {"name": _shown(left[1]), "place": _shown(left[2])}
            ignored[Sentence("variable_in", "{name} in {place}", **words)] = None
    return ClientLog(tuple(exported), problems, tuple(ignored))


def _shown(text: str) -> str:
    return sanitize(text, _LONGEST)
