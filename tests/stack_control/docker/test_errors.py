"""Each foreign error becomes one of ours. Those that a real engine gives are provoked in
tests/stack; here are the others, and the words of engines that are not had."""

import ssl

import docker.errors
import pytest
import requests
import urllib3.exceptions
from docker.errors import APIError

from ccotel_tui.errors import (
    DockerUnavailable,
    EngineRefused,
    MountMissing,
    NameTaken,
    StackError,
)
from ccotel_tui.stack_control.docker.errors import FOREIGN, image_missing, port_in_use, translate
from ccotel_tui.stack_control.docker.host import DockerHost

HOST = DockerHost("unix:///d.sock", "context c")


def answered(status: int, said: str) -> APIError:
    response = requests.Response()
    response.status_code = status
    return APIError("refused", response=response, explanation=said)


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (
            caused(docker.errors.DockerException("x"), FileNotFoundError()),
            DockerUnavailable,
            "not running, or not installed: nobody answers at unix:///d.sock (context c)",
        ),
        (
            requests.ConnectionError(
                urllib3.exceptions.ProtocolError("aborted", ConnectionRefusedError())
            ),
            DockerUnavailable,
            "not running",
        ),
        (
            requests.ConnectionError(urllib3.exceptions.ProtocolError("x", PermissionError())),
            DockerUnavailable,
            "usermod -aG docker",
        ),
        (requests.ReadTimeout(), DockerUnavailable, "does not answer at unix:///d.sock"),
        (requests.exceptions.SSLError("bad"), DockerUnavailable, "No trusted connection"),
        (caused(docker.errors.DockerException(), ssl.SSLError()), DockerUnavailable, "trusted"),
        (docker.errors.TLSParameterError("no ca"), DockerUnavailable, "DOCKER_CERT_PATH"),
        (docker.errors.InvalidVersion("old"), DockerUnavailable, "not answer as it should"),
        (docker.errors.StreamParseError("x"), DockerUnavailable, "not answer as it should"),
        (ConnectionResetError("reset"), DockerUnavailable, "not answer as it should"),
        (
            answered(400, 'type "bind": bind source path does not exist: /a b/loki.yml'),
            MountMissing,
            "/a b/loki.yml is to be mounted",
        ),
        (
            answered(409, 'The name "/a-1" is already in use by container "0123456789abcdef".'),
            NameTaken,
            "The name a-1 is taken by a container that is not of this stack (0123456789ab)",
        ),
        (answered(500, "no  such\nluck"), EngineRefused, "Docker refused (500): no such luck"),
    ],
)
def test_each_is_one_of_ours(error: Exception, kind: type[StackError], said: str) -> None:
    assert isinstance(error, FOREIGN)
    ours = translate(error, HOST)
    assert type(ours) is kind
    assert said in str(ours)


@pytest.mark.parametrize(
    "said",
    [
        "driver failed programming external connectivity on endpoint a (b): Error starting "
        "userland proxy: listen tcp4 127.0.0.1:13000: bind: address already in use",
        "failed to set up container networking: driver failed programming external connectivity "
        "on endpoint a: failed to bind host port for 127.0.0.1:13000:172.18.0.2:3000/tcp: "
        "address already in use",
        "failed to bind host port 127.0.0.1:13000/tcp: address already in use",
        "Bind for 127.0.0.1:13000 failed: port is already allocated",
        "Ports are not available: exposing port TCP 127.0.0.1:13000 -> 127.0.0.1:0: listen tcp "
        "127.0.0.1:13000: bind: address already in use",
    ],
)
def test_a_port_in_use_in_the_words_of_each_engine(said: str) -> None:
    assert port_in_use(said) == 13000
    assert port_in_use(said.replace("already", "not")) is None


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("dial tcp: lookup registry-1.docker.io: no such host", "registry cannot be reached"),
        ("net/http: TLS handshake timeout", "registry cannot be reached"),
        ("manifest for a:1 not found: manifest unknown", "There is no image a:1"),
        ("pull access denied for a, repository does not exist", "docker login is needed"),
        ("write /x: no space left on device", "does not fit on Docker's disk"),
        ("strange", "could not be pulled: strange"),
    ],
)
def test_a_pull_that_failed_says_why(said: str, means: str) -> None:
    assert means in str(image_missing("a:1", "", said))
    assert str(image_missing("a:1", "V", said)).endswith("V=IMAGE names another.") or (
        "disk" in means
    )
