"""Sentences in English that another language can say too."""

from typing import Self


class Sentence(str):
    """A sentence, with the key of its form and the values in it, some of which may be sentences.

    A copy is the text alone.
    """

    key: str
    values: dict[str, object]

    def __new__(cls, key: str, form: str, **values: object) -> Self:
        sentence = super().__new__(cls, form.format(**values))
        sentence.key, sentence.values = key, values
        return sentence

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)
