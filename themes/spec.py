"""What a theme is: names for what colours mean, and the rules for their values."""

import re
from typing import Final

from msgspec import Struct

COLOURS: Final = (
    "background",
    "surface",
    "panel",
    "foreground",
    "title",
    "muted",
    "border",
    "cursor",
    "accent",
    "ok",
    "warning",
    "critical",
    "unknown",
)
"""Every theme gives all of these and no others."""

DEFAULT: Final = "quarterdeck"

KEYS: Final = ("name", "title", "dark", "ansi", "colours")
HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
ANSI: Final = frozenset(
    f"ansi_{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
) | {"ansi_default"}
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class ThemeSpec(Struct, frozen=True, kw_only=True):
    """One theme."""

    name: str
    title: str
    dark: bool
    ansi: bool
    """Made of the terminal's own sixteen colours."""

    colours: dict[str, str]
    """By the names in `COLOURS`: `#rrggbb`, or `ansi_red` and the like in an ANSI theme."""


class ThemeProblem(Struct, frozen=True, kw_only=True):
    """What is wrong in a theme file, and where."""

    file: str
    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.reason}"


class ThemeError(Exception):
    """A theme file breaks the rules; carries every problem found in it."""

    def __init__(self, problems: tuple[ThemeProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Themes(Struct, frozen=True, kw_only=True):
    """All themes there are, and what was wrong with the others."""

    specs: tuple[ThemeSpec, ...]
    problems: tuple[ThemeProblem, ...] = ()
