"""Rules for channels that people are told over."""

import re
from collections.abc import Iterator

from tui.config.model_notices import KINDS, NoticeChannel, PagerDutyEvents, Webhook
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope, one_of, unknown
from tui.config.values import is_local, split_url

_CREDENTIALS = re.compile(r"auth|cookie|token|secret|api-?key|password", re.IGNORECASE)
_OURS = frozenset({"host", "content-length", "content-type", "connection", "accept-encoding"})


def notices(scope: Scope) -> Iterator[Finding]:
    """What is wrong with the channels of a workspace."""
    for name, channel in scope.workspace.notices.channels.items():
        path = (*scope.at, "notices", "channels", name)
        yield from one_of(path, channel.given, KINDS)
        for place, environment in enumerate(channel.environments):
            yield from scope.environment((*path, "environments", place), environment)
        for place, kpi in enumerate(channel.except_kpis):
            known = scope.workspace.kpis
            yield from unknown((*path, "except", place), "KPI", kpi, known, (*scope.at, "kpis"))
        yield from _slack(scope, path, channel)
        if channel.pagerduty is not None:
            yield from _pagerduty(scope, (*path, "pagerduty"), channel.pagerduty, channel)
        if channel.webhook is not None:
            yield from _webhook(scope, (*path, "webhook"), channel.webhook)


def _slack(scope: Scope, path: Path, channel: NoticeChannel) -> Iterator[Finding]:
    if channel.slack is None:
        return
    accounts = scope.config.accounts
    at, word = (*path, "slack", "account"), channel.slack.account
    yield from unknown(at, "account", word, accounts, ("accounts",))
    if word in accounts and accounts[word].kind != "slack":
        yield Finding(path=at, reason=f"this is an account of kind {accounts[word].kind}")


def _pagerduty(
    scope: Scope, path: Path, events: PagerDutyEvents, channel: NoticeChannel
) -> Iterator[Finding]:
    yield from scope.secret((*path, "routing_key"), events.routing_key)
    yield from _encrypted((*path, "base_url"), events.base_url)
    if channel.remind_every_s is not None:
        reason = "PagerDuty reminds by its escalation policy: leave remind_every out"
        yield Finding(path=(*path[:-1], "remind_every"), reason=reason, at_key=True)


def _webhook(scope: Scope, path: Path, webhook: Webhook) -> Iterator[Finding]:
    yield from _encrypted((*path, "url"), webhook.url)
    yield from scope.secret((*path, "secret"), webhook.secret)
    for name, value in webhook.headers.items():
        at = (*path, "headers", name)
        if _CREDENTIALS.search(name):
            reason = "a credential is never written here: use secret:, which signs each message"
            yield Finding(path=at, reason=reason, at_key=True)
        elif name.lower() in _OURS or name.lower().startswith("x-quarterdeck-"):
            yield Finding(path=at, reason="this header is set by the program", at_key=True)
        elif not (value.isascii() and value.isprintable() and value == value.strip() != ""):
            yield Finding(path=at, reason="a header's value is one line of ASCII")


def _encrypted(path: Path, url: str) -> Iterator[Finding]:
    parts = split_url(url)
    if parts is not None and parts.scheme != "https" and not is_local(parts.hostname or ""):
        yield Finding(path=path, reason="alerts go out in clear: write https://")
