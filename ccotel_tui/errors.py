"""Errors that are shown to a person: one sentence with the cause and the next step."""

from ccotel_tui.sentences import Sentence


class CcotelError(Exception):
    """Base of all errors that are shown to a person as one sentence."""


class MalformedTelemetry(CcotelError):
    """A request is not OTLP, or a file not OTLP JSON lines."""


class AlreadyRecording(CcotelError):
    """Another process holds the recorder's lock."""


class AlreadyBackfilling(CcotelError):
    """Another process sends what was kept to the stack."""


class PortTaken(CcotelError):
    """None of the OTLP ports could be bound."""


class EndpointUnavailable(CcotelError):
    """Nobody answers where telemetry is to be sent."""


class NotOurs(EndpointUnavailable):
    """A server of another user has the port."""


class SourceUnavailable(CcotelError):
    """The source does not answer, or not as it should."""


class BadDatabase(CcotelError):
    """The file is damaged, newer than this version, or not ours."""


class NotStored(BadDatabase):
    """The file cannot take what is to be kept, now; it may be tried again.

    `reason` is one of those of `ccotel_tui.store.file.faults`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class UsageError(CcotelError):
    """A usage error: exit status 2."""


class NoTerminal(CcotelError):
    """The dashboard was started where there is none."""


class BodyTooLarge(CcotelError):
    """A request is larger than the recorder takes, decompressed."""


class Busy(CcotelError):
    """Too many large requests wait already."""


class ServiceFailed(CcotelError):
    """Systemd or launchd did not do what it was asked."""


class BadSettings(CcotelError):
    """A settings file of Claude Code or a shell's cannot be changed."""


class StackError(CcotelError):
    """The stack, or the engine that runs it, does not do what it should."""


class BadComposeFile(StackError):
    """The compose file says what is not understood here."""


class StackFileUnusable(StackError):
    """A file of the stack's own may not be used."""


class DockerUnavailable(StackError):
    """Docker cannot be reached, or not with these rights."""


class ImageMissing(StackError):
    """An image could not be pulled."""


class PortInUse(StackError):
    """A port to publish is held by somebody."""


class ForeignPort(StackError):
    """A server of another user has a port of the stack."""


class NameTaken(StackError):
    """A container, network or volume has the name and is not ours."""


class AnothersStack(StackError):
    """Another user of the same Docker engine made it."""


class MountMissing(StackError):
    """A file to mount is not there."""


class NotReady(StackError):
    """A service ended, was killed, or does not answer in time; `service` is its name."""

    def __init__(self, sentence: str, service: str) -> None:
        super().__init__(sentence)
        self.service = service


class LeftOut(StackError):
    """All runs that telemetry needs, and a service beside it does not."""


class EngineRefused(StackError):
    """Docker said something else."""


class Cancelled(StackError):
    """The procedure was stopped on demand."""


def sentence(error: Exception) -> str:
    """Return the sentence for a person; an error that is none of ours is our fault."""
    if isinstance(error, CcotelError):
        # As it was given, and not its text alone: it may be one that another language has too.
        return next((each for each in error.args if isinstance(each, str)), str(error))
    form = (
        "{kind}: {error}. This is a fault of ccotel-tui: try again, and please report these words."
    )
    return Sentence("our_fault", form, kind=type(error).__name__, error=str(error))
