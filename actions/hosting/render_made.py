"""The deploy that a request of ours made: found by its id, or by what only it can be."""

from actions.hosting.candidates import label
from actions.hosting.render_reads import RenderLook, RenderReads
from actions.nearness import is_near
from actions.plan import Plan
from actions.verbs import Sent, Settled, State
from providers.deploy_readings import DeployReading, DeployState
from providers.errors import ProviderError
from providers.fields import Fields
from providers.render import SYSTEM

_LISTED = "50"


def made_id(value: object) -> str:
    """Id of the new deploy; empty where the answer does not say."""
    try:
        return Fields(value, SYSTEM, "read the answer").optional_word("id") or ""
    except ProviderError:
        return ""


def made_pins(look: RenderLook, of: DeployReading, trigger: str) -> tuple[tuple[str, str], ...]:
    """What the new deploy is known by, should its id be lost.

    Args:
        look: The service before.
        of: The deploy whose commit it will be of.
        trigger: What Render will say that it came by.
    """
    return (
        ("newest", look.deploys[0].id if look.deploys else ""),
        ("commit", of.commit.line(64)),
        ("trigger", trigger),
    )


async def made_deploy(reads: RenderReads, plan: Plan, sent: Sent | None) -> DeployReading | None:
    """The new deploy: by the id of the answer, else by how it came to be.

    Without an id it is the deploy that is newer than all there were when it was planned, of the
    commit and the trigger that were asked for (`made_pins`); where nobody said that it was taken,
    one that came within minutes.

    Raises:
        ProviderError: It could not be read.
    """
    details = await reads.details()
    made = dict(sent.marks).get("deploy", "") if sent is not None else ""
    if made:
        return await reads.deploy(details, made)
    pins = plan.pinned
    for one in await reads.deploys(details, [("limit", _LISTED)]):
        if one.id == pins["newest"]:
            break
        is_meant = one.trigger.text == pins["trigger"] and one.commit.line(64) == pins["commit"]
        if is_meant and (sent is not None or is_near(one.created_at, plan.request)):
            return one
    return None


def landed(made: DeployReading | None, more: str = "") -> Settled:
    """How the new deploy stands.

    Args:
        made: As it was read; None: it is not there.
        more: What else was read back, in words.
    """
    if made is None:
        return Settled(state=State.PENDING, words="no new deploy at Render so far")
    said = f"{label(made)}: {made.id} is {made.vendor_state.line(30)}{more}"
    if made.state in {DeployState.LIVE, DeployState.PREVIOUS}:
        return Settled(state=State.DONE, words=said)
    if made.state in {DeployState.FAILED, DeployState.CANCELED}:
        return Settled(state=State.FAILED, words=f"{said}; what was live before serves on")
    return Settled(state=State.UNDER_WAY, words=said)
