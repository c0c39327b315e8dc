"""Why a number is missing, in the words of the source that should have given it; pure."""

import re
from typing import Final

from monitor.turns import Outcome
from providers.probe_readings import ProbeReading
from providers.readings import NO_NUMBER, Failure, Reading, Trouble

NO_DATA: Final = "no data"

_AFTERTHOUGHT: Final = re.compile(r"[,;(]")
_LONGEST: Final = 60


def why_silent(outcome: Outcome) -> str:
    """Why a read brought no numbers at all."""
    failure = outcome.failure
    if failure is None:
        return NO_DATA
    if failure.trouble is Trouble.BUG:
        return f"{NO_DATA}: {failure.trouble.value}"
    return f"{NO_DATA}: {outcome.spec.title} {failure.trouble.value}"


def why_missing(outcome: Outcome, reading: Reading) -> str:
    """Why one number of a read is missing.

    What is wrong with the whole answer comes first: of an answer 503 nobody wants to know that its
    body is no JSON. A number that is just not there is named; any other reason stands for itself.
    """
    payload = None if outcome.harvest is None else outcome.harvest.payload
    if isinstance(payload, ProbeReading) and payload.failure is not None:
        return f"{NO_DATA}: {outcome.spec.title}{_short(payload.failure)}"
    if reading.reason == NO_NUMBER:
        return f"{NO_DATA}: {outcome.spec.title} gives no {reading.metric}"
    return reading.reason


def _short(failure: Failure) -> str:
    """The failure without its circumstances: ` answered 503`, `: connection refused`."""
    words = _AFTERTHOUGHT.split(failure.sentence, maxsplit=1)[0].strip()[:_LONGEST]
    words = words or failure.trouble.value
    return f" {words}" if words.startswith("answered ") else f": {words}"
