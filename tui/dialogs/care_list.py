"""What was acknowledged and snoozed: by whom, since when, and whether it still holds."""

from datetime import tzinfo

from monitor.care_entries import CareEntry, EntryKind
from monitor.snapshot import WorkspaceView
from monitor.words import clock_words, date_words, duration_words
from providers.clock import Moment
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import Glyphs

_DID = {EntryKind.ACKNOWLEDGED: "acknowledged", EntryKind.SNOOZED: "snoozed"}


def care_list(view: WorkspaceView, now: Moment, zone: tzinfo, glyphs: Glyphs) -> tuple[Line, ...]:
    """What holds first, then what is over, each the newest first."""
    holding = {alert.care.id for alert in view.alerts if alert.care is not None}
    present = {alert.key for alert in view.alerts}
    holds = [entry for entry in view.cares if entry.id in holding]
    over = [entry for entry in view.cares if entry.id not in holding]
    lines: list[Line] = [
        line for entry in holds for line in _entry(entry, "", now, zone, glyphs)
    ] or [(Cell("nobody has acknowledged or snoozed anything that is there now", Tone.MUTED),)]
    if over:
        lines += [(), (Cell("over", Tone.TITLE, bold=True),)]
        lines += [
            line
            for entry in over
            for line in _entry(entry, _why_over(entry, present, now), now, zone, glyphs)
        ]
    return tuple(lines)


def _entry(
    entry: CareEntry, over: str, now: Moment, zone: tzinfo, glyphs: Glyphs
) -> tuple[Line, ...]:
    snoozed = entry.kind is EntryKind.SNOOZED
    tone = Tone.MUTED if over else Tone.NORMAL
    sign = Cell(
        f"{glyphs.snoozed if snoozed else glyphs.acknowledged} ",
        Tone.OK if not over and not snoozed else Tone.MUTED,
    )
    age = duration_words((now.at - entry.at).total_seconds())
    who = f"{entry.short_operator}@{entry.host}" if entry.host else entry.short_operator
    first = (
        sign,
        Cell(f"{age:>6} ago  ", Tone.MUTED),
        Cell(entry.subject or entry.key, tone, bold=not over),
        Cell(f"  {_DID[entry.kind]} by {who}", tone),
        Cell(f"  {over or _until(entry, now, zone)}", Tone.MUTED),
        Cell("" if entry.shared else "  not shared", Tone.WARNING),
    )
    return (first, (Cell(f"{'':14}{entry.note}", tone),)) if entry.note else (first,)


def _until(entry: CareEntry, now: Moment, zone: tzinfo) -> str:
    if entry.until is None:
        return ""
    same = entry.until.astimezone(zone).date() == now.at.astimezone(zone).date()
    words = clock_words(entry.until, zone) if same else date_words(entry.until, zone)
    return f"until {words}"


def _why_over(entry: CareEntry, present: set[str], now: Moment) -> str:
    """In a word; what followed it stands above it in the list."""
    if entry.until is not None and now.at >= entry.until:
        return "its time was up"
    return "taken back, replaced, cleared or worse" if entry.key in present else "cleared"
