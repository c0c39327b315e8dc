"""Writing in a channel of Slack, and taking that back.

Source: `chat.postMessage` and `chat.delete`. Slack has no idempotency key: a message of ours bears
a mark in its metadata, by which it is found in the channel when the answer was lost.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from actions.http_steps import http_step
from actions.plan import NOTHING, Change, Danger, Effect, Plan, Target, Undo
from actions.vendors.chat import (
    MARK,
    TS,
    Room,
    Said,
    SlackSpot,
    escaped,
    may_write,
    room,
    said_in,
    taken,
)
from actions.vendors.spots import Spots, mark_of
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from monitor.words import noun
from providers.errors import Unauthorized
from providers.slack_mapping import readable
from providers.text import Foreign

POST: Final = "post-message"
DELETE: Final = "delete-message"
NOBODY: Final = "nobody"
PINGS: Final = (NOBODY, "here", "channel")
LONGEST: Final = 3_000
_NEEDS: Final = ("chat:write", "channels:history")
_BLIND: Final = "what stands there can not be read: a lost answer would stay unknown"


class PostMessage:
    """Writes a message in a channel.

    Args:
        spots: The workspaces of Slack.
    """

    name = POST
    settle_s = 20.0

    def __init__(self, spots: Spots[SlackSpot]) -> None:
        self._spots = spots

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`; the message is shown as it will stand there."""
        spot, rest = self._spots.of(target)
        text = Foreign(parameters.get("text", "").strip()).text
        ping = parameters.get("ping") or NOBODY
        if not text or len(text) > LONGEST:
            raise Unplannable(f"a message has 1 to {LONGEST} characters")
        if ping not in PINGS:
            raise Unplannable("ping is nobody, here or channel")
        return _posting(spot, target, await room(spot, rest), text, ping)

    async def pin(self, plan: Plan) -> Pinned:
        """See `Verb.pin`."""
        spot, rest = self._spots.of(plan.target)
        again = await self.plan(plan.target, dict(plan.parameters))
        found = await room(spot, rest)
        conditions = [*may_write(spot, found)]
        conditions.append(
            spot.checks.warns_if("read back", "" if found.readable else _BLIND, "readable")
        )
        newest: tuple[Said, ...] = ()
        if found.readable and found.channel.member is not False:
            newest = await said_in(spot, rest, [("limit", "1")])
        baseline = (("newest", newest[0].ts if newest else "0.0"),)
        return Pinned(plan=replace(again, baseline=baseline), preconditions=tuple(conditions))

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`."""
        del key
        spot, _ = self._spots.of(plan.target)
        operation = "post message"
        fields = taken(await spot.send(plan, operation), operation)
        ts = fields.optional_word("ts") or ""
        return Sent(answer=ts, words="posted", marks=(("ts", ts),))

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: whether it stands there."""
        spot, rest = self._spots.of(plan.target)
        since = dict(plan.baseline).get("newest", "0.0")
        try:
            found = await said_in(spot, rest, [("oldest", since), ("limit", "100")])
        except Unauthorized as error:
            if sent is None:
                raise
            # Slack's own word: it does not say `ok` before the message stands there.
            words = f"Slack took it as {sent.answer}; it can not be read back: {error.reason}"
            return Settled(state=State.DONE, words=words)
        ours = _ours(plan, found, since, sent)
        if ours is None:
            return Settled(state=State.PENDING, words="the channel does not show it so far")
        return Settled(state=State.DONE, words=f"it stands in {plan.target.name.line(80)}")

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        """Take the message back, where Slack told which it is."""
        ts = dict(sent.marks).get("ts", "") if sent is not None else ""
        if not TS.fullmatch(ts):
            return None
        spot, rest = self._spots.of(plan.target)
        name = Foreign(f"{plan.target.name.line(80)} {ts}")
        return Undo(
            verb=DELETE,
            target=spot.target("message", f"{rest}/{ts}", name, plan.target.short_name),
            words="delete the message",
        )


class DeleteMessage(UndoneAsPlanned):
    """Deletes a message of the app's own.

    Args:
        spots: The workspaces of Slack.
    """

    name = DELETE
    settle_s = 20.0

    def __init__(self, spots: Spots[SlackSpot]) -> None:
        self._spots = spots

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """See `Verb.plan`."""
        del parameters
        spot, channel, ts = self._of(target)
        found = await room(spot, channel)
        one = await _message(spot, channel, ts)
        if one is None:
            raise Unplannable("there is no such message in the channel (any more)")
        ours = bool(found.bot) and one.bot == found.bot
        return Plan(
            verb=DELETE,
            title=f"Delete a message in {found.name}",
            target=target,
            steps=(
                http_step(
                    spot.url,
                    "delete it",
                    "POST",
                    "/chat.delete",
                    json={"channel": channel, "ts": ts},
                ),
            ),
            changes=(
                Change(field="message", before=readable(Foreign(one.text), {}), after=NOTHING),
            ),
            pins=(
                ("channel", channel),
                ("message", ts),
                ("ours", str(ours).lower()),
                ("text", mark_of(one.text)),
            ),
            side_effects=("who has read it has read it",),
            no_undo="it can only be posted anew",
            needs=_NEEDS,
            danger=Danger.CHANGE,
            cool_down_s=5.0,
            look_at=found.identity.url,
        )

    async def pin(self, plan: Plan) -> Pinned:
        """See `Verb.pin`."""
        spot, channel, _ = self._of(plan.target)
        again = await self.plan(plan.target, {})
        other = "" if again.pinned["ours"] == "true" else "somebody else wrote it"
        conditions = [*may_write(spot, await room(spot, channel))]
        conditions.append(spot.checks.unless("author", other, "the app itself wrote it"))
        return Pinned(plan=again, preconditions=tuple(conditions))

    async def send(self, plan: Plan, key: str) -> Sent:
        """See `Verb.send`."""
        del key
        spot, _, _ = self._of(plan.target)
        operation = "delete message"
        taken(await spot.send(plan, operation), operation)
        return Sent(words="deleted")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """See `Verb.settled`: whether it is gone."""
        del sent
        spot, channel, ts = self._of(plan.target)
        if await _message(spot, channel, ts) is None:
            return Settled(state=State.DONE, words="it is gone from the channel")
        return Settled(state=State.PENDING, words="it still stands there")

    def _of(self, target: Target) -> tuple[SlackSpot, str, str]:
        spot, rest = self._spots.of(target)
        channel, _, ts = rest.partition("/")
        if not TS.fullmatch(ts):
            raise Unplannable("a message is named by its channel and its ts")
        return spot, channel, ts


async def _message(spot: SlackSpot, channel: str, ts: str) -> Said | None:
    params = [("oldest", ts), ("latest", ts), ("inclusive", "true"), ("limit", "1")]
    found = await said_in(spot, channel, params)
    return next((one for one in found if one.ts == ts), None)


def _posting(spot: SlackSpot, target: Target, found: Room, text: str, ping: str) -> Plan:
    mark = mark_of(POST, found.channel.id, text, ping)
    return Plan(
        verb=POST,
        title=f"Post to {found.name}",
        target=target,
        parameters=(("text", text), ("ping", ping)),
        steps=(
            http_step(
                spot.url,
                f"post to {found.name}",
                "POST",
                "/chat.postMessage",
                json=_body(found, text, ping, mark),
            ),
        ),
        changes=(Change(field="message", before=NOTHING, after=_shown(ping, text)),),
        pins=(
            ("channel", found.channel.id),
            ("name", found.name),
            ("team", found.identity.team.line(80)),
            ("mark", mark),
        ),
        effects=(
            Effect(
                words=noun(found.members, "member", "members") + " of the channel",
                number=found.members,
                reason="" if found.members is not None else "Slack does not say",
                measured_at=spot.clock.now().at,
            ),
        ),
        side_effects=tuple(_besides(found, ping)),
        no_undo="who has read it has read it; it can be deleted",
        needs=_NEEDS,
        danger=Danger.LIGHT if ping == NOBODY else Danger.CHANGE,
        cool_down_s=5.0,
        look_at=found.identity.url,
    )


def _shown(ping: str, text: str) -> Foreign:
    """The message as people will see it."""
    return Foreign(text if ping == NOBODY else f"@{ping} {text}")


def _body(found: Room, text: str, ping: str, mark: str) -> dict[str, object]:
    shown, rings = escaped(text), ping != NOBODY
    return {
        "channel": found.channel.id,
        "text": f"<!{ping}> {shown}" if rings else shown,
        # Without a ping nothing in it is read as a mark; a ping is one.
        "mrkdwn": rings,
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": MARK, "event_payload": {"mark": mark}},
    }


def _besides(found: Room, ping: str) -> Iterator[str]:
    yield f"written as {found.identity.user.line(60)}, without previews of links"
    if ping == "here":
        yield "@here rings whoever is active there"
    elif ping == "channel":
        yield "@channel rings every member, at night as well"


def _ours(plan: Plan, found: tuple[Said, ...], since: str, sent: Sent | None) -> Said | None:
    ts = dict(sent.marks).get("ts", "") if sent is not None else ""
    if ts:
        return next((one for one in found if one.ts == ts), None)
    mark = plan.pinned.get("mark")
    return next((one for one in found if one.mark == mark and one.ts != since), None)
