"""Our themes as Textual's: the colours of a theme file become CSS variables.

Widgets and style sheets use the `$qd-…` variables and Textual's own names; both come from here.
"""

from collections.abc import Iterable
from typing import Any, Final

from textual.app import App
from textual.color import Color
from textual.theme import Theme

from themes.loader import COLOURS, ThemeSpec

PREFIX: Final = "qd-"


def variables(spec: ThemeSpec) -> dict[str, str]:
    """The CSS variables of a theme: `qd-ok`, `qd-muted` and so on for every colour."""
    colours = spec.colours
    own = {f"{PREFIX}{name}": colours[name] for name in COLOURS}
    return own | {
        # Textual's own style sheets name these two under an ANSI theme and have no default.
        "ansi-background": colours["background"],
        "ansi-foreground": colours["foreground"],
        "border": colours["accent"],
        "border-blurred": colours["border"],
        "block-cursor-background": colours["cursor"],
        "block-cursor-foreground": colours["title"],
        "block-cursor-text-style": "reverse" if spec.ansi else "none",
        "block-cursor-blurred-background": colours["surface"],
        "block-cursor-blurred-foreground": colours["foreground"],
        "footer-key-foreground": colours["accent"],
        "input-selection-background": colours["cursor"],
        "input-cursor-text-style": "reverse",
        "scrollbar": colours["border"],
        "scrollbar-hover": colours["muted"],
        "scrollbar-active": colours["accent"],
        "scrollbar-background": colours["background"],
        "scrollbar-background-hover": colours["background"],
        "scrollbar-background-active": colours["background"],
        "scrollbar-corner-color": colours["background"],
    }


def textual_theme(spec: ThemeSpec) -> Theme:
    """The theme as Textual wants it."""
    colours = spec.colours
    return Theme(
        name=spec.name,
        primary=colours["accent"],
        secondary=colours["accent"],
        accent=colours["accent"],
        success=colours["ok"],
        warning=colours["warning"],
        error=colours["critical"],
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["panel"],
        dark=spec.dark,
        ansi=spec.ansi,
        variables=variables(spec),
    )


def register(app: App[Any], specs: Iterable[ThemeSpec]) -> None:
    """Make the themes known to the app; the one to use is set with `app.theme`."""
    for spec in specs:
        app.register_theme(textual_theme(spec))


def colours_of(theme: Theme) -> dict[str, str]:
    """Our colours under any theme: its own where it has them, else made from Textual's.

    Values are `#rrggbb`, or `ansi_…` names under an ANSI theme.
    """
    own = {name: theme.variables.get(f"{PREFIX}{name}", "") for name in COLOURS}
    if all(own.values()):
        return own
    made = theme.to_color_system().generate()
    return {name: own[name] or _made(name, made, ansi=theme.ansi) for name in COLOURS}


def own_variables(theme: Theme) -> dict[str, str]:
    """Our variables with the values for any theme.

    An app returns this from `get_theme_variable_defaults`, so that style sheets which name
    `$qd-…` parse under Textual's own themes too.
    """
    return {f"{PREFIX}{name}": colour for name, colour in colours_of(theme).items()}


_STAND_INS: Final = {
    "background": ("background", 1.0),
    "surface": ("surface", 1.0),
    "panel": ("panel", 1.0),
    "foreground": ("foreground", 1.0),
    "title": ("foreground", 1.0),
    "muted": ("foreground", 0.6),
    "border": ("foreground", 0.25),
    "cursor": ("primary", 0.25),
    "accent": ("accent", 1.0),
    "ok": ("success", 1.0),
    "warning": ("warning", 1.0),
    "critical": ("error", 1.0),
    "unknown": ("foreground", 0.75),
}
"""Textual's variable for each of our colours, and how much of it is left on the background."""


def _made(name: str, variables: dict[str, str], *, ansi: bool) -> str:
    variable, share = _STAND_INS[name]
    colour = variables[variable]
    if ansi:
        return colour if share == 1.0 else "ansi_default"
    return Color.parse(variables["background"]).blend(Color.parse(colour), share).hex6
