"""The banner: one line for what concerns the whole wall; gone while there is nothing to say."""

from monitor.snapshot import Snapshot
from monitor.words import duration_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.looks import steady
from widgets.one_line import OneLine


def banner_line(snapshot: Snapshot, now: Moment) -> Line:
    """The worst thing about ourselves; empty when there is none."""
    if snapshot.offline_since is not None:
        lasting = duration_words(steady(snapshot.offline_since.age_s(now)))
        words = f"I am offline for {lasting}: {snapshot.offline_reason}. Nothing is judged."
        return _filled(" OFFLINE ", words, Tone.CRITICAL)
    if snapshot.config_problem:
        words = f"the old configuration stays in use: {snapshot.config_problem}"
        return _filled(" CONFIG ", words, Tone.WARNING)
    if snapshot.history_problem:
        return _filled(" HISTORY ", snapshot.history_problem, Tone.WARNING)
    if snapshot.notices:
        return _filled(" NOTE ", " · ".join(snapshot.notices), Tone.ACCENT)
    return ()


def _filled(label: str, words: str, tone: Tone) -> Line:
    return (Cell(" "), Cell(label, tone, bold=True, reverse=True), Cell(f" {words}", tone))


class Banner(OneLine):
    """Stands under the header while there is something to say."""

    DEFAULT_CSS = """
    Banner {
        display: none;
    }
    Banner.-speaking {
        display: block;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._words: Line = ()

    def show(self, snapshot: Snapshot, now: Moment) -> None:
        """Show what concerns the whole wall."""
        self._words = banner_line(snapshot, now)
        self.set_class(bool(self._words), "-speaking")
        self.draw()

    def draw(self) -> None:
        """Fit the words to the width."""
        self.set_line(self._words)
