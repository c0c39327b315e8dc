"""How one endpoint is checked: the configuration's words as values."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from providers.probe_readings import Role
from providers.secrets import SecretGetter

MIB = 1024 * 1024
MOST_BODY_BYTES = 5 * MIB
"""What `body_limit_bytes` may be at most (promise P19)."""


class AssertionSpec(Struct, frozen=True, kw_only=True):
    """An expectation of a JSON answer; all that is given must hold.

    With nothing given, something other than null must stand at the path.
    """

    path: str
    """JMESPath."""

    equals: object | None = None
    """1 and 1.0 are equal; true and 1, or "1" and 1, are not."""

    matches: str | None = None
    """A regular expression for the whole text there."""

    at_least: float | None = None
    at_most: float | None = None
    exists: bool | None = None
    """True: not null. False: null or absent."""


class MetricSpec(Struct, frozen=True, kw_only=True):
    """A number taken out of an answer."""

    name: str
    path: str
    """JMESPath into JSON; `name{label="value"}` into Prometheus text."""

    unit: str = ""
    """After scaling."""

    scale: float = 1.0
    group_by: str = ""
    """Tells many numbers apart: a label, or the field with the name in each entry of a list; for
    an object of numbers any word. Empty: there is one number."""

    value: str = ""
    """With `group_by` and a list: JMESPath to the number in each entry."""


class EndpointOptions(Struct, frozen=True, kw_only=True):
    """What is sent, and what is made of the answer."""

    url: str
    method: Literal["GET", "HEAD"] = "GET"
    expect: tuple[int, ...] = (200,)
    """The statuses that are well."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Never a credential; not sent to another origin after a redirect."""

    secret: SecretGetter | None = None
    """Sent to the origin of `url` and nowhere else; with one no redirect is followed (P16)."""

    secret_header: str = "Authorization"  # noqa: S105 - the name of a header
    secret_prefix: str = "Bearer "  # noqa: S105 - what stands before it
    role: Role = Role.SITE
    assertions: tuple[AssertionSpec, ...] = ()
    metrics: tuple[MetricSpec, ...] = ()
    metrics_format: Literal["json", "prometheus"] | None = None
    """None is JSON."""

    version_path: str | None = None
    """JMESPath into JSON: where the answer says which version runs."""

    version_header: str | None = None
    """The header that says so, where there is no path."""

    follow_redirects: int = 0
    """Hops at most."""

    ca_file: str | None = None
    """Trust this CA and no other."""

    fresh_every: int = 10
    """Each so many checks have a connection of their own, so that DNS, TCP and TLS are seen."""

    http2: bool = False
    body_limit_bytes: int = MIB
    """After decoding; a longer body is a failure."""
