"""What production can go back to, from deploys as they were listed; pure.

| what serves | the candidate unless somebody names one |
| --- | --- |
| a deploy | the last that was live before it, of another commit |
| a deploy that went back already | the last before the first build of its commit |
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from actions.hosting.places import short
from providers.deploy_readings import DeployReading, DeployState
from providers.text import Foreign

MOST_WORDS: Final = 60
FEW_WORDS: Final = 28
"""Where two of them stand in one line."""

_SERVED: Final = frozenset({DeployState.LIVE, DeployState.PREVIOUS})


def candidates(
    deploys: Sequence[DeployReading], live: DeployReading | None
) -> Iterator[DeployReading]:
    """Every deploy that was live before, of another commit than what serves; the newest first."""
    past = [one for one in deploys if one.state is DeployState.PREVIOUS and not same(one, live)]
    yield from sorted(past, key=_made, reverse=True)


def before(deploys: Sequence[DeployReading], live: DeployReading | None) -> DeployReading | None:
    """The one to go back to unless somebody names another; None: there is none."""
    older = (one for one in candidates(deploys, live) if is_older(one, live, deploys))
    return next(older, None)


def same(one: DeployReading, other: DeployReading | None) -> bool:
    """Whether both are the same build, as far as the commit tells."""
    if other is None:
        return False
    if one.id == other.id:
        return True
    return bool(one.commit) and one.commit == other.commit


def is_older(
    one: DeployReading, live: DeployReading | None, deploys: Sequence[DeployReading]
) -> bool:
    """Whether going to it is going back: made before what serves was made for the first time.

    Render makes a new deploy of an old build when it goes back, Vercel points at the old one.
    """
    if live is None:
        return True
    builds = (each for each in deploys if each.state in _SERVED and same(each, live))
    return _made(one) < min((_made(each) for each in builds), default=_made(live))


def between(
    deploys: Sequence[DeployReading], one: DeployReading, other: DeployReading | None
) -> tuple[DeployReading, ...]:
    """What served and was made after the older of two deploys, up to the newer, included."""
    if other is None:
        return ()
    low, high = sorted((_made(one), _made(other)))
    return tuple(d for d in deploys if d.state in _SERVED and low < _made(d) <= high)


def label(deploy: DeployReading | None, most: int = MOST_WORDS) -> Foreign:
    """Commit and first line of its message: `51b9a02 refunds: retry the webhook`."""
    if deploy is None:
        return Foreign("nothing")
    message = deploy.message.text.strip().partition("\n")[0]
    known = short(deploy.commit) or deploy.commit.line(12)
    said = Foreign(message).line(most)
    return Foreign(f"{known} {said}".strip() or deploy.id)


def choice_words(deploy: DeployReading) -> Foreign:
    """Beside a choice: commit, when it went live, author, message; the last is cut first."""
    known = short(deploy.commit) or deploy.commit.line(12)
    at = f"went live {deploy.live_at:%m-%d %H:%MZ}" if deploy.live_at else ""
    message = Foreign(deploy.message.text.strip().partition("\n")[0]).line(MOST_WORDS)
    said = (known, at, deploy.author.line(30), message)
    return Foreign(" · ".join(one for one in said if one))


def _made(deploy: DeployReading) -> float:
    at: datetime | None = deploy.created_at or deploy.live_at
    return at.timestamp() if at else 0.0
