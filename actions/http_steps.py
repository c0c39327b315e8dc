"""Requests as they are planned, shown and sent: one shape, so that nothing else can go out."""

import json as json_format
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from actions.plan import HttpStep, Plan
from providers.errors import ProviderError
from providers.http import Answer, Api

REASON: Final = "{reason}"
"""Stands in a step's address where the reason goes that is given with the confirmation."""

THIS_REQUEST: Final = "the id of this request"
"""Stands in a step's headers for what only the confirmation makes."""

_REQUEST_IDS: Final = ("x-request-id", "rndr-id", "x-vercel-id")


def http_step(
    base_url: str,
    title: str,
    method: str,
    path: str,
    *,
    json: object = None,
    form: Sequence[tuple[str, str]] = (),
    params: Sequence[tuple[str, str]] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> HttpStep:
    """One request as it will be sent; its body is JSON, a form, or there is none."""
    query = f"?{urlencode(list(params), quote_via=quote)}" if params else ""
    body = urlencode(list(form)) if json is None else json_format.dumps(json, ensure_ascii=False)
    return HttpStep(
        title=title,
        method=method,
        url=f"{base_url}{path}{query}",
        body=body,
        headers=tuple(headers),
    )


def http_steps(plan: Plan) -> tuple[HttpStep, ...]:
    """The requests of a plan, in their order."""
    return tuple(one for one in plan.steps if isinstance(one, HttpStep))


async def send_step(
    api: Api,
    base_url: str,
    step: HttpStep,
    *,
    operation: str = "",
    reason: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one step as it was shown, once.

    Args:
        api: The client for actions.
        base_url: Where it sends to now; a step that leads elsewhere is not sent.
        step: What was confirmed; its body is a JSON object, a form, or empty.
        operation: For the errors; empty: the step's title.
        reason: Stands for `REASON` in the address; without one that part of it is left out.
        headers: Beside those of the step, or instead of what stands there for `THIS_REQUEST`.

    Raises:
        ProviderError: It was not taken; `after_sending` where it may have been all the same.
    """
    head, _, query = step.url.partition("?")
    if not head.startswith(f"{base_url}/"):
        # The configuration was changed since this was planned.
        why = "not sent: the configuration leads elsewhere"
        raise ProviderError(api.system, operation or step.title, why)
    is_json = step.body.startswith("{")
    return await api.change(
        operation or step.title,
        step.method,
        head.removeprefix(base_url),
        json=json_format.loads(step.body) if is_json else None,
        form=() if is_json else parse_qsl(step.body, keep_blank_values=True),
        params=_params(query, reason),
        headers={**dict(step.headers), **(headers or {})},
    )


def _params(query: str, reason: str) -> list[tuple[str, str]]:
    found = [(name, reason if value == REASON else value) for name, value in parse_qsl(query)]
    return [(name, value) for name, value in found if value]


def reason_of(plan: Plan) -> str:
    """The reason that was given; empty before anything is confirmed."""
    return plan.request.reason if plan.request is not None else ""


def answer_id(answer: Answer) -> str:
    """The vendor's own id of the request, for its support; empty where it gives none."""
    return next((answer.headers[name] for name in _REQUEST_IDS if name in answer.headers), "")
