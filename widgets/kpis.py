"""The KPI pane: every number against its limits, in two columns where there is room."""

from typing import Final

from monitor.snapshot import PaneState, PaneStatus, WorkspaceView
from providers.clock import Moment
from widgets.blank import Blank, BlankKind
from widgets.cells import Cell, Line, Tone
from widgets.fields import columns_of
from widgets.grid import Grid
from widgets.kpi_fields import kpi_fields, needs_somebody
from widgets.list_pane import ListPane
from widgets.listing import Row
from widgets.tiers import Tier

_BOTH_FROM: Final = 112
"""Columns from which two KPIs beside each other have room for gauge and rule both."""


class KpisPane(ListPane):
    """KPIs of one workspace; a narrow wall shows only those that need somebody."""

    TITLE = "KPIs against thresholds"
    SHORT_TITLE = "KPIs"
    AGES = False

    def fill(self, grid: Grid, view: WorkspaceView, now: Moment) -> tuple[Row, ...]:
        """Rows for the width of the terminal."""
        loading = view.kpis_status.state is PaneState.LOADING
        cramped = self.tier is Tier.NORMAL and 0 < grid.size.width < _BOTH_FROM
        fields = kpi_fields(self.tier, self.glyphs, loading=loading, cramped=cramped)
        narrow = self.tier is Tier.NARROW
        grid.set_columns(columns_of(fields), header=False, lanes=1 if narrow else 2, lane_gap=3)
        shown = [kpi for kpi in view.kpis if not narrow or needs_somebody(kpi)]
        context = (self.tier, self.glyphs, loading, cramped)
        return self.maker.rows(shown, fields, lambda kpi: kpi.spec.key, context)

    def concern(self, view: WorkspaceView) -> object:
        """What is drawn."""
        return view.kpis

    def status(self, view: WorkspaceView) -> PaneStatus:
        """The state of the KPIs."""
        return view.kpis_status

    def blank(self, view: WorkspaceView) -> Blank:
        """A narrow wall without rows has nothing but good KPIs, if it has any."""
        if view.kpis and view.kpis_status.state is PaneState.LIVE:
            return Blank(kind=BlankKind.FINE, lines=("all KPIs within their limits",))
        return super().blank(view)

    def heading(self, view: WorkspaceView) -> Line:
        """The title; a narrow one counts what is hidden."""
        title = super().heading(view)
        if self.tier is not Tier.NARROW or view.kpis_status.state is not PaneState.LIVE:
            return title
        count = sum(map(needs_somebody, view.kpis))
        return (*title, Cell(f"  {count} of {len(view.kpis)} not ok", Tone.MUTED))

    def facts(self, view: WorkspaceView, now: Moment) -> Line:
        """What the marks on the gauges mean."""
        return (Cell("┃ warn ┃ crit", Tone.MUTED),) if self.tier >= Tier.WIDE else ()
