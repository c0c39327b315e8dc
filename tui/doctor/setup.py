"""Whether the configuration is whole, its secrets are there and its accounts are not too wide."""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Final

from providers.accounts import AccountView
from providers.clock import Clock
from providers.clock_offset import clock_offset_s
from providers.errors import ProviderError
from providers.http import Api
from providers.secrets import describe, resolve
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.config.model import Config, Workspace
from tui.doctor.findings import Finding, Mark
from tui.runbook_review import review_of
from tui.wire_clients import Clients

_CLOCK_TOLERANCE_S: Final = 5.0


def config_findings(config: Config, clock: Clock) -> Iterator[Finding]:
    """What the file leaves open, and whether the runbooks are old."""
    for name, workspace in config.workspaces.items():
        yield from _review_findings(name, workspace, clock)
        blank = [contact.role for contact in workspace.contacts if not contact.reach]
        where = f"workspaces.{name}"
        if blank:
            yield Finding(
                area="configuration",
                subject=f"{where}.contacts",
                mark=Mark.WARNING,
                words=f"nobody knows how to reach: {', '.join(blank)}",
                fix=f"fill in reach: under {where}.contacts",
            )
        for link in workspace.documents:
            if link.url is None and link.path is None:
                yield Finding(
                    area="configuration",
                    subject=f"{where}.documents",
                    mark=Mark.WARNING,
                    words=f"{link.title} lies nowhere",
                    fix="give it a path: or a url:",
                )


def _review_findings(name: str, workspace: Workspace, clock: Clock) -> Iterator[Finding]:
    review = review_of(workspace)
    if review is None:
        return
    late = review.overdue_days(clock.now().at.date())
    yield Finding(
        area="configuration",
        subject=f"workspaces.{name}.runbook",
        mark=Mark.WARNING if late else Mark.OK,
        words=review.words + (f": {late} days late" if late else ""),
        fix=f"review it, then set reviewed: under workspaces.{name}.runbook" if late else "",
    )


async def secret_findings(config: Config) -> AsyncIterator[Finding]:
    """Whether each secret can be had; the secrets themselves are dropped at once."""
    for name, source in config.secrets.items():
        ref = source.ref()
        try:
            await resolve(ref)
        except ProviderError as error:
            yield Finding(
                area="secrets",
                subject=name,
                mark=Mark.FAILED,
                words=error.reason,
                fix=error.advice,
            )
        else:
            yield Finding(area="secrets", subject=name, mark=Mark.OK, words=describe(ref))


async def account_findings(config: Config, shared: Clients) -> AsyncIterator[Finding]:
    """Whose credentials are in use, and what is wider than a dashboard needs."""
    for name, account in config.accounts.items():
        module = importlib.import_module(ACCOUNT_KINDS[account.kind].describer)
        try:
            view: AccountView = await module.describe(shared.apis[name])
        except ProviderError as error:
            yield _account(name, Mark.FAILED, error.sentence, error.advice)
            continue
        yield _account(name, Mark.OK, f"{view.system} as {view.name.line(60)}{_budget(view)}")
        for warning in view.warnings:
            yield _account(name, Mark.WARNING, warning)


def _account(name: str, mark: Mark, words: str, fix: str = "") -> Finding:
    return Finding(area="accounts", subject=name, mark=mark, words=words, fix=fix)


def _budget(view: AccountView) -> str:
    scopes = f", may: {', '.join(view.scopes)}" if view.scopes else ""
    budget = view.budget
    if budget is None or budget.limit is None or budget.remaining is None:
        return scopes
    return f"{scopes}, {budget.remaining} of {budget.limit} requests left"


async def network_findings(
    check: Callable[[], Awaitable[str | None]] | None, targets: Iterable[str]
) -> AsyncIterator[Finding]:
    """Whether the wall would take this machine for offline, and so judge nothing at all.

    Args:
        check: Gives the reason, or None when this machine is online; None where nobody looks.
        targets: What it tries.
    """
    if check is None:
        return
    why = await check()
    yield Finding(
        area="network",
        subject="this machine",
        mark=Mark.FAILED if why else Mark.OK,
        words=why or f"online, by {' or '.join(targets)}",
        fix=""
        if why is None
        else "while that is so and next to no source answers, nothing is judged: name hosts that "
        "are reachable from here under settings.connectivity.targets, or none: []",
    )


async def clock_findings(config: Config, clock: Clock) -> AsyncIterator[Finding]:
    """Whether this machine's clock agrees with the first status page that tells the time."""
    for workspace in config.workspaces.values():
        for page in workspace.status_pages.values():
            api = Api(system=page.title, base_url=page.url, clock=clock, deadline_s=page.timeout_s)
            try:
                offset_s = await clock_offset_s(api, clock, "/api/v2/status.json")
            except ProviderError:
                continue
            finally:
                await api.aclose()
            yield _clock(page.title, offset_s)
            return
    yield Finding(
        area="clock",
        subject="this machine",
        mark=Mark.WARNING,
        words="not compared: no status page told the time",
        fix="add a status page, or compare it by hand: date -u",
    )


def _clock(against: str, offset_s: float) -> Finding:
    words = f"{abs(offset_s):.0f} s {'ahead of' if offset_s > 0 else 'behind'} {against}"
    good = abs(offset_s) <= _CLOCK_TOLERANCE_S
    return Finding(
        area="clock",
        subject="this machine",
        mark=Mark.OK if good else Mark.FAILED,
        words=f"agrees with {against}" if good else words,
        fix="" if good else "switch on NTP: timedatectl set-ntp true",
    )
