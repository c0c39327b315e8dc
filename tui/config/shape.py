"""The shape of the file as its models say it: which keys may stand where."""

import types
from collections.abc import Mapping
from typing import Annotated, TypeGuard, Union, get_args, get_origin

from tui.config.model import Config, Setting
from tui.config.problems import Path


def keys_of(setting: type[Setting]) -> tuple[str, ...]:
    """The keys that a mapping of this kind takes, as they are written in the file."""
    return tuple(info.alias or name for name, info in setting.model_fields.items())


def setting_at(path: Path) -> type[Setting] | None:
    """The model of the mapping at `path`; None where a plain value or nothing known stands."""
    kind: object = Config
    for part in path:
        kind = _inside(kind, part)
    return kind if _is_setting(kind) else None


def annotation_of(setting: type[Setting], key: str) -> object:
    """The type that a key's value has, without constraints; None for an unknown key."""
    for name, info in setting.model_fields.items():
        if key == (info.alias or name):
            return settled(info.annotation)
    return None


def _inside(kind: object, part: str | int) -> object:
    if _is_setting(kind):
        return annotation_of(kind, str(part))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(part, int):
        return settled(arguments[0])
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return settled(arguments[1])
    return None


def settled(annotation: object) -> object:
    """An annotation without its constraints and without None."""
    if get_origin(annotation) is Annotated:
        return settled(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        arms = [settled(arm) for arm in get_args(annotation) if arm is not type(None)]
        return arms[0] if len(arms) == 1 else None
    return annotation


def _is_setting(kind: object) -> TypeGuard[type[Setting]]:
    return isinstance(kind, type) and issubclass(kind, Setting)
