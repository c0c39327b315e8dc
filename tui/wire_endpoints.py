"""From the checks of the configuration to the endpoints that are asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from providers.base import Source, SourceKind, SourceSpec
from providers.clock import Clock
from providers.probe_readings import Role
from providers.secrets import SecretGetter
from tui.wire_clients import local_file
from tui.wire_names import check_id
from tui.wire_specs import check_title, checked_environments

if TYPE_CHECKING:
    from providers.endpoint import AssertionSpec, MetricSpec
    from tui.config.model import Assertion, Check, Metric, Workspace


def endpoint_sources(
    name: str, workspace: Workspace, secrets: Mapping[str, SecretGetter], clock: Clock
) -> Iterator[Source]:
    """Every check of a workspace in every environment that has it."""
    for service_name, service in workspace.services.items():
        for check_name, check in service.checks.items():
            for environment, url in checked_environments(workspace, service, check):
                spec = SourceSpec(
                    id=check_id(name, environment, service_name, check_name),
                    workspace=name,
                    environment=environment,
                    kind=SourceKind.ENDPOINT,
                    title=check_title(service, check),
                    system="HTTP",
                    interval_s=check.every_s,
                    timeout_s=check.timeout_s,
                )
                yield _endpoint(spec, url, check, secrets, clock)


def _endpoint(
    spec: SourceSpec, url: str, check: Check, secrets: Mapping[str, SecretGetter], clock: Clock
) -> Source:
    from providers.endpoint import EndpointOptions, EndpointSource

    options = EndpointOptions(
        url=f"{url}{check.path}",
        method=check.method,
        expect=check.expect,
        headers=check.headers,
        secret=secrets[check.secret] if check.secret else None,
        secret_header=check.secret_header,
        secret_prefix=check.secret_prefix,
        role=Role(check.role),
        assertions=tuple(assertion(given) for given in check.assertions),
        metrics=tuple(_metric(given) for given in check.metrics),
        metrics_format=check.metrics_format if check.metrics else None,
        version_path=check.version.path if check.version else None,
        version_header=check.version.header if check.version else None,
        follow_redirects=check.redirects,
        ca_file=local_file(check.ca_file),
        fresh_every=check.fresh_every,
        http2=check.http2,
        body_limit_bytes=check.body_limit_bytes,
    )
    return EndpointSource(spec, options, clock)


def assertion(given: Assertion) -> AssertionSpec:
    """One expectation of a JSON answer."""
    from providers.endpoint import AssertionSpec

    return AssertionSpec(
        path=given.path,
        equals=given.equals,
        matches=given.matches,
        at_least=given.at_least,
        at_most=given.at_most,
        exists=given.exists,
    )


def _metric(given: Metric) -> MetricSpec:
    from providers.endpoint import MetricSpec

    return MetricSpec(
        name=given.name,
        path=given.path,
        unit=given.unit,
        scale=given.scale,
        group_by=given.group_by,
        value=given.value,
    )
