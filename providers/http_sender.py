"""One account's way out: its address, its credential, its allowance, and what an answer means."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from providers.clock import Clock
from providers.errors import BadAnswer, ProviderError, RateLimited
from providers.http_address import Address, parse_address
from providers.http_answers import Answer, Question, Remembered, joined
from providers.http_body import expected_json, is_empty
from providers.http_credential import authorization
from providers.http_exchange import USER_AGENT, Call, Header, Line, Reply, late
from providers.http_link import MOVED, follow
from providers.http_status import refusal
from providers.http_stream import Tail, Taken
from providers.http_wire import WIRE_SLACK, Wire
from providers.limiter import Limiter
from providers.secrets import SecretGetter

BODY_LIMIT: Final = 5 * 1024 * 1024
"""Bytes of an answer after decoding (promise P19)."""


class Sender:
    """Sends the questions of one account; what each setting means, `Api` says.

    Raises:
        ValueError: `base_url` is no address of ours.
    """

    def __init__(
        self,
        *,
        system: str,
        base_url: str,
        clock: Clock,
        secret: SecretGetter | None,
        scheme: str,
        secret_header: str,
        plain_secret_headers: Sequence[str],
        headers: Mapping[str, str] | None,
        deadline_s: float,
        ca_file: str | None,
        most_a_second: int,
    ) -> None:
        self._system = system
        self._base_url = base_url.rstrip("/")
        self._base = parse_address(self._base_url)
        self._clock = clock
        self._secret = secret
        self._prefix = scheme if not scheme or scheme.endswith("=") else f"{scheme} "
        self._secret_header = secret_header
        self._plain_secret_headers = tuple(plain_secret_headers)
        self._headers = dict(headers or {})
        self._deadline_s = deadline_s
        self._ca_file = ca_file
        self.limiter = Limiter(clock, most_a_second=most_a_second)

    async def send(self, question: Question, known: Remembered | None = None) -> Reply:
        """Send one question and read its whole answer, of any status.

        Raises:
            ProviderError: It did not come to an answer.
        """
        deadline_s = self._deadline_s + question.patience_s
        limit = asyncio.timeout(deadline_s)
        wire = Wire(self._clock, BODY_LIMIT * 2 + WIRE_SLACK)
        try:
            async with limit, self.limiter.slot(self._system, question.operation):
                return await self._sent(question, known, wire)
        except TimeoutError as error:
            if not limit.expired():
                raise
            failure = late(self._system, question.operation, deadline_s, wire)
            failure.after_sending = wire.has_sent
            raise failure from error
        except ProviderError as error:
            error.after_sending = wire.has_sent
            raise

    async def _sent(self, question: Question, known: Remembered | None, wire: Wire) -> Reply:
        call = Call(
            system=self._system,
            operation=question.operation,
            method=question.method,
            address=question.address,
            headers=await self._headers_for(question.operation, question.headers, known),
            deadline_s=self._deadline_s + question.patience_s,
            body_limit_bytes=BODY_LIMIT,
            body=question.body,
            tail=question.tail,
        )
        return await Line(question.address, self._clock, ca_file=self._ca_file).ask(call, wire)

    def judged(
        self,
        operation: str,
        reply: Reply,
        known: Remembered | None = None,
        *,
        empty: bool = False,
        listed: str | None = None,
    ) -> Answer:
        """The JSON of a successful answer, or of the one that is `known` where nothing changed.

        The items of the list `listed` stay JSON. With `empty`, an answer without a body is one too:
        its status says all there is to say.

        Raises:
            ProviderError: It is none, or no success.
        """
        at = self._clock.now()
        headers = joined(reply.headers)
        if reply.status == 304 and known is not None:
            self.limiter.heard(reply.status, headers)
            value = expected_json(self._system, operation, known.status, known.body, listed)
            return Answer(status=304, headers=headers, value=value, at=at, not_modified=True)
        self.expect_success(operation, reply)
        if empty and is_empty(reply.body):
            return Answer(status=reply.status, headers=headers, value=None, at=at)
        value = expected_json(self._system, operation, reply.status, reply.body, listed)
        return Answer(status=reply.status, headers=headers, value=value, at=at)

    async def follow(self, operation: str, reply: Reply, tail: Tail) -> Taken:
        """Read what an answer leads to, once and without the credential.

        Raises:
            ProviderError: It leads nowhere, or there is nothing.
        """
        if reply.status not in MOVED:
            self.expect_success(operation, reply)
            raise BadAnswer(self._system, operation, "it leads nowhere, though it should")
        self.limiter.heard(reply.status, joined(reply.headers))
        return await follow(
            self._system,
            operation,
            reply,
            self._base,
            tail,
            clock=self._clock,
            deadline_s=self._deadline_s,
        )

    def expect_success(self, operation: str, reply: Reply) -> None:
        """Take in what an answer says of our allowance, and refuse one that is no success.

        Raises:
            ProviderError: It is none.
        """
        headers = joined(reply.headers)
        wait_s = self.limiter.heard(reply.status, headers)
        if 200 <= reply.status < 300:
            return
        error = refusal(
            self._system,
            operation,
            reply.status,
            reply.body,
            headers,
            wait_s,
            anonymous=self._secret is None,
        )
        if wait_s is None and isinstance(error, RateLimited):
            self.limiter.told(error.retry_after_s)
        raise error

    async def _headers_for(
        self,
        operation: str,
        extra: Mapping[str, str],
        known: Remembered | None,
    ) -> list[Header]:
        merged = {
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
            "Connection": "close",
            **self._headers,
            **extra,
        }
        if known is not None:
            merged["If-None-Match"] = known.tag
        if self._secret is not None:
            plain = await authorization(
                self._secret,
                prefix="",
                address=self._base,
                system=self._system,
                operation=operation,
            )
            merged[self._secret_header] = f"{self._prefix}{plain}"
            merged |= dict.fromkeys(self._plain_secret_headers, plain)
        return list(merged.items())

    def address(self, operation: str, path: str, params: Sequence[tuple[str, str]]) -> Address:
        """A path below the base address, with its query.

        Raises:
            BadAnswer: It leads elsewhere.
        """
        query = f"?{urlencode(list(params), quote_via=quote)}" if params else ""
        try:
            address = parse_address(f"{self._base_url}{path}{query}")
        except ValueError as error:
            raise BadAnswer(self._system, operation, str(error)) from None
        if address.origin != self._base.origin:
            raise BadAnswer(self._system, operation, "the path leads to another origin")
        return address
