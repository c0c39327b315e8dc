"""Whether this terminal can show the wall and carry a copy. Pure: told what there is."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct

from themes.loader import load_themes
from tui.doctor.findings import Finding, Mark

AREA = "terminal"
COMPLETE = (80, 24)
"""The wall is complete from here on; smaller, it is cut down and says so."""


class Surroundings(Struct, frozen=True, kw_only=True):
    """What is known of the terminal."""

    environment: Mapping[str, str]
    is_terminal: bool
    columns: int
    lines: int
    encoding: str
    tmux_clipboard: str | None = None
    """tmux's `set-clipboard`; None outside tmux, or when it did not say."""

    tmux_passthrough: str | None = None
    """tmux's `allow-passthrough`; the same."""


def terminal_findings(place: Surroundings) -> Iterator[Finding]:
    """Everything about the terminal."""
    if not place.is_terminal:
        yield _found("screen", Mark.WARNING, "this is no terminal", "run doctor in the one you use")
    yield _size(place)
    yield _encoding(place)
    yield _colours(place.environment)
    yield from _tmux(place)


def theme_findings(name: str, own: Path) -> Iterator[Finding]:
    """Whether the chosen theme is there, and what is wrong with the operator's own."""
    themes = load_themes(own)
    names = [spec.name for spec in themes.specs]
    if name not in names and name not in _textual_themes():
        near = get_close_matches(name, names, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        words = f"there is no theme {name}; quarterdeck is shown"
        fix = f"{meant}there are: {', '.join(names)}"
        yield _found("theme", Mark.WARNING, words, fix)
    for problem in themes.problems:
        yield _found("theme", Mark.WARNING, str(problem), "until then it is left out")


def _textual_themes() -> Collection[str]:
    from textual.theme import BUILTIN_THEMES

    return BUILTIN_THEMES


def _found(subject: str, mark: Mark, words: str, fix: str = "") -> Finding:
    return Finding(area=AREA, subject=subject, mark=mark, words=words, fix=fix)


def _size(place: Surroundings) -> Finding:
    words = f"{place.columns}x{place.lines}"
    if place.columns >= COMPLETE[0] and place.lines >= COMPLETE[1]:
        return _found("size", Mark.OK, words)
    fix = f"make it at least {COMPLETE[0]}x{COMPLETE[1]}; below that the wall is cut down"
    return _found("size", Mark.WARNING, words, fix)


def _encoding(place: Surroundings) -> Finding:
    if place.encoding.lower().replace("-", "") == "utf8":
        return _found("characters", Mark.OK, "UTF-8")
    fix = "export LANG=C.UTF-8, or start with --ascii"
    return _found("characters", Mark.WARNING, f"{place.encoding}: signs would be lost", fix)


def _colours(environment: Mapping[str, str]) -> Finding:
    if environment.get("NO_COLOR"):
        return _found("colours", Mark.OK, "none (NO_COLOR); states keep their signs and words")
    if environment.get("COLORTERM") in {"truecolor", "24bit"}:
        return _found("colours", Mark.OK, "true colour")
    kind = environment.get("TERM", "")
    if "256color" in kind:
        fix = "export COLORTERM=truecolor if your terminal has it"
        return _found("colours", Mark.OK, "256", fix)
    return _found("colours", Mark.WARNING, f"16 (TERM={kind or 'unset'})", "use the ansi theme")


def _tmux(place: Surroundings) -> Iterator[Finding]:
    if "TMUX" not in place.environment:
        return
    if place.tmux_clipboard == "on":
        yield _found("tmux clipboard", Mark.OK, "copies reach your clipboard")
    else:
        said = place.tmux_clipboard or "not known"
        fix = "tmux set -s set-clipboard on (y always saves to a file as well)"
        yield _found("tmux clipboard", Mark.WARNING, f"set-clipboard is {said}", fix)
    if place.tmux_passthrough not in {"on", "all"}:
        said = place.tmux_passthrough or "not known"
        fix = "tmux set -g allow-passthrough on, for desktop notices"
        yield _found("tmux notices", Mark.WARNING, f"allow-passthrough is {said}", fix)
