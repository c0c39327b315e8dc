"""What has been told of each alert, out of the journal that all operators of a host share; pure.

Every telling is claimed there before it leaves: `told/CHANNEL/WHAT/EPISODE`, where WHAT is `fired`,
`worse`, `flapping`, `reminder-3`, `acknowledged` or `cleared`. So what was told is the same for all
programs that share the journal, and after a restart. A program that ends before it could send what
it has claimed says so, by `freed/…` in place of `told/…`: then it counts as not told, and the next
one tells it.

An alert is *open* on a channel from the first telling of an episode until `cleared` of the same
one. While it is open, another program that sees the same trouble begin at another second (each
polls at its own times) does not tell of it again. The order of the entries does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from actions.notices.channel import Telling, TellKind
from monitor.care_entries import LONGEST_CLAIM, CareEntry, EntryKind
from monitor.verdicts import Level

HOLDS: Final = LONGEST_CLAIM
"""An alert that has fired for longer than this is told of anew."""

_PREFIX: Final = "told"
_FREED: Final = "freed"
_SENT: Final = "sent"
_FAILED: Final = "failed"
_LONGEST_KEY: Final = 900
_OPENING: Final = frozenset({TellKind.FIRED.value, TellKind.FLAPPING.value, TellKind.WORSE.value})
_RANK: Final = {TellKind.CLEARED.value: 2, TellKind.FIRED.value: 0, TellKind.FLAPPING.value: 0}
"""Of entries of one instant the lower counts as the earlier."""


class Open(Struct, frozen=True, kw_only=True):
    """An alert that people have been told of and that is not over."""

    key: str
    episode: str
    level: Level
    """The worst that was told."""

    at: datetime
    """When it was first told."""

    subject: str
    author: str
    """Who told it, as `login@host`."""

    labels: frozenset[str]
    """All that was told of it."""


class Told(Struct, frozen=True, kw_only=True):
    """What has been told over one channel."""

    open: Mapping[str, Open] = {}
    """By the key of the alert."""

    episodes: frozenset[str] = frozenset()
    """All that were ever told of, as far as the journal reaches."""

    def allows(self, telling: Telling) -> bool:
        """Whether nobody has told this yet; decided with the journal locked."""
        known = self.open.get(telling.key)
        if telling.kind in {TellKind.FIRED, TellKind.FLAPPING} and known is None:
            return telling.episode not in self.episodes
        return (
            known is not None
            and known.episode == telling.episode
            and telling.label not in known.labels
        )


NOTHING: Final = Told()


def told_of(entries: Iterable[CareEntry], channel: str, now: datetime) -> Told:
    """What the entries say of one channel."""
    open_: dict[str, Open] = {}
    episodes: set[str] = set()
    for entry, label, episode in sorted(_claims(entries, channel, now), key=_order):
        key = episode.rpartition("@")[0]
        known = open_.get(key)
        episodes.add(episode)
        if label == TellKind.CLEARED.value:
            if known is not None and known.episode == episode:
                del open_[key]
        elif known is not None and known.episode == episode:
            level = max(known.level, entry.level)
            open_[key] = replace(known, level=level, labels=known.labels | {label})
        elif label in _OPENING:
            open_[key] = Open(
                key=key,
                episode=episode,
                level=entry.level,
                at=entry.at,
                subject=entry.subject,
                author=f"{entry.login}@{entry.host}",
                labels=frozenset({label}),
            )
    return Told(open=open_, episodes=frozenset(episodes))


def last_sent(entries: Iterable[CareEntry], channel: str) -> CareEntry | None:
    """The newest entry that says that a message arrived."""
    return _newest(entries, f"{_SENT}/{channel}/")


def last_failed(entries: Sequence[CareEntry], channel: str) -> CareEntry | None:
    """The entry that says that messages do not arrive, if none has since."""
    failed = _newest(entries, f"{_FAILED}/{channel}/")
    sent = last_sent(entries, channel)
    return failed if failed and (sent is None or sent.at < failed.at) else None


def _newest(entries: Iterable[CareEntry], start: str) -> CareEntry | None:
    found = (one for one in entries if one.kind is EntryKind.CLAIM and one.key.startswith(start))
    return max(found, key=lambda one: (one.at, one.id), default=None)


def claimed(blank: CareEntry, channel: str, telling: Telling) -> CareEntry:
    """The entry that claims a telling.

    Args:
        blank: A new claim of this author.
        channel: Its name.
        telling: What is to be told.
    """
    return replace(
        blank,
        key=f"{_PREFIX}/{channel}/{telling.label}/{telling.episode}"[:_LONGEST_KEY],
        until=blank.at + HOLDS,
        level=telling.level,
        subject=telling.subject,
    )


def freed(blank: CareEntry, channel: str, telling: Telling) -> CareEntry:
    """The entry that takes a claim back: surely nobody was told.

    Args:
        blank: A new claim of this author.
        channel: Its name.
        telling: What was claimed and did not leave.
    """
    entry = claimed(blank, channel, telling)
    return replace(entry, key=_FREED + entry.key.removeprefix(_PREFIX))


def noted(blank: CareEntry, channel: str, words: str, *, arrived: bool = True) -> CareEntry:
    """The entry that says that a message arrived, or why it did not."""
    return replace(
        blank,
        key=f"{_SENT if arrived else _FAILED}/{channel}/{blank.id}",
        until=blank.at + timedelta(days=7),
        subject=words,
    )


def short(key: str) -> str:
    """The key of an alert as it is claimed."""
    return key[: _LONGEST_KEY - 200]


def short_episode(episode: str) -> str:
    """An episode as it is claimed: still with its time at the end."""
    key, _, begun = episode.rpartition("@")
    return f"{short(key)}@{begun}"


_Claim = tuple[CareEntry, str, str]


def _claims(entries: Iterable[CareEntry], channel: str, now: datetime) -> Iterable[_Claim]:
    every = list(entries)
    back = {(label, episode): entry.at for entry, label, episode in _of(every, _FREED, channel)}
    for entry, label, episode in _of(every, _PREFIX, channel):
        taken_back = back.get((label, episode))
        stands = taken_back is None or entry.at > taken_back
        if stands and "@" in episode and entry.until is not None and now < entry.until:
            yield entry, label, episode


def _of(entries: Iterable[CareEntry], prefix: str, channel: str) -> Iterable[_Claim]:
    start = f"{prefix}/{channel}/"
    for entry in sorted(entries, key=lambda one: one.at):
        if entry.kind is EntryKind.CLAIM and entry.key.startswith(start):
            label, _, episode = entry.key[len(start) :].partition("/")
            yield entry, label, episode


def _order(claim: _Claim) -> tuple[datetime, int, str, str]:
    entry, label, _ = claim
    return entry.at, _RANK.get(label, 1), label, entry.id
