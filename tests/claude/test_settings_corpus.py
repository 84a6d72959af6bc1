"""Settings files of twenty shapes: changed where they may be, and given back byte for byte."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.claude.environment import variables
from ccotel_tui.claude.settings.change import changed, set_up_steps, taken_back
from ccotel_tui.claude.settings.json_text import parse, with_value, without_value
from ccotel_tui.claude.settings.set_up import carry_out, give_back, plan_settings, plan_undo
from ccotel_tui.errors import BadSettings

WANTED = variables({}, {})
COMMAND = "/opt/ccotel-tui line --width 60"

BIG = {"permissions": {"allow": [f"Bash(command-{n}:*)" for n in range(40_000)]}}
HOOKS: dict[str, Any] = {
    "hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "x"}]}]}
}
CORPUS: dict[str, bytes] = {
    "empty object": b"{}",
    "empty file": b"",
    "blank lines": b"\n\n",
    "one line": b'{"model": "opus", "env": {"A": "1"}}',
    "one line, close": b'{"model":"opus","env":{"A":"1"}}\n',
    "two spaces": json.dumps({"model": "opus", "env": {"A": "1"}}, indent=2).encode(),
    "four spaces": json.dumps({"model": "opus", "env": {"A": "1"}}, indent=4).encode() + b"\n",
    "tabs": json.dumps({"model": "opus", "env": {}}, indent="\t").encode() + b"\n",
    "carriage returns": b'{\r\n  "env": {\r\n    "A": "1"\r\n  }\r\n}\r\n',
    "byte order mark": b"\xef\xbb\xbf" + b'{\n  "model": "opus"\n}\n',
    "mark alone": b"\xef\xbb\xbf",
    "no line end": b'{\n  "z": 1,\n  "a": 2\n}',
    "odd spaces": b'{ "a" :1 ,\n"env":\n{\n} , "b":[ 1,2 ] }  \n\n',
    "hooks": json.dumps(HOOKS, indent=2).encode(),
    "other status line": json.dumps(
        {"statusLine": {"type": "command", "command": '~/bin/mine.sh # it\'s "mine"', "padding": 0}}
    ).encode(),
    "half a character": b'{"statusLine": {"type": "command", "command": "echo \\ud83d"}}',
    "null status line": b'{"statusLine": null}',
    "escapes": b'{"\\u00e9\\"{": "\xf0\x9f\x98\x80 \\ud83d }", "env": {"A\\n": "{"}}',
    "repeated inside": b'{"x": {"a": 1, "a": 2}, "big": 12345678901234567890123, "e": 1e400}',
    "our names, left over": json.dumps(
        {"env": {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://old:1", "OTEL_LOGS_EXPORTER": "none"}}
    ).encode(),
    "a megabyte": json.dumps(BIG, indent=2).encode(),
}


@pytest.mark.parametrize("shape", CORPUS)
def test_a_shape_is_changed_and_given_back(shape: str, tmp_path: Path) -> None:
    content, path, record = CORPUS[shape], tmp_path / "settings.json", tmp_path / "record.json"
    path.write_bytes(content)
    carry_out(plan_settings(path, WANTED, COMMAND), record)
    after = path.read_bytes()
    document = json.loads(after.decode("utf-8-sig"))
    assert document["env"].items() >= WANTED.items()
    assert document["statusLine"]["command"].endswith(COMMAND)
    before = json.loads(content.decode("utf-8-sig") or "{}") if content.strip() else {}
    ours = {"env", "statusLine"}
    assert [name for name in document if name in before or name not in ours] == list(before)
    assert not plan_settings(path, WANTED, COMMAND).changes
    for undo in plan_undo(record):
        give_back(undo, record)
    assert path.read_bytes() == content
    assert not record.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{\n  // mine\n  "a": 1\n}', "line 2: a comment"),
        (b'{\n  "a": 1 /* mine */\n}', "line 2: a comment"),
        (b'{\n  "a": 1,\n}', "line [23]: "),
        (b'{\n  "env": {},\n  "env": {}\n}', "line 3: env is there twice"),
        (b'{"env": {"A": "1",\n "A": "2"}}', "line 2: A is there twice"),
        (b'{"env": [1]}', "env is no object"),
        (b"[]", "no JSON object"),
        (b"\x0c\n", "line 1: Expecting value"),
        ("\u00a0".encode(), "line 1: Expecting value"),
        (b'{"a":\n "\xff"}', "line 2: it is not UTF-8"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_what_cannot_be_changed_is_refused_with_its_line(
    content: bytes, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(BadSettings, match=told):
        plan_settings(path, WANTED, COMMAND)
    assert path.read_bytes() == content


def test_a_file_that_was_not_there_goes_again(tmp_path: Path) -> None:
    path, record = tmp_path / "new" / "settings.json", tmp_path / "record.json"
    carry_out(plan_settings(path, WANTED, COMMAND), record)
    assert parse(path.read_text())["env"] == WANTED
    for undo in plan_undo(record):
        give_back(undo, record)
    assert not path.exists()


def test_a_link_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.json", tmp_path / "settings.json"
    real.write_text("{}")
    real.chmod(0o640)
    link.symlink_to(real)
    carry_out(plan_settings(link, WANTED, COMMAND), tmp_path / "record.json")
    assert link.is_symlink()
    assert parse(real.read_text())["env"] == WANTED
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path, record = tmp_path / "settings.json", tmp_path / "record.json"
    path.write_text("{}")
    path.chmod(0o444)
    with pytest.raises(BadSettings, match="read-only"):
        carry_out(plan_settings(path, WANTED, COMMAND), record)
    assert (path.read_text(), record.exists()) == ("{}", False)


def test_a_file_that_another_has_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    plan = plan_settings(path, WANTED, COMMAND)
    path.write_text('{"model": "opus"}')
    with pytest.raises(BadSettings):
        carry_out(plan, tmp_path / "record.json")
    plan = plan_settings(path, WANTED, COMMAND)
    path.write_text('{"model": "sonnet"}')
    with pytest.raises(BadSettings, match="changed meanwhile"):
        carry_out(plan, tmp_path / "record.json")
    assert path.read_text() == '{"model": "sonnet"}'
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_what_the_user_changed_since_stays(tmp_path: Path) -> None:
    path, record = tmp_path / "settings.json", tmp_path / "record.json"
    path.write_text('{\n  "env": {\n    "OTEL_LOGS_EXPORTER": "none"\n  }\n}\n')
    carry_out(plan_settings(path, WANTED, COMMAND), record)
    text = with_value(path.read_text(), ("model",), "opus")
    path.write_text(with_value(text, ("env", "OTEL_METRIC_EXPORT_INTERVAL"), "5"))
    (undo,) = plan_undo(record)
    assert undo.staying == ("env.OTEL_METRIC_EXPORT_INTERVAL",)
    give_back(undo, record)
    assert json.loads(path.read_text()) == {
        "env": {"OTEL_LOGS_EXPORTER": "none", "OTEL_METRIC_EXPORT_INTERVAL": "5"},
        "model": "opus",
    }


def test_half_a_character_goes_back_as_it_was(tmp_path: Path) -> None:
    path, record = tmp_path / "settings.json", tmp_path / "record.json"
    path.write_bytes(b'{"env": {"OTEL_LOGS_EXPORTER": "\\ud83d"}}')
    carry_out(plan_settings(path, WANTED, COMMAND), record)
    path.write_bytes(path.read_bytes() + b"\n")
    [undo] = plan_undo(record)
    give_back(undo, record)
    assert path.read_bytes() == b'{"env": {"OTEL_LOGS_EXPORTER": "\\ud83d"}}\n'


def test_a_second_set_up_is_taken_back_to_before_the_first(tmp_path: Path) -> None:
    path, record = tmp_path / "settings.json", tmp_path / "record.json"
    path.write_bytes(CORPUS["tabs"])
    carry_out(plan_settings(path, WANTED, COMMAND), record)
    other = variables({"http": "127.0.0.1:9"}, {})
    carry_out(plan_settings(path, other, None), record)
    for undo in plan_undo(record):
        give_back(undo, record)
    assert path.read_bytes() == CORPUS["tabs"]


NAMES = st.text(max_size=5) | st.sampled_from(["env", "statusLine", *WANTED])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = (
    st.fixed_dictionaries(
        {},
        optional={
            "env": st.dictionaries(NAMES, st.text(max_size=5), max_size=4),
            "statusLine": VALUES,
        },
    )
    .flatmap(
        lambda ours: st.dictionaries(st.text(max_size=5), VALUES, max_size=4).map(
            lambda theirs: {**theirs, **ours}
        )
    )
    .filter(lambda document: isinstance(document.get("env", {}), dict))
)


@given(
    document=DOCUMENTS,
    indent=st.sampled_from([None, 0, 1, 2, 4, "\t"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    ascii_only=st.booleans(),
    tail=st.sampled_from(["", "\n", " \n\n"]),
)
def test_any_json_is_changed_only_where_it_must_be(
    document: dict[str, Any], indent: Any, line_end: str, ascii_only: bool, tail: str
) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    text = text.replace("\n", line_end) + tail
    after = changed(text, set_up_steps(text, WANTED, COMMAND))
    ours = parse(after)
    rest = {name: value for name, value in document.items() if name not in ("env", "statusLine")}
    assert {name: ours[name] for name in rest} == rest
    assert ours["env"].keys() >= WANTED.keys()
    assert set_up_steps(after, WANTED, COMMAND) == []
    if line_end == "\r\n" and "\n" in text and "\r\n" in text.rstrip():
        assert "\n" not in after.replace("\r\n", "") or "\n" in tail or "statusLine" in document
    edited = with_value(after, ("added since",), 1)
    back, staying = taken_back(edited, text, after)
    assert staying == []
    restored = without_value(back, ("added since",)) if "added since" in parse(back) else back
    was = {name: value for name, value in document.items() if value is not None or name in rest}
    assert {n: v for n, v in parse(restored).items() if v is not None or n in rest} == was


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from ccotel_tui.claude.settings.file import read_file, replace_file
path = Path(sys.argv[1])
contents = [Path(each).read_bytes() for each in sys.argv[2:]]
print("begins", flush=True)
while True:
    for content in contents:
        replace_file(read_file(path), content)
"""


def test_killed_at_any_moment_the_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path, old, new = (tmp_path / name for name in ("settings.json", "old", "new"))
    old.write_bytes(CORPUS["a megabyte"])
    new.write_bytes(CORPUS["a megabyte"] + b" " * 500_000)
    path.write_bytes(old.read_bytes())
    for moment in range(12):
        command = [sys.executable, "-c", WRITE_FOR_EVER, *map(str, (path, new, old))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            # The moment differs by how many other writes have gone by.
            for _ in range(moment):
                seen = path.stat().st_ino
                while path.stat().st_ino == seen and writer.poll() is None:
                    pass
            writer.kill()
        assert path.read_bytes() in (old.read_bytes(), new.read_bytes())
