"""What an operator says besides the target: checked by type, and never more than a value. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from msgspec import Struct

from actions.families import ParameterKind
from actions.verbs import Unplannable
from providers.text import Foreign

LONGEST: Final = 500
_FLAGS: Final = {"true": True, "false": False}
_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class Wanted(Struct, frozen=True, kw_only=True):
    """One parameter as the configuration describes it."""

    name: str
    title: str
    kind: ParameterKind = ParameterKind.TEXT
    pattern: str = ""
    """Of a text: a regular expression for the whole of it; empty: any text of one line."""

    longest: int = LONGEST
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = True
    """Of a number: no fraction."""

    choices: tuple[str, ...] = ()
    default: str = ""
    required: bool = True


class Value(Struct, frozen=True, kw_only=True):
    """One value that was checked."""

    text: str
    """In its one spelling: `5`, `true`."""

    json: str | int | float | bool
    """As it stands in JSON when nothing else stands beside it."""


Values = Mapping[str, Value]


def checked(wanted: Sequence[Wanted], given: Mapping[str, str]) -> dict[str, Value]:
    """The values by name, each of its type and within its bounds.

    Raises:
        Unplannable: One is unknown, missing, or not what is asked for.
    """
    names = {one.name for one in wanted}
    for name in given:
        if name not in names:
            there = ", ".join(sorted(names)) or "none"
            raise Unplannable(f"there is no parameter {_shown(name)}; there is {there}")
    found: dict[str, Value] = {}
    for one in wanted:
        text = given.get(one.name, "") or one.default
        if not text and one.required and one.kind is not ParameterKind.FLAG:
            raise Unplannable(f"{one.name} is needed: {one.title}")
        found[one.name] = _READ[one.kind](one, text)
    return found


def _text(one: Wanted, text: str) -> Value:
    if len(text) > one.longest:
        raise Unplannable(f"{one.name} is longer than {one.longest} characters")
    if any(unicodedata.category(character) in _HARMFUL for character in text):
        raise Unplannable(f"{one.name} holds a character that can not be seen: {_shown(text)}")
    if text and one.pattern and re.fullmatch(one.pattern, text) is None:
        raise Unplannable(f"{one.name} has to look like {one.pattern}, not {_shown(text)}")
    return Value(text=text, json=text)


def _number(one: Wanted, text: str) -> Value:
    if not text:
        return Value(text="", json="")
    try:
        number = Decimal(text) if len(text) <= 40 and text.isascii() else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) >= Decimal(2) ** 53:
        raise Unplannable(f"{one.name} has to be a number, not {_shown(text)}")
    if one.whole and number != number.to_integral_value():
        raise Unplannable(f"{one.name} has to be a whole number")
    if one.minimum is not None and number < Decimal(str(one.minimum)):
        raise Unplannable(f"{one.name} has to be at least {one.minimum:g}")
    if one.maximum is not None and number > Decimal(str(one.maximum)):
        raise Unplannable(f"{one.name} has to be at most {one.maximum:g}")
    if number == number.to_integral_value():
        return Value(text=str(int(number)), json=int(number))
    return Value(text=format(number, "f"), json=float(number))


def _choice(one: Wanted, text: str) -> Value:
    if text and text not in one.choices:
        raise Unplannable(f"{one.name} is one of {', '.join(one.choices)}, not {_shown(text)}")
    return Value(text=text, json=text)


def _flag(one: Wanted, text: str) -> Value:
    word = text or "false"
    if word not in _FLAGS:
        raise Unplannable(f"{one.name} is true or false, not {_shown(text)}")
    return Value(text=word, json=_FLAGS[word])


_READ: Final = {
    ParameterKind.TEXT: _text,
    ParameterKind.NUMBER: _number,
    ParameterKind.CHOICE: _choice,
    ParameterKind.FLAG: _flag,
}


def _shown(text: str) -> str:
    return Foreign(text).line(60)
