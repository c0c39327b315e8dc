"""Sends the steps of a plan as they were shown, and nothing else."""

from typing import Final
from urllib.parse import parse_qsl

import msgspec

from actions.hosting.places import Place
from actions.plan import HttpStep, Plan
from providers.errors import ProviderError
from providers.http import Answer

REASON: Final = "{reason}"
"""Stands in a step's address where the reason goes that is given with the confirmation."""

_REQUEST_IDS: Final = ("x-request-id", "rndr-id", "x-vercel-id")


async def send_step(place: Place, step: HttpStep, reason: str) -> Answer:
    """Send one step, once.

    Raises:
        ProviderError: It was not taken; `after_sending` where it may have been all the same.
    """
    head, _, query = step.url.partition("?")
    if not head.startswith(f"{place.base_url}/"):
        # The configuration leads elsewhere than when this was planned: nothing leaves.
        raise ProviderError(place.vendor, step.title, "not sent: the configuration leads elsewhere")
    params = [
        (name, reason if value == REASON else value)
        for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return await place.api.change(
        step.title,
        step.method,
        head.removeprefix(place.base_url),
        json=msgspec.json.decode(step.body) if step.body else None,
        params=[(name, value) for name, value in params if value],
    )


def http_steps(plan: Plan) -> tuple[HttpStep, ...]:
    """The requests of a plan, in their order."""
    return tuple(one for one in plan.steps if isinstance(one, HttpStep))


def reason_of(plan: Plan) -> str:
    """The reason that was given; empty before anything is confirmed."""
    return plan.request.reason if plan.request is not None else ""


def answer_id(answer: Answer) -> str:
    """The vendor's own id of the request, for its support."""
    return next((answer.headers[name] for name in _REQUEST_IDS if name in answer.headers), "")
