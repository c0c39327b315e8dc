"""What the frames of panes say: loading, live, empty and fine, not configured, stale, failed."""

from collections.abc import Sequence

from msgspec.structs import replace

from monitor.snapshot import PaneState, PaneStatus
from monitor.states import Freshness
from monitor.tracks import SourceTrack
from providers.clock import Moment
from providers.readings import Failure, Trouble


def pane_status(
    tracks: Sequence[SourceTrack],
    now: Moment,
    *,
    missing: str,
    advice: str,
    empty: str = "",
    notices: tuple[str, ...] = (),
) -> PaneStatus:
    """How the sources of a pane are doing, as one status.

    One source that fails among others that answer leaves the pane live and is named in its
    message; the pane has failed when none of them can be believed any more.

    Args:
        tracks: Its sources.
        now: The instant.
        missing: The line for a pane without any source.
        advice: What to add to the configuration then.
        empty: The line for "nothing to show, and that is fine"; empty when there are rows.
        notices: What a person should know of it besides.
    """
    if not tracks:
        return PaneStatus(state=PaneState.NOT_CONFIGURED, message=missing, advice=advice)
    oldest = _oldest_of_live(tracks, now)
    if oldest is not None:
        state = PaneState.EMPTY_AND_FINE if empty else PaneState.LIVE
        age_s = oldest.age_s(now)
        return PaneStatus(state=state, message=empty, age_s=age_s, notices=notices)
    return replace(_status(tracks, now), notices=notices)


def _oldest_of_live(tracks: Sequence[SourceTrack], now: Moment) -> Moment | None:
    """The oldest answer where every source is live and none has failed, as nearly always."""
    oldest: Moment | None = None
    for track in tracks:
        at = track.at
        if track.failure is not None or at is None or track.freshness(now) is not Freshness.LIVE:
            return None
        if oldest is None or at.tick_s < oldest.tick_s:
            oldest = at
    return oldest


def _status(tracks: Sequence[SourceTrack], now: Moment) -> PaneStatus:
    ages = [age for track in tracks if (age := track.age_s(now)) is not None]
    oldest_s = max(ages, default=None)
    failed = [track for track in tracks if track.failure is not None]
    fresh = [track.freshness(now) for track in tracks]
    believed = [one for one in fresh if one in {Freshness.LIVE, Freshness.STALE}]
    message, hint = _failure_words(failed)
    if not believed:
        return _nothing_believed(tracks, fresh, failed, oldest_s)
    if Freshness.LIVE not in fresh:
        return PaneStatus(
            state=PaneState.STALE,
            message=message or "no fresh answer",
            advice=hint,
            age_s=oldest_s,
        )
    return PaneStatus(state=PaneState.LIVE, message=message, advice=hint, age_s=oldest_s)


def _nothing_believed(
    tracks: Sequence[SourceTrack],
    fresh: Sequence[Freshness],
    failed: Sequence[SourceTrack],
    oldest_s: float | None,
) -> PaneStatus:
    if Freshness.LOADING in fresh and len(failed) < len(tracks):
        return PaneStatus(state=PaneState.LOADING, message="checking…")
    message, hint = _failure_words(failed)
    return PaneStatus(
        state=PaneState.FAILED,
        message=message or "no answer so far",
        advice=hint or "run quarterdeck doctor",
        age_s=oldest_s,
    )


def _failure_words(failed: Sequence[SourceTrack]) -> tuple[str, str]:
    """The failure to tell first (a bug, then what a person can mend), and how many more."""
    if not failed:
        return "", ""
    failures = [track.failure for track in failed if track.failure is not None]
    first = min(failures, key=_order)
    more = f" and {len(failures) - 1} more" if len(failures) > 1 else ""
    return f"{first.sentence}{more}", first.advice


def _order(failure: Failure) -> int:
    order = (Trouble.BUG, Trouble.NOT_CONFIGURED, Trouble.UNAUTHORIZED, Trouble.NOT_FOUND)
    return order.index(failure.trouble) if failure.trouble in order else len(order)
