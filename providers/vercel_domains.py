"""The domains of a Vercel project and whether they lead there; pure.

Sources: `GET /v9/projects/{idOrName}/domains` and `GET /v6/domains/{domain}/config`. Vercel's API
tells no end of a certificate: what it tells is whether one can be issued and renewed, by which
challenges would succeed. The end itself is seen by whoever connects.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.fields import Fields
from providers.system_readings import Condition, Record, Section
from providers.text import EMPTY, Foreign
from providers.vendor import https_url

MOST_DOMAINS: Final = 20
"""Domains of one project whose set-up is asked for: a request each."""


class Domain(Struct, frozen=True, kw_only=True):
    """One domain of a project."""

    name: str
    verified: bool
    why_not: Foreign
    """What the vendor says of a verification that is open."""

    redirect: Foreign
    branch: Foreign


class DomainSetup(Struct, frozen=True, kw_only=True):
    """Whether a domain's records lead to Vercel."""

    misconfigured: bool
    configured_by: Foreign
    challenges: tuple[str, ...]


class DomainFacts(Struct, frozen=True, kw_only=True):
    """All that one read told of the domains."""

    domains: tuple[Domain, ...]
    setups: Mapping[str, DomainSetup | ProviderError]
    notice: str = ""

    @property
    def misconfigured(self) -> int | None:
        """How many do not lead to Vercel; None when that of no domain is known."""
        known = [one for one in self.setups.values() if isinstance(one, DomainSetup)]
        return sum(one.misconfigured for one in known) if known or not self.domains else None

    @property
    def unverified(self) -> int:
        """How many Vercel does not accept as the team's."""
        return sum(not one.verified for one in self.domains)


def domain_of(item: Fields) -> Domain:
    """One item of the list.

    Raises:
        BadAnswer: It has no name, or does not say whether it is verified.
    """
    challenges = item.optional_items("verification") or []
    return Domain(
        name=item.word("name"),
        verified=item.flag("verified"),
        why_not=(challenges[0].optional_text("reason") or EMPTY) if challenges else EMPTY,
        redirect=item.optional_text("redirect") or EMPTY,
        branch=item.optional_text("gitBranch") or EMPTY,
    )


def setup_of(answer: Fields) -> DomainSetup:
    """A domain's configuration.

    Raises:
        BadAnswer: It does not say whether it is misconfigured.
    """
    return DomainSetup(
        misconfigured=answer.flag("misconfigured"),
        configured_by=answer.optional_text("configuredBy") or EMPTY,
        challenges=answer.words("acceptedChallenges"),
    )


def section_of(facts: DomainFacts) -> Section:
    """The list for the pane, what is broken first."""
    records = [_record(one, facts.setups.get(one.name)) for one in facts.domains]
    order = [Condition.BROKEN, Condition.DEGRADED, Condition.UNKNOWN, Condition.FINE]
    return Section(
        key="domains",
        title="Domains",
        records=tuple(sorted(records, key=lambda one: order.index(one.condition))),
        empty="none",
    )


def condition_of(facts: DomainFacts) -> Condition:
    """A domain that does not lead to Vercel may still be served through somebody else's edge."""
    bad = bool(facts.misconfigured) or facts.unverified > 0
    return Condition.DEGRADED if bad else Condition.FINE


def _record(domain: Domain, setup: DomainSetup | ProviderError | None) -> Record:
    condition, state = _state(domain, setup)
    known = setup if isinstance(setup, DomainSetup) else None
    return Record(
        id=domain.name,
        title=Foreign(domain.name),
        condition=condition,
        state=state,
        details=(
            ("by", known.configured_by if known else EMPTY),
            ("certificate", _certificate(known)),
            ("leads to", domain.redirect or domain.branch),
        ),
        url=https_url(f"https://{domain.name}"),
    )


def _state(domain: Domain, setup: DomainSetup | ProviderError | None) -> tuple[Condition, Foreign]:
    if not domain.verified:
        why = f": {domain.why_not.line(120)}" if domain.why_not else ""
        return Condition.DEGRADED, Foreign(f"not verified{why}")
    if setup is None:
        return Condition.UNKNOWN, Foreign("verified, its records were not asked for")
    if isinstance(setup, ProviderError):
        return Condition.UNKNOWN, Foreign(f"verified, records not read: {setup.reason}")
    if setup.misconfigured:
        return Condition.DEGRADED, Foreign("misconfigured: its records do not lead to Vercel")
    return Condition.FINE, Foreign("verified, leads to Vercel")


def _certificate(setup: DomainSetup | None) -> Foreign:
    if setup is None:
        return EMPTY
    if not setup.challenges:
        return Foreign("can not be issued or renewed")
    return Foreign(f"renewable by {_words(setup.challenges)}")


def _words(challenges: Sequence[str]) -> str:
    return ", ".join(challenges[:4])
