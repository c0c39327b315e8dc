"""The file as a tree in which every value knows its place.

The parser's events are put together here and not by a loader of PyYAML, because those keep the
last of two equal keys, follow aliases without limit, recurse as deep as the file wants, and make
dates and octal numbers out of plain words (promises, §2.6).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct, field

from tui.config.problems import Finding, Path, Place
from tui.config.scalars import Scalar

DEEPEST: Final = 24
"""Levels of nesting; the deepest setting stands on the twelfth."""

MOST_NODES: Final = 50_000
"""Values in the whole file, those that aliases repeat counted each time."""


class ScalarNode(Struct, frozen=True, kw_only=True):
    """A single value."""

    place: Place
    value: Scalar
    size: int = 1
    height: int = 0


class SequenceNode(Struct, frozen=True, kw_only=True):
    """A list."""

    place: Place
    items: tuple["Node", ...]
    size: int
    height: int


class Entry(Struct, frozen=True, kw_only=True):
    """A key with what it holds."""

    place: Place
    """Of the key."""

    node: "Node"


class MappingNode(Struct, frozen=True, kw_only=True):
    """A mapping; keys are texts and each stands once."""

    place: Place
    entries: Mapping[str, Entry]
    size: int
    height: int


Node = ScalarNode | SequenceNode | MappingNode
"""`size` counts a node and all below it, `height` the levels below it; aliases are followed."""

Data = Scalar | tuple["Data", ...] | dict[str, "Data"]
"""A tree without places: what pydantic validates."""


def sequence(place: Place, items: tuple[Node, ...]) -> SequenceNode:
    """A list of finished nodes."""
    size = 1 + sum(item.size for item in items)
    return SequenceNode(place=place, items=items, size=size, height=_above(items))


def mapping(place: Place, entries: Mapping[str, Entry]) -> MappingNode:
    """A mapping of finished nodes; keys count as values."""
    nodes = tuple(entry.node for entry in entries.values())
    size = 1 + sum(1 + node.size for node in nodes)
    return MappingNode(place=place, entries=entries, size=size, height=_above(nodes))


def _above(nodes: tuple[Node, ...]) -> int:
    return 1 + max((node.height for node in nodes), default=0)


class Document(Struct, frozen=True, kw_only=True):
    """A parsed file, and what was wrong with it as YAML."""

    root: Node
    faults: tuple[tuple[Place, Finding], ...] = field(default=())

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Where a setting stands; of what is not there, the nearest thing around it that is.

        Args:
            path: Keys and positions from the top.
            at_key: The place of the key instead of what it holds.
        """
        node, place = self.root, self.root.place
        for part in path:
            entry = _step(node, part)
            if entry is None:
                return place
            node, place = entry.node, entry.place
        return place if at_key else node.place


def _step(node: Node, part: str | int) -> Entry | None:
    if isinstance(node, MappingNode):
        return node.entries.get(str(part))
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.items):
        item = node.items[part]
        return Entry(place=item.place, node=item)
    return None


def data(node: Node) -> Data:
    """The tree without places. Aliased parts come out as often as they are named."""
    if isinstance(node, MappingNode):
        return {key: data(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, SequenceNode):
        return tuple(data(item) for item in node.items)
    return node.value


def texts(node: Node, path: Path = ()) -> Iterator[tuple[Path, Place, str]]:
    """Every text in the tree, keys included, with its path."""
    if isinstance(node, MappingNode):
        for key, entry in node.entries.items():
            yield (*path, key), entry.place, key
            yield from texts(entry.node, (*path, key))
    elif isinstance(node, SequenceNode):
        for position, item in enumerate(node.items):
            yield from texts(item, (*path, position))
    elif isinstance(node.value, str):
        yield path, node.place, node.value
