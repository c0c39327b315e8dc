"""What the terminal is told at the end about actions that were under way. Pure."""

from collections.abc import Sequence
from typing import Final

from actions.running import Phase, Running
from actions.verbs import Outcome
from monitor.words import span_words
from providers.text import Foreign

_LONGEST: Final = 1_000
_MOST_WORDS: Final = 300
_ENOUGH: Final = 12
"""So much of a request's id names it."""

_NOT_KNOWN: Final = "how it ended is not known."


def waiting_words(under_way: Sequence[Running], patience_s: float) -> str:
    """That the end takes a while, and what it waits for."""
    what = ", ".join(_named(one) for one in under_way)
    return _plain(
        f"quarterdeck: under way: {what}. Nothing is cut off: waiting up to "
        f"{span_words(patience_s)} to see how it ends."
    )


def parting_words(one: Running) -> str:
    """How an action stands that was under way when the program was ended."""
    outcome = one.outcome if one.over else Outcome.UNKNOWN
    if outcome is not Outcome.UNKNOWN:
        what = "" if outcome is None else outcome.value
        words = Foreign(one.words).line(_MOST_WORDS)
        return _plain(f"quarterdeck: {_named(one)}: {what}. {words}")
    if not one.intent:
        words = "ended before it was sent: nothing was sent so far."
        return _plain(f"quarterdeck: {_named(one)}: {words}")
    known = one.words if one.over else f"sent; last read: {one.words}"
    look = one.plan.look_at
    where = "" if not look or look in known else f" Look at {look}."
    audit = "" if one.over and one.recorded else " Its end is not in the audit."
    goes_on = one.goes_on or one.phase is Phase.FOLLOWING
    stands = "it goes on, and nobody here follows it now." if goes_on else _NOT_KNOWN
    next_ = "follows it on" if goes_on else "looks there too"
    return _plain(
        f"quarterdeck: {_named(one)}: {stands} {_ended(known)}{where} The next start {next_}, "
        f"and says what it found; before that: {looks_again(one)}.{audit}"
    )


def looks_again(one: Running) -> str:
    """The line that asks the other side once more how an action ended."""
    return f"quarterdeck action settle {one.id[:_ENOUGH]}"


def _ended(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _named(one: Running) -> str:
    target = one.plan.target
    name = "" if target.name.line(40) in one.plan.title else f" {target.name.line(40)}"
    return f"{one.plan.title}{name} {target.environment}".strip()


def _plain(words: str) -> str:
    """One line without control characters: the terminal gets it as it is, without the screen."""
    return Foreign(words).line(_LONGEST)
