"""Themes read as YAML: every problem found, each with its line and column."""

import difflib
from pathlib import Path

import yaml

from themes.spec import ANSI, COLOURS, HEX, KEYS, NAME, ThemeError, ThemeProblem, ThemeSpec


def yaml_theme(text: str, path: Path) -> ThemeSpec:
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
        raise ThemeError((problem_at(path, None, f"not YAML: {error}"),)) from error
    return _Reader(path).theme(root)


def problem_at(path: Path, node: yaml.Node | None, reason: str) -> ThemeProblem:
    """What is wrong with a node; with the file as a whole when there is none."""
    mark = node.start_mark if node is not None else None
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return ThemeProblem(file=str(path), line=line, column=column, reason=reason)


class _Reader:
    """Walks the nodes of one file and collects everything that is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[ThemeProblem] = []

    def theme(self, root: yaml.Node | None) -> ThemeSpec:
        fields = self._mapping(root, KEYS, "a theme")
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
        if not NAME.fullmatch(name):
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
        if ansi and word not in ANSI:
            self._note(node, f"{name}: {word!r} is none of the terminal's own, as `ansi_red` is")
        if not ansi and not HEX.fullmatch(word):
            self._note(node, f'{name}: {word!r} is no colour; write it as "#1a2b3c", in quotes')
        return word

    def _note(self, node: yaml.Node | None, reason: str) -> None:
        self.problems.append(problem_at(self.path, node, reason))
