"""Requests as they are planned, shown and sent: one shape, so that nothing else can go out."""

import json as json_format
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode

from actions.plan import HttpStep, Plan
from actions.vendors.spots import Spot
from providers.http import Answer

THIS_REQUEST = "the id of this request"
"""Stands in a plan for what only the confirmation makes."""


def request(
    spot: Spot,
    title: str,
    method: str,
    path: str,
    *,
    json: object = None,
    form: Sequence[tuple[str, str]] = (),
    params: Sequence[tuple[str, str]] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> HttpStep:
    """One request, with its body byte for byte as it will be sent."""
    query = f"?{urlencode(list(params), quote_via=quote)}" if params else ""
    body = urlencode(list(form)) if json is None else json_format.dumps(json)
    return HttpStep(
        title=title,
        method=method,
        url=f"{spot.url}{path}{query}",
        body=body,
        headers=tuple(headers),
    )


async def carried_out(
    spot: Spot, plan: Plan, operation: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """Send the one request of a plan, once and as it stands there.

    Args:
        spot: Where.
        plan: What was confirmed.
        operation: For the errors.
        headers: Instead of those of the plan that only the confirmation makes.

    Raises:
        ProviderError: As `Api.change`.
    """
    (step,) = plan.steps
    if not isinstance(step, HttpStep) or not step.url.startswith(f"{spot.url}/"):
        raise TypeError("a plan of this verb is one request to its own account")
    path, _, query = step.url.removeprefix(spot.url).partition("?")
    is_json = step.body.startswith("{")
    return await spot.api.change(
        operation,
        step.method,
        path,
        json=json_format.loads(step.body) if is_json else None,
        form=() if is_json else parse_qsl(step.body, keep_blank_values=True),
        params=parse_qsl(query, keep_blank_values=True),
        headers={**dict(step.headers), **(headers or {})},
    )
