"""HTTP clients of vendors: one `Api` an account, every promise about requests kept beneath it."""

from collections.abc import Mapping, Sequence

from providers.clock import Clock
from providers.errors import BadAnswer, Refused, ServerFailed
from providers.http_answers import Answer, Memory, Question, Streamed, Text, joined
from providers.http_exchange import USER_AGENT
from providers.http_sender import Sender
from providers.http_stream import Tail, Taken
from providers.limiter import RateBudget
from providers.secrets import SecretGetter

__all__ = ["USER_AGENT", "Answer", "Api", "RateBudget", "Streamed", "Tail", "Text"]


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
        most_a_second: Requests begun in any second; 0: as many as come.

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
        most_a_second: int = 0,
    ) -> None:
        self._system = system
        self._clock = clock
        self._secret = secret
        self._sender = Sender(
            system=system,
            base_url=base_url,
            clock=clock,
            secret=secret,
            scheme=scheme,
            secret_header=secret_header,
            plain_secret_headers=plain_secret_headers,
            headers=headers,
            deadline_s=deadline_s,
            ca_file=ca_file,
            most_a_second=most_a_second,
        )
        self._limiter = self._sender.limiter
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
        listed: str | None = None,
    ) -> Answer:
        """Ask once.

        Args:
            operation: What is being done, for the errors.
            path: Below the base address, percent-encoded by the caller; begins with `/`.
            params: The query, encoded here.
            headers: Besides those of the account.
            etag: Remember the answer, and ask only whether it changed.
            listed: The list whose items stay JSON, for `entries`; empty: the answer is that list.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`.
        """
        address = self._sender.address(operation, path, params)
        known = self._memory.known(address.target) if etag else None
        question = Question(operation=operation, address=address, headers=headers or {})
        reply = await self._sender.send(question, known)
        answer = self._sender.judged(operation, reply, known, listed=listed)
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
        address = self._sender.address(operation, path, params)
        question = Question.in_body(operation, address, headers or {}, json, form)
        return self._sender.judged(operation, await self._sender.send(question))

    async def deliver(
        self,
        operation: str,
        path: str,
        body: bytes,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Text:
        """Hand over a message by POST, as JSON and once; for `actions` alone.

        Whether it arrived is known when this returns. When it raises, `after_sending` of the error
        says whether it may have arrived all the same; it is never sent again from here.

        Args:
            operation: What is being told, for the errors.
            path: As for `get`.
            body: JSON, byte for byte: a signature may be made over it.
            params: As for `get`.
            headers: Besides those of the account.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`.
        """
        address = self._sender.address(operation, path, params)
        reply = await self._sender.send(Question.telling(operation, address, headers or {}, body))
        try:
            self._sender.expect_success(operation, reply)
        except ServerFailed as error:
            # It failed on the way, nobody knows how far it had come.
            error.after_sending = True
            raise
        return Text(
            body=reply.body.decode("utf-8", "replace"),
            headers=joined(reply.headers),
            at=self._clock.now(),
        )

    async def change(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        json: object = None,
        form: Sequence[tuple[str, str]] = (),
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for a change by POST, PUT, PATCH or DELETE, once; for `actions` alone.

        When it raises, `after_sending` of the error says whether it may have been carried out all
        the same. It is never sent again from here. The body is JSON, a form, or there is none.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`.
        """
        address = self._sender.address(operation, path, params)
        extra = headers or {}
        question = Question.changing(operation, address, method, extra, json, form)
        reply = await self._sender.send(question)
        try:
            return self._sender.judged(operation, reply, empty=True)
        except (ServerFailed, BadAnswer) as error:
            # An answer that is none says only that something was wrong on the way.
            error.after_sending = not isinstance(error, Refused)
            raise

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
        address = self._sender.address(operation, path, params)
        accept = {"Accept": "text/plain, */*;q=0.5", **(headers or {})}
        question = Question(operation=operation, address=address, headers=accept)
        reply = await self._sender.send(question)
        self._sender.expect_success(operation, reply)
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
        address = self._sender.address(operation, path, params)
        question = Question(operation=operation, address=address, headers=headers or {}, tail=tail)
        reply = await self._sender.send(question)
        self._sender.expect_success(operation, reply)
        return Streamed(taken=reply.taken or Taken(), at=self._clock.now())

    async def linked_lines(
        self, operation: str, path: str, tail: Tail, *, headers: Mapping[str, str] | None = None
    ) -> Streamed:
        """Ask for something that is kept elsewhere, and take of it what `tail` allows.

        The answer has to lead on, as GitHub's to a job's log; that link is followed once, without
        the credential.

        Raises:
            ProviderError: Each failure as one of `providers/errors.py`.
        """
        address = self._sender.address(operation, path, ())
        question = Question(operation=operation, address=address, headers=headers or {})
        reply = await self._sender.send(question)
        taken = await self._sender.follow(operation, reply, tail)
        return Streamed(taken=taken, at=self._clock.now())

    async def aclose(self) -> None:
        """Forget what was remembered; no connection outlives its request."""
        self._memory.forget()
