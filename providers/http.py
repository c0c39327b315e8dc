"""HTTP clients of vendors: one `Api` an account, every promise about requests kept beneath it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from providers.clock import Clock
from providers.errors import BadAnswer, RateLimited
from providers.http_address import Address, parse_address
from providers.http_answers import Answer, Memory, Question, Remembered, Streamed, Text, joined
from providers.http_body import expected_json
from providers.http_credential import authorization
from providers.http_exchange import Call, Header, Line, Reply, late
from providers.http_status import refusal
from providers.http_stream import Tail, Taken
from providers.http_wire import WIRE_SLACK, Wire
from providers.limiter import Limiter, RateBudget
from providers.secrets import SecretGetter

__all__ = ["Answer", "Api", "RateBudget", "Streamed", "Tail", "Text"]

BODY_LIMIT: Final = 5 * 1024 * 1024
"""Bytes of an answer after decoding (promise P19)."""

USER_AGENT: Final = "quarterdeck"


class Api:
    """One account at one vendor: its address, its credential, its manners.

    Each request has a connection of its own. A kept one would save 1 ms of CPU every half minute;
    it could also hand the answer to one request to the next (promises.md, 2.4), and what is read
    here decides what is rolled back.

    Args:
        system: The vendor in the operator's words.
        base_url: Where all paths begin; the credential goes to its origin and nowhere else.
        clock: Tells times and waits.
        secret: Asked before each request; None: no `Authorization` is sent.
        scheme: Stands before the secret, with a blank unless it ends in `=`, as PagerDuty's
            `Token token=`; empty: the secret stands alone.
        secret_header: The header that carries it.
        plain_secret_headers: More headers that carry it, without the scheme.
        headers: Sent with every request.
        deadline_s: For a whole request, waiting for a free slot included.
        ca_file: Trust this CA and no other.
        gap_s: From the beginning of one request to that of the next, at least.

    Raises:
        ValueError: `base_url` is no address of ours.
    """

    def __init__(
        self,
        *,
        system: str,
        base_url: str,
        clock: Clock,
        secret: SecretGetter | None = None,
        scheme: str = "Bearer",
        secret_header: str = "Authorization",  # noqa: S107 - a name, no secret
        plain_secret_headers: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        deadline_s: float = 15.0,
        ca_file: str | None = None,
        gap_s: float = 0.0,
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
        self._limiter = Limiter(clock, gap_s=gap_s)
        self._memory = Memory()

    @property
    def system(self) -> str:
        """The vendor in the operator's words."""
        return self._system

    @property
    def clock(self) -> Clock:
        """Whose time its answers carry; for questions about the last hour."""
        return self._clock

    @property
    def credential(self) -> SecretGetter | None:
        """Who gives the credential; None where none is sent. For what tells its kind."""
        return self._secret

    @property
    def budget(self) -> RateBudget | None:
        """What the vendor last said is left of our allowance; None when it never did."""
        return self._limiter.budget

    def sent_within(self, span_s: float) -> int:
        """How many requests went out in the last `span_s` seconds, an hour at most."""
        return self._limiter.tally.within(span_s)

    async def get(
        self,
        operation: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        etag: bool = False,
    ) -> Answer:
        """Ask once.

        Args:
            operation: What is being done, for the errors.
            path: Below the base address, percent-encoded by the caller; begins with `/`.
            params: The query, encoded here.
            headers: Besides those of the account.
            etag: Remember the answer, and ask only whether it changed.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`.
        """
        address = self._address(operation, path, params)
        known = self._memory.known(address.target) if etag else None
        question = Question(operation=operation, address=address, headers=headers or {})
        reply = await self._send(question, known)
        answer = self._judged(operation, reply, known)
        if etag:
            self._memory.remember(address.target, reply, answer)
        return answer

    async def query(
        self,
        operation: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        json: object = None,
        form: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask once by POST, where the vendor wants a question in a body; it changes nothing there.

        What changes something belongs to `actions` and goes through the guard.

        Args:
            operation: What is being asked, for the errors.
            path: As for `get`.
            params: As for `get`.
            json: The question as JSON.
            form: The question as a form, when there is no `json`.
            headers: Besides those of the account.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`.
        """
        address = self._address(operation, path, params)
        question = Question.in_body(operation, address, headers or {}, json, form)
        return self._judged(operation, await self._send(question, None), None)

    async def text(
        self,
        operation: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Text:
        """Ask once for something that is not JSON, such as Prometheus metrics.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`.
        """
        address = self._address(operation, path, params)
        accept = {"Accept": "text/plain, */*;q=0.5", **(headers or {})}
        question = Question(operation=operation, address=address, headers=accept)
        reply = await self._send(question, None)
        self._expect_success(operation, reply)
        return Text(
            body=reply.body.decode("utf-8", "replace"),
            headers=joined(reply.headers),
            at=self._clock.now(),
        )

    async def lines(
        self,
        operation: str,
        path: str,
        tail: Tail,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Streamed:
        """Ask once for an answer that may never end, and take of it what `tail` allows.

        Takes up to `tail.patience_s` longer than another request.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`; that it did not end, or
                broke after the first line, is none.
        """
        address = self._address(operation, path, params)
        question = Question(operation=operation, address=address, headers=headers or {}, tail=tail)
        reply = await self._send(question, None)
        self._expect_success(operation, reply)
        return Streamed(taken=reply.taken or Taken(), at=self._clock.now())

    async def _send(self, question: Question, known: Remembered | None) -> Reply:
        deadline_s = self._deadline_s + question.patience_s
        limit = asyncio.timeout(deadline_s)
        wire = Wire(self._clock, BODY_LIMIT * 2 + WIRE_SLACK)
        try:
            async with limit, self._limiter.slot(self._system, question.operation):
                return await self._sent(question, known, wire)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise late(self._system, question.operation, deadline_s, wire) from error

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

    def _judged(self, operation: str, reply: Reply, known: Remembered | None) -> Answer:
        at = self._clock.now()
        headers = joined(reply.headers)
        if reply.status == 304 and known is not None:
            self._limiter.heard(reply.status, headers)
            value = known.value
            return Answer(status=304, headers=headers, value=value, at=at, not_modified=True)
        self._expect_success(operation, reply)
        value = expected_json(self._system, operation, reply.status, reply.body)
        return Answer(status=reply.status, headers=headers, value=value, at=at)

    def _expect_success(self, operation: str, reply: Reply) -> None:
        headers = joined(reply.headers)
        wait_s = self._limiter.heard(reply.status, headers)
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
            self._limiter.told(error.retry_after_s)
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

    def _address(self, operation: str, path: str, params: Sequence[tuple[str, str]]) -> Address:
        query = f"?{urlencode(list(params), quote_via=quote)}" if params else ""
        try:
            address = parse_address(f"{self._base_url}{path}{query}")
        except ValueError as error:
            raise BadAnswer(self._system, operation, str(error)) from None
        if address.origin != self._base.origin:
            raise BadAnswer(self._system, operation, "the path leads to another origin")
        return address

    async def aclose(self) -> None:
        """Forget what was remembered; no connection outlives its request."""
        self._memory.forget()
