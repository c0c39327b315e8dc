"""Commands and keys: declared once, sound as they are, and every fault in a change is told."""

from pathlib import Path

import pytest
from textual.binding import Binding

from tui.bindings import bindings_for, keymap_of
from tui.command import Scope
from tui.commands import BY_ID, COMMANDS
from tui.keymap import NEVER, key_name, key_problems, key_sign, keys_of, keys_page
from tui.screens.page import Page
from widgets.grid import Grid


def test_the_keys_as_they_come_have_no_problem() -> None:
    assert key_problems({}) == ()


def test_every_command_has_an_id_of_its_own_and_a_sentence() -> None:
    assert len(BY_ID) == len(COMMANDS)
    assert all(command.help.endswith(".") for command in COMMANDS)


def test_no_key_of_a_terminal_or_multiplexer_is_bound() -> None:
    bound = {key for command in COMMANDS for key in command.keys}
    bound |= {key for binding in _bindings(Grid) for key in binding.key.split(",")}

    assert not bound & NEVER
    assert not any(key.startswith("alt+") for key in bound)


@pytest.mark.parametrize("letter", list("BRVKCDAP"))
def test_capitals_of_verbs_lead_to_the_guard_and_say_so(letter: str) -> None:
    [command] = [each for each in COMMANDS if letter in each.keys]

    assert command.action == f"act('{letter}')"
    assert command.label.endswith("…")


def test_the_capital_of_the_incident_mode_to_come_is_free() -> None:
    assert all("I" not in command.keys for command in COMMANDS)


def test_in_the_list_of_actions_a_key_may_do_something_else() -> None:
    assert BY_ID["audit-verify"].keys == BY_ID["sources"].keys
    assert key_problems({"audit-verify": "c"}) == ()
    assert [one.command for one in key_problems({"undo": "e"})] == ["undo"]


def test_r_reads_and_does_nothing_else() -> None:
    reading = {"refresh", "refresh-all", "read-back"}
    assert {c.id for c in COMMANDS if {"r", "ctrl+r"} & set(c.keys)} == reading


def _bindings(widget: type[Grid] | type[Page]) -> list[Binding]:
    return [each for each in widget.BINDINGS if isinstance(each, Binding) and each.id]


@pytest.mark.parametrize("widget", [Grid, Page])
def test_what_a_list_binds_of_its_own_accord_is_declared(widget: type[Grid] | type[Page]) -> None:
    declared = {c.bound_as: set(c.keys) for c in COMMANDS if c.bound_as}

    for binding in _bindings(widget):
        assert set(binding.key.split(",")) == declared[binding.id or ""]


def test_docs_are_what_the_commands_say() -> None:
    page = Path(__file__).parent.parent / "docs" / "keys.md"

    assert page.read_text(encoding="utf-8") == keys_page(), "write docs/keys.md from keys_page()"


@pytest.mark.parametrize(
    ("changes", "command", "words"),
    [
        ({"refesh": "x"}, "refesh", "did you mean `refresh`"),
        ({"zzz": "x"}, "zzz", "no command has this id"),
        ({"quit": "ctrl+a"}, "quit", "belongs to terminals"),
        ({"quit": "ctrl+\\"}, "quit", "belongs to terminals"),
        ({"quit": "alt+q"}, "quit", "no key"),
        ({"quit": "f13"}, "quit", "no key"),
        ({"quit": "nonsense"}, "quit", "no key"),
        ({"quit": ""}, "quit", "no key is given"),
        ({"pause": "r"}, "pause", "already the key of `refresh`"),
        ({"theme": "?"}, "theme", "already the key of `help`"),
        ({"pause": "x", "theme": "x"}, "pause", "already the key of"),
        ({"copy": "j"}, "copy", "already the key of `down`"),
    ],
)
def test_a_faulty_change_is_told(changes: dict[str, str], command: str, words: str) -> None:
    problems = key_problems(changes)

    assert [problem.command for problem in problems][:1] == [command]
    assert words in problems[0].message


def test_two_commands_may_swap_their_keys() -> None:
    assert key_problems({"pause": "r", "refresh": "p"}) == ()


@pytest.mark.parametrize(
    ("written", "name"),
    [("?", "question_mark"), ("/", "slash"), ("ctrl+P", "ctrl+P"), ("CTRL+p", "ctrl+p"),
     ("[", "left_square_bracket"), ("f5", "f5"), (",", "comma")],
)  # fmt: skip
def test_keys_are_written_as_people_do(written: str, name: str) -> None:
    assert key_name(written) == name


def test_signs_are_what_people_read() -> None:
    assert [key_sign(key) for key in ("question_mark", "ctrl+p", "escape", "q")] == [
        "?",
        "^p",
        "esc",
        "q",
    ]


def test_a_change_moves_every_default_key() -> None:
    assert keys_of(BY_ID["maximise"], {"maximise": "x, f11"}) == ("x", "f11")
    assert keymap_of({"maximise": "x", "down": "n", "nonsense": "y"}) == {
        "maximise": "x",
        "list.down": "n",
    }


def test_bindings_carry_the_ids_of_commands() -> None:
    ids = {each.id for each in bindings_for(*Scope) if isinstance(each, Binding)}

    assert ids == {command.id for command in COMMANDS if not command.bound_as}
