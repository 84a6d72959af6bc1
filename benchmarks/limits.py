"""The limits: how many times its counterpart of the same run a figure may be.

A figure in milliseconds says as much of the machine as of the program: the same commit took 71 and
177 ms for the same line on two machines. `docs/benchmarks.md` has a row for each limit.
"""

LIMITS = {
    "first frame": 1.25,
    "line": 4.5,
    "line handed on": 1.1,
    "event row": 1.5,
    "event number": 2.0,
    "key": 2.0,
    "key under faults": 2.0,
    "panel": 3.0,
    "panel of an attribute": 5.0,
    "usage": 2.0,
    "opened": 2.0,
    "panels of a month": 5.0,
    "sessions of a month": 5.0,
    "reconcile of a month": 5.0,
    "CPU, quiet": 4.0,
    "CPU, paused": 2.0,
    "memory of the screen": 2.0,
    "memory of the recorder": 1.25,
    "memory after an ingest": 1.02,
    "ingest, 200 a request": 150.0,
    "ingest, 20 a request": 120.0,
    "live beside backfill": 2.0,
    "stack up": 1.5,
    "stack down": 1.5,
    "refresh from servers": 1.2,
    "panel from servers": 4.0,
    "first panel of a team": 1.5,
    "panels of a team": 3.0,
    "sessions of a team": 3.0,
    "usage of a team": 3.0,
}
