"""Whether Render deploys a push by itself: reading it, and switching it.

Source: `PATCH /services/{id}`. The newer `autoDeployTrigger` (`commit`, `checksPass`, `off`)
decides where a service has one, and only that is sent then; otherwise the older `autoDeploy`.
"""

from typing import Final

from actions.hosting.places import Place
from actions.hosting.render_base import step
from actions.plan import HttpStep
from providers.render_state import Details

COMMIT: Final = "commit"
TRIGGERS: Final = (COMMIT, "checksPass")


def is_off(details: Details) -> bool:
    """Whether a push is deployed only by hand."""
    return not details.service.auto_deploy


def trigger_of(details: Details) -> str:
    """What is deployed by itself now: `commit` or `checksPass`; `commit` while it is off."""
    said = details.trigger.text
    return said if said in TRIGGERS else COMMIT


def switch_step(place: Place, details: Details, *, on: bool, trigger: str = COMMIT) -> HttpStep:
    """The request that turns it on or off."""
    if details.trigger:
        body = {"autoDeployTrigger": trigger if on else "off"}
    else:
        body = {"autoDeploy": "yes" if on else "no"}
    title = "turn autodeploy on" if on else "turn autodeploy off"
    return step(place, title, "", body, "PATCH")


def off_words(details: Details, trouble: str) -> str:
    """Whether it is off, as it should be.

    Args:
        details: The service as it is.
        trouble: What went wrong when it was turned off; empty: nothing.
    """
    if is_off(details):
        return "autodeploy is off"
    why = f" ({trouble})" if trouble else ""
    return f"BUT autodeploy is still on{why}: the next push brings the bad commit back"
