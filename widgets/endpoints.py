"""The endpoints pane: every check in production and staging, side by side."""

from functools import partial

from monitor.snapshot import PaneStatus, WorkspaceView
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.endpoint_cells import row_ages
from widgets.endpoint_fields import endpoint_fields, pair_of, pen_for
from widgets.fields import columns_of
from widgets.grid import Grid
from widgets.list_pane import ListPane, subtitle
from widgets.listing import Row
from widgets.tiers import Tier


class EndpointsPane(ListPane):
    """Endpoint checks of one workspace."""

    TITLE = "Endpoints"

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """Rows for the width of the terminal."""
        pen = pen_for(view, now, self.glyphs)
        fields = endpoint_fields(view, self.tier, pen)
        grid.set_columns(columns_of(fields), header=self.tier > Tier.NARROW)
        context = (columns_of(fields), pen.ceiling_ms, pen.glyphs)
        return self.maker.rows(
            view.endpoints, fields, lambda row: row.spec.key, context, partial(row_ages, now)
        )

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn."""
        return (view.spec.environments, view.endpoints)

    def status(self, view: WorkspaceView) -> PaneStatus:
        """The state of the endpoints."""
        return view.endpoints_status

    def heading(self, view: WorkspaceView) -> Line:
        """The title with the environments that are compared."""
        labels = {each.name: each.label.lower() for each in view.spec.environments}
        pair = pair_of(view)
        names = [labels[name] for name in pair] if self.tier is Tier.NARROW else pair
        return (*super().heading(view), *subtitle(" ↔ ".join(names)))

    def facts(self, view: WorkspaceView, now: Moment) -> Line:
        """What the sign between the versions means."""
        shown = self.tier > Tier.NARROW and len(pair_of(view)) > 1
        return (Cell("≠", Tone.ACCENT), Cell(" versions differ", Tone.MUTED)) if shown else ()
