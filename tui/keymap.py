"""Keys by command id: reads what the configuration says, and finds every fault in it.

Knows no terminal, so that `quarterdeck check` and `quarterdeck keys` answer without loading one.
"""

import difflib
import string
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from tui.command import Command, Group, Scope
from tui.commands import BY_ID, COMMANDS

NEVER: Final = frozenset(
    f"ctrl+{key}" for key in [*"abhijkmqsz", "backslash", "left_square_bracket", "space", "at"]
)
"""Keys that terminals, multiplexers and shells take for themselves, or that read as others."""

_NAMES: Final = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_PLAIN: Final = frozenset(
    {"enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end"}
    | {"pageup", "pagedown", "up", "down", "left", "right"}
)
_MODIFIERS: Final = frozenset({"ctrl", "shift"})
_HIGHEST_FUNCTION_KEY: Final = 12


class KeyProblem(Struct, frozen=True, kw_only=True):
    """One fault in the configured keys."""

    command: str
    """The id under `keys:` that it is about."""

    message: str


def key_name(written: str) -> str:
    """The terminal's name of a key as people write it: `?` is `question_mark`."""
    if len(written) == 1 and not written.isalnum():
        named = unicodedata.name(written, "").lower().replace("-", "_").replace(" ", "_")
        return _NAMES.get(named, named)
    modifiers, plus, last = written.rpartition("+")
    return f"{modifiers.lower()}{plus}{key_name(last)}" if plus and last else written


_PUNCTUATION: Final = frozenset(key_name(sign) for sign in string.punctuation)


def key_sign(name: str) -> str:
    """A key as people read it: `question_mark` is `?`, `ctrl+p` is `^p`."""
    if name.startswith("ctrl+"):
        return f"^{key_sign(name[5:])}"
    return _SIGNS.get(name, name)


_SIGNS: Final = {
    "pagedown": "pgdn",
    "pageup": "pgup",
    "escape": "esc",
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "up": "↑",
    "down": "↓",
}


def keys_of(command: Command, changes: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of a command once the configuration has had its say."""
    written = changes.get(command.id)
    if written is None:
        return command.keys
    return tuple(key_name(part.strip()) for part in _parts(written))


def _parts(written: str) -> list[str]:
    return (
        [","] if written.strip() == "," else [part for part in written.split(",") if part.strip()]
    )


def _known(key: str) -> bool:
    *modifiers, last = key.split("+")
    if not set(modifiers) <= _MODIFIERS or not last:
        return False
    if len(last) == 1 or last in _PLAIN:
        return True
    if last[:1] == "f" and last[1:].isdecimal():
        return 1 <= int(last[1:]) <= _HIGHEST_FUNCTION_KEY
    return last in _PUNCTUATION


def key_problems(changes: Mapping[str, str]) -> tuple[KeyProblem, ...]:
    """Every fault in `keys:`: unknown ids, unusable keys, two commands on one key."""
    return (*_unknown(changes), *_unusable(changes), *_shared(changes))


def _unknown(changes: Mapping[str, str]) -> Iterator[KeyProblem]:
    for command in changes:
        if command in BY_ID:
            continue
        near = difflib.get_close_matches(command, BY_ID, n=1)
        hint = f" — did you mean `{near[0]}`?" if near else ""
        yield KeyProblem(command=command, message=f"no command has this id{hint}")


def _unusable(changes: Mapping[str, str]) -> Iterator[KeyProblem]:
    for command, written in changes.items():
        parts = _parts(written)
        if not parts:
            yield KeyProblem(command=command, message="no key is given")
        for key in map(key_name, (part.strip() for part in parts)):
            if key in NEVER:
                reason = f"`{key}` belongs to terminals and multiplexers"
            elif not _known(key):
                reason = f"`{key}` is no key"
            else:
                continue
            yield KeyProblem(command=command, message=reason)


def _shared(changes: Mapping[str, str]) -> Iterator[KeyProblem]:
    owner: dict[tuple[bool, str], str] = {}
    for command in COMMANDS:
        for key in keys_of(command, changes):
            # In the list of actions a key may do something else than everywhere.
            first = owner.setdefault((command.scope is Scope.ACTIVITY, key), command.id)
            if first == command.id:
                continue
            blamed, other = (first, command.id) if first in changes else (command.id, first)
            yield KeyProblem(
                command=blamed, message=f"`{key_sign(key)}` is already the key of `{other}`"
            )


def key_table(changes: Mapping[str, str]) -> tuple[tuple[Group, str, str, str], ...]:
    """Group, id, keys as people read them and help of each command, in the order of the help."""
    return tuple(
        (
            command.group,
            command.id,
            " ".join(key_sign(key) for key in keys_of(command, changes)) or "—",
            command.help,
        )
        for group in Group
        for command in COMMANDS
        if command.group is group
    )


def keys_page() -> str:
    """The text of docs/keys.md."""
    lines = [
        "# Keys",
        "",
        "Generated from `tui/commands.py`. Each command can be put on other keys by its id, under",
        "`keys:` in the configuration: `refresh: f5`, or several: `maximise: \"z,f11\"`.",
        "Nothing outside Quarterdeck is changed before it is confirmed in the guard's dialog.",
    ]  # fmt: skip
    group: Group | None = None
    for heading, name, keys, text in key_table({}):
        if heading is not group:
            group = heading
            lines += ["", f"## {heading.value}", ""]
            lines += ["| keys | id | what it does |", "| --- | --- | --- |"]
        spelled = " ".join(f"`{key}`" for key in keys.split())
        lines.append(f"| {spelled} | `{name}` | {text} |")
    never = ", ".join(f"`{key}`" for key in sorted(NEVER))
    lines += ["", f"Never bound, because terminals and multiplexers take them: {never}.", ""]
    return "\n".join(lines)
