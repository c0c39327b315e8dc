"""Themes as data: YAML files with a name and colours, checked to the line.

A theme names what a colour *means* (ok, warning, muted), never where it is used. Our own themes
lie beside this module; the user's in a folder of theirs, where a broken one costs itself and
nothing else.
"""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml
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

_KEYS: Final = ("name", "title", "dark", "ansi", "colours")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_ANSI: Final = frozenset(
    f"ansi_{bright}{name}"
    for bright in ("", "bright_")
    for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
) | {"ansi_default"}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LARGEST_BYTES: Final = 65_536


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
            raise ThemeError((_problem(path, None, "larger than any theme"),))
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError((_problem(path, None, f"can not be read: {error}"),)) from error
    return parse_theme(text, path)


def parse_theme(text: str, path: Path) -> ThemeSpec:
    """The theme in the text of a file.

    Raises:
        ThemeError: With every problem, each with its line.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = f"not YAML: {error.problem or 'can not be parsed'}"
        at = ThemeProblem(file=str(path), line=line, column=column, reason=reason)
        raise ThemeError((at,)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ThemeError((_problem(path, None, f"not YAML: {error}"),)) from error
    return _Reader(path).theme(root)


def _problem(path: Path, node: yaml.Node | None, reason: str) -> ThemeProblem:
    mark = node.start_mark if node is not None else None
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return ThemeProblem(file=str(path), line=line, column=column, reason=reason)


class _Reader:
    """Walks the nodes of one file and collects everything that is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[ThemeProblem] = []

    def theme(self, root: yaml.Node | None) -> ThemeSpec:
        fields = self._mapping(root, _KEYS, "a theme")
        name = self._name(fields.get("name"), root)
        title = self._text(fields.get("title")) or name
        dark, ansi = self._flag(fields.get("dark")), self._flag(fields.get("ansi"))
        colours = self._colours(fields.get("colours"), root, ansi=ansi)
        if self.problems:
            raise ThemeError(tuple(self.problems))
        return ThemeSpec(name=name, title=title, dark=dark, ansi=ansi, colours=colours)

    def _mapping(
        self, node: yaml.Node | None, known: tuple[str, ...], what: str
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._note(node, f"{what} is a mapping of names to values")
            return {}
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                self._note(key, f"{name!r} is no setting of {what}{hint}")
            elif name in fields:
                self._note(key, f"{name!r} stands here twice")
            else:
                fields[name] = value
        return fields

    def _name(self, node: yaml.Node | None, root: yaml.Node | None) -> str:
        name = self._text(node)
        if not _NAME.fullmatch(name):
            self._note(
                root if node is None else node, "name: small letters, digits and dashes, at most 40"
            )
        return name

    def _text(self, node: yaml.Node | None) -> str:
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def _flag(self, node: yaml.Node | None) -> bool:
        if node is None:
            return False
        word = self._text(node)
        if word not in {"true", "false"}:
            self._note(node, f"{word!r} is neither true nor false")
        return word == "true"

    def _colours(
        self, node: yaml.Node | None, root: yaml.Node | None, *, ansi: bool
    ) -> dict[str, str]:
        fields = {} if node is None else self._mapping(node, COLOURS, "colours")
        for missing in [name for name in COLOURS if name not in fields]:
            self._note(root if node is None else node, f"colours: {missing!r} is missing")
        return {name: self._colour(name, value, ansi=ansi) for name, value in fields.items()}

    def _colour(self, name: str, node: yaml.Node, *, ansi: bool) -> str:
        word = self._text(node)
        if ansi and word not in _ANSI:
            self._note(node, f"{name}: {word!r} is none of the terminal's own, as `ansi_red` is")
        if not ansi and not _HEX.fullmatch(word):
            self._note(node, f'{name}: {word!r} is no colour; write it as "#1a2b3c", in quotes')
        return word

    def _note(self, node: yaml.Node | None, reason: str) -> None:
        self.problems.append(_problem(self.path, node, reason))
