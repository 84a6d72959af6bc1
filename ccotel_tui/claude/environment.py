"""The variables that make Claude Code send its telemetry here."""

from typing import Literal

Shell = Literal["zsh", "bash", "fish"]


def variables(grpc_port: int = 14317) -> dict[str, str]:
    """What Claude Code needs: both signals, by gRPC, to 127.0.0.1 (`localhost` may be another)."""
    return {
        "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_LOGS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{grpc_port}",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "cumulative",
        "OTEL_METRIC_EXPORT_INTERVAL": "10000",
    }


def exports(shell: Shell) -> list[str]:
    """Lines that set them in this shell."""
    form = "set -gx {} {}" if shell == "fish" else "export {}={}"
    return [form.format(name, value) for name, value in variables().items()]
