"""A configuration that was sound the last time, kept as plain data.

Judging the file takes pydantic, PyYAML and a fifth of a second of the start, and 10 MB for as long
as the program runs. So what came out of it is kept, under the digest of the file's content and the
state of the code that judged it; while both are the same, judging again could say nothing else.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from tui.config.content import Content
from tui.config.paths import read_own, write_private

if TYPE_CHECKING:
    from tui.config.model import Config
    from tui.config.model_base import Setting

NAME: Final = "last-config.json"
_SETTING: Final = ""
"""Key that tells settings, which have attributes, from mappings by name; no name is empty."""


def keep(folder: Path, content: Content, config: "Config") -> None:
    """Keep a configuration for the next start.

    Raises:
        OSError: The folder can not be written.
        TypeError: A setting is of a kind that can not be kept.
    """
    kept = {"digest": content.digest, "code": _code(), "config": _plain(config)}
    write_private(folder / NAME, json.dumps(kept))


def kept(folder: Path, content: Content) -> "Config | None":
    """The configuration kept for exactly this content; None when there is none to believe.

    What comes back has the attributes of a `Config` and of everything in it, and nothing else.
    """
    if content.writable_by_all:
        return None  # such a file has to be judged each time
    try:
        found = json.loads(read_own(folder / NAME))
        known = found["digest"] == content.digest and found["code"] == _code()
        return cast("Config", _settled(found["config"])) if known else None
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None


def _plain(value: object) -> object:
    from tui.config.model_base import Setting

    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Setting):
        return {_SETTING: {name: _plain(getattr(value, name)) for name in _attributes(value)}}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    raise TypeError(f"a {type(value).__name__} can not be kept")


def _attributes(setting: "Setting") -> Iterator[str]:
    """Fields, and what the models work out of them."""
    from tui.config.model_base import Setting

    yield from type(setting).model_fields
    for kind in type(setting).__mro__:
        if issubclass(kind, Setting) and kind is not Setting:
            yield from (name for name, each in vars(kind).items() if isinstance(each, property))


def _settled(value: object) -> object:
    """The way back of `_plain`."""
    if isinstance(value, list):
        return tuple(_settled(each) for each in value)
    if not isinstance(value, dict):
        return value
    if _SETTING in value:
        return SimpleNamespace(**{name: _settled(each) for name, each in value[_SETTING].items()})
    return {name: _settled(each) for name, each in value.items()}


def _code() -> list[list[object]]:
    """The state of the modules that judge, so that another version judges anew."""
    with os.scandir(Path(__file__).parent) as entries:
        judges = sorted((each.name, each.stat()) for each in entries if each.name.endswith(".py"))
    return [[name, found.st_mtime_ns, found.st_size] for name, found in judges]
