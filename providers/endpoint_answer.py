"""What an endpoint's answer amounts to: the failure in words, the document, the version."""

from collections.abc import Sequence

from msgspec import Struct

from providers.endpoint_options import EndpointOptions
from providers.endpoint_probe import REDIRECTS, Probed
from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from providers.http_advice import NOT_JSON
from providers.http_body import EMPTY_BODY, decode_json
from providers.http_exchange import Reply
from providers.http_status import said
from providers.json_path import PathProblem, find
from providers.probe_readings import AssertionResult
from providers.readings import Failure, Trouble
from providers.secrets import redact
from providers.text import EMPTY, Foreign

_TROUBLES: tuple[tuple[type[ProviderError], Trouble], ...] = (
    (Unreachable, Trouble.UNREACHABLE),
    (TimedOut, Trouble.TIMED_OUT),
    (Unauthorized, Trouble.UNAUTHORIZED),
    (NotFound, Trouble.NOT_FOUND),
    (RateLimited, Trouble.RATE_LIMITED),
    (ServerFailed, Trouble.SERVER_FAILED),
)
_STATUS_TROUBLES = {
    401: (Trouble.UNAUTHORIZED, "the check's credential is missing or refused"),
    403: (Trouble.UNAUTHORIZED, "the check may not see this"),
    404: (Trouble.NOT_FOUND, "check the path in the configuration"),
    410: (Trouble.NOT_FOUND, "check the path in the configuration"),
    429: (Trouble.RATE_LIMITED, "check less often"),
}
_OTHER_ANSWER = "look at its logs and its latest deploy, or correct assert in the configuration"
_SERVER = "look at its logs and its latest deploy, or at the proxy that answers for it"
_STATUS = "check the path and expect in the configuration"
_REDIRECT = "check url and redirects in the configuration"
_METRICS = "check metrics_format in the configuration"


class Document(Struct, frozen=True, kw_only=True):
    """The JSON of an answer, or why there is none."""

    value: object = None
    problem: str = ""
    """Empty when `value` is what came."""

    advice: str = ""
    """What to do about the problem."""


def document_of(options: EndpointOptions, reply: Reply) -> Document | None:
    """The answer's JSON; None when nothing in the configuration asks for JSON."""
    from_json = options.metrics and options.metrics_format != "prometheus"
    if not (from_json or options.assertions or options.version_path):
        return None
    try:
        value = decode_json("HTTP", "check", reply.body)
    except BadAnswer as error:
        return Document(problem=error.reason, advice=error.advice)
    if value is None and not reply.body.strip():
        return Document(problem=EMPTY_BODY, advice=NOT_JSON)
    return Document(value=value)


def version_of(options: EndpointOptions, reply: Reply, document: Document | None) -> Foreign:
    """The version the service says it runs; empty when it does not."""
    raw: object = None
    if options.version_path and document is not None and not document.problem:
        try:
            raw = find(options.version_path, document.value)
        except PathProblem:
            return EMPTY
    elif options.version_header and not options.version_path:
        raw = reply.header(options.version_header.lower())
    if isinstance(raw, str):
        return Foreign(Foreign(redact(raw[:400])).line(100))
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < 1e15:
        return Foreign(f"{raw:g}" if isinstance(raw, float) else str(raw))
    return EMPTY


def failure_of(
    options: EndpointOptions,
    probed: Probed,
    document: Document | None,
    assertions: Sequence[AssertionResult],
    metrics_problem: str,
) -> Failure | None:
    """Why the check failed, in words; None when all is as expected."""
    if probed.status is not None and probed.status not in options.expect:
        return _unexpected(options, probed)
    if probed.error is not None:
        return _error_failure(probed.error)
    if document is not None and document.problem:
        return Failure(
            trouble=Trouble.BAD_ANSWER, sentence=document.problem, advice=document.advice
        )
    broken = [each for each in assertions if not each.passed]
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        words = f"{Foreign(broken[0].expectation).line(120)}: found {broken[0].found.line(80)}"
        return Failure(trouble=Trouble.BAD_ANSWER, sentence=words + more, advice=_OTHER_ANSWER)
    if metrics_problem:
        return Failure(trouble=Trouble.BAD_ANSWER, sentence=metrics_problem, advice=_METRICS)
    return None


def _error_failure(error: ProviderError) -> Failure:
    trouble = next(
        (trouble for kind, trouble in _TROUBLES if isinstance(error, kind)), Trouble.BAD_ANSWER
    )
    return Failure(trouble=trouble, sentence=error.reason, advice=error.advice)


def _unexpected(options: EndpointOptions, probed: Probed) -> Failure:
    status = probed.status or 0
    trouble, advice = _STATUS_TROUBLES.get(status, (Trouble.BAD_ANSWER, _STATUS))
    if status >= 500:
        trouble, advice = Trouble.SERVER_FAILED, _SERVER
    wanted = " or ".join(str(each) for each in options.expect[:4])
    words = f"answered {status}, expected {wanted}"
    if status in REDIRECTS and probed.refused_redirect:
        words += f": a redirect {Foreign(redact(probed.refused_redirect)).line(240)}"
        advice = _REDIRECT
    elif probed.error is not None:
        words += f"; {probed.error.reason}"
    elif probed.reply is not None and status >= 400 and (detail := said(probed.reply.body)):
        words += f" ({detail.line(120)})"
    return Failure(trouble=trouble, sentence=words, advice=advice)
