"""What went wrong in a read, as a value in words."""

import traceback
from typing import Final

from providers.base import SourceSpec
from providers.errors import (
    BadAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from providers.readings import Failure, Trouble

_TROUBLES: Final[tuple[tuple[type[ProviderError], Trouble], ...]] = (
    (Unreachable, Trouble.UNREACHABLE),
    (TimedOut, Trouble.TIMED_OUT),
    (Unauthorized, Trouble.UNAUTHORIZED),
    (NotFound, Trouble.NOT_FOUND),
    (RateLimited, Trouble.RATE_LIMITED),
    (ServerFailed, Trouble.SERVER_FAILED),
    (BadAnswer, Trouble.BAD_ANSWER),
)

BUG_ADVICE: Final = "the other sources go on; please report it with the log file"


def failure_of(spec: SourceSpec, error: BaseException) -> Failure:
    """The failure that an exception of a read stands for.

    An exception outside the tree of `providers.errors` is a bug of ours: it is named with its
    type and place. Its own text is left out, since it may quote an answer or a secret.
    """
    if isinstance(error, ProviderError):
        trouble = next((word for kind, word in _TROUBLES if isinstance(error, kind)), None)
        return Failure(
            trouble=trouble or Trouble.BAD_ANSWER, sentence=error.sentence, advice=error.advice
        )
    return Failure(
        trouble=Trouble.BUG,
        sentence=f"{spec.title}: bug in quarterdeck: {type(error).__name__} at {_place(error)}",
        advice=BUG_ADVICE,
    )


def timed_out(spec: SourceSpec) -> Failure:
    """The failure of a read that was stopped at its deadline."""
    return Failure(
        trouble=Trouble.TIMED_OUT,
        sentence=f"{spec.title}: no answer within {spec.timeout_s:g} s",
        advice=f"see whether {spec.system} answers; it is asked again",
    )


def hung(spec: SourceSpec, since_s: float) -> Failure:
    """The failure of a read that does not even end when it is told to."""
    return Failure(
        trouble=Trouble.TIMED_OUT,
        sentence=f"{spec.title}: hangs since {since_s:.0f} s and does not stop when told to",
        advice="it is not asked again before it ends; restart quarterdeck if it never does",
    )


def wait_asked_s(error: BaseException) -> float:
    """Seconds the other side asked us to wait; 0 if it did not."""
    return error.retry_after_s if isinstance(error, RateLimited) else 0.0


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "an unknown place"
    last = frames[-1]
    return f"{last.filename.rsplit('/', 1)[-1]}:{last.lineno}"
