"""The state of the data and of the recorder, in English."""

LOADING = "loading"
STATES = {
    "empty": "nothing in this window",
    "absent": "not available",
    "error": "error",
    "stale": "stale",
}

LIVE = "live"
QUIET = "quiet {age}"
STARTING = "starting"
WAITING = "waiting"
NOT_RECORDING = "not recording"
PAUSED = "paused"
STALE = "stale {age}"
ERROR = "error"
SHORT_STATES = {
    "quiet": "quiet",
    "stale": "stale",
    "starting": "start…",
    "waiting": "wait…",
    "loading": "load…",
    "not_recording": "no rec",
    "not_stored": "no disk",
}
"""Of a kind of state, where space is short."""

TAKEN = "{port} taken by {who}"
PORTS_TAKEN = "not recording: ports taken"
COLLECTOR_RECEIVES = "not recording: the collector receives"
HANDED_OVER = "not recording: the ports are being handed over"
TAKEN_BY = {
    "recorder": "another recorder",
    "collector": "another receiver",
    "unknown": "another program",
}
"""Who has a port, by the kind of its owner."""
TAKEN_IN_FULL = {
    "recorder": "{address} is taken by the ccotel-tui recorder of another database{process}.",
    "collector": "{address} is taken by an OpenTelemetry receiver{process}: "
    "what is sent there goes to it.",
    "unknown": "{address} is taken by another program{process}{foreign}.",
}
PROCESS = " ({name}, process {pid})"
FOREIGN = ": it {why}, and nothing is sent there"
RECORDING = "recording: {ports}, into {database}"
RECORDER_ENDED = "the recorder ended"
RECORDER_NOT_STARTED = "the recorder cannot be started: {error}"

NOT_TAKEN = "not taken: {what} ({reason}: {sentence})"
NOT_TAKEN_IN_FULL = """\
Not taken since the recorder began: {what} ({reasons}).
The newest: {sentence}"""
REFUSED_REQUESTS = ("{count} request", "{count} requests")
REFUSED = {
    "record": ("{count} record", "{count} records"),
    "value": ("{count} value", "{count} values"),
}
"""What is refused for a reason, where that is not the whole request."""
REFUSAL_REASONS = {
    "malformed": "not OTLP",
    "record": "bad record",
    "value": "unreadable value",
    "path": "wrong path",
    "method": "wrong method",
    "protocol": "unknown protocol",
    "tls": "TLS",
    "too_large": "too large",
    "host": "wrong host",
    "web_page": "from a web page",
    "content_type": "wrong content type",
    "encoding": "wrong content encoding",
    "backfill": "backfill",
    "timeout": "nothing sent",
    "broken_off": "broken off",
    "not_kept": "not kept",
    "connections": "too many connections",
}
