"""The demo world's services on loopback, at a time that only the test moves."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from demo.agenda import Agenda
from demo.credentials import Credentials
from demo.deployer import Deployer
from demo.estate import Estate
from demo.eye import Look
from demo.faults import Faults
from demo.misbehave import Misbehave
from demo.serve import served
from demo.services import Services, error_body_of
from demo.vendors.google_state import READING, WRITING
from tests.fakes import ManualClock

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Everything here is plain HTTP; a client that loads certificates first takes 30 ms to make."""


class PromptClock(ManualClock):
    """Stands still, and lets nobody wait: who sleeps is woken at once."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(0)


@dataclass(slots=True)
class Glass:
    """Sees what the test says the database looks like."""

    seen: Look = field(default_factory=lambda: Look(used=14, ours=6))

    async def look(self) -> Look:
        return self.seen


@dataclass(slots=True)
class Stage:
    """All vendors and products, without ports until somebody asks for one."""

    clock: PromptClock = field(default_factory=PromptClock)
    faults: Faults = field(default_factory=Faults)
    glass: Glass = field(default_factory=Glass)
    credentials: Credentials = field(default_factory=Credentials)
    estate: Estate = field(init=False)
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.estate = Estate(Agenda(self.clock))
        self.estate.github.deployer = Deployer(self.estate)
        self.services = Services(
            estate=self.estate,
            credentials=self.credentials,
            clock=self.clock,
            eyes={"lma": self.glass, "localloop": self.glass},
            listened_s=0.0,
        )

    @contextlib.asynccontextmanager
    async def client(self, name: str, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A client of one service; with its credential unless another is given."""
        app = Misbehave(
            self.services.apps()[name],
            name,
            self.faults,
            self.clock,
            error_body=error_body_of(name),
        )
        async with (
            served(app, self.clock) as url,
            httpx.AsyncClient(
                base_url=url,
                headers=self.headers(name, token),
                trust_env=False,
                timeout=5,
            ) as client,
        ):
            yield client

    def headers(self, name: str, token: str | None) -> dict[str, str]:
        own = {
            "vercel": self.credentials.vercel_lma,
            "render": self.credentials.render,
            "github": self.credentials.github,
            "localloop-production": self.credentials.localloop_admin,
            "sentry": self.credentials.sentry_actions,
            "pagerduty": self.credentials.pagerduty_lma,
            "slack": self.credentials.slack,
            "stripe": self.credentials.stripe_refunds,
            "resend": self.credentials.resend,
            "google": self.estate.trade.google.give(READING | WRITING),
        }
        credential = own.get(name, "") if token is None else token
        scheme = "Token token=" if name == "pagerduty" else "Bearer "
        return {"authorization": f"{scheme}{credential}"} if credential else {}


def ok(answer: httpx.Response) -> Any:
    """The JSON of an answer that went well."""
    assert answer.is_success, f"{answer.status_code}: {answer.text[:300]}"
    return answer.json()
