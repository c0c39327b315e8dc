"""The logs of every source of the workspace, merged by time, with a live tail."""

from collections.abc import Collection
from functools import partial
from typing import ClassVar

from monitor.logs import LogFilter, LoggedLine, chosen, parse_filter
from monitor.snapshot import SourceView, WorkspaceView
from providers.base import SourceKind
from providers.readings import SourceId
from tui.engine_link import EngineCalls, asked
from tui.screens.list_screen import ListScreen
from tui.screens.parts import foreign_lines, labelled, when
from tui.view import View
from widgets.blank import Blank, BlankKind
from widgets.board_rows import Look
from widgets.cells import Cell, Line, Tone
from widgets.fields import RowMaker, columns_of
from widgets.frame import Hint
from widgets.grid import Grid
from widgets.log_fields import log_fields
from widgets.tiers import Tier

SHOWN = 1_000
"""Newest lines that are listed; the filter looks through all that are kept."""


class LogsScreen(ListScreen):
    """Log lines, oldest first; the cursor stays on the newest until somebody moves it."""

    HINTS: ClassVar[tuple[Hint, ...]] = (
        Hint(key="/", words="level:error path:/api status:5xx from:api word -word"),
        Hint(key="f", words="follow"),
        Hint(key="Y", words="save"),
        Hint(key="esc", words="back"),
    )

    def __init__(self, typed: str = "") -> None:
        """Begin with a filter, such as that of the row it was opened from."""
        super().__init__()
        self._maker = RowMaker()
        self._lines: tuple[LoggedLine, ...] = ()
        self._listed: tuple[LoggedLine, ...] = ()
        self._typed = typed
        self._wanted: LogFilter
        self._wanted, self._problem = parse_filter(typed)
        self.following = True

    def hints(self) -> tuple[Hint, ...]:
        """What `esc` takes back first is said."""
        *others, back = self.HINTS
        return (*others, Hint(key="esc", words="all lines")) if self._typed else (*others, back)

    def sources(self, view: View, pane: WorkspaceView) -> Collection[SourceId]:
        """Every log of the workspace."""
        return tuple(source.spec.id for source in _logs(view))

    def show_view(self, view: View) -> None:
        """Ask for the lines with every view; drawn when they are there."""
        super().show_view(view)
        if view.paused_at is None:
            ask = partial(self._ask, view.workspace)
            self.run_worker(ask, group="logs", exclusive=True)  # type: ignore[arg-type]  # its type fits none

    async def _ask(self, workspace: str) -> None:
        async def lines(engine: EngineCalls) -> tuple[LoggedLine, ...]:
            return engine.logs(workspace)

        found = await asked(self.quarterdeck.engine, lines)
        if found is not None and found != self._lines and self.is_mounted:
            self._lines = found
            self._draw()

    def concern(self, view: View, pane: WorkspaceView) -> object:
        """The lines, and how their sources are doing."""
        states = tuple((one.spec.id, one.freshness, one.failure) for one in _logs(view))
        return (self._lines, self._typed, self.following, states)

    def _draw(self) -> None:
        if self.view is not None:
            super().show_view(self.view)

    def fill(self, view: View, pane: WorkspaceView, look: Look) -> None:
        """A row a line that passes the filter."""
        environment = view.environment
        sources = {one.spec.id: one for one in _logs(view)}
        passing = chosen(self._lines, self._wanted)
        if environment:
            passing = tuple(
                logged
                for logged in passing
                if logged.source in sources
                and sources[logged.source].spec.environment in {"", environment}
            )
        self._listed = passing[-SHOWN:]
        titles = {key: _name(one) for key, one in sources.items()}
        fields = log_fields(look, titles)
        self.grid.set_columns(columns_of(fields), header=look.tier > Tier.NARROW)
        self.grid.set_blank(self._blank(tuple(sources.values())))
        context = (look.tier, look.zone, titles)
        rows = self._maker.rows(self._listed, fields, lambda logged: logged.key, context)
        self.grid.set_rows(rows)
        if self.following and rows:
            self.grid.move_to(rows[-1].key)

    def _blank(self, sources: tuple[SourceView, ...]) -> Blank:
        if not sources:
            lines = ("no logs are configured", "systems: vercel, render and supabase have them")
            return Blank(kind=BlankKind.FINE, lines=lines)
        failed = [one.failure for one in sources if one.failure is not None]
        if failed and len(failed) == len(sources):
            return Blank(kind=BlankKind.FAILED, lines=(failed[0].sentence, failed[0].advice))
        if self._lines:
            return Blank(kind=BlankKind.FINE, lines=("no line passes the filter", "esc clears it"))
        return Blank(kind=BlankKind.LOADING, lines=("reading…",))

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """What is shown, and what can not be read."""
        follow = "  following" if self.following else "  standing still"
        failed = [one for one in _logs(view) if one.failure is not None]
        words = f"  {failed[0].failure.sentence}" if failed and failed[0].failure else ""
        narrowed = f"  {self._typed}" if self._typed else ""
        return (
            Cell("Logs", Tone.TITLE, bold=True),
            Cell(follow, Tone.MUTED),
            Cell(narrowed, Tone.ACCENT),
            Cell(f"  {self._problem}" if self._problem else "", Tone.WARNING),
            Cell(words, Tone.WARNING),
        )

    def facts(self, view: View, pane: WorkspaceView) -> Line:
        """How many lines there are, and how many of them are listed."""
        return (Cell(f"{len(self._listed)} of {len(self._lines)} lines", Tone.MUTED),)

    def typed_before(self, grid: Grid) -> str:
        """The filter as it was typed."""
        return self._typed

    def narrow(self, grid: Grid, typed: str) -> None:
        """Filter by level, path, status, source and words."""
        self._typed = typed
        self._wanted, self._problem = parse_filter(typed)
        self._draw()
        self.call_after_refresh(self.show_hints)

    def action_follow(self) -> None:
        """Stay with the newest line, or stand still."""
        self.following = not self.following
        self._draw()

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """Going up stands still, going to the end follows again."""
        at_end = not self._listed or event.key == self._listed[-1].key
        if self.following is not at_end and self.grid.has_focus:
            self.following = at_end
            self._draw()
        super().on_grid_highlighted(event)

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """The whole line."""
        event.stop()
        logged = next((one for one in self._listed if one.key == event.key), None)
        if logged is None or self.view is None:
            return
        line = logged.line
        status = "" if line.status is None else f"   {line.status}"
        lines: list[Line] = [
            labelled("when", Cell(when(line.at, self.view.zone, self.view.now))),
            labelled("level", Cell(line.level.value)),
            labelled("source", Cell(str(logged.source))),
            *(foreign_lines("origin", line.origin) if line.origin else ()),
            *(foreign_lines("request", line.path) if line.path else ()),
            *([labelled("status", Cell(status.strip()))] if status else ()),
            *foreign_lines("text", line.text, most=200),
        ]
        self.quarterdeck.open_text("Log line", tuple(lines))


def _logs(view: View) -> tuple[SourceView, ...]:
    return tuple(
        source
        for source in view.snapshot.sources.values()
        if source.spec.kind is SourceKind.LOGS and source.spec.workspace == view.workspace
    )


def _name(source: SourceView) -> str:
    """Whose log it is, without saying on every line that it is one."""
    return source.spec.title.replace(" logs-", " ").removesuffix(" logs")
