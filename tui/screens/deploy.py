"""The details of one deploy: what it is, what changed since, what was live before."""

from collections.abc import Sequence

from monitor.printed import printed_by
from monitor.snapshot import DeployView, WorkspaceView
from monitor.workspace import KpiSpec, SeriesRef
from providers.log_readings import Printed
from tui.engine_link import EngineCalls, asked
from tui.screens.deploy_page import deploy_lines
from tui.screens.detail import DetailScreen
from tui.screens.effects import AFTER_S, BEFORE_S, Effect, effects
from tui.screens.parts import ago, muted
from tui.screens.printed_page import printed_lines
from tui.series import read_series
from tui.view import View
from widgets.cells import Cell, Line, Tone
from widgets.frame import Hint

_STEP_S = 30.0
_READ_AGAIN_S = 30.0
PATIENCE_S = 30.0
"""How long the screen waits for a log: the source has a limit of its own."""


class DeployScreen(DetailScreen):
    """One deploy, with the KPIs of its environment before and after it went live."""

    figures: Sequence[Effect] | None = None
    _read_at_s: float | None = None
    _printed: Sequence[Line] = ()

    def hints(self) -> tuple[Hint, ...]:
        """The keys in the lower edge."""
        return (
            Hint(key="esc", words="back"),
            Hint(key="L", words="what it printed"),
            Hint(key="o", words="open page"),
            Hint(key="y", words="copy"),
        )

    def deploy(self) -> DeployView | None:
        """What this is about."""
        return self.subject.thing if isinstance(self.subject.thing, DeployView) else None

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """Commit, service, environment, state."""
        each = self.deploy()
        if each is None:
            return super().heading(view, pane)
        service = each.service.title if each.service else each.deploy.target
        return (
            Cell(f"Deploy {each.deploy.commit.line(40)[:7] or each.deploy.id[:12]}", Tone.TITLE,
                 bold=True),
            Cell(f"  {service}  {each.deploy.environment}  ", Tone.MUTED),
            Cell(f"{each.deploy.state.value}, {ago(each.at, view.now)}"),
        )  # fmt: skip

    def lines(self, view: View, pane: WorkspaceView) -> tuple[Line, ...]:
        """The page."""
        each = self.deploy()
        if each is None:
            return ()
        self._read_history(each, view, pane)
        glyphs = self.quarterdeck.glyphs
        lines = deploy_lines(pane, each, self.figures, view.zone, view.now, glyphs)
        return (*self._printed, (), *lines) if self._printed else lines

    def action_printed(self) -> None:
        """Read the end of what it printed, and show it before the rest."""
        each = self.deploy()
        if each is not None:
            self._show_printed((muted("reading what it printed…"),))
            self.run_worker(self._read_printed(each), name="printed", exclusive=True, group="log")

    async def _read_printed(self, each: DeployView) -> None:
        async def ask(engine: EngineCalls) -> Printed:
            return await printed_by(engine.source(each.source), each.deploy)

        found = await asked(self.quarterdeck.engine, ask, PATIENCE_S)
        if self.is_mounted and self.view is not None:
            self._show_printed(printed_lines(found, self.view.zone))

    def _show_printed(self, lines: Sequence[Line]) -> None:
        self._printed = lines
        if self.view is not None:
            self.show_view(self.view)
        self.page.action_scroll_lines(-len(self.page.lines))

    def _read_history(self, each: DeployView, view: View, pane: WorkspaceView) -> None:
        live_at, now_s = each.deploy.live_at, view.now.tick_s
        fresh = self._read_at_s is not None and now_s - self._read_at_s < _READ_AGAIN_S
        if live_at is None or fresh:
            return
        self._read_at_s = now_s
        kpis = [kpi.spec for kpi in pane.kpis if kpi.spec.environment == each.deploy.environment]
        self.run_worker(self._read(kpis, each, view), name="figures", exclusive=True)

    async def _read(self, kpis: Sequence[KpiSpec], each: DeployView, view: View) -> None:
        refs: dict[SeriesRef, None] = {}
        for spec in kpis:
            refs |= dict.fromkeys((*spec.series, *spec.denominator))
        live_at = each.deploy.live_at
        if live_at is None:
            return
        since_s = (view.now.at - live_at).total_seconds() + BEFORE_S
        step = max(_STEP_S, since_s / (BEFORE_S + AFTER_S) * _STEP_S)
        found = await read_series(self.quarterdeck.engine, refs, since_s, step)
        self.figures = effects(kpis, found or {}, live_at, view.now.at)
        if self.is_mounted and self.view is not None:
            self.show_view(self.view)
