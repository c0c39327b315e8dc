"""What an error of sending proves, and how it is told."""

from providers.errors import BadAnswer, ProviderError, Refused, ServerFailed, TimedOut


def is_certain(error: Exception) -> bool:
    """Whether an error of sending proves that nothing was carried out."""
    if not isinstance(error, ProviderError) or error.after_sending:
        return False
    if isinstance(error, Refused):
        return True
    # These come with or after an answer, which only says that something was wrong on the way.
    return not isinstance(error, (BadAnswer, ServerFailed, TimedOut))


def error_words(error: Exception) -> str:
    """An error for an operator; of a bug only its kind, for its text may hold anything."""
    if isinstance(error, ProviderError):
        return error.sentence
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"a bug in quarterdeck ({type(error).__name__})"
