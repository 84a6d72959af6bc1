"""The public addresses, bound before the servers behind them are there."""

import errno
import socket
from typing import NamedTuple

from ccotel_tui.errors import PortTaken, UsageError
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.network.loopback import is_loopback
from ccotel_tui.recorder.state import PROTOCOL_NAMES, OtlpProtocol
from ccotel_tui.sentences import Sentence, system_words


class ReceiverAddress(NamedTuple):
    """An address to receive one protocol of OTLP at; port 0 is any free one."""

    protocol: OtlpProtocol
    host: str
    port: int

    def __str__(self) -> str:
        return host_and_port(self.host, self.port)


def parse_address(protocol: OtlpProtocol, words: str, allow_remote: bool) -> ReceiverAddress:
    """Return the address HOST:PORT. Raises UsageError, also for one that other machines reach."""
    name = PROTOCOL_NAMES[protocol]
    host, port = parse_host_and_port(name, words)
    if not (allow_remote or is_loopback(host)):
        raise UsageError(
            f"{name} {words}: other machines could write into your numbers there. Take 127.0.0.1, "
            "or add --allow-remote if that is what you want (a container without another way)."
        )
    return ReceiverAddress(protocol, host, port)


def parse_host_and_port(name: str, words: str) -> tuple[str, int]:
    """Return the host and port of HOST:PORT. Raises UsageError, which says whose it is."""
    host, _, port = words.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise UsageError(f"{name} {words}: write HOST:PORT, such as 127.0.0.1:14317.")
    return host, int(port)


def listen(address: ReceiverAddress) -> socket.socket | None:
    """Return a socket that clients can connect to at once; None where the port is taken.

    Raises PortTaken where it can never be had.
    """
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server((address.host, address.port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return None
        form = "{address} cannot be listened on: {error}."
        words = Sentence("not_listened_on", form, address=str(address), error=system_words(error))
        raise PortTaken(words) from error
