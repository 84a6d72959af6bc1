"""What is kept or recorded, sent elsewhere: replay and backfill send, and record nothing."""

import os

# A port that does not answer is ours to tell: gRPC would write lines of its own before that.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
