"""The variables that make Claude Code send its telemetry here."""

import os
import shlex
from collections.abc import Mapping
from typing import Literal

from ccotel_tui.claude.proxy import exceptions
from ccotel_tui.local.stack_ports import host_port

Shell = Literal["zsh", "bash", "fish"]

ENABLE = "CLAUDE_CODE_ENABLE_TELEMETRY"

OVERRIDING = tuple(
    f"OTEL_EXPORTER_OTLP_{signal}_{what}"
    for signal in ("METRICS", "LOGS")
    for what in ("ENDPOINT", "PROTOCOL")
)
"""Where one of these is set, the variable for both signals does not hold for that signal."""


def means_yes(value: str) -> bool:
    """Return whether Claude Code takes a variable's value for yes."""
    return value.lower() in ("1", "true", "yes", "on")


def names_otlp(exporters: str) -> bool:
    """Return whether OTLP is among the exporters, which stand between commas and blanks."""
    return "otlp" in map(str.strip, exporters.split(","))


def variables(
    endpoints: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return what Claude Code needs to send both signals to a recorder.

    `endpoints` has its HOST:PORT by protocol, `grpc` or `http`, of which gRPC is preferred; where
    there is none, it is the stack's. Where the environment names a proxy, this machine is
    exempted from it, and where it has variables for one signal alone, these are set too.
    """
    listening = endpoints or {"grpc": host_port("OTLP_GRPC")}
    protocol = "grpc" if "grpc" in listening else "http"
    address = listening[protocol].replace("0.0.0.0", "127.0.0.1")
    both = {
        "PROTOCOL": "grpc" if protocol == "grpc" else "http/protobuf",
        "ENDPOINT": f"http://{address}",
    }
    return {
        ENABLE: "1",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otlp",
        **{f"OTEL_EXPORTER_OTLP_{what}": value for what, value in both.items()},
        **{name: _of_one(name, both) for name in OVERRIDING if name in environment},
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "cumulative",
        "OTEL_METRIC_EXPORT_INTERVAL": "10000",
        "OTEL_LOGS_EXPORT_INTERVAL": "1000",
        **exceptions(environment, address.rpartition(":")[0].strip("[]")),
    }


def _of_one(name: str, both: Mapping[str, str]) -> str:
    """The value of a variable for one signal; by HTTP its endpoint is the whole URL."""
    _, signal, what = name.rsplit("_", 2)
    by_http = what == "ENDPOINT" and both["PROTOCOL"] != "grpc"
    return f"{both[what]}/v1/{signal.lower()}" if by_http else both[what]


def exports(
    shell: Shell, endpoints: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> list[str]:
    """Return lines that set what Claude Code needs in the shell."""
    return assignments(shell, variables(endpoints, environment))


def assignments(shell: Shell, values: Mapping[str, str]) -> list[str]:
    """Return lines that set these variables in the shell."""
    if shell == "fish":
        return [f"set -gx {name} {_fish(value)}" for name, value in values.items()]
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]


def _fish(value: str) -> str:
    r"""The value as one word of fish, where \ and ' are escapes between single quotes."""
    if shlex.quote(value) == value:
        return value
    escaped = value.replace("\\", r"\\").replace("'", r"\'")
    return f"'{escaped}'"
