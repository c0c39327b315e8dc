"""Plain words of YAML, read so that every reader of the file understands the same.

YAML 1.1 and 1.2 disagree on `on`, `no`, `012`, `1:30`, `0o14`, `1_000` and on dates. Such a word
is refused where it stands without quotes, whatever the setting expects.
"""

import math
import re
import unicodedata
from typing import Final

from msgspec import Struct

Scalar = str | int | float | bool | None

LONGEST: Final = 8_192
"""Characters of one value; no setting needs as many."""

_WORDS: Final[dict[str, Scalar]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}
_LONGEST_WORD: Final = 5
"""Of the words that are no text, or for some readers none."""

_NUMBERS: Final = frozenset("+-.=0123456789")
"""Signs with one of which all else begins that is no text, or for some readers none."""

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT: Final = re.compile(
    r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?|[-+]?\.[0-9]+", re.ASCII
)
_MOST_DIGITS: Final = 18
_TRAPS: Final = (
    (
        re.compile(r"(?i:on|off|yes|no)"),
        "true or false for some readers of YAML and text for others: write true or false, or "
        "quote it",
    ),
    (
        re.compile(r"(?i:true|false|null)"),
        "write true, false and null in small letters, or quote it",
    ),
    (
        re.compile(r"[-+]?0[0-9_]+", re.ASCII),
        "a number that starts with 0 is octal for some readers of YAML: drop the 0, or quote it",
    ),
    (
        re.compile(r"[-+]?0[box][0-9A-Fa-f_]+", re.ASCII),
        "write the number in decimal, or quote it",
    ),
    (
        re.compile(r"[-+]?[0-9][0-9_]*(?::[0-9]{1,2})+(?:\.[0-9_]*)?", re.ASCII),
        "read as a number to base 60 by some readers of YAML: quote it, or write a duration "
        "such as 1m30s",
    ),
    (
        re.compile(r"[-+]?[0-9][0-9_.]*_[0-9_.]*", re.ASCII),
        "read as a number by some readers of YAML: drop the _, or quote it",
    ),
    (
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?", re.ASCII),
        'read as a date by some readers of YAML: quote it, "2025-01-31"',
    ),
    (
        re.compile(r"(?i:[-+]?\.inf|\.nan)"),
        "a limit or factor is a finite number",
    ),
    (re.compile(r"="), "quote it"),
)
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Resolved(Struct, frozen=True, kw_only=True):
    """What a plain word means, or why it may not stand there."""

    value: Scalar
    trap: str = ""


def resolve_plain(word: str) -> Resolved:
    """The value of a word without quotes."""
    if word in _WORDS:
        return Resolved(value=_WORDS[word])
    if len(word) > _LONGEST_WORD and word[0] not in _NUMBERS:
        return Resolved(value=word)
    for pattern, reason in _TRAPS:
        if pattern.fullmatch(word):
            return Resolved(value=word, trap=reason)
    if _INTEGER.fullmatch(word):
        if len(word) > _MOST_DIGITS:
            return Resolved(
                value=word, trap="a number with too many digits: quote it if it is text"
            )
        return Resolved(value=int(word))
    if _FLOAT.fullmatch(word):
        number = float(word)
        if not math.isfinite(number):
            return Resolved(value=word, trap="a limit or factor is a finite number")
        return Resolved(value=number)
    return Resolved(value=word)


def unprintable(text: str) -> str:
    """Why a text may not become a value: too long, or a character that is not seen; else empty."""
    if len(text) > LONGEST:
        return f"longer than {LONGEST} characters"
    if text.isascii() and text.isprintable():
        return ""
    for character in text:
        if character not in "\n\t" and unicodedata.category(character) in _UNSAFE:
            return f"holds the invisible or control character U+{ord(character):04X}"
    return ""
