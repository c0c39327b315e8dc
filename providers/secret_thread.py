"""Blocking look-ups away from the event loop, where none can hold anything up."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Hashable
from types import TracebackType
from typing import Final, Generic, TypeVar

from providers.errors import ProviderError, Unauthorized
from providers.secret_value import redact
from providers.text import Foreign

LOOKUP_S: Final = 5.0
"""No look-up of a secret may take longer (promise P18)."""

T = TypeVar("T")

_hung: Final[set[Hashable]] = set()
_lock: Final = threading.Lock()


async def looked_up(
    what: Hashable, look: Callable[[], T], *, advice: str, limit_s: float = LOOKUP_S
) -> T:
    """The result of `look`, called in a thread that does not outlive the program.

    A bus or a network file system can hang for ever in a call that nothing interrupts. The loop's
    default executor would then hold up the end of the program, and every new try would leave one
    more thread behind: so what hangs is not asked again before it has come back.

    Args:
        what: Names the look-up.
        look: The blocking call.
        advice: What to do when it hangs or breaks.
        limit_s: Seconds it may take.

    Raises:
        ProviderError: Whatever of the kind `look` raised.
        Unauthorized: It took longer, an earlier one still hangs, or `look` raised anything else:
            keyring libraries have no common family of errors.
    """
    if what in _hung:
        raise Unauthorized("Secrets", "look up", "an earlier look-up still hangs", advice=advice)
    outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
    outcome.set_running_or_notify_cancel()  # from here on nobody can cancel it
    threading.Thread(target=_run, args=(what, look, outcome), daemon=True).start()
    if not await _in_time(outcome, limit_s):
        with _lock:
            if not outcome.done():
                _hung.add(what)
        reason = f"no answer within {limit_s:g} s"
        raise Unauthorized("Secrets", "look up", reason, advice=advice)
    error = outcome.exception()
    if error is None or isinstance(error, ProviderError):
        return outcome.result()
    said = Foreign(redact(str(error)))
    reason = f"broke with {type(error).__name__}"
    raise Unauthorized("Secrets", "look up", reason, advice=advice, detail=said) from None


async def _in_time(outcome: "concurrent.futures.Future[T]", limit_s: float) -> bool:
    """Whether the outcome is there before the time is up."""
    waiting = asyncio.wrap_future(outcome)
    try:
        await asyncio.wait({waiting}, timeout=limit_s)
    finally:
        waiting.cancel()
    if not waiting.cancelled():
        waiting.exception()  # asyncio reports one that nobody looked at
    return not waiting.cancelled()


def _run(what: Hashable, look: Callable[[], T], outcome: "concurrent.futures.Future[T]") -> None:
    with _FailingInto(outcome):
        outcome.set_result(look())
    with _lock:
        _hung.discard(what)


class _FailingInto(Generic[T]):
    """Hands whatever is raised inside to the one who waits, as an executor does."""

    def __init__(self, outcome: "concurrent.futures.Future[T]") -> None:
        self._outcome = outcome

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is not None:
            self._outcome.set_exception(error)
        return error is not None
