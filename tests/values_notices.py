"""Alerts and channels for the tests of notices."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from actions.notices.channel import ChannelKind, ChannelSpec, Message, Telling
from actions.notices.plan import Sight, wanted
from actions.notices.told import claimed, short, told_of
from monitor.alert_view import AlertView, Care, CareKind
from monitor.care_entries import CareEntry, EntryKind
from monitor.verdicts import Level, Phase
from providers.clock import Moment
from providers.errors import ProviderError
from tests.fakes import START

TICK_S = 1_000.0


def moment(seconds: float = 0.0) -> Moment:
    return Moment(at=START + timedelta(seconds=seconds), tick_s=TICK_S + seconds)


def alert(key: str = "check/lma/production/api/health", **changes: object) -> AlertView:
    """A critical alert of production that has just fired."""
    made = AlertView(
        key=key,
        title="API /health",
        level=Level.CRITICAL,
        phase=Phase.FIRING,
        severity="SEV1",
        environment="production",
        since=moment(),
        why="503 three times in a row",
        elapsed_s=0.0,
        required_s=0.0,
        failures=3,
        runbook="B:141",
        source=None,
        subject=key.rpartition("/")[2],
        fact="503",
        onset=moment(),
        fired=moment(),
        service="api",
    )
    return replace(made, **changes)


def cared(kind: CareKind) -> Care:
    return Care(
        kind=kind, operator="dana", host="bastion", at=START, until=START + timedelta(hours=4)
    )


def channel(**changes: object) -> ChannelSpec:
    made = ChannelSpec(
        name="incidents",
        kind=ChannelKind.SLACK,
        workspace="lma",
        workspace_title="LMA",
        target="C0INCIDENTS",
    )
    return replace(made, **changes)


def blank(at: datetime, login: str = "dana", id_: str = "1") -> CareEntry:
    return CareEntry(
        id=id_,
        at=at,
        kind=EntryKind.CLAIM,
        operator=login,
        login=login,
        host="bastion",
        workspace="lma",
        key="incidents",
    )


class Program:
    """One program that looks, claims and notes what it told, without a disk.

    Args:
        journal: Shared by several.
        spec: The channel.
        login: Who runs it.
    """

    def __init__(
        self, journal: list[CareEntry], spec: ChannelSpec | None = None, login: str = "dana"
    ) -> None:
        self.journal = journal
        self.spec = spec or channel()
        self.login = login
        self.seen: dict[str, datetime] = {}

    def look(
        self, alerts: Sequence[AlertView], seconds: float, *, settled: bool = False
    ) -> list[Telling]:
        """What it tells, all claimed."""
        now = START + timedelta(seconds=seconds)
        for one in alerts:
            if one.phase is not Phase.PENDING:
                self.seen[short(one.key)] = now
        sight = Sight(
            alerts=tuple(alerts),
            seen=self.seen,
            settled=settled,
            author=f"{self.login}@bastion",
        )
        found = []
        for telling in wanted(self.spec, sight, told_of(self.journal, self.spec.name, now), now):
            if told_of(self.journal, self.spec.name, now).allows(telling):
                entry = blank(now, self.login, f"{len(self.journal):08}")
                self.journal.append(claimed(entry, self.spec.name, telling))
                found.append(telling)
        return found


class FakeSender:
    """Takes messages, or fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failures: list[ProviderError] = []

    async def send(self, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
