"""The readable parts of an export request that cannot be read whole. Pure.

The message is walked field by field, as its descriptor names them, and each value is read by
itself: one that cannot be read is left out, and all around it stays.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

BrokenRequest = TypeVar("BrokenRequest", bound=Message)

_LONGEST_VARINT = 10
"""Bytes."""

UNREADABLE_JSON = (
    *(json_format.ParseError, ValueError, TypeError, AttributeError),
    *(OverflowError, RecursionError),
)
"""What protobuf's reader of JSON raises; of an enum that is a number too large an OverflowError."""

_DEEPEST = 100
"""Messages inside one another, as protobuf's own readers have it."""


class Salvage:
    """Fills messages with what can be read; `unreadable` counts the values that could not be."""

    def __init__(self) -> None:
        self.unreadable = 0

    def from_json(self, body: dict[str, Any], request: BrokenRequest) -> BrokenRequest:
        """Fill the request from its JSON."""
        self._object(body, request, 0)
        return request

    def from_wire(self, body: bytes, request: BrokenRequest) -> BrokenRequest:
        """Fill the request from its protobuf encoding."""
        self._fields(body, request, 0)
        return request

    def _object(self, body: dict[str, Any], message: Message, depth: int) -> None:
        fields = {field.json_name: field for field in message.DESCRIPTOR.fields}
        fields |= message.DESCRIPTOR.fields_by_name
        for name, value in body.items():
            field = fields.get(name)
            if field is None or value is None:
                continue
            if field.message_type is None:
                self._scalar_in_json({name: value}, message)
                continue
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and depth < _DEEPEST:
                    self._object(item, _member(message, field.name), depth + 1)
                else:
                    self.unreadable += 1

    def _scalar_in_json(self, pair: dict[str, Any], message: Message) -> None:
        try:
            json_format.ParseDict(pair, message)
        except UNREADABLE_JSON:
            self.unreadable += 1

    def _fields(self, body: bytes, message: Message, depth: int) -> None:
        covered = 0
        for number, start, payload, covered in length_prefixed(body):
            field = message.DESCRIPTOR.fields_by_number.get(number)
            if field is None:
                continue
            if field.message_type is None or payload is None:
                self._scalar_on_the_wire(body[start:covered], message)
            else:
                self._chunk(body[payload:covered], _member(message, field.name), depth)
        self.unreadable += covered < len(body)

    def _chunk(self, body: bytes, target: Message, depth: int) -> None:
        try:
            target.MergeFromString(body)
        except DecodeError:
            target.Clear()
            if depth < _DEEPEST:
                self._fields(body, target, depth + 1)
            else:
                self.unreadable += 1

    def _scalar_on_the_wire(self, body: bytes, message: Message) -> None:
        try:
            message.MergeFromString(body)
        except DecodeError:
            self.unreadable += 1


def _member(message: Message, name: str) -> Message:
    """A new item of the message's repeated field, or its single one, made to be there."""
    member = getattr(message, name)
    if isinstance(member, Message):
        member.SetInParent()
        return member
    item: Message = member.add()
    return item


class Framed(NamedTuple):
    """A field in an encoded message: its number, and where it begins and ends.

    `payload` is where the content of a chunk begins, None for a field of another wire type.
    """

    number: int
    start: int
    payload: int | None
    end: int


def length_prefixed(body: bytes) -> Iterator[Framed]:
    """The fields of an encoded message in order, up to where its framing breaks."""
    end = 0
    while end < len(body):
        start = end
        try:
            tag, end = _varint(body, start)
            payload = None
            match tag & 7:  # the wire type: chunk, varint, 64 bits, 32 bits
                case 2:
                    length, payload = _varint(body, end)
                    end = payload + length
                case 0:
                    _, end = _varint(body, end)
                case 1:
                    end += 8
                case 5:
                    end += 4
                case _:
                    return
        except IndexError:
            return
        if end > len(body):
            return
        yield Framed(tag >> 3, start, payload, end)


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """The number at that place, and where it ends. Raises IndexError where there is none."""
    number = 0
    for shift in range(_LONGEST_VARINT):
        byte = body[at + shift]
        number |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return number, at + shift + 1
    raise IndexError(at)
