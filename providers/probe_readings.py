"""What one probe of an endpoint saw. Values only."""

import enum
from datetime import datetime

from msgspec import Struct

from providers.readings import Failure
from providers.text import EMPTY, Foreign


class Role(enum.Enum):
    """What an endpoint's answer speaks of."""

    SITE = "site"
    """A page people open."""
    LIVENESS = "liveness"
    """The process is up."""
    READINESS = "readiness"
    """The process can serve."""
    DEEP = "deep"
    """The process and what it stands on."""
    METRICS = "metrics"
    """Numbers to read."""


class Phases(Struct, frozen=True, kw_only=True):
    """Where the time of one request went, in milliseconds; None for a phase that did not happen.

    On a kept-alive connection DNS, connect and TLS are None.
    """

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    body_ms: float | None = None
    total_ms: float = 0.0


class Certificate(Struct, frozen=True, kw_only=True):
    """The certificate met on the probe's own connection."""

    subject: Foreign
    issuer: Foreign
    not_after: datetime
    trusted: bool


class AssertionResult(Struct, frozen=True, kw_only=True):
    """One expectation of the configuration and what was found."""

    expectation: str
    """As written in the configuration, such as `status == "ok"`."""

    found: Foreign
    passed: bool


class ProbeReading(Struct, frozen=True, kw_only=True):
    """One answer of one endpoint, or the failure to get one."""

    role: Role
    url: str
    """Without credentials or query."""

    method: str
    status: int | None
    """HTTP status; None when no answer came."""

    status_expected: bool
    failure: Failure | None
    phases: Phases
    assertions: tuple[AssertionResult, ...] = ()
    certificate: Certificate | None = None
    version: Foreign = EMPTY
    """The version the service says it runs, where the configuration says how to read it."""

    http_version: str = ""
    body: Foreign = EMPTY
    """The first part of the body, for the detail screen."""

    redirects: int = 0
