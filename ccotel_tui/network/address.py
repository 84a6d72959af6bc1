"""A server's address, and the headers that go with every request to it. Pure."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ccotel_tui.sentences import Sentence

Headers = tuple[tuple[str, str], ...]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[ \t\x21-\x7e\xa0-\xff]*")

_SHORTEST_SECRET = 4
"""Characters; what is shorter may be any word."""


@dataclass(frozen=True, slots=True)
class Address:
    """A server's URL without its password, and the headers that go with every question.

    What is secret is in no text that is made of it.
    """

    url: str
    headers: Headers = field(repr=False)

    @property
    def server(self) -> str:
        """The server's URL without its path, for messages."""
        parsed = urlsplit(self.url)
        return f"{parsed.scheme}://{parsed.netloc}"

    def without_secrets(self, text: str) -> str:
        """A text from the server with the values of the headers masked, should it repeat them."""
        for _, value in self.headers:
            for part in (value, *value.split()[-1:], *_password(value)):
                if len(part) >= _SHORTEST_SECRET:
                    text = text.replace(part, "***")
        return text

    @property
    def host(self) -> tuple[str, int]:
        """Its name and port."""
        parsed = urlsplit(self.url)
        return parsed.hostname or "", parsed.port or (443 if parsed.scheme == "https" else 80)


def address(url: str, headers: Iterable[tuple[str, str]] = ()) -> Address:
    """`http[s]://[user:password@]host[:port][/path]` as an address.

    Raises ValueError, whose text says what is wrong and repeats nothing that may be secret.
    """
    if not _is_server(url):
        raise ValueError("write an address such as http://127.0.0.1:3100")
    parsed = urlsplit(url)
    merged = dict(headers)
    login, at, host = parsed.netloc.rpartition("@")
    if at:
        name, _, password = login.partition(":")
        login_bytes = f"{unquote(name)}:{unquote(password)}".encode()
        merged = {name: value for name, value in merged.items() if name.lower() != "authorization"}
        merged["Authorization"] = f"Basic {b64encode(login_bytes).decode()}"
    path = parsed.path.rstrip("/")
    return Address(f"{parsed.scheme}://{host or parsed.netloc}{path}", tuple(merged.items()))


def _password(value: str) -> list[str]:
    """The password of a Basic login, which has it in base64; none of any other value."""
    kind, _, encoded = value.partition(" ")
    if kind.lower() != "basic":
        return []
    try:
        return b64decode(encoded).decode(errors="replace").split(":", 1)[1:]
    except ValueError:
        return []


def parse_header(words: str) -> tuple[str, str]:
    """`Name: value` as its parts. Raises ValueError, whose text does not repeat the words."""
    name, colon, value = words.partition(":")
    if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise ValueError("write 'Name: value', such as 'X-Scope-OrgID: team'")
    return name, value.strip()


def unnamed(server: str, foreign: str) -> Sentence:
    """Return the sentence on a server that is not ours, for that reason, and that nobody named."""
    form = "{server} {foreign}: name it with --prometheus-url or --loki-url to read it."
    return Sentence("server_not_ours", form, server=server, foreign=foreign)


def _is_server(url: str) -> bool:
    try:
        parsed = urlsplit(url)
        named = bool(parsed.hostname) and parsed.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        return False
    return named and parsed.scheme in ("http", "https") and not (parsed.query or parsed.fragment)


def server_in(url: str) -> str:
    """Return what a URL has between its // and its path; nothing where it is no URL."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""
