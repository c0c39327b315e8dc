"""Services, where they run, and how they are checked."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from tui.config.durations import Duration, Size, lasting, sized
from tui.config.model_base import Setting
from tui.config.values import (
    BaseUrl,
    Citation,
    Factor,
    HeaderName,
    MetricName,
    Name,
    SecretName,
    UrlPath,
)

StatusCode = Annotated[int, Field(ge=100, le=599)]


class Assertion(Setting):
    """One expectation of a JSON answer; all that are given must hold."""

    path: str = Field(
        min_length=1, max_length=256, description="Where in the answer, as a JMESPath expression."
    )
    equals: str | bool | int | float | None = Field(
        default=None,
        description="What must stand there; 200 and 200.0 are equal, text and number not.",
    )
    matches: str | None = Field(
        default=None,
        min_length=1,
        max_length=256,
        description="A regular expression that the text there must match from end to end.",
    )
    at_least: float | None = Field(default=None, description="The smallest number allowed there.")
    at_most: float | None = Field(default=None, description="The largest number allowed there.")
    exists: bool | None = Field(
        default=None,
        description="true: anything but null must stand there; false: nothing may, or null.",
    )


class Metric(Setting):
    """A number taken out of an answer."""

    name: MetricName = Field(description="How KPIs refer to it.")
    path: str = Field(
        min_length=1,
        max_length=256,
        description='JMESPath into JSON, or for Prometheus text the sample: `name{label="value"}`.',
    )
    group_by: str = Field(
        default="",
        max_length=64,
        description="Tells its numbers apart, for KPIs that are `grouped`: a label of Prometheus "
        "text; in JSON the field with the name, where the path gives a list, and any word such as "
        "key, where it gives an object of numbers.",
    )
    value: str = Field(
        default="",
        max_length=256,
        description="With group_by and a list: where the number is in each entry, as JMESPath.",
    )
    unit: str = Field(default="", max_length=16, description="Its unit, after scaling.")
    scale: Factor = Field(default=1.0, description="The number is multiplied by this.")


VERSION_PLACES: Final = ("path", "header")


class VersionFrom(Setting):
    """Where an answer says which version runs; exactly one of the two."""

    path: str | None = Field(
        default=None,
        min_length=1,
        max_length=256,
        description="In its JSON, as a JMESPath expression.",
    )
    header: HeaderName | None = Field(default=None, description="In the header of this name.")

    @property
    def given(self) -> tuple[str, ...]:
        """The keys that are written."""
        return tuple(name for name in VERSION_PLACES if getattr(self, name) is not None)


class CertificateDays(Setting):
    """How long before its end a certificate is worth a word."""

    warning_s: Annotated[Duration, lasting("0s", "365d")] = Field(
        default=1_814_400.0, alias="warning", description="Less time left than this is a warning."
    )
    critical_s: Annotated[Duration, lasting("0s", "365d")] = Field(
        default=604_800.0, alias="critical", description="Less time left than this is critical."
    )


class Check(Setting):
    """A probe of a service, made in each of its environments that has a URL."""

    title: str = Field(
        default="", max_length=80, description="Its row on the wall. Empty: service and path."
    )
    path: UrlPath = Field(default="/", description="Appended to the environment's URL.")
    role: Literal["site", "liveness", "readiness", "deep", "metrics"] = Field(
        default="site",
        description="What the answer speaks of: site (a page people open), liveness (the process "
        "is up), readiness (it can serve), deep (it and what it stands on), metrics (numbers).",
    )
    method: Literal["GET", "HEAD"] = Field(default="GET", description="The request.")
    environments: tuple[Name, ...] | None = Field(
        default=None,
        min_length=1,
        description="Only in these environments. Left out: wherever a URL is.",
    )
    every_s: Annotated[Duration, lasting("1s", "1d")] = Field(
        default=15.0,
        alias="every",
        description="How often it is asked; a jitter of 10 to 20 % is added.",
    )
    timeout_s: Annotated[Duration, lasting("100ms", "60s")] = Field(
        default=5.0, alias="timeout", description="The whole request may take no longer."
    )
    expect: tuple[StatusCode, ...] = Field(
        default=(200,), min_length=1, max_length=32, description="The statuses that are well."
    )
    slow_over_s: Annotated[Duration, lasting("1ms", "60s")] | None = Field(
        default=None,
        alias="slow_over",
        description="A good answer that took longer is `slow`. Left out: never.",
    )
    failures_to_fire: int = Field(
        default=3, ge=1, le=100, description="Bad answers in a row before it is called down."
    )
    successes_to_clear: int = Field(
        default=2, ge=1, le=100, description="Good answers in a row before it is called up again."
    )
    keep_firing_s: Annotated[Duration, lasting("0s", "7d")] = Field(
        default=0.0,
        alias="keep_firing",
        description="It is not called up for so long after the last bad answer.",
    )
    flapping: bool = Field(
        default=True,
        description="Called flapping, and kept as one alert, while it changes between good and "
        "bad too often.",
    )
    severity: str | None = Field(
        default=None,
        max_length=32,
        description="The severity of its alert: a label of `severities`.",
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook speaks of it.")
    assertions: tuple[Assertion, ...] = Field(
        default=(), alias="assert", max_length=32, description="What a JSON answer must say."
    )
    metrics: tuple[Metric, ...] = Field(
        default=(), max_length=64, description="Numbers taken out of the answer, for KPIs."
    )
    metrics_format: Literal["json", "prometheus"] = Field(
        default="json", description="How the answer holds them."
    )
    version: VersionFrom | None = Field(
        default=None, description="Where the answer says which version runs."
    )
    certificate: CertificateDays = Field(
        default=CertificateDays(),
        description="How long before its end a certificate is worth a word.",
    )
    headers: Mapping[HeaderName, str] = Field(
        default={}, max_length=32, description="Sent along; never a credential."
    )
    secret: SecretName | None = Field(
        default=None,
        description="The secret sent along, to this origin only and never after a redirect.",
    )
    secret_header: HeaderName = Field(
        default="Authorization", description="The header that carries the secret."
    )
    secret_prefix: str = Field(
        default="Bearer ",
        max_length=32,
        description="What stands before the secret in that header.",
    )
    redirects: int = Field(
        default=0, ge=0, le=5, description="How many are followed; with a secret none ever is."
    )
    http2: bool = Field(default=False, description="Offer HTTP/2.")
    ca_file: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="A file with the only certificate authorities trusted here (PEM). Left out: "
        "those the machine trusts.",
    )
    body_limit_bytes: Annotated[Size, sized("1KiB", "5MiB")] = Field(
        default=1_048_576,
        alias="body_limit",
        description="A longer body, once decoded, is an error.",
    )
    fresh_every: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="Every how many checks a new connection is made, so that DNS, connect and TLS "
        "are measured and the certificate is seen.",
    )


class Deploys(Setting):
    """Where the deploys of a service in one environment are known."""

    account: Name = Field(description="A Vercel or Render account.")
    project: str | None = Field(
        default=None, min_length=1, max_length=128, description="Vercel: the project's id or name."
    )
    service_id: str | None = Field(
        default=None, min_length=1, max_length=128, description="Render: the service's id, srv-…."
    )
    target: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="Vercel: production, preview or the slug of a custom environment. Left out: "
        "production in the environment of that name, else preview.",
    )
    branch: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="Vercel: only deployments of this branch; a preview is live only where it is "
        "given.",
    )
    limit: int = Field(default=20, ge=1, le=100, description="How many of the newest are read.")
    every_s: Annotated[Duration, lasting("1s", "1d")] = Field(
        default=30.0, alias="every", description="How often it is asked."
    )


class Runs(Setting):
    """The workflow runs that deploy a service."""

    account: Name = Field(description="A GitHub account.")
    repo: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$")] = Field(
        max_length=140, description="The repository: owner/name."
    )
    workflow: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        description="The workflow's file. Left out: all.",
    )
    branch: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="Only runs of this branch. Left out: all.",
    )
    limit: int = Field(default=5, ge=1, le=100, description="How many of the newest are read.")
    every_s: Annotated[Duration, lasting("1s", "1d")] = Field(
        default=30.0, alias="every", description="How often it is asked."
    )


class ServiceEnvironment(Setting):
    """A service in one environment."""

    url: BaseUrl | None = Field(
        default=None, description="Where it answers. Left out: known to exist, not checked."
    )
    deploys: Deploys | None = Field(default=None, description="Where its deploys are known.")
    runs: Runs | None = Field(default=None, description="The workflow runs that deploy it.")


class Service(Setting):
    """Something that is deployed and answers."""

    title: str = Field(min_length=1, max_length=80, description="Its name on the wall.")
    depends_on: tuple[Name, ...] = Field(
        default=(),
        max_length=32,
        description="Services and databases of this workspace that it cannot live without.",
    )
    checks: Mapping[Name, Check] = Field(default={}, description="How it is probed, by name.")
    environments: Mapping[Name, ServiceEnvironment] = Field(
        default={}, description="Where it runs, by environment."
    )
