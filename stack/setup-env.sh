#!/bin/sh
# What makes Claude Code send its telemetry here, where ccotel-tui itself is not at hand:
#   source stack/setup-env.sh           sets it in this shell (bash, zsh)
#   eval "$(sh stack/setup-env.sh)"     the same in any POSIX shell: run, it prints the lines
# Sessions that run already must be restarted.
ccotel_lines=$(cat <<END
export CLAUDE_CODE_ENABLE_TELEMETRY=1
export OTEL_METRICS_EXPORTER=otlp
export OTEL_LOGS_EXPORTER=otlp
export OTEL_EXPORTER_OTLP_PROTOCOL=grpc
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${CCOTEL_OTLP_GRPC_PORT:-14317}
export OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative
export OTEL_METRIC_EXPORT_INTERVAL=10000
export OTEL_LOGS_EXPORT_INTERVAL=1000
END
)
case "${ZSH_EVAL_CONTEXT:-}" in *:file*) ccotel_sourced=yes ;; *) ccotel_sourced= ;; esac
if [ -n "${BASH_VERSION:-}" ] && [ "$BASH_SOURCE" != "$0" ]; then ccotel_sourced=yes; fi
if [ -n "$ccotel_sourced" ]; then eval "$ccotel_lines"; else printf '%s\n' "$ccotel_lines"; fi
unset ccotel_lines ccotel_sourced
