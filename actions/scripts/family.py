"""Which scripts can be run, from a row of the board or from the command line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from actions.families import Card, Offer, Parameter, Row
from actions.plan import Danger, Target
from actions.scripts.places import ScriptPlace, Use
from actions.scripts.records import Records
from actions.scripts.restore import RestoreStaging
from actions.scripts.verb import FILE, RunScript
from actions.targets import not_known, target_at
from actions.verbs import Verb
from monitor.snapshot import WorkspaceView
from monitor.system_view import SystemView
from providers.clock import Clock
from providers.text import Foreign

_GROUP: Final = "Backups and scripts"
_TITLES: Final = {
    Use.BACKUP: "Make a backup",
    Use.VERIFY: "Verify the backup",
    Use.DUMP: "Dump the database",
    Use.RESTORE: "Restore to staging",
}
_DANGER: Final = {Use.RESTORE: Danger.FINAL}


class ScriptFamily:
    """Backup, verification, dump and restore.

    Args:
        places: Every use of a script.
        records: Where runs are written down.
        clock: The time.
    """

    def __init__(self, places: Sequence[ScriptPlace], records: Records, clock: Clock) -> None:
        self._places = tuple(places)
        self._verbs: list[Verb] = []
        self._cards: dict[Use, Card] = {}
        for use in Use:
            mine = [place for place in places if place.use is use]
            if not mine:
                continue
            self._cards[use] = _card(use, with_file=any(one.with_file for one in mine))
            if use is Use.RESTORE:
                self._verbs.append(RestoreStaging(mine, records, clock))
            else:
                self._verbs.append(RunScript(use, mine, records, clock))

    @property
    def verbs(self) -> Sequence[Verb]:
        """As `Family.verbs`."""
        return tuple(self._verbs)

    @property
    def cards(self) -> Sequence[Card]:
        """As `Family.cards`."""
        return tuple(self._cards.values())

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """As `Family.offers`: on the board of scripts; a backup's row names the file."""
        source = row.thing.spec.id if isinstance(row.thing, SystemView) else row.source
        for place in self._places:
            # A check that runs by itself has a source of its own.
            sources = {place.source, f"{place.source}.{place.spec.name}"}
            if place.workspace != pane.spec.name or not source or str(source) not in sources:
                continue
            of_script = row.section in {"", "scripts", "run", "output"}
            named = row.record.id if row.record is not None else ""
            if of_script and (not named or row.section != "scripts" or named == place.spec.name):
                yield Offer(card=self._cards[place.use], target=target_of(place))
            elif row.section.startswith("backups-"):
                yield from self._of_file(place, row.section, named)

    def _of_file(self, place: ScriptPlace, section: str, name: str) -> Iterator[Offer]:
        if place.backups is None or place.backups.key != section:
            return
        given: Mapping[str, str] = {FILE: name} if place.with_file and name != "none" else {}
        refused = "there is no backup" if name == "none" and place.with_file else ""
        yield Offer(
            card=self._cards[place.use],
            target=target_of(place),
            given=tuple(given.items()),
            refused=refused,
        )

    async def target(self, verb: str, words: str) -> Target:
        """As `Family.target`."""
        known = {
            f"{one.workspace}/{one.system}": one for one in self._places if one.use.value == verb
        }
        if words in known:
            return target_of(known[words])
        alone = [one for one in known.values() if words in {one.workspace, _where(one)}]
        if len(alone) == 1:
            return target_of(alone[0])
        raise not_known("script", words, known)


def _where(place: ScriptPlace) -> str:
    return f"{place.workspace}/{place.environment}"


def target_of(place: ScriptPlace) -> Target:
    """What is run, by its identity; of a restore what it is run upon."""
    name = Foreign(place.title)
    return target_at(place, "script", identity=place.identity, name=name, typed=place.spec.name)


def _card(use: Use, *, with_file: bool) -> Card:
    file = Parameter(name=FILE, title="Backup", hint="the name of a file; empty: the newest")
    return Card(
        name=use.value,
        title=_TITLES[use],
        group=_GROUP,
        danger=_DANGER.get(use, Danger.LIGHT),
        parameters=(file,) if with_file else (),
        target_words="WORKSPACE/SYSTEM",
    )
