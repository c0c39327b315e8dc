"""What was found of a product's names, judged and put into records; pure."""

import fnmatch
import ipaddress
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.dns_client import DnsAnswer, DnsOutcome
from providers.mail_records import Verdict
from providers.system_readings import Condition, Record
from providers.text import EMPTY, Foreign
from providers.tls_look import TlsView

DAY_S: Final = 86_400.0

_OUTCOMES: Final = {
    DnsOutcome.NO_RECORD: (Condition.BROKEN, "the name is there, without an address"),
    DnsOutcome.NO_NAME: (Condition.BROKEN, "no such name (NXDOMAIN): nobody can find it"),
    DnsOutcome.SERVER_FAILED: (
        Condition.BROKEN,
        "its name servers fail (SERVFAIL): they do not answer, or DNSSEC is broken",
    ),
    DnsOutcome.REFUSED: (Condition.UNKNOWN, "our resolver refuses to answer us"),
    DnsOutcome.TIMED_OUT: (Condition.UNKNOWN, "our resolver does not answer"),
    DnsOutcome.UNREACHABLE: (Condition.UNKNOWN, "our resolver cannot be reached"),
    DnsOutcome.BAD_ANSWER: (Condition.UNKNOWN, "our resolver answers in a way we cannot read"),
}


class Limits(Struct, frozen=True, kw_only=True):
    """How long before its end a certificate is worth a word."""

    warning_s: float = 21 * DAY_S
    critical_s: float = 7 * DAY_S


class HostView(Struct, frozen=True, kw_only=True):
    """One name with all that was seen of it."""

    host: str
    expected: tuple[str, ...]
    """Addresses, networks or patterns of names; empty: whatever it points to is well."""

    answers: tuple[DnsAnswer, ...]
    """For A and AAAA."""

    tls: TlsView | None = None
    """None when it was not tried, or there was no address to try."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses it has."""
        return tuple(value for answer in self.answers for value in answer.values)

    @property
    def chain(self) -> tuple[str, ...]:
        """The aliases on the way, the longest that was told."""
        return max((answer.chain for answer in self.answers), key=len, default=())


def resolution(view: HostView) -> tuple[Condition, str]:
    """Whether a name leads where it should, and in words where it leads."""
    if not view.addresses:
        heard = [answer.outcome for answer in view.answers if answer.outcome.final]
        outcome = heard[0] if heard else view.answers[0].outcome
        return _OUTCOMES.get(outcome, (Condition.UNKNOWN, outcome.value))
    if not view.expected or _as_expected(view):
        return Condition.FINE, "as expected" if view.expected else "found"
    return Condition.BROKEN, f"not {' or '.join(view.expected)}"


def _as_expected(view: HostView) -> bool:
    """An expected name on the way, or every address within what is expected."""
    names = [each.lower().rstrip(".") for each in view.expected if not _network(each)]
    if any(fnmatch.fnmatchcase(alias, name) for alias in view.chain for name in names):
        return True
    networks = [found for each in view.expected if (found := _network(each))]
    addresses = [ipaddress.ip_address(each) for each in view.addresses]
    return bool(networks) and all(any(each in net for net in networks) for each in addresses)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def days_left(view: HostView, now: datetime) -> float | None:
    """Days until the certificate ends, below zero once it has; None without one."""
    if view.tls is None or view.tls.certificate is None:
        return None
    return (view.tls.certificate.not_after - now).total_seconds() / DAY_S


def host_record(view: HostView) -> Record:
    """Where a name leads."""
    condition, words = resolution(view)
    leads = (*view.chain, *view.addresses)
    return Record(
        id=view.host,
        title=Foreign(view.host),
        condition=condition,
        state=Foreign(words),
        details=(
            ("points to", Foreign(" → ".join(leads[:6]))),
            ("expected", Foreign(", ".join(view.expected))),
            ("HTTP", Foreign(view.tls.http if view.tls else "")),
        ),
    )


def certificate_record(view: HostView, limits: Limits, now: datetime) -> Record | None:
    """The certificate at a name; None where none was looked for."""
    if view.tls is None:
        return None
    shown = view.tls.certificate
    condition, words = _certificate(view, limits, now)
    days = days_left(view, now)
    return Record(
        id=view.host,
        title=Foreign(view.host),
        condition=condition,
        state=Foreign(words),
        details=(
            ("issuer", shown.issuer if shown else EMPTY),
            ("ends", Foreign(f"{shown.not_after:%Y-%m-%d}" if shown else "")),
            ("days left", Foreign("" if days is None else f"{days:.0f}")),
            ("TLS", Foreign(view.tls.tls)),
            ("what to do", Foreign(view.tls.advice)),
        ),
    )


def _certificate(view: HostView, limits: Limits, now: datetime) -> tuple[Condition, str]:
    tls, days = view.tls, days_left(view, now)
    if tls is None or not tls.trusted:
        # Without a certificate nobody knows what it would have been.
        condition = Condition.BROKEN if tls and tls.certificate else Condition.UNKNOWN
        return condition, tls.problem if tls else ""
    if days is None:
        return Condition.FINE, "trusted; its end is hidden by the system's verifier"
    left = f"{days:.0f} d left, chain trusted"
    if days * DAY_S < limits.critical_s:
        return Condition.BROKEN, left
    return (Condition.DEGRADED if days * DAY_S < limits.warning_s else Condition.FINE), left


def mail_record(zone: str, what: str, verdict: Verdict) -> Record:
    """One of the records that mail stands on."""
    return Record(
        id=f"{zone} {what}",
        title=Foreign(f"{zone} {what}"),
        condition=verdict.condition,
        state=Foreign(verdict.state),
        details=(("why", Foreign(verdict.why)),),
    )


def servers_record(zone: str, expected: Sequence[str], answer: DnsAnswer) -> Record:
    """Which name servers a domain is delegated to, and whether they are the expected ones."""
    wanted = {each.lower().rstrip(".") for each in expected}
    found = set(answer.values)
    condition, words = Condition.FINE, "as expected"
    if answer.outcome is not DnsOutcome.FOUND:
        condition, words = _OUTCOMES[answer.outcome]
        words = "no NS records" if answer.outcome is DnsOutcome.NO_RECORD else words
    elif wanted != found:
        condition, words = Condition.BROKEN, f"not {', '.join(sorted(wanted))}"
    return Record(
        id=f"{zone} NS",
        title=Foreign(zone),
        condition=condition,
        state=Foreign(words),
        details=(("name servers", Foreign(", ".join(sorted(found)))),),
    )


def unasked(answer: DnsAnswer) -> Verdict | None:
    """The verdict when a record could not be asked for; None when it could."""
    if answer.outcome.final:
        return None
    condition, words = _OUTCOMES[answer.outcome]
    return Verdict(condition=condition, state=answer.outcome.value, why=words)
