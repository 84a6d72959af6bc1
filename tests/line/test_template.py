"""What a template becomes where some of its fields lack."""

import pytest

from ccotel_tui.line.template import field_names, filled

FIELDS = {"session": "$4.12", "state": "live", "context": None, "cache": None, "name": "web-shop"}


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{session} session  {state}", "$4.12 session  live"),
        ("{session}  context {context}  {state}", "$4.12  live"),
        ("{session}  {context} context  {state}", "$4.12  live"),
        ("context {context}  {session}", "$4.12"),
        ("{session} ctx {context} {state}", "$4.12 live"),
        ("{session} ({context})", "$4.12)"),
        ("{session}  cache {cache} of {context}", "$4.12"),
        ("{context}", ""),
        ("{{{session}}} {name:>10}|", "{$4.12}   web-shop|"),
        ("[{session}] {state}", "[$4.12] live"),
        ("no field", "no field"),
    ],
)
def test_a_field_that_lacks_goes_with_its_label(template: str, line: str) -> None:
    assert filled(template, FIELDS.__getitem__) == line


def test_no_other_field_is_there() -> None:
    with pytest.raises(KeyError):
        filled("{nope}", FIELDS.__getitem__)
    with pytest.raises(KeyError):
        filled("{}", FIELDS.__getitem__)
    with pytest.raises(ValueError, match="Single"):
        filled("}", FIELDS.__getitem__)


def test_the_fields_that_are_named() -> None:
    assert field_names("{session}  {{x}} {cache!r:>3}") == {"session", "cache"}
