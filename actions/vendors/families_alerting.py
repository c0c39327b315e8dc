"""On-call, errors and chat: which rows are offered what, and how targets are named."""

import re
from collections.abc import Iterator
from typing import Final

from actions.families import Offer, Row
from actions.plan import Target
from actions.vendors.chat import CHANNEL_ID, TS, SlackSpot, room
from actions.vendors.family import (
    VendorFamily,
    alert_of,
    detail,
    offer,
    records_of,
    words_of,
)
from actions.vendors.incidents import (
    ACKNOWLEDGE,
    NOTE,
    AcknowledgeIncident,
    NoteIncident,
    ResolveIncident,
)
from actions.vendors.incidents import RESOLVE as RESOLVE_INCIDENT
from actions.vendors.issues import RESOLVE, ResolveIssue, UnresolveIssue
from actions.vendors.page import PAGE, Page
from actions.vendors.page_wanted import LONGEST_DETAILS, LONGEST_TITLE
from actions.vendors.pager import PagerSpot, case_of, paging_of
from actions.vendors.post import DELETE, LONGEST, POST, DeleteMessage, PostMessage
from actions.vendors.sentry import SentrySpot, issue_of
from actions.vendors.spots import Spots
from actions.verbs import Unplannable
from monitor.snapshot import WorkspaceView
from providers.text import Foreign

_MOST_SERVICES: Final = 12
"""Of one account that are offered to an alert; the others are on the board."""

_ID: Final = re.compile(r"[A-Z0-9]{2,40}")
_ISSUES: Final = frozenset({"new", "spiking", "issues"})
_ROOMS: Final = frozenset({"channel", "messages"})


class OnCall(VendorFamily):
    """Of PagerDuty.

    Args:
        spots: The accounts.
    """

    def __init__(self, spots: Spots[PagerSpot]) -> None:
        verbs = (
            AcknowledgeIncident(spots),
            ResolveIncident(spots),
            NoteIncident(spots),
            Page(spots),
        )
        super().__init__(verbs)
        self.spots = spots

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """See `Family.offers`: incidents and services of the board, and every alert."""
        alert = alert_of(row)
        if alert is not None:
            said = words_of(alert)
            title = Foreign(said["title"]).line(LONGEST_TITLE)
            details = Foreign(said["why"]).text[:LONGEST_DETAILS]
            for spot in self.spots.in_reach(pane.spec.name, alert.environment):
                for one in records_of(pane, spot.source, "services")[:_MOST_SERVICES]:
                    target = _service(spot, one.id, one.title)
                    yield offer(PAGE, target, title=title, details=details)
            return
        found = self.spots.behind(row.thing)
        if found is None or row.record is None:
            return
        if row.section == "services":
            yield offer(PAGE, _service(found, row.record.id, row.record.title))
        elif row.section == "incidents":
            number = detail(row.record, "number").line(20)
            target = _incident(found, row.record.id, number, row.record.title)
            held = row.record.state.text != "triggered"
            yield offer(ACKNOWLEDGE, target, "it is acknowledged already" if held else "")
            yield offer(RESOLVE_INCIDENT, target)
            yield offer(NOTE, target)

    async def target(self, verb: str, words: str) -> Target:
        """See `Family.target`."""
        spot, rest = self.spots.named(words)
        if not _ID.fullmatch(rest):
            raise Unplannable("name it by its id at PagerDuty, such as PT4KHLK")
        if verb == PAGE:
            service = await paging_of(spot, rest)
            return _service(spot, service.id, service.name)
        incident = (await case_of(spot, rest)).incident
        number = f"#{incident.number}" if incident.number is not None else ""
        return _incident(spot, incident.id, number, incident.title)


def _service(spot: PagerSpot, id_: str, name: Foreign) -> Target:
    return spot.target("service", id_, name, name.text)


def _incident(spot: PagerSpot, id_: str, number: str, title: Foreign) -> Target:
    name = Foreign(f"{number} {title.line(120)}".strip())
    return spot.target("incident", id_, name, number.removeprefix("#"))


class Errors(VendorFamily):
    """Of Sentry.

    Args:
        spots: The organisations.
    """

    def __init__(self, spots: Spots[SentrySpot]) -> None:
        super().__init__((ResolveIssue(spots), UnresolveIssue(spots)))
        self.spots = spots

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """See `Family.offers`: the issues of the board."""
        del pane
        spot = self.spots.behind(row.thing)
        if spot is not None and row.record is not None and row.section in _ISSUES:
            short = detail(row.record, "issue")
            yield offer(RESOLVE, _issue(spot, row.record.id, short, row.record.title))

    async def target(self, verb: str, words: str) -> Target:
        """See `Family.target`."""
        del verb
        spot, rest = self.spots.named(words)
        found = await issue_of(spot, rest)
        return _issue(spot, found.id, found.short_id, found.title)


def _issue(spot: SentrySpot, id_: str, short: Foreign, title: Foreign) -> Target:
    name = Foreign(f"{short.line(60)} {title.line(120)}".strip())
    return spot.target("issue", id_, name, short.text)


class Chat(VendorFamily):
    """Of Slack.

    Args:
        spots: The workspaces of Slack, with their channels.
    """

    def __init__(self, spots: Spots[SlackSpot]) -> None:
        super().__init__((PostMessage(spots), DeleteMessage(spots)))
        self.spots = spots

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """See `Family.offers`: the channels of the board, and every alert."""
        alert = alert_of(row)
        if alert is not None:
            said = words_of(alert)
            text = f"{said['title']}: {said['why']}" if said["why"] else said["title"]
            for spot in self.spots.in_reach(pane.spec.name, alert.environment):
                for target in _channels(pane, spot):
                    yield offer(POST, target, text=Foreign(text).text[:LONGEST])
            return
        found = self.spots.behind(row.thing)
        if found is not None and row.section in _ROOMS:
            for target in _channels(pane, found):
                yield offer(POST, target)

    async def target(self, verb: str, words: str) -> Target:
        """See `Family.target`; a channel of another workspace of Slack is none of ours."""
        spot, rest = self.spots.named(words)
        channel, _, ts = rest.partition("/")
        found = await room(spot, channel)
        if verb != DELETE:
            return _channel(spot, channel, found.name)
        if not TS.fullmatch(ts):
            raise Unplannable("a message is named by its channel and its ts")
        name = Foreign(f"{found.name} {ts}")
        short = found.name.removeprefix("#")
        return spot.target("message", f"{channel}/{ts}", name, short)


def _channels(pane: WorkspaceView, spot: SlackSpot) -> Iterator[Target]:
    """The channel of the configuration, by its id; none while only its name is known."""
    known = records_of(pane, spot.source, "channel")
    for one in known:
        if CHANNEL_ID.fullmatch(one.id):
            yield _channel(spot, one.id, one.title.line(80))
            return
    if CHANNEL_ID.fullmatch(spot.channel):
        yield _channel(spot, spot.channel, f"#{spot.channel}")


def _channel(spot: SlackSpot, id_: str, name: str) -> Target:
    return spot.target("channel", id_, Foreign(name), name.removeprefix("#"))
