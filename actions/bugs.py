"""A bug in a verb, for whoever mends it: the operator is told its kind, the log gets all of it."""

import logging

from actions.verbs import Unplannable
from providers.errors import ProviderError

_LOG = logging.getLogger("quarterdeck.actions")


def log_bug(what: str, error: Exception | None) -> None:
    """Log an error with where it came from, unless it is one that verbs may well have.

    Args:
        what: What was being done.
        error: What came of it; None and troubles of the other side are no bug.
    """
    if error is not None and not isinstance(error, (ProviderError, TimeoutError, Unplannable)):
        _LOG.error("%s: a bug", what, exc_info=error)
