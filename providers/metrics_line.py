"""One sample of Prometheus text (https://prometheus.io/docs/instrumenting/exposition_formats/).

prometheus-client has a parser, and with it come its servers: 54 modules, 55 ms and 3 MB that stay,
for a grammar of five lines. Its parser is what the tests hold this one against.
"""

import re
from typing import Final

_NAME: Final = r"[a-zA-Z_:][a-zA-Z0-9_:]*+"
_QUOTED: Final = r'"(?:[^"\\]|\\.)*+"'
_NUMBER: Final = (
    r"[+-]?(?:(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|(?i:nan|inf(?:inity)?))"
)
# Possessive (`*+`) where nothing may be given back: no line takes longer than its length.
_SAMPLE: Final = re.compile(
    rf"({_NAME})(?:[ \t]*\{{((?:[^\"}}]|{_QUOTED})*+)\}}[ \t]*|[ \t]+)({_NUMBER})"
    # When it was, and the example that OpenMetrics may add: both are skipped.
    rf"(?:[ \t]+{_NUMBER})?(?:[ \t]+\#.*)?",
    re.DOTALL,
)
_LABEL: Final = re.compile(
    rf"[ \t]*([a-zA-Z_][a-zA-Z0-9_]*+|{_QUOTED})[ \t]*=[ \t]*({_QUOTED})[ \t]*(?:,[ \t]*|\Z)",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r'\\([\\n"])')


def sample_of(line: str) -> tuple[str, dict[str, str], float]:
    """Name, labels and value; the value may be NaN or infinite, as the format allows.

    Raises:
        ValueError: The line is no sample.
    """
    found = _SAMPLE.fullmatch(line.strip())
    if found is None:
        raise ValueError("no sample")
    name, labels, value = found.groups()
    return name, _labels(labels or ""), float(value)


def _labels(text: str) -> dict[str, str]:
    labels: dict[str, str] = {}
    at, end = 0, len(text.rstrip(" \t"))
    while at < end:
        pair = _LABEL.match(text, at)
        if pair is None:
            raise ValueError("no label")
        name, at = _plain(pair[1]), pair.end()
        # Two underscores are the collecting server's own; its `__name__` would be a second name.
        if name in labels or name.startswith("__"):
            raise ValueError("no name for a label")
        labels[name] = _plain(pair[2])
    return labels


def _plain(text: str) -> str:
    """Without its quotes, if it has any; only three signs are escaped."""
    if not text.startswith('"'):
        return text
    return _ESCAPE.sub(lambda sign: "\n" if sign[1] == "n" else sign[1], text[1:-1])
