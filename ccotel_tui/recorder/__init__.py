"""The recorder: the only receiver of telemetry, a process of its own."""

import os

# The recorder reports a taken port itself: gRPC would write lines of its own before that.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

SIGNATURE = "ccotel-tui"
"""The server name in a recorder's answers, which tells it from a collector."""

BACKFILLED = ("x-backfill", SIGNATURE)
"""The header of requests that only a collector may take."""

NOT_RECORDING = "not recording"
"""The state where no recorder runs, or one that stands still."""
