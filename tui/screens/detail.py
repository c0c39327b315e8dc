"""What all screens of details share: a frame over the whole terminal that follows its subject."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from monitor.snapshot import WorkspaceView
from tui.bindings import bindings_for
from tui.command import Scope
from tui.screens.caring import said_of
from tui.screens.framed import FramedScreen
from tui.screens.page import Page
from tui.screens.parts import LABEL_WIDTH
from tui.screens.subjects import Subject, subject_of
from tui.screens.wrapping import wrapped
from tui.view import View
from widgets.cells import Cell, Line, Tone, plain
from widgets.frame import Hint


class DetailScreen(FramedScreen):
    """The details of one thing, kept up to date while it is there.

    Args:
        subject: What it is about; found again in every view by its key.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.DETAIL)

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject
        self.gone = False
        """The thing is in the newest view no more; what is shown is the last that was known."""

        self.page = Page()
        self._said: tuple[Line, ...] = ()

    def body(self) -> Widget:
        """What the frame stands around."""
        return self.page

    def reader(self) -> Widget:
        """The page."""
        return self.page

    def hints(self) -> tuple[Hint, ...]:
        """The keys in the lower edge."""
        return (Hint(key="esc", words="back"), Hint(key="y", words="copy"))

    def show_view(self, view: View) -> None:
        """Follow the subject into the new view."""
        pane = view.pane
        if pane is None:
            return
        self.show_bars(view)
        found = self.found(view, pane)
        self.gone = found is None
        self.subject = found or self.subject
        gone = (Cell("   gone since", Tone.WARNING),) if self.gone else ()
        said = said_of(pane, self.subject, view.now, self.quarterdeck.glyphs)
        self.frame.entitle((*self.heading(view, pane), *said, *gone))
        self._said = self.lines(view, pane)
        self.page.show([piece for line in self._said for piece in self._folded(line)])

    def _folded(self, line: Line) -> Iterator[Line]:
        """What is longer than the page goes on below, under where it began after its label."""
        # Before the first layout the page has no width.
        return wrapped(line, self.page.size.width or self.app.size.width, LABEL_WIDTH)

    def on_resize(self) -> None:
        """Fold the page for the width that it has now."""
        self.call_after_refresh(self._fold)

    def _fold(self) -> None:
        if self.view is not None:
            self.show_view(self.view)

    def found(self, view: View, pane: WorkspaceView) -> Subject | None:
        """The subject as it is in this view; None when it is there no more."""
        return subject_of(pane, self.subject.pane, self.subject.key)

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """The title of the frame."""
        return (Cell(self.subject.title, Tone.TITLE, bold=True),)

    @abstractmethod
    def lines(self, view: View, pane: WorkspaceView) -> tuple[Line, ...]:
        """The page."""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Only deploys print."""
        if action == "printed" and not hasattr(self, "action_printed"):
            return "only a deploy has printed something"
        return super().why_not(action, parameters)

    def meant(self) -> Subject:
        """What the screen is about."""
        return self.subject

    def row_text(self) -> str:
        """The page as text."""
        return "\n".join(plain(line).rstrip() for line in self._said)


def beside(left: Widget, right: Widget, *, height: int, right_width: int) -> Horizontal:
    """Two widgets side by side, the right one of a fixed width."""
    right.styles.width = right_width
    row = Horizontal(left, right)
    row.styles.height = height
    return row


def above(*parts: Widget) -> Vertical:
    """Widgets one above the other."""
    return Vertical(*parts)
