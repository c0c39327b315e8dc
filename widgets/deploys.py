"""The deploys pane: one list from every vendor, the newest first."""

from monitor.snapshot import PaneStatus, WorkspaceView
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.deploy_fields import age_words, deploy_fields, releases
from widgets.fields import columns_of
from widgets.grid import Grid
from widgets.list_pane import ListPane
from widgets.listing import Row


class DeploysPane(ListPane):
    """Recent deploys of one workspace."""

    TITLE = "Recent deploys"
    SHORT_TITLE = "Deploys"

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """Rows for the width of the pane."""
        fields = deploy_fields(view, grid.size.width, now, self.glyphs)
        columns = columns_of(fields)
        grid.set_columns(columns, header=False)
        return self.maker.rows(
            releases(view.deploys),
            fields,
            lambda each: each.first.key,
            (columns, grid.size.width, view.spec.environments, self.glyphs),
            lambda each: age_words(each, now),
        )

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn."""
        return (view.spec.environments, view.deploys)

    def status(self, view: WorkspaceView) -> PaneStatus:
        """The state of the deploy sources together."""
        return view.deploys_status

    def facts(self, view: WorkspaceView, now: Moment) -> Line:
        """How many are under way."""
        running = sum(each.deploy.state.running for each in view.deploys)
        return (Cell(f"{running} running", Tone.ACCENT),) if running else ()
