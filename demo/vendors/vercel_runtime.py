"""Vercel: the runtime log of a deployment, told while somebody listens.

A line is written once and sent to whoever listens then; the connection stays open. Nothing is kept
for those who come later.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec import Struct

from demo import ids
from demo.agenda import Agenda
from demo.vendors.vercel_state import Deployment, Project
from demo.vendors.wire import epoch_ms

STEP_S: Final = 0.5
LISTENED_S: Final = 300.0
"""The vendor hangs up after some minutes."""

BEFORE: Final = timedelta(seconds=2)
"""What is still on its way when somebody begins to listen."""


class RuntimeLine(Struct, frozen=True, kw_only=True):
    """One line a function wrote, or one request."""

    at: datetime
    level: str
    message: str
    method: str
    path: str
    status: int
    number: int
    source: str = "serverless"


class RuntimeLog(Protocol):
    """What the functions of a project write."""

    def lines(self, project: Project, start: datetime, end: datetime) -> Iterable[RuntimeLine]:
        """What was written after `start` and until `end`, oldest first."""
        ...


class Silent:
    """Functions that write nothing."""

    def lines(self, project: Project, start: datetime, end: datetime) -> tuple[RuntimeLine, ...]:
        """Nothing."""
        return ()


async def listened(
    log: RuntimeLog, project: Project, deployment: Deployment, agenda: Agenda, span_s: float
) -> AsyncIterator[bytes]:
    """The lines from now on, for at most `span_s` seconds; with 0 those on their way alone."""
    told = agenda.now - BEFORE
    left_s = span_s
    while True:
        now = agenda.now
        for line in log.lines(project, told, now):
            yield _line(project, deployment, line)
        told = now
        if left_s <= 0:
            return
        await asyncio.sleep(STEP_S)
        left_s -= STEP_S


def _line(project: Project, deployment: Deployment, line: RuntimeLine) -> bytes:
    body = {
        "level": line.level,
        "message": line.message,
        "rowId": ids.token("row", deployment.id, line.number),
        "source": line.source,
        "timestampInMs": epoch_ms(line.at),
        "domain": project.domains[0],
        "requestMethod": line.method,
        "requestPath": line.path,
        "responseStatusCode": line.status,
        "messageTruncated": False,
    }
    return json.dumps(body).encode() + b"\n"
