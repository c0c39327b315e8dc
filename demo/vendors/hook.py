"""A receiver of one's own for notices: takes them, checks who signed them, and remembers.

The signature is checked as docs/notices.md says, by nothing of the program's own.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


def error_body(_status: int, _code: str, message: str, _extra: Mapping[str, object]) -> bytes:
    """How it writes its errors."""
    return json.dumps({"error": message}).encode()


@dataclass(slots=True)
class HookReceiver:
    """Takes notices at `/notices`.

    Args:
        secret: What they are signed with.
    """

    secret: str
    taken: list[dict[str, Any]] = field(default_factory=list)
    """The documents that were signed, in the order they came."""

    refused: int = 0

    def app(self) -> Starlette:
        """The ASGI app."""
        return Starlette(
            routes=[
                Route("/", lambda _: JSONResponse({"taken": len(self.taken)})),
                Route("/notices", self._take, methods=["POST"]),
            ]
        )

    async def _take(self, request: Request) -> Response:
        body = await request.body()
        if not self._signed(request.headers.get("x-quarterdeck-signature", ""), body):
            self.refused += 1
            return Response(error_body(401, "", "the signature is wrong", {}), 401)
        document = json.loads(body)
        known = {one["id"] for one in self.taken}
        if document["id"] not in known:
            self.taken.append(document)
        return Response(status_code=204)

    def _signed(self, header: str, body: bytes) -> bool:
        split = (part.partition("=") for part in header.split(","))
        parts = {name: value for name, _, value in split}
        made = hmac.new(
            self.secret.encode(), f"{parts.get('t', '')}.".encode() + body, hashlib.sha256
        )
        return hmac.compare_digest(made.hexdigest(), parts.get("v1", ""))
