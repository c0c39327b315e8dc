"""A vendor on loopback whose every exchange is held against the vendor's own specification."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct, field

from providers.clock import Clock
from providers.http import Api
from tests.contract.specification import specification
from tests.vendor_rigs import client
from tests.vendor_server import Answering, Asked, Reply, vendor_server

BASE_PATHS = {
    "render": "/v1",
    "slack": "/api",
    "supabase-auth": "/auth/v1",
    "google-calendar": "/calendar/v3",
}
PLAIN_HEADERS = {
    "supabase-auth": ("apikey",),
    "crux": ("X-Goog-Api-Key",),
    "pagespeed": ("X-Goog-Api-Key",),
}


class Held(Struct):
    """What was exchanged so far, and where it broke the specification."""

    vendor: str
    answer: Answering
    asked: list[Asked] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    async def __call__(self, asked: Asked) -> Reply:
        reply = self.answer(asked)
        if not isinstance(reply, Reply):
            reply = await reply
        self.asked.append(asked)
        self.problems += specification(self.vendor).problems(asked, reply)
        return reply


@asynccontextmanager
async def held(
    vendor: str, answer: Answering, *, clock: Clock | None = None
) -> AsyncIterator[tuple[Api, Held]]:
    """A client of ours and its vendor; at the end nothing may have broken the contract."""
    keeper = Held(vendor=vendor, answer=answer)
    async with (
        vendor_server(keeper) as server,
        client(
            server.url + BASE_PATHS.get(vendor, ""),
            system=vendor,
            credential=vendor != "statuspage",
            clock=clock,
            plain_secret_headers=PLAIN_HEADERS.get(vendor, ()),
        ) as api,
    ):
        yield api, keeper
    assert keeper.asked, "nothing was asked"
    assert not keeper.problems, "\n".join(keeper.problems)
