"""What the details of a system and of one of its records say. Pure."""

from datetime import tzinfo

from monitor.snapshot import SourceView
from monitor.system_view import SystemView
from providers.clock import Moment
from providers.system_readings import Record
from tui.screens.parts import ago, foreign_lines, labelled, mark, muted, when
from tui.screens.source_page import source_lines
from tui.view import View
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs


def record_lines(record: Record, zone: tzinfo, now: Moment) -> tuple[Line, ...]:
    """Everything that is known of one record."""
    lines: list[Line] = [
        *foreign_lines("title", record.title),
        labelled("stands", Cell(record.condition.value),
                 Cell(f"   {record.state.line(80)}", Tone.MUTED)),
    ]  # fmt: skip
    if record.at is not None:
        past = record.at <= now.at
        words = f"   {ago(record.at, now)}" if past else ""
        lines.append(labelled("when", Cell(when(record.at, zone, now)), Cell(words, Tone.MUTED)))
    for name, text in record.details:
        if text:
            lines += foreign_lines(name, text)
    lines.append(labelled("id", Cell(record.id, Tone.MUTED)))
    if record.url:
        lines.append(labelled("page", Cell(record.url, Tone.ACCENT)))
    return tuple(lines)


def system_lines(
    system: SystemView, source: SourceView | None, view: View, glyphs: Glyphs
) -> tuple[Line, ...]:
    """How a system says it stands, and how its source is doing."""
    lines: list[Line] = [
        labelled("stands", mark(system.level, glyphs), Cell(f" {system.condition.value}")),
    ]
    reading = system.reading
    if reading is not None:
        lines += foreign_lines("says", reading.summary)
        lines += [labelled("", Cell(notice, Tone.WARNING)) for notice in reading.notices]
        for section in reading.sections:
            words = section.blind or (section.empty if not section.records else "")
            count = f"{len(section.records)} records" if section.records else words
            tone = Tone.WARNING if section.blind else Tone.MUTED
            lines.append((Cell(f"{section.title}  ", Tone.ACCENT), Cell(count, tone)))
    else:
        lines.append(muted("nothing has been read of it"))
    if source is not None:
        lines += [(), *source_lines(source, view.zone, view.now, glyphs)]
    return tuple(lines)
