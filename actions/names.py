"""Names that are typed to confirm, and characters that are not what they look like. Pure."""

import hashlib
import re
import unicodedata
from typing import Final

_TYPABLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,63}")
_MOST_TYPED: Final = 64
_LOOK_ALIKES: Final = frozenset("ıɑɡɩʟ")
"""Latin letters beyond ASCII that are drawn like letters of it."""

_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category that are drawn as nothing."""


def typable(name: str, identity: str) -> str:
    """What is typed to confirm: the name if anybody can type it, else the end of the identity.

    Only ASCII letters, digits and `._@:/+-` are left, so that no look-alike, blank or invisible
    character can be part of what is compared.
    """
    for candidate in (name, identity):
        if _TYPABLE.fullmatch(candidate):
            return candidate
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", identity).strip("-._")[-_MOST_TYPED:].lstrip("-._")
    return plain or hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def is_typable(name: str) -> bool:
    """Whether a short name may be asked for."""
    return _TYPABLE.fullmatch(name) is not None


def oddities(text: str) -> tuple[str, ...]:
    """Characters of a name that are not what they look like, in words, each once.

    Everything beyond ASCII that could be taken for ASCII is worth a word: letters of other
    alphabets among Latin ones, and whatever `Foreign` made visible.
    """
    mixed = any(one.isascii() and one.isalpha() for one in text)
    found = [
        f"{one} is U+{ord(one):04X} {unicodedata.name(one, 'without a name').lower()}"
        for one in dict.fromkeys(text)
        if not one.isascii() and _is_odd(one, mixed=mixed)
    ]
    hidden = re.findall(r"<U\+[0-9A-F]{4,6}>", text)
    return (*found, *(f"{one[1:-1]} is invisible" for one in dict.fromkeys(hidden)))


def _is_odd(character: str, *, mixed: bool) -> bool:
    """Whether it can be taken for ASCII: by compatibility, by its looks, or among such letters."""
    if character in _LOOK_ALIKES or unicodedata.normalize("NFKC", character).isascii():
        return True
    foreign = not unicodedata.name(character, "").startswith("LATIN ")
    return foreign and (mixed or not character.isalpha())


def says_something(text: str) -> bool:
    """Whether anybody can read a reason in it: not blank, and not made of invisible characters."""
    return any(one.isalnum() and one not in _FILLERS for one in text)
