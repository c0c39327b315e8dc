"""The rows of our screens as the families of actions know them; loaded with the first action."""

from collections.abc import Iterator

from actions.families import Row
from monitor.snapshot import AlertView, WorkspaceView
from monitor.system_view import SystemView
from providers.system_readings import Record, Section
from tui.screens.opening import behind
from tui.screens.subjects import Subject


def rows_of(subject: Subject, pane: WorkspaceView, environment: str) -> Iterator[Row]:
    """A row of the wall; of an alert also what it is about, in the alert's own environment."""
    yield _row(subject, environment)
    alert = subject.thing
    if isinstance(alert, AlertView):
        other = behind(subject, pane)
        if other is not subject:
            yield _row(other, alert.environment or environment)


def _row(subject: Subject, environment: str) -> Row:
    source = subject.sources[0] if subject.sources else None
    return Row(thing=subject.thing, environment=environment, source=source)


def row_of_record(
    system: SystemView, section: Section | None, record: Record | None, environment: str
) -> Row:
    """A row of a board: a record, a section, or the system itself."""
    return Row(
        thing=system,
        environment=system.spec.environment or environment,
        source=system.spec.id,
        section="" if section is None else section.key,
        record=record,
    )
