"""Bends a good JSON answer into a bad one. Pure."""

import json
import math
from collections.abc import Callable
from typing import Final

from demo.faults import FaultKind

HOSTILE_TEXTS: Final = (
    "[/red]deploy [bold]now[/bold] [@click=app.quit]click me[/]",
    "\x1b[2J\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x1b\\cleared",
    "\u202egnp.exe\u202c \u2066hidden\u2069 \u200binvisible",
    "nul\x00 bell\x07 delete\x7f c1\x9b31m line\u2028separator",
    "lone surrogate \ud800 end",
    "a" + "\u0301" * 200 + " zalgo",
    "wide 漢字 👩‍👩‍👧‍👦 한국어",
    "x" * 100_000,
)
"""One of each kind that has hurt a terminal program."""

_TEXT_KEYS: Final = frozenset(
    {
        "message",
        "name",
        "title",
        "description",
        "display_title",
        "body",
        "githubCommitMessage",
        "githubCommitAuthorName",
        "githubCommitAuthorLogin",
        "login",
        "username",
        "text",
        "error",
        "errorMessage",
        "detail",
    }
)
_ENUM_KEYS: Final = frozenset(
    {
        "status",
        "state",
        "readyState",
        "readySubstate",
        "conclusion",
        "indicator",
        "impact",
        "trigger",
        "target",
        "jobStatus",
        "suspended",
        "type",
        "source",
        "event",
    }
)
_NOVELTY: Final = "quantum_entangled"

Bend = Callable[[str, object], object]


def distort(body: bytes, kind: FaultKind) -> bytes:
    """The same answer, bent; what is not JSON comes back as it is.

    Raises:
        KeyError: That kind does not bend JSON.
    """
    bend = _BENDS[kind]
    try:
        value = json.loads(body)
    except ValueError:
        return body
    return json.dumps(_walk("", value, bend)).encode()


def distorts(kind: FaultKind) -> bool:
    """Whether a fault bends the JSON of a good answer."""
    return kind in _BENDS


def _walk(key: str, value: object, bend: Bend) -> object:
    if isinstance(value, dict):
        return {name: _walk(name, item, bend) for name, item in value.items()}
    if isinstance(value, list):
        return [_walk(key, item, bend) for item in value]
    return bend(key, value)


def _other_type(_key: str, value: object) -> object:
    if isinstance(value, bool):
        return "maybe"
    if isinstance(value, int | float):
        return f"about {value}"
    return 17 if isinstance(value, str) else ["unexpected"]


def _null(_key: str, _value: object) -> object:
    return None


def _not_a_number(_key: str, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return math.nan if str(value) < "5" else math.inf


def _novel(key: str, value: object) -> object:
    known = key in _ENUM_KEYS and isinstance(value, str)
    if not known:
        return value
    return _NOVELTY.upper() if str(value).isupper() else _NOVELTY


def _hostile(key: str, value: object) -> object:
    if key not in _TEXT_KEYS or not isinstance(value, str):
        return value
    return HOSTILE_TEXTS[sum(value.encode()) % len(HOSTILE_TEXTS)]


_BENDS: Final[dict[FaultKind, Bend]] = {
    FaultKind.WRONG_TYPES: _other_type,
    FaultKind.NULLS: _null,
    FaultKind.NOT_A_NUMBER: _not_a_number,
    FaultKind.UNKNOWN_ENUM: _novel,
    FaultKind.HOSTILE_TEXT: _hostile,
}
