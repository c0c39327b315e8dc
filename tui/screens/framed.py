"""A screen of one frame: header and banner above it, the keys below."""

from abc import abstractmethod
from functools import cached_property

from textual.app import ComposeResult
from textual.widget import Widget

from tui.screens.bars import BannerBar, own_banner, session_of
from tui.screens.row_actions import RowActions
from tui.view import View
from widgets.footer import Footer
from widgets.frame import Hint
from widgets.header import Header
from widgets.pane import Pane


class FramedScreen(RowActions):
    """Details, lists, an action: what stands in the frame is theirs."""

    DEFAULT_CSS = """
    FramedScreen { layout: vertical; overflow: hidden; }
    FramedScreen > Header, FramedScreen > Footer { dock: none; height: 1; }
    FramedScreen > BannerBar { display: none; }
    FramedScreen > BannerBar.-speaking { display: block; }
    FramedScreen > Pane { height: 1fr; }
    FramedScreen.-silent Pane, FramedScreen.-silent Pane * { tint: $qd-background 55%; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.header = Header()
        self.banner = BannerBar()
        self.footer = Footer()

    @cached_property
    def frame(self) -> Pane:
        """The frame around what is shown."""
        return Pane(self.body())

    @abstractmethod
    def body(self) -> Widget:
        """What the frame stands around; made once."""

    @abstractmethod
    def reader(self) -> Widget:
        """What has the focus first."""

    @abstractmethod
    def hints(self) -> tuple[Hint, ...]:
        """The keys in the lower edge."""

    @abstractmethod
    def show_view(self, view: View) -> None:
        """How it stands in this view."""

    def compose(self) -> ComposeResult:
        """Header, banner, frame, footer."""
        yield self.header
        yield self.banner
        yield self.frame
        yield self.footer

    def on_mount(self) -> None:
        """Show what is known at once."""
        self.reader().focus()
        self.frame.hints = self.hints()
        if self.view is not None:
            self.show_view(self.view)
        self.call_after_refresh(self.show_hints)

    def show_bars(self, view: View) -> None:
        """Header and banner, and whether the engine is silent."""
        self.show_time(view)
        speaking = self.banner.say(own_banner(view, self.app.size, too_small=False))
        self.banner.set_class(speaking, "-speaking")
        self.set_class(view.silent_s > 0, "-silent")

    def show_time(self, view: View) -> None:
        """The header, which holds the clock."""
        session = session_of(view, self.quarterdeck.settings)
        self.header.show(view.snapshot, view.workspace, session, view.now)

    def show_hints(self) -> None:
        """The keys that work now."""
        self.footer.show(self.hints_now())
