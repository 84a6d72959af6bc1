"""Errors that are shown to a person: one sentence with the cause and the next step.

CcotelError
├── MalformedTelemetry      a request is not OTLP, or a file not OTLP JSON lines
├── AlreadyRecording        another process holds the recorder's lock
├── AlreadyBackfilling      another process sends what was kept to the stack
├── PortTaken               none of the OTLP ports could be bound
├── EndpointUnavailable     nobody answers where telemetry is to be sent
│   └── NotOurs             a server of another user has the port
├── SourceUnavailable       the source does not answer, or not as it should
├── BadDatabase             the file is damaged, newer than this version, or not ours
│   └── NotStored           the file cannot take what is to be kept, now; it may be tried again
├── BodyTooLarge            a request is larger than the recorder takes, decompressed
├── Busy                    too many large requests wait already
├── ServiceFailed           systemd or launchd did not do what it was asked
├── BadSettings             a settings file of Claude Code or a shell's cannot be changed
├── StackError              the stack is not where it should be
│   ├── BadComposeFile      the compose file says what is not understood here
│   ├── DockerUnavailable   Docker cannot be reached, or not with these rights
│   ├── ImageMissing        an image could not be pulled
│   ├── PortInUse           a port to publish is held by somebody
│   ├── ForeignPort         a server of another user has a port of the stack
│   ├── NameTaken           a container, network or volume has the name and is not ours
│   ├── MountMissing        a file to mount is not there
│   ├── NotReady            a service ended, was killed, or does not answer in time
│   ├── LeftOut             all runs that telemetry needs, and a service beside it does not
│   ├── EngineRefused       Docker said something else
│   └── Cancelled           the procedure was stopped on demand
├── NoTerminal              the dashboard was started where there is none
└── UsageError              a usage error: exit status 2
"""

from ccotel_tui.sentences import Sentence


class CcotelError(Exception):
    """Base of all errors that are shown to a person as one sentence."""


class MalformedTelemetry(CcotelError):
    pass


class AlreadyRecording(CcotelError):
    pass


class AlreadyBackfilling(CcotelError):
    pass


class PortTaken(CcotelError):
    pass


class EndpointUnavailable(CcotelError):
    pass


class NotOurs(EndpointUnavailable):
    pass


class SourceUnavailable(CcotelError):
    pass


class BadDatabase(CcotelError):
    pass


class NotStored(BadDatabase):
    """`reason` is one of those of `ccotel_tui.store.file.faults`."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class UsageError(CcotelError):
    pass


class NoTerminal(CcotelError):
    pass


class BodyTooLarge(CcotelError):
    pass


class Busy(CcotelError):
    pass


class ServiceFailed(CcotelError):
    pass


class BadSettings(CcotelError):
    pass


class StackError(CcotelError):
    pass


class BadComposeFile(StackError):
    pass


class StackFileUnusable(StackError):
    pass


class DockerUnavailable(StackError):
    pass


class ImageMissing(StackError):
    pass


class PortInUse(StackError):
    pass


class ForeignPort(StackError):
    pass


class NameTaken(StackError):
    pass


class AnothersStack(StackError):
    pass


class MountMissing(StackError):
    pass


class NotReady(StackError):
    """`service` is the one that is not ready."""

    def __init__(self, sentence: str, service: str) -> None:
        super().__init__(sentence)
        self.service = service


class LeftOut(StackError):
    pass


class EngineRefused(StackError):
    pass


class Cancelled(StackError):
    pass


def sentence(error: Exception) -> str:
    """Return the sentence for a person; an error that is none of ours is our fault."""
    if isinstance(error, CcotelError):
        # As it was given, and not its text alone: it may be one that another language has too.
        return next((each for each in error.args if isinstance(each, str)), str(error))
    form = (
        "{kind}: {error}. This is a fault of ccotel-tui: try again, and please report these words."
    )
    return Sentence("our_fault", form, kind=type(error).__name__, error=str(error))
