"""What Vercel's answers have in common: whose team, which page, what is wrong."""

import json
from collections.abc import Mapping

from starlette.requests import Request

from demo import ids
from demo.vendors.vercel_state import Deployment
from demo.vendors.wire import Refusal, epoch_ms, iso


def bad(message: str) -> Refusal:
    """The vendor's answer to a request it does not understand."""
    return Refusal(400, "bad_request", message)


def error_body(status: int, code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """Vercel's error shape."""
    return json.dumps({"error": {"code": code, "message": message, **extra}}).encode()


def team(request: Request) -> str | None:
    """The team asked for; None is the personal account, which owns nothing here."""
    return request.query_params.get("teamId")


def page(
    count: int, following: int | None = None, shown: list[Deployment] | None = None
) -> dict[str, object]:
    """`pagination`: `next` is the instant to pass as `until`, null at the end."""
    newest = epoch_ms(shown[0].created_at) if shown else None
    return {"count": count, "next": following, "prev": newest}


def alias(deployment: Deployment, name: str) -> dict[str, object]:
    """One domain of a deployment."""
    served_at = deployment.ready_at or deployment.created_at
    return {"uid": ids.vercel("als", name), "alias": name, "created": iso(served_at)}
