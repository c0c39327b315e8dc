"""From the text of a file to its tree, within limits; the first half of loading."""

import re
from collections.abc import Iterator
from typing import Final, Protocol

import yaml
from msgspec import Struct

from tui.config.nodes import (
    DEEPEST,
    MOST_NODES,
    Document,
    Entry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    mapping,
    sequence,
)
from tui.config.problems import START, Finding, Lines, Path, Place
from tui.config.scalars import resolve_plain, unprintable

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What libyaml itself would refuse without a place, and marks that turn text around (Trojan Source).
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    "|[\u202a-\u202e\u2066-\u2069]"
)
_SCALAR_TAGS: Final = frozenset({None, "!"})


class Refused(Exception):
    """The text cannot be read any further.

    Args:
        place: Where it ends.
        reason: Why.
    """

    def __init__(self, place: Place, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(reason)


def compose(text: str) -> Document:
    """The tree of a file's text.

    Raises:
        Refused: It is no YAML, not one document, or past a limit.
    """
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        raise Refused(
            Lines(text).place(bad.start()), f"the character U+{ord(bad[0]):04X} is not allowed"
        )
    try:
        composer = _Composer(yaml.parse(text, Loader=_LOADER))
        return Document(root=composer.document(), faults=tuple(composer.faults))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused(_placed(mark), _words(error.problem or "")) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Refused(START, "not YAML") from None


class _Mark(Protocol):
    """What the marks of both parsers have; they count from 0."""

    line: int
    column: int


def _placed(mark: _Mark | None) -> Place:
    return START if mark is None else Place(line=mark.line + 1, column=mark.column + 1)


def _words(said: str) -> str:
    if "cannot start any token" in said:
        return "a tab or a sign that no value starts with: indent with spaces, and quote the value"
    return f"not YAML: {said or 'broken off'}"


class _Level(Struct):
    """One mapping or list that is being put together."""

    path: Path
    depth: int

    def inside(self, part: str | int) -> "_Level":
        return _Level(path=(*self.path, part), depth=self.depth + 1)


class _Composer:
    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._anchored: dict[str, Node | None] = {}
        self._count = 0
        self.faults: list[tuple[Place, Finding]] = []

    def document(self) -> Node:
        """The one document of the stream."""
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise Refused(_placed(event.start_mark), "a second document: one file, one")
                root = self._node(next(self._events), _Level(path=(), depth=0))
        if root is None:
            raise Refused(START, "the file is empty")
        return root

    def _node(self, event: yaml.Event, level: _Level) -> Node:
        place = _placed(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, place, level.depth)
        if level.depth > DEEPEST:
            raise Refused(place, f"nested deeper than {DEEPEST} levels")
        self._counted(1, place)
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            raise Refused(place, "not YAML")
        if event.anchor is not None:
            self._anchored[event.anchor] = None
        if event.tag not in _SCALAR_TAGS:
            self._fault(place, level.path, "tags such as !!str are not used here: quote a text")
        node = self._untagged(event, place, level)
        if event.anchor is not None:
            self._anchored[event.anchor] = node
        return node

    def _untagged(self, event: yaml.NodeEvent, place: Place, level: _Level) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, place, level.path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place, level)
        return self._mapping(place, level)

    def _scalar(self, event: yaml.ScalarEvent, place: Place, path: Path) -> Node:
        if reason := unprintable(event.value):
            self._fault(place, path, reason)
            return ScalarNode(place=place, value="")
        if not event.implicit[0]:
            return ScalarNode(place=place, value=event.value)
        resolved = resolve_plain(event.value)
        if resolved.trap:
            self._fault(place, path, resolved.trap)
        return ScalarNode(place=place, value=resolved.value)

    def _sequence(self, place: Place, level: _Level) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, level.inside(len(items))))
        return sequence(place, tuple(items))

    def _mapping(self, place: Place, level: _Level) -> Node:
        entries: dict[str, Entry] = {}
        merged: list[tuple[Place, Node]] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key_place = _placed(event.start_mark)
            key, is_merge = self._key(event, key_place, level)
            node = self._node(next(self._events), level.inside(key))
            if is_merge:
                merged.append((key_place, node))
            elif key in entries:
                first = entries[key].place.line
                self._fault(key_place, (*level.path, key), f"stands twice, first on line {first}")
            else:
                entries[key] = Entry(place=key_place, node=node)
        for key_place, node in merged:
            self._merge(entries, key_place, node, level.path)
        return mapping(place, entries)

    def _key(self, event: yaml.Event, place: Place, level: _Level) -> tuple[str, bool]:
        """A key's text, and whether it is `<<`."""
        if not isinstance(event, yaml.ScalarEvent):
            raise Refused(place, "a key is one word: neither a list, a mapping nor an alias")
        plain = event.implicit[0]
        if plain and event.value == "<<":
            return "<<", True
        if reason := unprintable(event.value):
            raise Refused(place, reason)
        node = self._node(event, level.inside(event.value))
        value = node.value if isinstance(node, ScalarNode) else None
        if plain and not isinstance(value, str):
            words = "a key is a text: quote it"
            self._fault(place, (*level.path, event.value), words)
        return event.value, False

    def _merge(self, entries: dict[str, Entry], place: Place, node: Node, path: Path) -> None:
        """Fill in what `<<` brings; what stands in the mapping itself, or came first, wins."""
        parts = node.items if isinstance(node, SequenceNode) else (node,)
        for part in parts:
            if not isinstance(part, MappingNode):
                self._fault(place, path, "<< takes an alias of a mapping, or a list of such")
                continue
            self._counted(part.size, place)
            for key, entry in part.entries.items():
                entries.setdefault(key, entry)

    def _alias(self, event: yaml.AliasEvent, place: Place, depth: int) -> Node:
        if event.anchor not in self._anchored:
            raise Refused(place, "no anchor of this name stands before it")
        node = self._anchored[event.anchor]
        if node is None:
            raise Refused(place, "an alias inside of what it repeats has no end")
        if depth + node.height > DEEPEST:
            raise Refused(place, f"nested deeper than {DEEPEST} levels")
        self._counted(node.size, place)
        return node

    def _counted(self, more: int, place: Place) -> None:
        self._count += more
        if self._count > MOST_NODES:
            raise Refused(place, f"more than {MOST_NODES} values, with those that aliases repeat")

    def _fault(self, place: Place, path: Path, reason: str) -> None:
        self.faults.append((place, Finding(path=path, reason=reason)))
