"""Measures every figure, prints it beside its counterpart and limit, and ends with what missed."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.figure import HEADER, QUICK, Effort, Figure, row, summary
from benchmarks.query.growth import growth
from benchmarks.query.opened import opened
from benchmarks.query.panels import panels
from benchmarks.query.usage import usage
from benchmarks.recorder.durable import durable_ingest
from benchmarks.screen.faults import key_under_faults
from benchmarks.screen.latency import event_to_screen, key_to_screen
from benchmarks.screen.start import first_frame, short_commands
from benchmarks.screen.steady import memory, processor
from benchmarks.stack.backfill import backfill
from benchmarks.stack.servers import servers
from benchmarks.stack.stack import stack
from benchmarks.stack.team import team

GROUPS: dict[str, Callable[[Effort], Iterator[Figure]]] = {
    "frame": first_frame,
    "line": short_commands,
    "event": event_to_screen,
    "key": key_to_screen,
    "faults": key_under_faults,
    "panels": panels,
    "usage": usage,
    "opened": opened,
    "growth": growth,
    "cpu": processor,
    "memory": memory,
    "ingest": durable_ingest,
    "backfill": backfill,
    "stack": stack,
    "servers": servers,
    "team": team,
}


def main() -> int:
    """Return 1 where something could not be measured, else 0, also where a limit is missed."""
    options = _options()
    effort = replace(QUICK if options.quick else Effort(), long=options.long)
    print(_machine())
    print(HEADER)
    figures: list[Figure] = []
    failures: list[str] = []
    for name in options.groups or GROUPS:
        try:
            for figure in GROUPS[name](effort):
                figures.append(figure)
                print(row(figure), flush=True)
        except Exception as error:  # the others can still be measured
            failures.append(f"{name}: {type(error).__name__}: {error}")
            print(failures[-1], flush=True)
    print(_machine())
    print(*summary(figures, failures), sep="\n")
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"only {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, 20 s instead of 60")
    parser.add_argument("--long", action="store_true", help="the panels on 5,000,000 events too")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no group is called {', '.join(sorted(unknown))}")
    return options


def _machine() -> str:
    load = "/".join(f"{average:.1f}" for average in os.getloadavg())
    return (
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load}"
    )


if __name__ == "__main__":
    sys.exit(main())
