"""What is told, in plain lines; each channel makes them safe for itself. Pure."""

from collections import Counter
from typing import Final

from actions.notices.channel import MOST_LINES, Message, Telling, TellKind
from monitor.verdicts import Level
from monitor.words import duration_words
from providers.secrets import redact
from providers.text import Foreign

LONGEST_LINE: Final = 300
_LONGEST_WHY: Final = 160

_ORDER: Final = tuple(TellKind)


def lines_of(message: Message) -> tuple[str, ...]:
    """The message as lines of text, each on its own and with known secrets taken out.

    The first says what it is about; a message of one alert is one line.
    """
    if message.test:
        return (_line(test_words(message)),)
    shown = message.tellings[:MOST_LINES]
    lines = [_line(line_of(one)) for one in shown]
    if len(message.tellings) == 1:
        return (_line(f"{message.workspace_title}: {line_of(message.tellings[0])}"),)
    left = len(message.tellings) - len(shown)
    more = [f"+{left} more, see the wall"] if left else []
    return (_line(f"{message.workspace_title}: {tally(message)}"), *lines, *more)


def headline(message: Message) -> str:
    """The message in a few words, for the timeline: `API production 503 and 2 more`."""
    if message.test:
        return "a test"
    first, others = message.tellings[0], len(message.tellings) - 1
    words = f"{_MARKS[first.kind]}{_name(first)}"
    return _line(f"{words} and {others} more" if others else words)


def tally(message: Message) -> str:
    """How many of what: `3 fired, 1 cleared`."""
    counts = Counter(one.kind for one in message.tellings)
    return ", ".join(f"{counts[kind]} {_COUNTED[kind]}" for kind in _ORDER if counts[kind])


def test_words(message: Message) -> str:
    """What a test says."""
    return (
        f"TEST of Quarterdeck by {message.test.line(60)}: notices of {message.workspace_title} "
        "reach this channel. Nothing is wrong."
    )


def line_of(telling: Telling) -> str:
    """One alert in one line."""
    parts = [_beginning(telling)]
    alert = telling.alert
    if alert is not None:
        if alert.severity:
            parts.append(alert.severity)
        if alert.why and alert.why not in parts[0]:
            parts.append(Foreign(alert.why).line(_LONGEST_WHY))
        if telling.kind in {TellKind.FIRED, TellKind.FLAPPING, TellKind.WORSE}:
            parts.append(f"since {alert.began:%H:%M:%S}Z")
        if alert.care is not None:
            parts.append(f"{alert.care.kind.value} by {alert.care.operator}")
        if alert.runbook:
            parts.append(f"runbook {alert.runbook}")
    if telling.followers:
        parts.append(f"and {telling.followers} that follow")
    return " · ".join(parts)


def _name(telling: Telling) -> str:
    """The alert in a few words, with the number that decided while that is news."""
    fact = telling.alert.fact if telling.alert is not None else ""
    return f"{telling.subject} {fact}".rstrip()


def _beginning(telling: Telling) -> str:
    lasted = duration_words(telling.lasted_s)
    level = "CRITICAL" if telling.level is Level.CRITICAL else "WARNING"
    match telling.kind:
        case TellKind.CLEARED:
            return f"CLEARED {telling.subject}, {lasted} after it was told"
        case TellKind.REMINDER:
            return f"STILL {level} {_name(telling)}, {lasted} after it was told"
        case TellKind.WORSE:
            return f"NOW {level} {_name(telling)}"
        case TellKind.FLAPPING:
            return f"FLAPPING {telling.subject}"
        case _:
            return f"{level} {_name(telling)}"


_COUNTED: Final = {
    TellKind.FIRED: "fired",
    TellKind.FLAPPING: "flapping",
    TellKind.WORSE: "got worse",
    TellKind.REMINDER: "still firing",
    TellKind.ACKNOWLEDGED: "acknowledged",
    TellKind.CLEARED: "cleared",
}
_MARKS: Final = {
    TellKind.FIRED: "",
    TellKind.FLAPPING: "flapping: ",
    TellKind.WORSE: "worse: ",
    TellKind.REMINDER: "still: ",
    TellKind.ACKNOWLEDGED: "acknowledged: ",
    TellKind.CLEARED: "cleared: ",
}


def _line(text: str) -> str:
    return Foreign(redact(text)).line(LONGEST_LINE)
