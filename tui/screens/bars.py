"""What header, banner and footer of every screen say about the view. Pure but for the widgets."""

from collections.abc import Sequence
from typing import Final

from monitor.words import duration_words
from tui.bindings import LiveCommand
from tui.settings import ScreenSettings
from tui.view import View
from widgets.banner import banner_line
from widgets.cells import Cell, Line, Tone
from widgets.frame import Hint
from widgets.header_line import Session
from widgets.looks import steady
from widgets.one_line import OneLine

SLOW_LINK_MS: Final = 150.0
"""A round trip worth telling."""

_FOOTER_ORDER: Final = (
    "help", "palette", "open", "fold", "filter", "actions", "undo", "act-rollback", "act-restart",
    "act-deploy", "act-end", "act-cancel", "act-revoke", "act-page-ack", "act-page",
    "audit-export", "audit-verify", "maximise", "back", "quit", "runbook", "arm", "copy",
    "activity", "environment", "pause", "refresh",
)  # fmt: skip

_GUARDED: Final = frozenset({"actions", "arm"})
"""Shown although they can not be given now, so that everybody knows that they are there."""


def session_of(view: View, settings: ScreenSettings) -> Session:
    """Who looks, and how, for the header."""
    slow = view.link_ms is not None and view.link_ms >= SLOW_LINK_MS
    return Session(
        operator=settings.operator,
        mode=view.mode.word if view.mode else settings.mode,
        armed=view.mode is not None and view.mode.armed,
        demo=settings.demo,
        environment=view.environment,
        zone=view.zone,
        paused=view.paused_at is not None,
        link_ms=view.link_ms if slow else None,
    )


def own_banner(view: View, size: tuple[int, int], *, too_small: bool) -> Line:
    """What is most worth knowing about the screen itself; empty when nothing is."""
    if view.silent_s:
        lasting = duration_words(steady(view.silent_s))
        words = f" nothing new for {lasting}: what stands here is old"
        return _filled(f" ENGINE SILENT {lasting} ", words, Tone.CRITICAL)
    if view.paused_at is not None:
        lasting = duration_words(steady(view.paused_at.age_s(view.now)))
        words = " the view is frozen, polling goes on"
        return _filled(f" PAUSED {lasting} ", words, Tone.WARNING)
    # Without a network nothing is judged; all else of ourselves can wait for what was done outside.
    told = () if view.snapshot.offline_since is not None else view.told
    if line := told or banner_line(view.snapshot, view.now):
        return line
    if too_small:
        return (Cell(f" terminal {size[0]}x{size[1]}, full wall needs 80x24", Tone.MUTED),)
    return ()


def _filled(label: str, words: str, tone: Tone) -> Line:
    return (Cell(" "), Cell(label, tone, bold=True, reverse=True), Cell(words, tone))


class BannerBar(OneLine):
    """The line under the header; the screen gives it a place while it says something."""

    def __init__(self) -> None:
        super().__init__()
        self._words: Line = ()

    def say(self, words: Line) -> bool:
        """Say this; whether that is anything."""
        if words != self._words:
            self._words = words
            self.draw()
        return bool(words)

    def draw(self) -> None:
        """Fit the words to the width."""
        self.set_line(self._words)


def hints_of(live: Sequence[LiveCommand], *, read_only: bool = False) -> tuple[Hint, ...]:
    """The keys of the footer, those first that are asked for first; only what works now.

    Args:
        live: What can be given.
        read_only: Nothing can be changed: what leads to the guard is dim.
    """
    by_id = {each.command.id: each for each in live}
    return tuple(
        Hint(
            key=by_id[name].keys[0],
            words=by_id[name].command.label,
            live=by_id[name].enabled and not (read_only and by_id[name].guarded),
        )
        for name in _FOOTER_ORDER
        if name in by_id and (by_id[name].enabled or (read_only and name in _GUARDED))
    )
