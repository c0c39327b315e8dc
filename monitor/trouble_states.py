"""Since when a source has been failing, as text and back, for restarts."""

import json

from monitor.rule_states import moment_from, moment_text
from monitor.tracks import SourceTrack
from providers.clock import Moment


def encode_trouble(track: SourceTrack) -> str:
    """Begin and length of the present trouble; empty when there is none."""
    if track.failing_since is None:
        return ""
    return json.dumps([moment_text(track.failing_since), track.failures], separators=(",", ":"))


def restore_trouble(track: SourceTrack, text: str, now: Moment) -> None:
    """Go on counting a trouble of an earlier run; a source that was read since is left alone.

    Whether it still fails, the next read will tell: until then nothing is said of it.
    """
    if not text or track.revision:
        return
    try:
        since, failures = json.loads(text)
        track.failing_since = moment_from(since, now)
        track.failures = int(failures)
    except (ValueError, TypeError):
        track.failing_since = None
        track.failures = 0
