"""Whether people can be told over each channel, as far as that shows without sending anything."""

import asyncio
from collections.abc import AsyncIterator

from actions.notices.pagerduty_event import checked_key
from actions.notices.slack import reach
from actions.notices.told import last_failed
from monitor.care_journal import CareJournal, JournalTrouble
from providers.clock import Clock
from providers.errors import ProviderError, TimedOut, Unreachable
from providers.http import Api
from tui.config.model import Config, NoticeChannel
from tui.doctor.findings import Finding, Mark
from tui.wire_care import care_folder, journals
from tui.wire_clients import Clients

_AREA = "notices"
_TRY = "try it: quarterdeck notices test"


async def notice_findings(
    config: Config, shared: Clients, clock: Clock, only: str | None = None, *, kept: bool = True
) -> AsyncIterator[Finding]:
    """A row a channel, and one more where messages do not arrive; nothing is sent.

    Args:
        config: With the channels.
        shared: The clients of all accounts.
        clock: The time.
        only: This workspace alone.
        kept: Whether walls write down what they told.
    """
    folder = care_folder(config) if kept else None
    books = journals(config, clock, folder)
    for name, workspace in config.workspaces.items():
        if only not in {None, name}:
            continue
        for key, channel in workspace.notices.channels.items():
            subject = f"{name}/{key}"
            try:
                words = await _looked_at(channel, shared, clock)
            except ProviderError as error:
                yield _found(subject, Mark.FAILED, error.sentence, error.advice)
            else:
                yield _found(subject, Mark.OK, words, f"{_TRY} {subject}")
            if failing := await asyncio.to_thread(_failing, books[name], key):
                yield _found(subject, Mark.WARNING, failing, f"{_TRY} {subject}")


def _failing(journal: CareJournal, channel: str) -> str:
    """Since when a wall can not send, and why; empty when it can or nobody knows."""
    try:
        failed = last_failed(journal.read(), channel)
    except JournalTrouble:
        return ""
    return "" if failed is None else f"fails since {failed.at:%Y-%m-%d %H:%MZ}: {failed.subject}"


def _found(subject: str, mark: Mark, words: str, fix: str = "") -> Finding:
    return Finding(area=_AREA, subject=subject, mark=mark, words=words, fix=fix)


async def _looked_at(channel: NoticeChannel, shared: Clients, clock: Clock) -> str:
    """What can be said of it.

    Raises:
        ProviderError: Nobody can be told over it.
    """
    if channel.slack is not None:
        return await reach(shared.apis[channel.slack.account], channel.slack.channel)
    if channel.pagerduty is not None:
        events = channel.pagerduty
        words = await checked_key(shared.secrets[events.routing_key])
        await _answers("PagerDuty", events.base_url, clock, events.timeout_s)
        return words
    hook = channel.webhook
    if hook is None:
        return "no channel"
    if hook.secret is not None:
        await shared.secrets[hook.secret]()
    await _answers("Webhook", hook.origin, clock, hook.timeout_s)
    return f"its host answers, messages are {'signed' if hook.secret else 'not signed'}"


async def _answers(system: str, url: str, clock: Clock, timeout_s: float) -> None:
    """Whether anybody is there; what is said at the root of the host does not matter.

    Raises:
        ProviderError: Nobody is.
    """
    api = Api(system=system, base_url=url, clock=clock, deadline_s=timeout_s)
    try:
        await api.text("look whether it is there", "/")
    except (Unreachable, TimedOut):
        raise
    except ProviderError:
        return
    finally:
        await api.aclose()
