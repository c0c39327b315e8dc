"""What is kept of what Python compiles at a start, and that it is the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tui.compiled import NAME, Compiled, keep, kept

ROOT = Path(__file__).parent.parent

EXPRESSIONS = [
    (r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(\d{4}))?", 0),
    (r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(\d{4}))?", re.ASCII),
    (rb"(?P<name>[-!#$%&'*+.^_`|~0-9a-zA-Z]+):[ \t]*", 0),
    (r"straße|[ä-ü]+(?=x)(?<!y)", re.IGNORECASE | re.MULTILINE),
    (r" (a) # with words \1", re.VERBOSE),
    (r"(?s:.)(?i:q)*?(?>x++)", re.DOTALL),
    ("", 0),
]


def test_an_expression_that_was_kept_is_the_one_that_python_compiles(tmp_path: Path) -> None:
    first = Compiled({})
    fresh = [re.compile(pattern, flags) for pattern, flags in EXPRESSIONS]
    assert [first.expression(*each) for each in EXPRESSIONS] == fresh
    keep(tmp_path / NAME, first.to_keep() or {})
    second = Compiled(kept(tmp_path / NAME))
    again = [second.expression(*each) for each in EXPRESSIONS]
    assert again == fresh
    assert [each.groupindex for each in again] == [each.groupindex for each in fresh]
    assert again[0].sub(r"\g<month>/\1", "on 24.12.") == "on 12/24."
    assert second.to_keep() is None


def test_what_is_no_expression_is_told_as_ever() -> None:
    with pytest.raises(re.error, match="unterminated"):
        Compiled({}).expression("[")
    with pytest.raises(SyntaxError):
        Compiled({}).code("a b", "<string>", "eval")


def test_only_what_a_start_asked_for_is_kept() -> None:
    known = dict.fromkeys([("eval", str(number)) for number in range(8)], compile("0", "", "eval"))
    compiled = Compiled(known)
    for number in range(5):
        compiled.code(str(number), "<string>", "eval")
    assert (compiled.to_keep() or {}).keys() == {("eval", str(number)) for number in range(5)}
    compiled.code("5", "<string>", "eval")
    assert compiled.to_keep() is None
    compiled.code("8", "<string>", "eval")
    assert ("eval", "8") in (compiled.to_keep() or {})


def test_a_start_without_answers_does_not_remember_without_end() -> None:
    compiled = Compiled({})
    for number in range(2_100):
        compiled.code(str(number), "<string>", "eval")
    assert len(compiled.to_keep() or {}) == 2_000


def test_nothing_that_is_damaged_or_that_others_may_write_is_believed(tmp_path: Path) -> None:
    place = tmp_path / NAME
    assert kept(place) == {}
    keep(place, {"one": 1})
    assert kept(place) == {"one": 1}
    whole = place.read_bytes()
    for content in (whole[:-1], whole.replace(b" 3.", b" 2.", 1), whole[:-1] + b"\0", b"", b"\n"):
        place.write_bytes(content)
        assert kept(place) == {}
    place.write_bytes(whole)
    place.chmod(0o620)
    assert kept(place) == {}
    place.chmod(0o600)
    assert kept(place) == {"one": 1}
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert kept(place) == {}


START = """
import sys, threading
from pathlib import Path
import tui.compiled
tui.compiled.compile_less(Path(sys.argv[1]))

import re, dataclasses, collections, typing
import tui.first_answers, tui.launch, tui.quick_classes as quick
from textual.dom import DOMNode
from tui.terminal_imports import import_textual

textuals, ours, made = DOMNode.__init_subclass__.__func__, quick._made, []
names = ("_reactives", "_computes", "_inherit_css", "_inherit_bindings", "_css_type_name",
         "_inherit_component_classes", "_css_type_names")

def told(cls):
    bindings = list(cls._merged_bindings.key_to_bindings.items())
    return [getattr(cls, name) for name in names], list(cls._reactives), bindings

def made_quickly(cls, **given):
    ours(cls, **given)
    made.append((cls, given, told(cls)))

quick._made = made_quickly
import_textual()
import tui.app, textual.widgets
from textual.widgets import DataTable, Input, TextArea
tui.first_answers.FIRST_ANSWERS.shown()
for each in threading.enumerate():
    if each is not threading.current_thread():
        each.join()

@dataclasses.dataclass
class Made:
    one: "int" = 1

print(Made(), collections.namedtuple("Pair", "a b")(1, 2), re.compile("(?P<x>a+)").match("aa")["x"],
      typing.get_type_hints(Made))
print(re._compiler.compile.__module__,
      [("compile" if each is typing else "exec" if each is dataclasses else "eval") in vars(each)
       for each in (dataclasses, collections, typing)])
for cls, given, found in made:
    textuals(cls, **given)
    assert told(cls) == found, cls
print(len(made) > 40)
"""


def started(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", START, str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_start_with_what_is_kept_makes_the_same_and_then_python_compiles_as_ever(
    tmp_path: Path,
) -> None:
    expected = [
        "Made(one=1) Pair(a=1, b=2) aa {'one': <class 'int'>}",
        "re._compiler [False, False, False]",
        "True",
    ]
    assert started(tmp_path) == expected
    first = (tmp_path / NAME).read_bytes()
    assert len(kept(tmp_path / NAME)) > 150
    assert started(tmp_path) == expected
    # The second had nothing to add.
    assert (tmp_path / NAME).read_bytes() == first
