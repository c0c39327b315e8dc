"""A request of the configuration, and a look by GET at whether it did what it is there for."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct

from actions.custom.templates import body, path, query, shown
from actions.custom.values import Values
from actions.plan import Effect, HttpStep, Plan, Step
from actions.verbs import Sent, Settled, State
from providers.endpoint_assertions import assertion_results
from providers.endpoint_options import AssertionSpec
from providers.http import Api

_SETTLE_S: Final = 60.0


class HttpTemplate(Struct, frozen=True, kw_only=True):
    """One request with places in it."""

    method: str
    path: str
    query: Mapping[str, str] = {}
    body: object = None
    """Decoded JSON with places in its texts; None: no body."""


class ByHttp:
    """Sends one request.

    Args:
        api: The account's client for actions.
        base_url: Where the API is, for what is shown.
        account: Its name, for what is needed.
        template: What is sent.
    """

    settle_s = _SETTLE_S
    is_verdict = False

    def __init__(self, api: Api, base_url: str, account: str, template: HttpTemplate) -> None:
        self._api = api
        self._base_url = base_url.rstrip("/")
        self._account = account
        self._template = template

    @property
    def needs(self) -> tuple[str, ...]:
        """As `Means.needs`."""
        return (f"what account {self._account} needs for {self._template.method}",)

    async def steps(self, values: Values, plan: Plan | None) -> tuple[Step, ...]:
        """As `Means.steps`."""
        del plan
        made = body(self._template.body, values)
        asked = urlencode(query(self._template.query, values))
        url = f"{self._base_url}{path(self._template.path, values)}"
        return (
            HttpStep(
                title="send",
                method=self._template.method,
                url=f"{url}?{asked}" if asked else url,
                body="" if made is None else shown(made),
            ),
        )

    async def pins(self, values: Values) -> tuple[tuple[str, str], ...]:
        """As `Means.pins`: the steps say it all."""
        del values
        return ()

    def effects(self) -> Sequence[Effect]:
        """As `Means.effects`."""
        reason = "the configuration does not say"
        return (Effect(words="who is hit", number=None, reason=reason),)

    async def send(self, plan: Plan, values: Values, key: str) -> Sent:
        """As `Means.send`; the key goes along for those who know such a header."""
        template = self._template
        answer = await self._api.change(
            plan.title,
            template.method,
            path(template.path, values),
            json=body(template.body, values),
            params=query(template.query, values),
            headers={"Idempotency-Key": key},
        )
        return Sent(words=f"HTTP {answer.status}")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Means.settled`."""
        del plan
        if sent is None:
            return Settled(state=State.UNKNOWN, words="the answer was lost")
        return Settled(state=State.DONE, words=sent.words)


class ReadByHttp:
    """Asks by GET and holds the answer against expectations.

    Args:
        api: The account's client for actions.
        template: What is asked; it has no body.
        assertions: All have to hold.
    """

    def __init__(
        self, api: Api, template: HttpTemplate, assertions: Sequence[AssertionSpec]
    ) -> None:
        self._api = api
        self._template = template
        self._assertions = tuple(assertions)

    async def holds(self, values: Values) -> tuple[bool, str]:
        """As `ReadBack.holds`."""
        where, params = path(self._template.path, values), query(self._template.query, values)
        answer = await self._api.get("read back", where, params=params)
        results = [
            one for each in self._assertions for one in assertion_results(each, answer.value)
        ]
        broken = [one for one in results if not one.passed]
        if broken:
            return False, ", ".join(
                f"{one.expectation}, but {one.found.line(60)}" for one in broken[:3]
            )
        return True, ", ".join(one.expectation for one in results[:3]) or f"HTTP {answer.status}"
