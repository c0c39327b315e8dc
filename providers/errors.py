"""What can go wrong between us and an outside system.

    ProviderError
    ├── Unreachable      no connection: refused, reset, no such name, no route, TLS not trusted
    ├── TimedOut         the whole-request deadline passed
    ├── Unauthorized     the credential is missing, wrong, expired, or not allowed to do this
    ├── NotFound         the thing asked for is not there, or hidden from this credential
    ├── RateLimited      asked too often; carries the seconds to wait
    ├── ServerFailed     the system itself reports trouble (5xx)
    └── BadAnswer        an answer came and is not what the contract says (HTML, wrong type, cut)
        ├── TooLarge     it went past a limit of ours before it ended
        └── Refused      it says that the request was not accepted (4xx): nothing was done

Each carries the system, the operation, a sentence fit for a pane and what to do next. Texts of
others go in as `Foreign`; a credential or a URL with one never does.
"""

from providers.text import Foreign


class ProviderError(Exception):
    """An outside system did not give what was asked.

    Args:
        system: The system in the operator's words, such as `Vercel`.
        operation: What was being done, such as `list deployments`.
        reason: Why it failed, a few words without a full stop; never empty (promise P26).
        advice: What the operator can do next; may be empty.
        detail: What the other side said, if anything.
    """

    word = "failed"
    """The kind of trouble in one or two words, for narrow columns."""

    code = ""
    """The other side's own word for it, such as `invalid_grant`: to tell refusals apart by."""

    after_sending = False
    """The request had left, so that it may have been carried out; for what is not only a read."""

    def __init__(
        self,
        system: str,
        operation: str,
        reason: str,
        *,
        advice: str = "",
        detail: Foreign | None = None,
    ) -> None:
        self.system = system
        self.operation = operation
        self.reason = reason or self.word
        self.advice = advice
        self.detail = detail
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """System, operation and reason, fit for a pane and a log."""
        said = f" ({self.detail.line(160)})" if self.detail else ""
        return f"{self.system}: {self.operation}: {self.reason}{said}"


class Unreachable(ProviderError):
    """No connection could be made, or it broke."""

    word = "unreachable"


class TimedOut(ProviderError):
    """The deadline for the whole request passed."""

    word = "timed out"


class Unauthorized(ProviderError):
    """The credential was refused, is missing, or may not do this."""

    word = "not authorised"


class NotFound(ProviderError):
    """The thing is not there, or this credential may not know of it."""

    word = "not found"


class RateLimited(ProviderError):
    """The system asks us to wait.

    Args:
        retry_after_s: Seconds to wait, already clamped to what we are willing to believe.
    """

    word = "rate limited"

    def __init__(
        self,
        system: str,
        operation: str,
        reason: str,
        *,
        retry_after_s: float,
        advice: str = "",
        detail: Foreign | None = None,
    ) -> None:
        super().__init__(system, operation, reason, advice=advice, detail=detail)
        self.retry_after_s = retry_after_s


class ServerFailed(ProviderError):
    """The system answered that it is itself in trouble."""

    word = "server error"


class BadAnswer(ProviderError):
    """An answer came that breaks the contract; the reason names the field."""

    word = "bad answer"


class Refused(BadAnswer):
    """The system understood that we asked, and did not accept it: wrong, or in conflict (4xx)."""

    word = "refused"


class TooLarge(BadAnswer):
    """An answer went past one of our limits and was not read to its end."""

    word = "answer too large"
