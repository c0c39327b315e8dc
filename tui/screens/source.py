"""The details of a source: a vendor's incidents, or why something can not be read."""

from monitor.snapshot import AlertView, SourceView, VendorView, WorkspaceView
from tui.screens.database_page import database_lines
from tui.screens.detail import DetailScreen
from tui.screens.parts import labelled, mark
from tui.screens.source_page import source_lines, vendor_lines, vendor_title
from tui.screens.subjects import Subject
from tui.view import View
from widgets.cells import Cell, Line, Tone


class SourceScreen(DetailScreen):
    """A vendor's status page, or the sources behind an alert."""

    def found(self, view: View, pane: WorkspaceView) -> Subject | None:
        """A source that is no row of a pane is there for as long as it is read."""
        if isinstance(self.subject.thing, SourceView):
            known = self.subject.sources[0] in view.snapshot.sources
            return self.subject if known else None
        return super().found(view, pane)

    def heading(self, view: View, pane: WorkspaceView) -> Line:
        """The vendor with its state, or the title of the row."""
        thing = self.subject.thing
        title = vendor_title(thing) if isinstance(thing, VendorView) else self.subject.title
        return (Cell(title, Tone.TITLE, bold=True),)

    def lines(self, view: View, pane: WorkspaceView) -> tuple[Line, ...]:
        """The page."""
        glyphs, thing = self.quarterdeck.glyphs, self.subject.thing
        lines: list[Line] = []
        if isinstance(thing, VendorView):
            lines += [*vendor_lines(thing, view.zone, view.now, glyphs), ()]
        elif isinstance(thing, AlertView):
            lines += [labelled("alert", mark(thing.level, glyphs), Cell(f" {thing.why}")), ()]
        for database in pane.databases:
            if database.spec.source in self.subject.sources:
                lines += [*database_lines(database), ()]
        for name in self.subject.sources:
            source = view.snapshot.sources.get(name)
            if source is not None:
                lines += [*source_lines(source, view.zone, view.now, glyphs), ()]
        return tuple(lines)
