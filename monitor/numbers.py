"""The numbers that an outcome stands for, those of a failure included."""

from typing import Final

from monitor.turns import Outcome
from providers.base import SourceKind
from providers.readings import Reading, Trouble

CONNECT_FAILED: Final = "connect_failed"
"""Of a database: 0 with each answer, 1 for each connection that was not to be had."""

UP: Final = "up"
"""Of an endpoint: 1 when all is as expected, else 0."""

LATENCY: Final = "latency_ms"

_NO_CONNECTION: Final = frozenset(
    {Trouble.UNREACHABLE, Trouble.TIMED_OUT, Trouble.UNAUTHORIZED, Trouble.SERVER_FAILED}
)


def numbers_of(outcome: Outcome) -> tuple[Reading, ...]:
    """What a read brought home; or, where the failure itself is countable, that."""
    if outcome.harvest is not None:
        return outcome.harvest.numbers
    source, at, failure = outcome.spec.id, outcome.at, outcome.failure
    if failure is None:
        return ()
    if outcome.spec.kind is SourceKind.DATABASE and failure.trouble in _NO_CONNECTION:
        return (Reading(source=source, metric=CONNECT_FAILED, value=1.0, unit="count", at=at),)
    if outcome.spec.kind is SourceKind.ENDPOINT and failure.trouble is Trouble.TIMED_OUT:
        why = "no answer in time"
        return (
            Reading(source=source, metric=UP, value=0.0, unit="", at=at),
            Reading(source=source, metric=LATENCY, value=None, unit="ms", at=at, reason=why),
        )
    return ()


def latency_ms(outcome: Outcome) -> float | None:
    """How long the answer took without making a connection; None without an answer."""
    for reading in numbers_of(outcome):
        if reading.metric == LATENCY:
            return reading.value
    return None
