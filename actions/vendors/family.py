"""What the families of verbs at vendors have in common."""

from collections.abc import Mapping, Sequence

from actions.families import Card, Offer, Row
from actions.plan import Target
from actions.vendors.cards import BY_NAME
from actions.verbs import Verb
from monitor.snapshot import AlertView, WorkspaceView
from providers.readings import SourceId
from providers.system_readings import Record
from providers.text import EMPTY, Foreign


class VendorFamily:
    """Verbs of one vendor.

    Args:
        verbs: Each has its card in `actions.vendors.cards`.
    """

    def __init__(self, verbs: Sequence[Verb]) -> None:
        self._verbs = tuple(verbs)

    @property
    def verbs(self) -> Sequence[Verb]:
        """See `Family.verbs`."""
        return self._verbs

    @property
    def cards(self) -> Sequence[Card]:
        """See `Family.cards`."""
        return tuple(BY_NAME[verb.name] for verb in self._verbs)


def offer(name: str, target: Target, refused: str = "", **given: str) -> Offer:
    """A verb for a row."""
    return Offer(card=BY_NAME[name], target=target, given=tuple(given.items()), refused=refused)


def detail(record: Record, name: str) -> Foreign:
    """A column of a record; empty when it has none of that name."""
    return next((value for key, value in record.details if key == name), EMPTY)


def records_of(pane: WorkspaceView, source: SourceId, section: str) -> tuple[Record, ...]:
    """The records of a section of a system, as far as they are known."""
    for view in pane.systems:
        if view.spec.id == source and view.reading is not None:
            for one in view.reading.sections:
                if one.key == section:
                    return one.records
    return ()


def alert_of(row: Row) -> AlertView | None:
    """The alert of a row, if it is one."""
    return row.thing if isinstance(row.thing, AlertView) else None


def words_of(alert: AlertView) -> Mapping[str, str]:
    """An alert in words for people elsewhere: what, and why."""
    where = f" in {alert.environment}" if alert.environment else ""
    return {"title": f"{alert.brief}{where}", "why": alert.why}
