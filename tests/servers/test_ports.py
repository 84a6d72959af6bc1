"""The ports that servers of tests get: several of the tests' workers start servers at once."""

import socket

import pytest

from tests.servers.servers import LOCAL, free_port


def test_a_free_port_is_there_for_who_knows_its_number_alone() -> None:
    port = free_port()
    with socket.socket() as anybody, pytest.raises(OSError):
        # As the kernel tries it for whoever asks for any port.
        anybody.bind((LOCAL, port))
    with socket.create_server((LOCAL, port)):
        pass
