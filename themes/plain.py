"""Themes read without a YAML parser, as long as they are as plain as ours.

PyYAML costs 15 ms of the start: 10 to import, 1 for each theme. A theme is fifteen lines of names
and values; one that is written so is read here, and whatever is written in any other way, or is
wrong, is left to the reader that knows YAML and can say what and where.
"""

import re
from collections.abc import Iterator
from typing import Final

from themes.spec import ANSI, COLOURS, HEX, KEYS, NAME, ThemeSpec

_WORDS: Final = r"[A-Za-z0-9_][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*"
_LINE: Final = re.compile(rf"""( {{2}})?([a-z]+):(?: (?:"([ !#-\[\]-~]+)"|({_WORDS})))?""")
"""Indentation, key, and a value in quotes without escapes or of words that are words in YAML too:
nothing that could be a comment, a mark or another mapping."""

_FLAGS: Final = {"false": False, "true": True}


def plain_theme(text: str) -> ThemeSpec | None:
    """The theme in the text of a file; None when it is not plain or breaks a rule."""
    fields: dict[str, str] = {}
    colours: dict[str, str] = {}
    for inner, key, value in _pairs(text):
        # What stands deeper belongs to the one mapping there is, which comes last.
        place = colours if inner and "colours" in fields else fields
        if not key or key in place or (inner and place is fields):
            return None
        place[key] = value
    return _theme(fields, colours)


def _pairs(text: str) -> Iterator[tuple[bool, str, str]]:
    """Whether it stands deeper, key and value of each line; an empty key when it is not plain."""
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or not line.isascii():
            yield False, "", ""
            return
        yield found[1] is not None, found[2], found[3] or found[4] or ""


def _theme(fields: dict[str, str], colours: dict[str, str]) -> ThemeSpec | None:
    name, dark, ansi = (
        fields.get("name", ""),
        fields.get("dark", "false"),
        fields.get("ansi", "false"),
    )
    sound = (
        fields.keys() <= set(KEYS)
        and list(fields)[-1:] == ["colours"]
        and not fields["colours"]
        and bool(NAME.fullmatch(name))
        and {dark, ansi} <= _FLAGS.keys()
        and colours.keys() == set(COLOURS)
        and all(_is_colour(value, ansi=_FLAGS[ansi]) for value in colours.values())
    )
    if not sound:
        return None
    title = fields.get("title") or name
    return ThemeSpec(name=name, title=title, dark=_FLAGS[dark], ansi=_FLAGS[ansi], colours=colours)


def _is_colour(word: str, *, ansi: bool) -> bool:
    return word in ANSI if ansi else bool(HEX.fullmatch(word))
