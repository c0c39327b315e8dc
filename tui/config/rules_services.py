"""Rules for services and their checks."""

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from graphlib import CycleError, TopologicalSorter
from typing import Final

import jmespath
from jmespath.exceptions import JMESPathError

from tui.config.model import Assertion, Check, Metric, Service, VersionFrom
from tui.config.model_services import VERSION_PLACES
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope, absolute, one_of
from tui.config.suggest import listed, nearest
from tui.config.values import is_local, split_url

RESERVED: Final = frozenset({"db", "deploys", "runs", "status"})
"""Second parts of source ids that mean something else than a service."""

_CREDENTIALS: Final = re.compile(
    r"(?i)authorization|cookie|token|secret|passw|api-?key|^key$|credential|session"
)
_SAMPLE: Final = re.compile(
    r"[A-Za-z_:][A-Za-z0-9_:]*(?:\{(?:\s*[A-Za-z_][A-Za-z0-9_]*\s*=\s*"
    r'"(?:[^"\\\n]|\\[\\n"])*"\s*,?)*\})?',
    re.ASCII,
)
_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_CONDITIONS: Final = ("equals", "matches", "at_least", "at_most", "exists")


def services(scope: Scope) -> Iterator[Finding]:
    """All that is wrong with the services of a workspace."""
    for name, service in scope.workspace.services.items():
        path = (*scope.at, "services", name)
        if name in RESERVED:
            reason = f"{name} is not free as a service's name: {', '.join(sorted(RESERVED))}"
            yield Finding(path=path, reason=reason, at_key=True)
        if name in scope.workspace.databases:
            yield Finding(path=path, reason="a database has the same name", at_key=True)
        for environment in service.environments:
            at = (*path, "environments", environment)
            yield from scope.environment(at, environment, at_key=True)
        for check_name, check in service.checks.items():
            yield from _check(scope, (*path, "checks", check_name), check, service)
    yield from _dependencies(scope)


def _dependencies(scope: Scope) -> Iterator[Finding]:
    known = (*scope.workspace.services, *scope.workspace.databases)
    graph: dict[str, tuple[str, ...]] = {}
    for name, service in scope.workspace.services.items():
        path = (*scope.at, "services", name, "depends_on")
        for index, word in enumerate(service.depends_on):
            if word not in known:
                yield _leads_nowhere(scope, (*path, index), word, known)
        graph[name] = service.depends_on
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring = list(reversed(error.args[1]))
        path = (*scope.at, "services", ring[0], "depends_on")
        yield Finding(path=path, reason=f"goes round in a circle: {' → '.join(ring)}")


def _leads_nowhere(scope: Scope, path: Path, word: str, known: tuple[str, ...]) -> Finding:
    return Finding(
        path=path,
        reason=f"no such service or database; known: {listed(known)}",
        suggestion=nearest(word, known),
        about=tuple((*scope.at, kind, word) for kind in ("services", "databases")),
    )


def _check(scope: Scope, path: Path, check: Check, service: Service) -> Iterator[Finding]:
    yield from scope.severity(path, check.severity)
    yield from scope.citation(path, check.runbook)
    yield from scope.secret((*path, "secret"), check.secret)
    yield from absolute((*path, "ca_file"), check.ca_file)
    for index, word in enumerate(check.environments or ()):
        yield from scope.environment((*path, "environments", index), word)
    yield from _agreeing(path, check)
    yield from _headers(path, check.headers)
    yield from _carrying(path, check, service)
    for index, assertion in enumerate(check.assertions):
        yield from _assertion((*path, "assert", index), assertion)
    yield from _reading(path, check)


def _agreeing(path: Path, check: Check) -> Iterator[Finding]:
    if check.slow_over_s is not None and check.slow_over_s >= check.timeout_s:
        reason = "not below the timeout: no answer would ever be slow"
        yield Finding(path=(*path, "slow_over"), reason=reason)
    if check.certificate.critical_s > check.certificate.warning_s:
        reason = "critical comes after warning: it is the shorter time"
        yield Finding(path=(*path, "certificate", "critical"), reason=reason)
    looked_into = check.version is not None and check.version.path is not None
    if check.method == "HEAD" and (check.assertions or check.metrics or looked_into):
        reason = "a HEAD request brings no body to look into: write GET"
        yield Finding(path=(*path, "method"), reason=reason)


def _headers(path: Path, headers: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in headers.items():
        at = (*path, "headers", name)
        if _CREDENTIALS.search(name):
            reason = "a credential is never written here: use secret, secret_header, secret_prefix"
            yield Finding(path=at, reason=reason, at_key=True)
        if not (value.isascii() and value.isprintable()):
            yield Finding(path=at, reason="a header's value is one line of ASCII")


def _carrying(path: Path, check: Check, service: Service) -> Iterator[Finding]:
    """Where a credential may not go: in clear, or after a redirect (promise P16)."""
    if check.secret is None:
        return
    if check.redirects:
        reason = "with a secret no redirect is followed: leave redirects out"
        yield Finding(path=(*path, "redirects"), reason=reason)
    for name, environment in service.environments.items():
        parts = split_url(environment.url or "")
        checked = check.environments is None or name in check.environments
        if checked and parts and parts.scheme != "https" and not is_local(parts.hostname or ""):
            reason = f"the secret would go out in clear: the url of {name} is not https://"
            yield Finding(path=(*path, "secret"), reason=reason)


def _assertion(path: Path, assertion: Assertion) -> Iterator[Finding]:
    if all(getattr(assertion, name) is None for name in _CONDITIONS):
        reason = f"what must hold? One of {', '.join(_CONDITIONS)} is needed"
        yield Finding(path=path, reason=reason, at_key=True)
    others = [name for name in _CONDITIONS[:-1] if getattr(assertion, name) is not None]
    if assertion.exists is False and others:
        reason = f"where nothing may stand, {others[0]} can not hold: leave one of them out"
        yield Finding(path=(*path, "exists"), reason=reason)
    yield from _jmespath((*path, "path"), assertion.path)
    if assertion.matches is not None:
        yield from _expression((*path, "matches"), assertion.matches)
    low, high = assertion.at_least, assertion.at_most
    if low is not None and high is not None and low > high:
        yield Finding(path=(*path, "at_most"), reason="less than at_least: nothing could pass")


def _reading(path: Path, check: Check) -> Iterator[Finding]:
    """Metrics and version of an answer."""
    names = [metric.name for metric in check.metrics]
    for index, metric in enumerate(check.metrics):
        at = (*path, "metrics", index)
        if metric.name in names[:index]:
            yield Finding(path=(*at, "name"), reason="given twice")
        if metric.name in {"latency_ms", "up", "connect_ms", "certificate_days"}:
            reason = "every check has a metric of this name already"
            yield Finding(path=(*at, "name"), reason=reason)
        if check.metrics_format == "json":
            yield from _jmespath((*at, "path"), metric.path)
        elif _SAMPLE.fullmatch(metric.path) is None:
            reason = 'not a sample of Prometheus: write name or name{label="value"}'
            yield Finding(path=(*at, "path"), reason=reason)
        yield from _grouping(at, metric, check)
    if check.version is not None:
        yield from _version((*path, "version"), check.version)


def _grouping(path: Path, metric: Metric, check: Check) -> Iterator[Finding]:
    at, json = (*path, "value"), check.metrics_format == "json"
    if metric.value and not (metric.group_by and json):
        reason = "only for a list in JSON that is told apart: give group_by"
        yield Finding(path=at, reason=reason, at_key=True)
    elif metric.value:
        yield from _jmespath(at, metric.value)
    if metric.group_by and not json and _LABEL.fullmatch(metric.group_by) is None:
        yield Finding(path=(*path, "group_by"), reason="not the name of a label")


def _version(path: Path, version: VersionFrom) -> Iterator[Finding]:
    yield from one_of(path, version.given, VERSION_PLACES)
    if version.path is not None:
        yield from _jmespath((*path, "path"), version.path)
    if version.header is not None and _CREDENTIALS.search(version.header):
        reason = "what it holds is shown to everybody: name a header that is no credential"
        yield Finding(path=(*path, "header"), reason=reason)


def _expression(path: Path, pattern: str) -> Iterator[Finding]:
    try:
        with _strict():
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        said = error.msg if isinstance(error, re.error) else "too large or ambiguous"
        yield Finding(path=path, reason=f"not a regular expression: {said}")


@contextmanager
def _strict() -> Iterator[None]:
    """Warnings of a compiler as errors: later they would be written across the screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def _jmespath(path: Path, expression: str) -> Iterator[Finding]:
    try:
        with _strict():
            jmespath.compile(expression)
    except JMESPathError as error:
        position = getattr(error, "lex_position", None)
        where = f" at its character {position + 1}" if isinstance(position, int) else ""
        yield Finding(path=path, reason=f"not a JMESPath expression{where}")
    except (ValueError, RecursionError, Warning):
        yield Finding(path=path, reason="not a JMESPath expression")
