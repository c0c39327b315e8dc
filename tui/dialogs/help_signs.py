"""What the signs and short words of the wall mean, for the end of the help."""

from collections.abc import Iterator

from widgets.cells import Cell, Line, Tone, fit
from widgets.glyphs import Glyphs

_WIDTH = 20


def sign_lines(glyphs: Glyphs) -> Iterator[Line]:
    """A line a sign or word, as this terminal draws it."""
    for sign, meaning in (*_signs(glyphs), *_WORDS):
        yield (Cell(f"{fit(sign, _WIDTH)} ", Tone.ACCENT), Cell(meaning))


def _signs(glyphs: Glyphs) -> tuple[tuple[str, str], ...]:
    return (
        (glyphs.ok, "well"),
        (glyphs.warning, "warning; or past a limit, and the time it is given is not up"),
        (glyphs.critical, "critical"),
        (glyphs.unknown, "not known: never read, or too long ago to be believed"),
        (glyphs.failed, "could not be read; a build that failed"),
        (glyphs.running, "under way; a deploy on the timeline"),
        (glyphs.acknowledged, "acknowledged: somebody is at it"),
        (glyphs.snoozed, "snoozed: nobody is to hear of it for a while"),
        (glyphs.hatch * 3, "not configured"),
    )


_WORDS = (
    ("≠  =", "the environments serve different versions; the same"),
    ("━━┃──┃", "a value on the way to its limits; a crossed one is passed"),
    ("×3", "so many bad answers in a row; so many services in one deploy"),
    ("→ API +4", "what follows from this alert: this, and four more"),
    ("pending 6m/15m", "past its limit for 6 of the 15 minutes after which it fires"),
    ("respond in 13m", "until when somebody should be at it; 14m over: since when nobody was"),
    ("B:245", "line 245 of runbook B"),
    ("onset −36s", "this deploy went live 36 s before the trouble began"),
    ("100 % in 30m", "uptime, of the part of the 24 hours that was seen"),
    ("13m left seen 2%", "of the error budget; so much of its period was seen"),
    ("target only, trend", "a number that never alarms; one without limits"),
    ("pool 53/55", "connections in use, of those there are for everybody"),
    ("READ-ONLY, READ", "nothing can be changed; nothing before an environment is armed"),
)
