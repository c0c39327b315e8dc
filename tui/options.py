"""What the command line said, as one value."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """The options in front of any command."""

    config_path: Path | None = None
    workspace: str | None = None
    environment: str | None = None
    demo: bool = False
    read_only: bool = False
    theme: str | None = None
    ascii_only: bool = False
    no_mouse: bool = False
    low_bandwidth: bool = False
    log_file: Path | None = None

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "Options":
        """Make sense of what click collected.

        Raises:
            TypeError: An option has a type that it never has.
        """
        return cls(
            config_path=_path(given.get("config_path")),
            workspace=_word(given.get("workspace")),
            environment=_word(given.get("environment")),
            demo=bool(given.get("demo")),
            read_only=bool(given.get("read_only")),
            theme=_word(given.get("theme")),
            ascii_only=bool(given.get("ascii_only")),
            no_mouse=bool(given.get("no_mouse")),
            low_bandwidth=bool(given.get("low_bandwidth")),
            log_file=_path(given.get("log_file")),
        )


def _path(value: object) -> Path | None:
    if value is None or isinstance(value, Path):
        return value
    raise TypeError(f"not a path: {type(value).__name__}")


def _word(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"not a word: {type(value).__name__}")
