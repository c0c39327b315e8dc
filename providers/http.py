"""HTTP clients of vendors: one `Api` an account, every promise about requests kept beneath it."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from providers.clock import Clock, Moment
from providers.errors import BadAnswer, ProviderError, Unauthorized
from providers.http_address import Address, parse_address
from providers.http_body import expected_json
from providers.http_exchange import SENDABLE, Call, Header, Line, Reply, late
from providers.http_status import refusal
from providers.http_warm import warm_up
from providers.http_wire import WIRE_SLACK, Wire
from providers.limiter import Limiter, RateBudget
from providers.secrets import SecretGetter

__all__ = ["Answer", "Api", "RateBudget", "warm_up"]

BODY_LIMIT: Final = 5 * 1024 * 1024
"""Bytes of an answer after decoding (promise P19)."""

MOST_REMEMBERED: Final = 64
"""Answers kept for `If-None-Match`."""

MOST_REMEMBERED_BYTES: Final = 1024 * 1024
"""Of all answers kept, as they came; decoded they are some ten times as large."""

USER_AGENT: Final = "quarterdeck"


class Answer(Struct, frozen=True, kw_only=True):
    """A successful answer of a vendor."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; several of one name joined with commas."""

    value: object
    """Decoded JSON, to be read through `Fields`; None where the status allows no body."""

    at: Moment
    """When it was complete."""

    not_modified: bool = False
    """The vendor said so (304), and `value` is what it sent before."""


class _Remembered(Struct, frozen=True, kw_only=True):
    """An answer that can be asked for by its tag."""

    tag: str
    value: object
    size: int
    """Bytes as it came."""


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
        scheme: Stands before the secret; empty: the secret stands alone.
        headers: Sent with every request.
        deadline_s: For a whole request, waiting for a free slot included.
        ca_file: Trust this CA and no other.

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
        headers: Mapping[str, str] | None = None,
        deadline_s: float = 15.0,
        ca_file: str | None = None,
    ) -> None:
        self._system = system
        self._base_url = base_url.rstrip("/")
        self._base = parse_address(self._base_url)
        self._clock = clock
        self._secret = secret
        self._scheme = scheme
        self._headers = dict(headers or {})
        self._deadline_s = deadline_s
        self._ca_file = ca_file
        self._limiter = Limiter(clock)
        self._remembered: OrderedDict[bytes, _Remembered] = OrderedDict()

    @property
    def system(self) -> str:
        """The vendor in the operator's words."""
        return self._system

    @property
    def budget(self) -> RateBudget | None:
        """What the vendor last said is left of our allowance; None when it never did."""
        return self._limiter.budget

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
        limit = asyncio.timeout(self._deadline_s)
        wire = Wire(self._clock, "GET", BODY_LIMIT * 2 + WIRE_SLACK)
        try:
            async with limit, self._limiter.slot(self._system, operation):
                return await self._get(operation, address, headers or {}, etag, wire)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise late(self._system, operation, self._deadline_s, wire) from error

    async def _get(
        self,
        operation: str,
        address: Address,
        headers: Mapping[str, str],
        etag: bool,
        wire: Wire,
    ) -> Answer:
        known = self._remembered.get(address.target) if etag else None
        sent = await self._headers_for(operation, headers, known)
        call = Call(
            system=self._system,
            operation=operation,
            method="GET",
            address=address,
            headers=sent,
            deadline_s=self._deadline_s,
            body_limit_bytes=BODY_LIMIT,
        )
        line = Line(address, self._clock, ca_file=self._ca_file)
        reply = await line.ask(call, wire)
        answer = self._judged(operation, reply, known)
        if etag:
            self._remember(address.target, reply, answer)
        return answer

    def _judged(self, operation: str, reply: Reply, known: _Remembered | None) -> Answer:
        headers = _joined(reply.headers)
        wait_s = self._limiter.heard(reply.status, headers)
        at = self._clock.now()
        if reply.status == 304 and known is not None:
            value = known.value
            return Answer(status=304, headers=headers, value=value, at=at, not_modified=True)
        if not 200 <= reply.status < 300:
            raise refusal(
                self._system,
                operation,
                reply.status,
                reply.body,
                headers,
                wait_s,
                anonymous=self._secret is None,
            )
        value = expected_json(self._system, operation, reply.status, reply.body)
        return Answer(status=reply.status, headers=headers, value=value, at=at)

    def _remember(self, target: bytes, reply: Reply, answer: Answer) -> None:
        if answer.not_modified:
            self._remembered.move_to_end(target)
            return
        self._remembered.pop(target, None)
        tag = reply.header("etag")
        if SENDABLE.fullmatch(tag) and len(tag) <= 256:
            size = len(reply.body)
            self._remembered[target] = _Remembered(tag=tag, value=answer.value, size=size)
        while (
            len(self._remembered) > MOST_REMEMBERED
            or sum(each.size for each in self._remembered.values()) > MOST_REMEMBERED_BYTES
        ):
            self._remembered.popitem(last=False)

    async def _headers_for(
        self,
        operation: str,
        extra: Mapping[str, str],
        known: _Remembered | None,
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
            merged["Authorization"] = await self._authorization(operation, self._secret)
        return list(merged.items())

    async def _authorization(self, operation: str, secret: SecretGetter) -> str:
        return await authorization(
            secret,
            prefix=f"{self._scheme} " if self._scheme else "",
            address=self._base,
            system=self._system,
            operation=operation,
        )

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
        self._remembered.clear()


async def authorization(
    secret: SecretGetter, *, prefix: str, address: Address, system: str, operation: str
) -> str:
    """The value of a header that carries a credential.

    Raises:
        Unauthorized: The secret can not be had, can not be sent, or would go out in clear.
    """
    if not address.origin.private_to_us:
        raise Unauthorized(
            system,
            operation,
            "a credential is not sent over plain http",
            advice="use https, or leave the secret out",
        )
    try:
        value = (await secret()).reveal()
    except Unauthorized as error:
        raise Unauthorized(system, operation, error.reason, advice=error.advice) from error
    except (ProviderError, OSError, ValueError, LookupError) as error:
        reason = f"its secret could not be had ({type(error).__name__})"
        raise Unauthorized(
            system, operation, reason, advice="`quarterdeck doctor` tries every secret"
        ) from error
    if not SENDABLE.fullmatch(value):
        raise Unauthorized(
            system,
            operation,
            "its secret is empty or holds characters that HTTP can not carry",
            advice="look for a line break or a quotation mark at its end",
        )
    return prefix + value


def _joined(headers: Sequence[Header]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
