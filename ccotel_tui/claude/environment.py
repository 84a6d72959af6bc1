"""The variables that make Claude Code send its telemetry here."""

import os
import re
import shlex
from collections.abc import Mapping
from typing import Literal

from ccotel_tui.claude.proxy import exceptions

Shell = Literal["zsh", "bash", "fish"]

USUAL_ADDRESS = "OTLP/gRPC 127.0.0.1:14317"

_ADDRESS = re.compile(r"OTLP/(gRPC|HTTP) (\S+:\d+)")


def variables(listening: str = "", environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What Claude Code needs to send both signals to where somebody listens.

    `listening` names the ports as a recorder does, gRPC before HTTP where there are both; without
    any it is the usual one. An address of 127.0.0.1, as `localhost` may be another. Where the
    environment names a proxy, this machine is taken from it.
    """
    open_to = dict(_ADDRESS.findall(listening)) or dict(_ADDRESS.findall(USUAL_ADDRESS))
    form = "gRPC" if "gRPC" in open_to else "HTTP"
    address = open_to[form].replace("0.0.0.0", "127.0.0.1")
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc" if form == "gRPC" else "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{address}",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "cumulative",
        "OTEL_METRIC_EXPORT_INTERVAL": "10000",
        **exceptions(environment, address.rpartition(":")[0].strip("[]")),
    }


def exports(
    shell: Shell, listening: str = "", environment: Mapping[str, str] = os.environ
) -> list[str]:
    """Lines that set them in this shell."""
    needed = variables(listening, environment).items()
    if shell == "fish":
        return [f"set -gx {name} {_fish(value)}" for name, value in needed]
    return [f"export {name}={shlex.quote(value)}" for name, value in needed]


def _fish(value: str) -> str:
    r"""The value as one word of fish, where \ and ' are escapes between single quotes."""
    if shlex.quote(value) == value:
        return value
    escaped = value.replace("\\", r"\\").replace("'", r"\'")
    return f"'{escaped}'"
