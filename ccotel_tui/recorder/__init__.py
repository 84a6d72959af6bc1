"""Who takes telemetry in: the only receiver, a process of its own."""

import os

# A taken port is ours to tell: gRPC would write lines of its own before that.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

SIGNATURE = "ccotel-tui"
"""How our recorder's answers tell it from a collector's."""

BACKFILLED = ("x-backfill", SIGNATURE)
"""The header of requests that only a collector may take."""
