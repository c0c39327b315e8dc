"""Which projects can be resumed or restarted."""

from collections.abc import Iterator, Sequence
from typing import Final

from actions.families import Card, Offer, Row
from actions.plan import Danger, Target
from actions.supabase.projects import Site, Sites
from actions.supabase.verbs import RestartDatabase, ResumeDatabase
from actions.targets import not_known
from actions.verbs import Verb
from monitor.snapshot import AlertView, DatabaseView, QueryRow, WorkspaceView
from monitor.system_view import SystemView
from providers.clock import Clock

_GROUP: Final = "Database"
_WORDS: Final = "WORKSPACE/ENVIRONMENT/PROJECT, as under systems.supabase"
_RESUME: Final = Card(
    name=ResumeDatabase.name,
    title="Resume the paused project",
    group=_GROUP,
    danger=Danger.CHANGE,
    target_words=_WORDS,
)
_RESTART: Final = Card(
    name=RestartDatabase.name,
    title="Restart the database project",
    key="R",
    group=_GROUP,
    danger=Danger.OUTAGE,
    target_words=_WORDS,
)


class SupabaseFamily:
    """Resuming and restarting projects.

    Args:
        sites: All projects.
        clock: The time.
    """

    def __init__(self, sites: Sites, clock: Clock) -> None:
        self._sites = sites
        self._verbs: tuple[Verb, ...] = (
            ResumeDatabase(sites, clock),
            RestartDatabase(sites, clock),
        )

    @property
    def verbs(self) -> Sequence[Verb]:
        """As `Family.verbs`."""
        return self._verbs if self._sites.all else ()

    @property
    def cards(self) -> Sequence[Card]:
        """As `Family.cards`."""
        return (_RESUME, _RESTART) if self._sites.all else ()

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """As `Family.offers`."""
        site = self._sites.of_source(_source_of(pane, row))
        if site is None or site.workspace != pane.spec.name:
            return
        for card in self.cards:
            yield Offer(card=card, target=site.target)

    async def target(self, verb: str, words: str) -> Target:
        """As `Family.target`."""
        del verb
        site: Site | None = self._sites.all.get(words)
        if site is None:
            raise not_known("project", words, self._sites.all)
        return site.target


def _source_of(pane: WorkspaceView, row: Row) -> str:
    """The source behind a row; empty where there is none."""
    thing = row.thing
    if isinstance(thing, AlertView):
        return str(thing.source or "")
    if isinstance(thing, SystemView):
        return str(thing.spec.id)
    if isinstance(thing, DatabaseView):
        return str(thing.spec.source)
    if isinstance(thing, QueryRow):
        for view in pane.databases:
            if any(one.session.key == thing.session.key for one in view.rows):
                return str(view.spec.source)
    return str(row.source or "")
