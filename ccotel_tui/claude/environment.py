"""The variables that make Claude Code send its telemetry here."""

import re
from typing import Literal

Shell = Literal["zsh", "bash", "fish"]

DEFAULT = "OTLP/gRPC 127.0.0.1:14317"

_ADDRESS = re.compile(r"OTLP/(gRPC|HTTP) (\S+:\d+)")


def variables(listening: str = "") -> dict[str, str]:
    """What Claude Code needs to send both signals to where somebody listens.

    `listening` names the ports as a recorder does, gRPC before HTTP where there are both; without
    any it is the usual one. An address of 127.0.0.1, as `localhost` may be another.
    """
    open_to = dict(_ADDRESS.findall(listening)) or dict(_ADDRESS.findall(DEFAULT))
    form = "gRPC" if "gRPC" in open_to else "HTTP"
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc" if form == "gRPC" else "http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{open_to[form]}".replace("0.0.0.0", "127.0.0.1"),
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "cumulative",
        "OTEL_METRIC_EXPORT_INTERVAL": "10000",
    }


def exports(shell: Shell, listening: str = "") -> list[str]:
    """Lines that set them in this shell."""
    form = "set -gx {} {}" if shell == "fish" else "export {}={}"
    return [form.format(name, value) for name, value in variables(listening).items()]
