"""Secrets written into the file itself: found anywhere in it, comments included, never repeated."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Final


def _token(beginning: str, rest: str, inside: str = "A-Za-z0-9") -> str:
    """What begins so and not inside of a word.

    To look behind only after the beginning was found lets `re` search for that, forty times faster.
    """
    return f"{beginning}(?<![{inside}]{beginning}){rest}"


_KINDS: Final = (
    ("a Stripe key", _token(r"[sr]k_", r"(?:live|test)_[A-Za-z0-9]{4,}")),
    ("a Stripe webhook secret", _token(r"whsec_", r"[A-Za-z0-9+/]{8,}")),
    ("a GitHub token", _token(r"gh", r"[opsur]_[A-Za-z0-9]{6,}")),
    ("a GitHub token", _token(r"github_pat_", r"[A-Za-z0-9_]{6,}")),
    ("a GitLab token", _token(r"glpat-", r"[A-Za-z0-9_-]{8,}")),
    ("a Slack token", _token(r"x", r"(?:ox[a-z]|app)-[A-Za-z0-9-]{6,}")),
    ("a Slack webhook", r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{8,}"),
    ("a Supabase token", _token(r"sb", r"(?:p|_secret|_publishable)_[A-Za-z0-9_-]{6,}")),
    (
        "a Resend key",
        _token(r"re_", r"(?=[A-Za-z0-9_]*[0-9])[A-Za-z0-9_]{8,}", inside="A-Za-z0-9_"),
    ),
    ("a Render key", _token(r"rnd_", r"[A-Za-z0-9]{8,}")),
    ("a Vercel token", _token(r"vc", r"[a-z]_[A-Za-z0-9]{20,}")),
    ("a Sentry token", _token(r"sntry", r"[su]_[A-Za-z0-9+/=_-]{8,}")),
    ("an AWS key", _token(r"A", r"(?:KIA|SIA)[A-Z0-9]{12,}")),
    ("a Google key", _token(r"AIza", r"[A-Za-z0-9_-]{20,}")),
    ("an API key", _token(r"sk-", r"[A-Za-z0-9_-]{16,}")),
    ("a JSON web token", _token(r"eyJ", r"[A-Za-z0-9_.-]{8,}")),
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    (
        "a password in a URL",
        r"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/@\"']{0,200}:[^\s/@\"']{1,400}@",
    ),
    (
        "a token in a URL",
        r"(?i)[?&](?:access_token|api[_-]?key|auth|key|passw(?:or)?d|pwd|secret|sig(?:nature)?"
        r"|token)=(?!=)[^&\s\"']+",
    ),
    (
        "an Authorization header",
        r"(?i)authorization[\"']?\s*[:=,]\s*[\"']?(?:basic|bearer|token)\s+[^\s\"'}\]]",
    ),
)

_MOST: Final = 100
"""Of one kind in one file; nobody needs to be told more often."""

_LONG_WORD: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9]{24,}(?![A-Za-z0-9])")
_HEX: Final = re.compile(r"(?<![A-Za-z0-9])(?=[0-9]*[a-f])[0-9a-f]{40,}(?![A-Za-z0-9])")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compiled when they are needed first: a start with a kept configuration needs none."""
    return tuple((words, re.compile(pattern)) for words, pattern in _KINDS)


def found_in_text(text: str) -> Iterator[tuple[int, str]]:
    """Where in a file something looks like a secret, and its kind; values and comments alike."""
    for words, pattern in _patterns():
        for match in islice(pattern.finditer(text), _MOST):
            yield match.start(), words


def found_in_value(value: str) -> str:
    """The kind of secret that a value looks like; empty when it looks like none.

    Sees more than the scan of the text: escapes are undone, and long random words are suspicious
    where they would be prose or a commit in a comment.
    """
    for words, pattern in _patterns():
        if pattern.search(value):
            return words
    if any(_random(match[0]) for match in _LONG_WORD.finditer(value)) or _HEX.search(value):
        return "a token"
    return ""


def masked(text: str) -> str:
    """The text with everything that looks like a secret replaced, for messages."""
    for _, pattern in _patterns():
        text = pattern.sub("•••", text)
    text = _LONG_WORD.sub(lambda match: "•••" if _random(match[0]) else match[0], text)
    return _HEX.sub("•••", text)


def _random(word: str) -> bool:
    """Whether a long word has capitals, small letters and digits mixed as tokens do."""
    digits = sum(character.isdecimal() for character in word)
    capitals = sum(character.isupper() for character in word)
    return digits >= 2 and capitals >= 2 and digits + capitals <= len(word) - 2
