"""The stack's page, in English."""

GRAFANA = "Grafana"
GRAFANA_OPENED = "A browser opens if there is one; otherwise open this:"
GRAFANA_WITHOUT = "Without {filter}: {why}"
GRAFANA_NEEDS = (
    "Grafana shows the data of the stack, which must run (u), not of the embedded store."
)

SERVICE_COLUMNS = {
    "service": "service",
    "state": "state",
    "uptime": "uptime",
    "restarts": "restarts",
    "memory": "memory",
    "cpu": "cpu",
    "ports": "ports",
}
WHOLE_STACK = "the stack"
READY = "{ready} of {all} ready"
HEALTH = {
    "ready": "ready",
    "starting": "starting",
    "unreachable": "does not answer",
    "": "running",
}
STATE_OF_SERVICE = {"absent": "not created"}
"""Of a service, where Docker's word does not do."""
EXIT_CODE = "{state} ({code})"
OUT_OF_MEMORY = "exited: out of memory"
STEPS = {
    "waiting": "waiting for this process, which works on the stack:",
    "warning": "note:",
    "asking": "asking for a login",
    "pulling": "pulling",
    "creating": "creating",
    "starting": "starting",
    "replacing": "replacing",
    "ready": "ready",
    "releasing": "taking over OTLP ports",
    "taken back": "collector not ready, ports returned",
    "stopping": "stopping",
    "removing": "removing",
    "removed": "removed",
    "done": "",
}
VERBS = {"start": "start", "stop": "stop", "restart": "restart", "logs": "logs", "clean": "clean"}
"""What a key does to the stack, where space is short."""
WHAT_IT_DOES = {
    True: {
        "start": "start this",
        "stop": "stop this",
        "restart": "restart this",
        "logs": "logs of this",
    },
    False: {
        "start": "start: pulls missing images, takes over the OTLP ports when all are ready",
        "stop": "stop: removes the containers, keeps their data",
        "restart": "restart",
        "logs": "logs of all",
        "clean": "clean: asks, then removes all their data too",
    },
}
"""What a key does, to the marked service or to the whole stack."""
OUTCOMES = {
    "start": "started: every service answers",
    "stop": "stopped",
    "restart": "restarted: every service answers",
    "clean": "removed",
    "logs": "",
}
CANCEL = "cancel: stops after this step"
CANCEL_SHORT = "cancel"
CANCELLING = "cancelling after this step"
START_STACK = "Start the stack?"
STOP_STACK = "Stop the stack?"
CLEAN_STACK = "Remove the stack and all its data?"
CLEAN_GOES = "This will be permanently deleted:"
BACKFILL_COMPLETE = "backfill complete"
NOTHING_LEFT = "Nothing to remove."
YES_NO = "y yes     n no"
