"""The header: is it bad, how bad, who am I, and is what I see still true."""

from monitor.snapshot import Snapshot
from providers.clock import Moment
from widgets.header_line import Session, header_line
from widgets.one_line import OneLine


class Header(OneLine):
    """The first line of every screen."""

    DEFAULT_CSS = """
    Header {
        dock: top;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[Snapshot, str, Session, Moment] | None = None

    def show(self, snapshot: Snapshot, workspace: str, session: Session, now: Moment) -> None:
        """Show one workspace of a snapshot as it stands at `now`."""
        self._said = (snapshot, workspace, session, now)
        self.draw()

    def draw(self) -> None:
        """Fit what was last said to the width."""
        if self._said is None:
            return
        snapshot, workspace, session, now = self._said
        view = snapshot.workspaces.get(workspace)
        if view is not None:
            width = self.size.width
            self.set_line(
                header_line(snapshot, view, session, now, glyphs=self.glyphs, width=width)
            )
