"""Themes as data: YAML files with a name and colours, checked to the line.

A theme names what a colour *means* (ok, warning, muted), never where it is used. Our own themes
lie beside this module; the user's in a folder of theirs, where a broken one costs itself and
nothing else.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from themes.plain import plain_theme
from themes.spec import COLOURS, DEFAULT, ThemeError, ThemeProblem, Themes, ThemeSpec

__all__ = [
    "COLOURS",
    "DEFAULT",
    "ThemeError",
    "ThemeProblem",
    "ThemeSpec",
    "Themes",
    "load_themes",
    "parse_theme",
    "read_theme",
]

_LARGEST_BYTES: Final = 65_536


def load_themes(folder: Path | None = None) -> Themes:
    """Our own themes, then the user's; a user theme with the name of ours takes its place.

    Args:
        folder: The user's `*.yaml`; a folder that is not there holds none.
    """
    specs = {spec.name: spec for spec in map(read_theme, _files(Path(__file__).parent))}
    problems: list[ThemeProblem] = []
    for path in _files(folder) if folder is not None else ():
        try:
            spec = read_theme(path)
        except ThemeError as error:
            problems.extend(error.problems)
        else:
            specs[spec.name] = spec
    return Themes(specs=tuple(specs.values()), problems=tuple(problems))


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*.yaml")))


def read_theme(path: Path) -> ThemeSpec:
    """One theme file.

    Raises:
        ThemeError: The file can not be read or breaks the rules.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ThemeError((_unreadable(path, "larger than any theme"),))
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError((_unreadable(path, f"can not be read: {error}"),)) from error
    return parse_theme(text, path)


def parse_theme(text: str, path: Path) -> ThemeSpec:
    """The theme in the text of a file.

    Raises:
        ThemeError: With every problem, each with its line.
    """
    plain = plain_theme(text)
    if plain is not None:
        return plain
    from themes.yaml_reader import yaml_theme

    return yaml_theme(text, path)


def _unreadable(path: Path, reason: str) -> ThemeProblem:
    return ThemeProblem(file=str(path), line=1, column=1, reason=reason)
