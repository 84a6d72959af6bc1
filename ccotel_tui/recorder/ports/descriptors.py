"""File descriptors: the limit of this process, and the errors where none is left."""

import contextlib
import errno
import resource

ENOUGH = 8192
"""Descriptors that are requested; no more, as some systems have no limit."""

MOST_CONNECTIONS = 1024

_KEPT_FREE = 96
"""For the database, listening, libraries, and connections whose first bytes are waited for."""

_A_CONNECTION = 4
"""Three, and a reserve for the connections that are being ended."""


def most_connections() -> int:
    """Raise this process' limit of descriptors, and return how many connections it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # macOS has a smaller one of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(8, min(MOST_CONNECTIONS, (soft - _KEPT_FREE) // _A_CONNECTION))


def are_lacking(error: BaseException | None) -> bool:
    """Return whether the error, or its cause, is that no descriptor is left."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return True
        error = error.__cause__
    return False


LACKING = (
    "There was no file descriptor left for a connection; what is connected is served on. "
    "Close programs that keep many connections open, or raise `ulimit -n`."
)
