"""Sentences in English that another language can say too."""

import errno
from collections.abc import Iterable, Mapping
from typing import Any, Self

SEPARATORS = (" ", "  ", ", ", "; ", ": ", " = ", " and ")
"""The keys of sentences that are other ones behind one another."""


class Sentence(str):
    """A sentence, with the key of its form and the values in it, some of which may be sentences.

    A copy is the text alone.
    """

    key: str
    values: dict[str, object]

    def __new__(cls, key: str, form: str, /, **values: object) -> Self:
        sentence = super().__new__(cls, form.format(**values))
        sentence.key, sentence.values = key, values
        return sentence

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def counted(forms: tuple[str, str], number: float) -> str:
    """The form for one, or that for any other number."""
    return forms[0] if number == 1 else forms[1]


def joined(parts: Iterable[str], separator: str) -> str:
    """Return the parts behind one another; a sentence where one of them is, or the separator is
    a word. It is one of SEPARATORS.
    """
    texts = tuple(parts)
    text = separator.join(texts)
    if not (separator.strip().isalpha() or any(isinstance(part, Sentence) for part in texts)):
        return text
    return _with_values(separator, text, {str(place): part for place, part in enumerate(texts)})


def parts_of(sentence: str) -> dict[str, Any]:
    """Return the text as data for another process, with the key and values of a sentence."""
    if not isinstance(sentence, Sentence):
        return {"sentence": sentence}
    values = {
        name: parts_of(value) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    return {"sentence": str(sentence), "key": sentence.key, "values": values}


def sentence_of(parts: object) -> str | None:
    """Return what another process told by `parts_of`: the text alone where the rest has another
    form, None where the text has.
    """
    match parts:
        case {"sentence": str(text), "key": str(key), "values": dict(encoded)}:
            values = {
                name: sentence_of(value) if isinstance(value, dict) else value
                for name, value in encoded.items()
            }
            is_whole = all(isinstance(value, str | int | float) for value in values.values())
            return _with_values(key, text, values) if is_whole else text
        case {"sentence": str(text)}:
            return text
    return None


def _with_values(key: str, text: str, values: dict[str, Any]) -> Sentence:
    sentence = Sentence(key, "{text}", text=text)
    sentence.values = values
    return sentence


SYSTEM_ERRORS: Mapping[int, tuple[str, str]] = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), ("system_permission", "no permission")),
    errno.ENOENT: ("system_not_there", "it is not there"),
    errno.ENOTDIR: ("system_no_folder", "a part of its path is no folder"),
    errno.EISDIR: ("system_folder", "it is a folder"),
    errno.EEXIST: ("system_there", "it is there already"),
    errno.ENOTEMPTY: ("system_not_empty", "the folder is not empty"),
    errno.ENAMETOOLONG: ("system_long_name", "its name is too long"),
    errno.ELOOP: ("system_links", "its links lead in a circle"),
    errno.ENOSPC: ("system_disk_full", "the disk is full"),
    errno.EDQUOT: ("system_quota", "your share of the disk is used up"),
    errno.EROFS: ("system_read_only", "the disk is read-only"),
    errno.EIO: ("system_disk", "the disk reports an error"),
    errno.ETXTBSY: ("system_in_use", "it is in use"),
    errno.EBUSY: ("system_in_use", "it is in use"),
    errno.ENOEXEC: ("system_no_program", "it is no program of this machine"),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), ("system_files", "too many open files")),
    errno.EAGAIN: ("system_processes", "the machine can start no more processes"),
    errno.ENOMEM: ("system_memory", "no memory is left"),
    errno.EADDRNOTAVAIL: ("system_address", "this machine has no such address"),
    errno.EAFNOSUPPORT: ("system_address", "this machine has no such address"),
}
"""What the system says by its number: the key and the words."""


def system_words(error: OSError) -> str:
    """Return why the system did not do it, in the system's own words where it has others."""
    words = SYSTEM_ERRORS.get(error.errno or 0)
    return Sentence(*words) if words else error.strerror or str(error)
