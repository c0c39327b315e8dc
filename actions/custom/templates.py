"""Values put into the places that the configuration left for them, by structure. Pure.

A place is `{name}`. What stands around it is taken apart before any value is looked at (a path at
its slashes, JSON by its parser, a command into its words), and each piece is filled by itself and
encoded as its kind wants it. So no value adds a segment, a field, a word or a statement.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from actions.custom.values import Value, Values
from actions.verbs import Unplannable

_PLACE: Final = re.compile(r"\{([a-z0-9][a-z0-9_-]{0,62})\}", re.ASCII)
_DOTS: Final = frozenset({"", ".", ".."})

Json = object


class BadTemplate(Exception):
    """A template that can not be filled; why."""


def names_in(text: str) -> Iterator[str]:
    """The names of all places of a text, in their order."""
    for match in _PLACE.finditer(text):
        yield match.group(1)


def _filled(text: str, values: Values) -> str:
    return _PLACE.sub(lambda match: values[match.group(1)].text, text)


def path(template: str, values: Values) -> str:
    """A path, each value percent-encoded within its segment.

    Raises:
        Unplannable: A segment would become empty or a dot segment: that is another resource.
    """
    segments: list[str] = []
    for segment in template.split("/"):
        if _PLACE.search(segment) is None:
            segments.append(segment)
            continue
        plain = _filled(segment, values)
        if plain in _DOTS:
            raise Unplannable("a value would leave out a part of the address")
        segments.append(
            "".join(
                quote(values[part].text, safe="") if odd else part for odd, part in _pieces(segment)
            )
        )
    return "/".join(segments)


def _pieces(segment: str) -> Iterator[tuple[bool, str]]:
    """What stands there and what is filled in, in turn."""
    for place, part in enumerate(_PLACE.split(segment)):
        yield place % 2 == 1, part


def query(template: Mapping[str, str], values: Values) -> tuple[tuple[str, str], ...]:
    """A query; whoever sends it encodes it."""
    return tuple((name, _filled(text, values)) for name, text in template.items())


def body_of(text: str) -> Json:
    """The template of a JSON body.

    Raises:
        BadTemplate: It is no JSON, or a name has a place in it.
    """
    try:
        tree: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTemplate(f"no JSON: {error}") from None
    for name in _keys(tree):
        if _PLACE.search(name):
            raise BadTemplate("a name in JSON takes no value, only what stands beside it does")
    return tree


def _keys(tree: Json) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
        for each in tree.values():
            yield from _keys(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from _keys(each)


def body(tree: Json, values: Values) -> Json:
    """A body: a text that is one place alone takes the value's own type, others become text."""
    if isinstance(tree, dict):
        return {name: body(each, values) for name, each in tree.items()}
    if isinstance(tree, list):
        return [body(each, values) for each in tree]
    if not isinstance(tree, str):
        return tree
    whole = _PLACE.fullmatch(tree)
    return values[whole.group(1)].json if whole else _filled(tree, values)


def words(argv: Sequence[str], values: Values) -> tuple[str, ...]:
    """The words of a command: as many as there were, the program untouched.

    Raises:
        Unplannable: A value would be taken for an option.
    """
    program, *rest = argv
    made = [program]
    for word in rest:
        match = _PLACE.match(word)
        if match is not None and values[match.group(1)].text.startswith("-"):
            raise Unplannable(f"{match.group(1)} may not begin with -: it would be an option")
        made.append(_filled(word, values))
    return tuple(made)


def shown(tree: Json) -> str:
    """JSON as it is shown and sent."""
    return json.dumps(tree, ensure_ascii=False)


def with_target(values: Values, **more: str) -> dict[str, Value]:
    """The values with those that the row itself says, such as `service`."""
    return {**values, **{name: Value(text=text, json=text) for name, text in more.items()}}
