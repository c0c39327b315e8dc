"""What was perhaps meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 64
_MOST = 500


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like `word`; empty when none is near."""
    candidates = sorted(known)[:_MOST]
    by_lower_case = {candidate.lower(): candidate for candidate in candidates}
    plain = word[:_LONGEST].lower().replace(" ", "_")
    close = get_close_matches(plain, by_lower_case, n=1, cutoff=0.6)
    if close:
        return by_lower_case[close[0]]
    starts = [each for each in candidates if len(plain) > 2 and each.lower().startswith(plain)]
    return starts[0] if len(starts) == 1 else ""


def listed(known: Iterable[str], *, most: int = 8) -> str:
    """The known words as a message names them: `a, b, c …`."""
    words = list(known)
    shown = ", ".join(words[:most])
    return f"{shown} …" if len(words) > most else shown or "none"
