"""Puts an ASGI app behind our own little server, so that each exchange can be judged."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from tests.vendor_server import Answering, Asked, Reply


def answering(app: Any) -> Answering:
    """Answers as the app does."""

    async def answer(asked: Asked) -> Reply:
        sent: list[dict[str, Any]] = []
        told = False

        async def receive() -> dict[str, Any]:
            nonlocal told
            if told:
                # Who streams asks whether the client has gone: it has not.
                await asyncio.get_running_loop().create_future()
            told = True
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await app(_scope(asked), receive, send)
        return _reply(sent)

    return answer


def _scope(asked: Asked) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": asked.raw_path.encode("ascii"),
        "root_path": "",
        "query_string": urlencode(asked.query).encode("ascii"),
        "headers": [(name.encode(), value.encode()) for name, value in asked.headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


def _reply(sent: list[dict[str, Any]]) -> Reply:
    start = sent[0]
    headers = tuple(
        (name.decode("latin-1").title(), value.decode("latin-1"))
        for name, value in start["headers"]
        if name.lower() != b"content-length"
    )
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Reply(status=start["status"], body=body, headers=headers)
