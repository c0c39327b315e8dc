"""The second chart of a very wide wall: the KPI worst off, beside the latency of an endpoint."""

from typing import Final

from monitor.snapshot import KpiView, WorkspaceView
from monitor.verdicts import Phase
from tui.screens.charts import kpi_chart
from tui.screens.layout import Place
from tui.screens.past_feed import ChartFeed
from tui.screens.row_actions import RowActions
from tui.view import View
from widgets.chart import ChartPane
from widgets.tiers import Tier, tier_of

LEAST: Final = 100
"""Columns that two charts side by side need."""


class SecondChart:
    """Feeds a chart pane that has no number: it is looked at, and opened from the KPI's row."""

    def __init__(self) -> None:
        self.pane = ChartPane()
        self.pane.chart.can_focus = False
        self._feed: ChartFeed | None = None

    def follow(self, wall: RowActions, view: View, pane: WorkspaceView) -> None:
        """Chart the worst KPI over the window of the first chart."""
        if not self.pane.display:
            return
        kpi = worst_kpi(pane)
        if kpi is None:
            self.pane.show(None, pane.kpis_status)
            return
        if self._feed is None:
            engine = wall.quarterdeck.engine
            self._feed = ChartFeed(wall, engine, wall.window_changed, group="second series")
        self._feed.follow(kpi.spec, wall.window_place, view.now)
        if self._feed.answered:
            points = self._feed.past.points
            data = kpi_chart(kpi, points, wall.window_place, view.now, view.zone)
            self.pane.show(data, pane.kpis_status)


def worst_kpi(pane: WorkspaceView) -> KpiView | None:
    """The KPI in the worst state that has a past; else the first."""
    charted = [each for each in pane.kpis if each.spec.series]

    def badness(kpi: KpiView) -> tuple[int, bool, bool]:
        verdict = kpi.verdict
        return int(verdict.level), verdict.phase is Phase.FIRING, bool(kpi.spec.bands)

    return max(charted, key=badness, default=None)


def parted(place: Place, width: int) -> tuple[Place, Place | None]:
    """The place of the first chart and that of the second, where the terminal is wide enough."""
    if tier_of(width) is not Tier.HUGE or place.width < LEAST:
        return place, None
    first = place.width - place.width // 2
    return (
        Place(x=place.x, y=place.y, width=first, height=place.height),
        Place(x=place.x + first, y=place.y, width=place.width - first, height=place.height),
    )
