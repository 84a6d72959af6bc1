"""One command that measures everything and prints it beside its limits."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.backfill import backfill
from benchmarks.durable import durable_ingest
from benchmarks.faults import key_under_faults
from benchmarks.figure import HEADER, QUICK, Effort, Figure, row
from benchmarks.growth import growth
from benchmarks.latency import event_to_screen, key_to_screen
from benchmarks.panels import panels
from benchmarks.servers import servers
from benchmarks.stack import stack
from benchmarks.start import first_frame, words
from benchmarks.steady import memory, processor

GROUPS: dict[str, Callable[[Effort], Iterator[Figure]]] = {
    "frame": first_frame,
    "words": words,
    "event": event_to_screen,
    "key": key_to_screen,
    "faults": key_under_faults,
    "panels": panels,
    "growth": growth,
    "cpu": processor,
    "memory": memory,
    "ingest": durable_ingest,
    "backfill": backfill,
    "stack": stack,
    "servers": servers,
}


def main() -> int:
    """Exit status 1 where something could not be measured; a missed limit is none."""
    asked = _arguments()
    effort = replace(QUICK if asked.quick else Effort(), long=asked.long)
    print(_machine())
    print(HEADER)
    failed = False
    for name in asked.groups or GROUPS:
        try:
            for figure in GROUPS[name](effort):
                print(row(figure), flush=True)
        except Exception as error:  # the others can still be measured
            failed = True
            print(f"{name} could not be measured: {type(error).__name__}: {error}", flush=True)
    print(_machine())
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"only {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, 20 s instead of 60")
    parser.add_argument("--long", action="store_true", help="the panels on 5,000,000 events too")
    asked = parser.parse_args()
    if unknown := set(asked.groups) - set(GROUPS):
        parser.error(f"no group is called {', '.join(sorted(unknown))}")
    return asked


def _machine() -> str:
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load}"
    )


if __name__ == "__main__":
    sys.exit(main())
