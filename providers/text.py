"""Text from outside, made harmless where it enters.

Nothing a server, a database or a commit author wrote may act on the terminal (promises P13, P14):
control characters, bidirectional overrides, invisible marks and lone surrogates become visible
signs here, and only here. The type is not a `str`, so it cannot slip into a place that reads
markup; whoever draws it has to ask for its characters.
"""

import re
import unicodedata
from typing import Final

from msgspec import Struct
from msgspec.structs import force_setattr

LONGEST: Final = 65_536
"""Characters kept of one text; SQL and bodies are longer only when somebody means harm."""

MOST_COMBINING: Final = 4
"""Marks allowed on one letter; real languages need three."""

_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_PLAIN: Final = re.compile(r"[^\n\t -~]+")
# Emoji style selectors change nothing but the drawing, and terminals disagree on their width.
_DROPPED: Final = frozenset("\ufe0e\ufe0f")


def _visible(character: str) -> str:
    """A sign for a character that must not reach the terminal as itself."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<U+{code:04X}>"


def _clean(raw: str) -> str:
    # Letter by letter 64 kB take 10 ms, and most of what comes is plain, most of that all of it.
    if raw.isascii() and raw.isprintable():
        return raw
    return _NOT_PLAIN.sub(lambda run: _clean_run(run.group()), raw.replace("\r\n", "\n"))


def _clean_run(raw: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in raw:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if character in _DROPPED or marks > MOST_COMBINING:
            continue
        if category in _UNSAFE_CATEGORIES:
            kept.append(_visible(character))
        elif category == "Zs":
            kept.append(" ")
        else:
            kept.append(character)
    return "".join(kept)


class Foreign(Struct, frozen=True, order=True):
    """Somebody else's words: safe to draw as plain text, and as nothing else.

    Making one is cleaning it; cleaning twice changes nothing.
    """

    text: str
    """The cleaned characters; only newline and tab are left of the control characters."""

    def __post_init__(self) -> None:
        raw = self.text
        cut = raw[:LONGEST]
        cleaned = _clean(cut)
        if max(len(raw), len(cleaned)) > LONGEST:
            cleaned = f"{cleaned[: LONGEST - 1]}…"
        force_setattr(self, "text", cleaned)

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    def line(self, limit: int = 400) -> str:
        """The text on one line: white space folded, at most `limit` characters."""
        folded = " ".join(self.text[: limit * 4].split())
        return folded if len(folded) <= limit else f"{folded[: limit - 1]}…"


EMPTY: Final = Foreign("")
