"""One action under way: what was done when, how it stands, how it ended."""

from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from actions.plan import Undo
from actions.running import Running
from actions.verbs import Outcome
from actions.watch import looks, subjects
from tui.bindings import bindings_for
from tui.command import Scope
from tui.screens.action_page import action_lines, title_of
from tui.screens.deeds import Deeds
from tui.screens.framed import FramedScreen
from tui.screens.page import Page
from tui.screens.parts import LABEL_WIDTH
from tui.screens.wrapping import wrapped
from tui.view import View
from widgets.cells import plain
from widgets.frame import Hint


class ActionScreen(FramedScreen, Deeds):
    """Follows one action; leaving it stops nothing.

    Args:
        running: As it was when the screen was opened.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.DETAIL, Scope.ACTIVITY)

    def __init__(self, running: Running) -> None:
        super().__init__()
        self.running = running
        self.page = Page()

    @property
    def shown_action(self) -> str:
        """Which action is looked at, so that its end is not told twice."""
        return self.running.id

    def body(self) -> Widget:
        """The page."""
        return self.page

    def reader(self) -> Widget:
        """The page."""
        return self.page

    def hints(self) -> tuple[Hint, ...]:
        """Where it is found again."""
        return (
            Hint(key="X", words="all actions"),
            Hint(key="esc", words="back"),
        )

    def show_view(self, view: View) -> None:
        """How it stands now."""
        self.show_bars(view)

    def show_time(self, view: View) -> None:
        """The header, and how long it has been under way."""
        super().show_time(view)
        over = self.running.over
        self._follow()
        glyphs = self.quarterdeck.glyphs
        self.frame.entitle(title_of(self.running, view.now, glyphs))
        width = self.page.size.width or self.app.size.width
        lines = action_lines(self.running, view.zone, glyphs, self._watched(view))
        self.page.show([piece for line in lines for piece in wrapped(line, width, LABEL_WIDTH)])
        if over is not self.running.over:
            self.refresh_bindings()
            self.call_after_refresh(self.show_hints)

    def _watched(self, view: View) -> tuple[str, ...]:
        """Titles of what is looked at once it is done."""
        plan = self.running.plan
        product = view.snapshot.workspaces.get(plan.target.workspace)
        found = () if product is None else looks(subjects(plan, product), product)
        return tuple(one.title for one in found)

    def _follow(self) -> None:
        door = self.quarterdeck.door
        state = None if door is None else door.state
        found = () if state is None else (one for one in state.running if one.id == self.running.id)
        self.running = next(iter(found), self.running)

    def on_resize(self) -> None:
        """Fold the page for the width that it has now."""
        if self.view is not None:
            self.show_time(self.view)

    def meant(self) -> None:
        """It is about no row of the wall."""

    def row_text(self) -> str:
        """The page as text."""
        return "\n".join(plain(line).rstrip() for line in self.page.lines)

    def undo_meant(self) -> Undo | None:
        """The inverse, once it is done."""
        return self.running.undo

    def unknown_meant(self) -> str:
        """Its request, when it is over and nobody knows how."""
        one = self.running
        return one.id if one.over and one.outcome is Outcome.UNKNOWN else ""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """What there is nothing of here."""
        if action in {"export", "verify"}:
            return "in the list of actions: X"
        if action == "printed":
            return "not here: go back to the row"
        return super().why_not(action, parameters)
