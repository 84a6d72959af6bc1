#!/bin/sh
# What makes Claude Code send its telemetry to this stack, where ccotel-tui itself is not at hand:
#   eval "$(sh stack/setup-env.sh)"
# Sessions that run already must be restarted.
cat <<END
export CLAUDE_CODE_ENABLE_TELEMETRY=1
export OTEL_METRICS_EXPORTER=otlp
export OTEL_LOGS_EXPORTER=otlp
export OTEL_EXPORTER_OTLP_PROTOCOL=grpc
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${CCOTEL_OTLP_GRPC_PORT:-14317}
export OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative
export OTEL_METRIC_EXPORT_INTERVAL=10000
END
