"""Which logs are those of a row, as what would be typed to see only them."""

from collections.abc import Iterable

from textual.screen import Screen

from monitor.snapshot import AlertView, DeployView, EndpointRow
from providers.base import SourceKind, SourceSpec
from providers.readings import SourceId
from tui.screens.row_actions import RowActions
from tui.screens.subjects import Subject


def scope_of(subject: Subject, specs: Iterable[SourceSpec], workspace: str) -> str:
    """The filter that leaves the logs of what the row is about; empty when they can not be told.

    A log is known by the name of its system in the configuration: it is the service's own when that
    is called like the service, and that of any row which was read from the same system.

    Args:
        subject: The row.
        specs: Of all sources.
        workspace: Of the row.
    """
    service, environment = _about(subject)
    read_from = {_system(source) for source in subject.sources}
    found = [
        spec
        for spec in specs
        if spec.kind is SourceKind.LOGS
        and spec.workspace == workspace
        and spec.environment in {"", environment or spec.environment}
        and (_own_name(spec.id) == service or _system(spec.id) in read_from)
    ]
    first = 1 if environment else 2
    names = dict.fromkeys("/".join(spec.id.split("/")[first:]) for spec in found)
    return f"from:{','.join(names)}" if names else ""


def typed_for(screen: Screen[object]) -> str:
    """The filter that the row meant on a screen asks for; empty: all."""
    if not isinstance(screen, RowActions) or (view := screen.view) is None:
        return ""
    subject = screen.meant()
    specs = (source.spec for source in view.snapshot.sources.values())
    return "" if subject is None else scope_of(subject, specs, view.workspace)


def _about(subject: Subject) -> tuple[str, str]:
    """The service, and the environment where the row is of one."""
    thing = subject.thing
    if isinstance(thing, AlertView):
        return thing.service, thing.environment
    if isinstance(thing, DeployView):
        return thing.service.name if thing.service else "", thing.deploy.environment
    return (thing.spec.service, "") if isinstance(thing, EndpointRow) else ("", "")


def _system(source: SourceId) -> str:
    """The system that a source is one part of."""
    return source.partition(".")[0]


def _own_name(source: SourceId) -> str:
    """What the configuration calls its system."""
    return _system(source).rpartition("/")[2]
