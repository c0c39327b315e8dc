"""Names, certificates and mail records of a product."""

from typing import Annotated

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.model_services import CertificateDays
from tui.config.model_system import Every, SystemSetting
from tui.config.values import Address, Host

Expected = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9.:*/_-]+$")]
Selector = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._-]+$")]


class DomainHost(Setting):
    """A name that people or programs open."""

    host: Host = Field(description="The name.")
    points_to: tuple[Expected, ...] = Field(
        default=(),
        max_length=16,
        description="Where it should lead: addresses, networks (76.76.21.0/24), or names on the "
        "way, in which * stands for anything. Empty: anywhere.",
    )
    tls: bool = Field(default=True, description="Whether its certificate is looked at.")
    port: int = Field(default=443, ge=1, le=65535, description="The port of the certificate.")
    ca_file: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="A file with the only certificate authorities trusted here (PEM). Left out: "
        "those the machine trusts.",
    )


class MailDomain(Setting):
    """A domain that mail is sent from."""

    domain: Host = Field(description="What stands behind the @.")
    spf: bool = Field(default=True, description="Whether SPF is expected (RFC 7208).")
    dkim: tuple[Selector, ...] = Field(
        default=(), max_length=16, description="Selectors of DKIM keys that must be there."
    )
    dmarc: bool = Field(default=True, description="Whether DMARC is expected (RFC 7489).")
    name_servers: tuple[Host, ...] = Field(
        default=(),
        max_length=16,
        description="The name servers it should be delegated to. Empty: not looked at.",
    )


class DomainsSystem(SystemSetting):
    """What the internet finds under a product's names."""

    hosts: tuple[DomainHost, ...] = Field(
        default=(), max_length=32, description="Names that are opened."
    )
    mail: tuple[MailDomain, ...] = Field(
        default=(), max_length=16, description="Domains that mail is sent from."
    )
    resolvers: tuple[Address, ...] = Field(
        default=(),
        max_length=4,
        description='Who is asked, one after the other: "1.1.1.1:53". Empty: the system\'s own.',
    )
    certificate: CertificateDays = Field(
        default=CertificateDays(), description="How long before its end a certificate is told of."
    )
    query_timeout_s: Annotated[Duration, lasting("200ms", "20s")] = Field(
        default=3.0, alias="query_timeout", description="How long one resolver may take."
    )
    every_s: Every = Field(default=300.0, alias="every", description="How often it is looked at.")
