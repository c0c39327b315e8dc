"""A bug in one part that must not end the whole; kept, told, and never swallowed in silence."""

from contextlib import AbstractContextManager
from types import TracebackType


class Contained(AbstractContextManager["Contained"]):
    """Keeps an exception from going further; whoever uses it tells `error` afterwards.

    What is not an `Exception` (cancellation, interrupts) passes through.
    """

    error: Exception | None = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Swallow a bug and remember it."""
        if isinstance(error, Exception):
            self.error = error
            return True
        return False
