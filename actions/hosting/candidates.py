"""What production can go back to, from deploys as they were listed; pure.

| what serves | the candidate unless somebody names one |
| --- | --- |
| a deploy | the last that was live before it, of another commit |
| a deploy that went back already | the last before the first time its commit was live |
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from actions.hosting.places import short
from providers.deploy_readings import DeployReading, DeployState
from providers.text import Foreign
from providers.vendor import clock_words

MOST_WORDS = 60


def candidates(
    deploys: Sequence[DeployReading], live: DeployReading | None
) -> Iterator[DeployReading]:
    """Every deploy that was live before, the last one first; others' builds of what serves not."""
    past = [one for one in deploys if one.state is DeployState.PREVIOUS and not same(one, live)]
    yield from sorted(past, key=_went_live, reverse=True)


def before(deploys: Sequence[DeployReading], live: DeployReading | None) -> DeployReading | None:
    """The one to go back to unless somebody names another; None: there is none."""
    if live is None:
        return next(candidates(deploys, live), None)
    first = min((_went_live(one) for one in deploys if same(one, live)), default=_went_live(live))
    older = (one for one in candidates(deploys, live) if _went_live(one) < first)
    return next(older, None)


def same(one: DeployReading, other: DeployReading | None) -> bool:
    """Whether both are the same build, as far as the commit tells."""
    if other is None:
        return False
    if one.id == other.id:
        return True
    return bool(one.commit) and one.commit == other.commit


def is_older(one: DeployReading, live: DeployReading | None) -> bool:
    """Whether going to it is going back."""
    return live is None or _went_live(one) < _went_live(live)


def between(
    deploys: Sequence[DeployReading], one: DeployReading, other: DeployReading | None
) -> tuple[DeployReading, ...]:
    """What went live after the older of two deploys, up to the newer, the newer included."""
    if other is None:
        return ()
    low, high = sorted((_went_live(one), _went_live(other)))
    served = {DeployState.LIVE, DeployState.PREVIOUS}
    return tuple(d for d in deploys if d.state in served and low < _went_live(d) <= high)


def label(deploy: DeployReading | None) -> Foreign:
    """Commit and first line of its message: `51b9a02 refunds: retry the webhook`."""
    if deploy is None:
        return Foreign("nothing")
    message = deploy.message.text.strip().partition("\n")[0]
    known = short(deploy.commit) or deploy.commit.line(12)
    said = Foreign(message).line(MOST_WORDS)
    return Foreign(f"{known} {said}".strip() or deploy.id)


def choice_words(deploy: DeployReading) -> Foreign:
    """Beside a choice: commit, message, author, when it went live."""
    by = deploy.author.line(30)
    at = f"went live {clock_words(deploy.live_at)}" if deploy.live_at else ""
    return Foreign(" · ".join(one for one in (label(deploy).text, by, at) if one))


def _went_live(deploy: DeployReading) -> float:
    at: datetime | None = deploy.live_at or deploy.created_at
    return at.timestamp() if at else 0.0
