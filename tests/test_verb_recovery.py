"""Recovery links on the demo's auth server: the user gets a mail, nobody here sees the link."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from actions.database.ground import Ground
from actions.people.family import PeopleFamily
from actions.people.person import user_target
from actions.people.settings import Communities, Community
from actions.plan import HttpStep, Target, plan_json
from actions.verbs import Outcome, State
from demo.serve import served
from demo.supabase_world import project_of
from demo.vendors.supabase_auth import BASE
from demo.vendors.supabase_people import People, User
from providers.errors import ProviderError
from providers.http import Api
from providers.postgres.options import DatabaseOptions
from providers.secrets import Secret
from providers.text import Foreign
from tests.contract.presence import folder, presence
from tests.demo_rig import Stage
from tests.demo_specification import vendor_file
from tests.runs_rig import Bench, Lossy, SteppingClock, blocked

NOWHERE = Ground(
    workspace="lma",
    environment="production",
    production=True,
    database="main",
    title="Database",
    options=DatabaseOptions(host="127.0.0.1", port=1, user="nobody", tls="disable"),
    source="lma/production/db/main",
)
"""Nothing here asks the database."""


class Here(Struct):
    bench: Bench
    people: People
    community: Community
    lossy: Lossy
    path: Path

    @property
    def user(self) -> User:
        """Somebody who is not suspended."""
        return next(one for one in self.people.users.values() if one.banned_until is None)

    def target(self, user: User | None = None) -> Target:
        return user_target(self.community, (user or self.user).id, Foreign("a user"))


@asynccontextmanager
async def standing(path: Path) -> AsyncIterator[Here]:
    clock = SteppingClock()
    stage = Stage(clock=clock)
    stage.services.apps()
    project = project_of(stage.estate.supabase, "lma")
    secret = Secret(project.secret_key)

    async def known() -> Secret:
        return secret

    lossy = Lossy(stage.services.apps()["supabase-lma"])
    async with served(lossy, clock) as url:
        api = Api(
            system="Supabase Auth", base_url=f"{url}{BASE}", clock=clock, secret=known,
            plain_secret_headers=("apikey",),
        )  # fmt: skip
        community = Community(ground=NOWHERE, auth=api, auth_url=f"{url}{BASE}")
        family = PeopleFamily(Communities([community]), clock, "ana")
        bench = Bench(family.verbs, path / "audit.jsonl", clock)
        yield Here(bench=bench, people=project.people, community=community, lossy=lossy, path=path)
        await bench.aclose()
        await api.aclose()


async def test_a_link_is_mailed_once_and_the_server_notes_it(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        user = here.user
        proposal = await here.bench.proposed("recovery-link", here.target())
        (step,) = proposal.plan.steps
        assert isinstance(step, HttpStep)
        assert step.url.endswith("/auth/v1/recover")
        assert user.email not in step.body
        done = await here.bench.confirmed(proposal)
        assert done.outcome is Outcome.DONE
        assert done.words.startswith("a link was sent at")
        assert here.people.recoveries == [user.id]
        kept = (tmp_path / "audit.jsonl").read_text() + json.dumps(
            plan_json(done.plan), default=str
        )
        for secret in (user.email, "verify?token", "hashed_token"):
            assert secret not in kept


@pytest.mark.parametrize("deed", ["reset", "500"])
async def test_the_answer_is_lost_after_the_mail_went_out(tmp_path: Path, deed: str) -> None:
    async with standing(tmp_path) as here:
        here.lossy.deed = deed
        done = await here.bench.done("recovery-link", here.target())
        assert done.outcome is Outcome.DONE
        assert len(here.people.recoveries) == 1


async def test_a_suspended_user_gets_none(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        now = here.bench.clock.now().at
        user = next(
            one for one in here.people.users.values()
            if one.banned_until is not None and one.banned_until > now
        )  # fmt: skip
        proposal = await here.bench.proposed("recovery-link", here.target(user))
        assert set(blocked(proposal)) == {"blocked:suspended"}
        assert not here.people.recoveries


async def test_whose_address_changed_is_not_mailed(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        user = here.user
        proposal = await here.bench.proposed("recovery-link", here.target())
        here.people.users[user.id] = replace(user, email="zoe@elsewhere.example")
        done = await here.bench.confirmed(proposal)
        assert done.outcome is Outcome.REFUSED
        verb = here.bench.runner.verbs["recovery-link"]
        with pytest.raises(ProviderError, match="nothing was sent"):
            await verb.send(proposal.plan, "k")
        assert not here.people.recoveries


async def test_a_user_that_is_not_there(tmp_path: Path) -> None:
    async with standing(tmp_path) as here:
        nobody = replace(here.user, id="99999999-9999-4999-8999-999999999999")
        with pytest.raises(ProviderError, match="not"):
            await here.bench.proposed("recovery-link", here.target(nobody))
        without = Communities([replace(here.community, auth=None)])
        family = PeopleFamily(without, here.bench.clock, "ana")
        assert "recovery-link" not in {one.name for one in family.verbs}
        plan = await here.bench.runner.plan("recovery-link", here.target(), {})
        found = await here.bench.runner.verbs["recovery-link"].settled(plan, None)
        assert found.state is State.PENDING


def test_reading_a_user_stands_in_the_vendor_s_file() -> None:
    """`/recover` itself is older than the file, which has the admin's calls alone."""
    file = vendor_file("supabase-auth")
    if file is None:
        assert "supabase-auth.json" in presence(folder())
        return
    assert any(one.startswith("GET /admin/users/{") for one in file.operations)
