"""What to tell of the alerts of a workspace over one channel; pure.

Told is what is new since it was last told, never what merely is. The rows are tried from the top,
the first that fits decides:

| the alert                                         | told before | what is told                  |
|---------------------------------------------------|-------------|-------------------------------|
| belongs to another environment than the channel's | any         | nothing                       |
| is of a KPI under the channel's `except`          | any         | nothing                       |
| follows from a cause that is there and told here  | any         | nothing: the cause is told,   |
|                                                   |             | "and 3 that follow"           |
| falls into a maintenance window                   | any         | nothing                       |
| is snoozed                                        | any         | nothing                       |
| waits for its rule (pending)                      | any         | nothing                       |
| has nothing to be judged by (unknown)             | any         | nothing                       |
| is milder than `from`, with all that follow       | no          | nothing                       |
| recovers already                                  | no          | nothing                       |
| flaps                                             | not so      | flapping, once                |
| fires                                             | no          | fired                         |
| became critical                                   | as warning  | worse, once                   |
| is acknowledged                                   | yes         | acknowledged, once, where the |
|                                                   |             | other side keeps a state      |
| is acknowledged, flaps, or only lacks its numbers | yes         | nothing more                  |
| still fires, `remind_every` after it was told     | yes         | reminder, once for each time  |
| is there no more                                  | yes         | cleared; only noted where the |
|                                                   |             | channel does not want it      |

An alert that is acknowledged before it was told is told, with who is at it. What was told is closed
also when it cleared in a maintenance window or while it was snoozed: people who know of it are not
left waiting. While our own network is down nothing is told at all, for nothing is judged.

Only who has seen an alert since it was told can say that it is over: others may see it still. What
an earlier run of the same operator's program told, and is not there, is closed by the next one once
that has asked everything (`SETTLE_S`); what nobody closes is closed by anybody after `STALE`.

The same alerts in another order tell the same; told once, nothing is told again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from actions.notices.channel import ChannelSpec, Telling, TellKind
from actions.notices.told import Open, Told, short, short_episode
from monitor.alert_view import AlertView, CareKind
from monitor.verdicts import Level, Phase

SETTLE_S: Final = 120.0
"""After so long a program has asked everything at least once, and knows what is there."""

STALE: Final = timedelta(days=1)
"""Nobody has closed what was told so long ago."""

LACKS_NUMBERS: Final = "/no-data"
"""How the keys of alerts end that say that there is no number."""

_ACTIVE: Final = frozenset({Phase.FIRING, Phase.RECOVERING, Phase.FLAPPING})


class Sight(Struct, frozen=True, kw_only=True):
    """What one program knows of the alerts of a workspace."""

    alerts: tuple[AlertView, ...]
    seen: Mapping[str, datetime] = {}
    """When it last saw each fire itself, by its key as it is claimed."""

    settled: bool = False
    """Whether it has looked for long enough to know what is there."""

    author: str = ""
    """As whom it writes: `login@host`."""


def wanted(spec: ChannelSpec, sight: Sight, told: Told, now: datetime) -> tuple[Telling, ...]:
    """What is to be told now, the worst first; nothing of it has been told.

    Args:
        spec: The channel.
        sight: The alerts as they are.
        told: What has been told over this channel.
        now: The instant.
    """
    by_key = {alert.key: alert for alert in sight.alerts}
    found = [*_of_alerts(spec, by_key, told, now), *_over(spec, sight, told, now)]
    found.sort(key=lambda one: (one.kind is TellKind.CLEARED, -one.level, one.key, one.label))
    return tuple(one for one in found if told.allows(one))


def _of_alerts(
    spec: ChannelSpec, by_key: Mapping[str, AlertView], told: Told, now: datetime
) -> Iterator[Telling]:
    for alert in by_key.values():
        if _quiet(spec, alert, by_key):
            continue
        known = told.open.get(short(alert.key))
        level = _weight(spec, alert, by_key)
        if known is None:
            kind = _first(alert, level, spec.least)
        else:
            kind = _more(spec, alert, known, level)
        if kind is not None:
            yield _telling(alert, kind, known, level, by_key, now)
        elif known is not None and (number := _reminder(spec, alert, known, now)):
            yield _telling(alert, TellKind.REMINDER, known, level, by_key, now, number)


def _quiet(spec: ChannelSpec, alert: AlertView, by_key: Mapping[str, AlertView]) -> bool:
    """Whether nothing is told of an alert, whatever it does."""
    elsewhere = bool(
        spec.environments and alert.environment and alert.environment not in spec.environments
    )
    snoozed = alert.care is not None and alert.care.kind is CareKind.SNOOZED
    cause = by_key.get(alert.cause) if alert.cause else None
    follows = cause is not None and not _left_out(spec, cause)
    unwanted = elsewhere or _left_out(spec, alert) or snoozed or bool(alert.maintenance)
    return unwanted or follows or alert.phase not in _ACTIVE


def _left_out(spec: ChannelSpec, alert: AlertView) -> bool:
    return bool(alert.kpi) and alert.kpi in spec.except_kpis


def _weight(spec: ChannelSpec, alert: AlertView, by_key: Mapping[str, AlertView]) -> Level:
    """How bad it is with what follows from it, which nobody is told of by itself."""
    following = (by_key[key] for key in alert.followers if key in by_key)
    return max((alert.level, *(one.level for one in following if not _left_out(spec, one))))


def _first(alert: AlertView, level: Level, least: Level) -> TellKind | None:
    if level < least or alert.phase is Phase.RECOVERING:
        return None
    return TellKind.FLAPPING if alert.phase is Phase.FLAPPING else TellKind.FIRED


def _more(spec: ChannelSpec, alert: AlertView, known: Open, level: Level) -> TellKind | None:
    """What is new of an alert that people know of."""
    if alert.phase is Phase.FLAPPING and TellKind.FLAPPING.value not in known.labels:
        return TellKind.FLAPPING
    if level > known.level and level is Level.CRITICAL:
        return TellKind.WORSE
    acknowledged = alert.care is not None and alert.care.kind is CareKind.ACKNOWLEDGED
    if acknowledged and spec.keeps_state and TellKind.ACKNOWLEDGED.value not in known.labels:
        return TellKind.ACKNOWLEDGED
    return None


def _reminder(spec: ChannelSpec, alert: AlertView, known: Open, now: datetime) -> int:
    """Which reminder it is time for; 0: none."""
    if spec.remind_s is None or spec.keeps_state or alert.care is not None:
        return 0
    if alert.phase is Phase.FLAPPING or alert.key.endswith(LACKS_NUMBERS):
        return 0
    return max(0, int((now - known.at).total_seconds() // spec.remind_s))


def _telling(
    alert: AlertView,
    kind: TellKind,
    known: Open | None,
    level: Level,
    by_key: Mapping[str, AlertView],
    now: datetime,
    number: int = 0,
) -> Telling:
    return Telling(
        kind=kind,
        key=short(alert.key),
        episode=short_episode(alert.episode) if known is None else known.episode,
        level=level,
        subject=named(alert),
        alert=alert,
        followers=sum(key in by_key for key in alert.followers),
        number=number,
        lasted_s=0.0 if known is None else max(0.0, (now - known.at).total_seconds()),
    )


def named(alert: AlertView) -> str:
    """What it is called once its number is history: `API production`."""
    name = alert.subject or alert.title
    where = alert.environment
    return name if not where or where in name else f"{name} {where}"


def _over(spec: ChannelSpec, sight: Sight, told: Told, now: datetime) -> Iterator[Telling]:
    here = {short(alert.key) for alert in sight.alerts}
    for key, known in told.open.items():
        if key in here or not _may_close(sight, known, now):
            continue
        yield Telling(
            kind=TellKind.CLEARED,
            key=key,
            episode=known.episode,
            level=known.level,
            subject=known.subject,
            lasted_s=max(0.0, (now - known.at).total_seconds()),
            silent=not spec.cleared,
        )


def _may_close(sight: Sight, known: Open, now: datetime) -> bool:
    """Whether this program knows that what is not there is over."""
    seen = sight.seen.get(known.key)
    if seen is not None and seen >= known.at:
        return True
    age = now - known.at
    own = known.author == sight.author and age >= timedelta(seconds=SETTLE_S)
    return sight.settled and (own or age >= STALE)


def still_wanted(
    owed: Sequence[Telling], here: Collection[str], over: Sequence[Telling]
) -> tuple[tuple[Telling, ...], frozenset[str]]:
    """Of what could not be sent, what is still worth it; and episodes nobody need hear the end of.

    Args:
        owed: What was claimed, and did not leave.
        here: Keys of the alerts that are there.
        over: What has been claimed since as cleared.
    """
    ended = {one.episode for one in over if one.kind is TellKind.CLEARED}
    begun = {one.episode for one in owed if one.kind in {TellKind.FIRED, TellKind.FLAPPING}}
    unheard = frozenset(ended & begun)
    kept = (
        one
        for one in owed
        if one.episode not in ended and (one.kind is TellKind.CLEARED or one.key in here)
    )
    return tuple(kept), unheard
