"""What a workflow asks for when it is started by hand: read from its file, and filled in. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import yaml
from msgspec import Struct

from actions.verbs import Unplannable
from providers.text import Foreign

LONGEST_FILE: Final = 524_288
"""Characters of a workflow file; GitHub takes no longer ones."""

MOST: Final = 25
"""Inputs that GitHub lets one dispatch have."""

LONGEST_VALUE: Final = 1_000


class Input(Struct, frozen=True, kw_only=True):
    """One input."""

    name: str
    options: tuple[str, ...] = ()
    """Only one of these; empty: anything."""

    default: str = ""
    required: bool = False
    flag: bool = False
    """`true` or `false`."""

    heavy: tuple[str, ...] = ()
    """Values with which it is as heavy as an outage, such as all of a product's sites at once."""

    @property
    def hint(self) -> str:
        """What is accepted, in words."""
        if self.flag:
            return "true or false"
        return f"one of {', '.join(self.options)}" if self.options else "any text"


class Unreadable(Exception):
    """A workflow file that says nothing we understand; why."""


def declared(text: str) -> tuple[Input, ...] | None:
    """The inputs that a workflow file declares; None when it can not be started by hand.

    Source: GitHub's syntax of `on.workflow_dispatch.inputs`. YAML 1.1 reads the key `on` as true.

    Raises:
        Unreadable: It is no such file.
    """
    if len(text) > LONGEST_FILE:
        raise Unreadable("the file is too long")
    try:
        tree = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise Unreadable("the file is no YAML") from None
    if not isinstance(tree, dict):
        raise Unreadable("the file is no workflow")
    events = tree.get("on", tree.get(True))
    if isinstance(events, str | list):
        return () if "workflow_dispatch" in events else None
    if not isinstance(events, dict) or "workflow_dispatch" not in events:
        return None
    dispatch = events["workflow_dispatch"]
    inputs = dispatch.get("inputs") if isinstance(dispatch, dict) else None
    return tuple(_inputs(inputs if isinstance(inputs, dict) else {}))


def _inputs(tree: Mapping[object, object]) -> Iterator[Input]:
    for name, about in list(tree.items())[:MOST]:
        told = about if isinstance(about, dict) else {}
        options = told.get("options")
        yield Input(
            name=str(name),
            options=tuple(_word(one) for one in options) if isinstance(options, list) else (),
            default=_word(told.get("default")),
            required=told.get("required") is True,
            flag=told.get("type") == "boolean",
        )


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)[:LONGEST_VALUE]


def filled(
    known: Sequence[Input] | None, fixed: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """The inputs to send, each checked.

    Args:
        known: What the workflow declares; None when nobody could tell.
        fixed: What the configuration says for this environment; nobody says otherwise.
        given: What the operator says.

    Raises:
        Unplannable: One is unknown, missing, fixed, or not among its options.
    """
    for name in given:
        if name in fixed:
            raise Unplannable(f"the input {_shown(name)} is {fixed[name]} here, always")
    wanted = {**given, **fixed}
    if known is None:
        return _checked(wanted)
    names = {one.name for one in known}
    for name in wanted:
        if name not in names:
            there = ", ".join(sorted(names)) or "none"
            raise Unplannable(f"the workflow has no input {_shown(name)}; it has {there}")
    for one in known:
        value = wanted.get(one.name, one.default)
        if not value and one.required:
            raise Unplannable(f"the input {_shown(one.name)} is needed: {one.hint}")
        if value and not _fits(one, value):
            raise Unplannable(f"the input {_shown(one.name)}: {one.hint}, not {_shown(value)}")
        if value:
            wanted[one.name] = value
    return _checked(wanted)


def _fits(one: Input, value: str) -> bool:
    if one.flag:
        return value in {"true", "false"}
    return not one.options or value in one.options


def _checked(wanted: dict[str, str]) -> dict[str, str]:
    if len(wanted) > MOST:
        raise Unplannable(f"GitHub takes {MOST} inputs, not {len(wanted)}")
    for name, value in wanted.items():
        if len(value) > LONGEST_VALUE:
            raise Unplannable(f"the input {_shown(name)} is longer than {LONGEST_VALUE} characters")
    return dict(sorted(wanted.items()))


def _shown(text: str) -> str:
    return Foreign(text).line(60)
