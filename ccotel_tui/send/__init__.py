"""Senders of stored and recorded telemetry, replay and backfill; they record nothing."""

import os

# The senders report a closed port themselves: gRPC would write lines of its own before that.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
