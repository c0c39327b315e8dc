"""Deploys by workflow and cancelled runs, every exchange held against GitHub's specification.

What `commits/{ref}`, `compare/{range}` and `contents/{path}` exchange is not judged: the
specification at hand has none of these operations; GitHub's REST reference describes them.
"""

import re

import pytest

from actions.verbs import State
from actions.workflows.cancel import FORCE, NAME
from actions.workflows.family import WorkflowFamily, deploy_target, run_target
from actions.workflows.places import WorkflowPlace
from actions.workflows.repo import Repo
from demo.agenda import Agenda
from demo.deployer import Deployer
from demo.estate import Estate
from demo.history import LMA_REPO
from demo.vendors.github import GitHubApi
from demo.workflows import DEPLOY_API
from tests.contract.asgi import answering
from tests.contract.held import Held
from tests.contract.specification import specification
from tests.runs_rig import SteppingClock
from tests.vendor_rigs import TOKEN, client
from tests.vendor_server import Asked, Reply, vendor_server

pytestmark = pytest.mark.contract

_BEYOND = re.compile(r"/repos/[^/]+/[^/]+/(commits|compare|contents)/")


class Keeper(Held):
    """Judges all but what the specification does not have."""

    async def __call__(self, asked: Asked) -> Reply:
        reply = self.answer(asked)
        if not isinstance(reply, Reply):
            reply = await reply
        self.asked.append(asked)
        if _BEYOND.match(asked.path) is None:
            self.problems += specification(self.vendor).problems(asked, reply)
        return reply


async def test_a_deploy_a_cancel_and_a_forced_one() -> None:
    clock = SteppingClock()
    estate = Estate(Agenda(clock))
    estate.github.deployer = Deployer(estate)
    owner = LMA_REPO.partition("/")[0]
    app = GitHubApi(estate.github, {TOKEN: frozenset({owner})}).app()
    keeper = Keeper(vendor="github", answer=answering(app))
    async with (
        vendor_server(keeper) as server,
        client(server.url, system="GitHub", clock=clock) as api,
    ):
        place = WorkflowPlace(
            workspace="lma", environment="staging", production=False, service="api", title="API",
            repo=Repo(api, server.url, LMA_REPO), workflow="deploy-api.yml", branch="staging",
            fixed={}, others=("production",),
        )  # fmt: skip
        family = WorkflowFamily([place], clock)
        verbs = {verb.name: verb for verb in family.verbs}
        plan = await verbs["deploy-api"].plan(deploy_target(place), {})
        pinned = await verbs["deploy-api"].pin(plan)
        sent = await verbs["deploy-api"].send(plan, "key")
        clock.advance(120)
        done = await verbs["deploy-api"].settled(plan, sent)
        lost = await verbs["deploy-api"].settled(plan, None)

        states = []
        for force in ("", "true"):
            repo = estate.github.repos[LMA_REPO]
            run = estate.github.dispatch(repo, DEPLOY_API, "staging", {"environment": "staging"})
            clock.advance(1)
            stop = await verbs[NAME].plan(run_target(place, str(run.id)), {FORCE: force})
            await verbs[NAME].pin(stop)
            stopped = await verbs[NAME].send(stop, "key")
            clock.advance(60)
            states.append((await verbs[NAME].settled(stop, stopped)).state)

    assert pinned.plan.fingerprint == plan.fingerprint
    assert (done.state, lost.state) == (State.DONE, State.DONE)
    assert states == [State.DONE, State.DONE]
    posts = [asked.path.rpartition("/")[2] for asked in keeper.asked if asked.method == "POST"]
    assert posts == ["dispatches", "cancel", "force-cancel"]
    assert not keeper.problems, "\n".join(keeper.problems)
