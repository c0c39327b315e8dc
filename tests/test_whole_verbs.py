"""Every verb of the demo's configuration, end to end and without a screen, in one demo world.

Each has to be done, with one effect at its vendor or in its database and no other request to
change anything, and its intent and outcome have to stand in the audit.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditEntry, AuditKind
from actions.running import Proposal
from actions.verbs import Outcome
from demo.estate import API_PRODUCTION, API_STAGING
from demo.postgres_staging import STAGING as STAGING_DATABASE
from demo.supabase_world import project_of
from demo.vendors.github_models import Conclusion, Run, RunStatus, Workflow
from demo.vendors.google_state import EVENTS
from demo.vendors.render_models import Deploy, DeployStatus
from demo.vendors.slack_state import INCIDENTS
from demo.vendors.supabase_state import Status
from demo.workflows import DEPLOY_API, DEPLOY_WEB
from tests.dialogs_of import untold
from tests.verbs_desk import Desk, standing
from tests.waiting import until
from tui.wire_actions import audit

VICTIM = "user17@example.com"
WHO = f"lma/production/{VICTIM}"
API, API_STG = "lma/production/api", "lma/staging/api"

Tell = Callable[[], Awaitable[object]]
Becomes = Callable[[object], object]


async def _nothing() -> object:
    return None


def one_more(before: object) -> object:
    assert isinstance(before, int)
    return before + 1


def now(value: object) -> Becomes:
    """It is this afterwards, and was not before."""

    def becomes(before: object) -> object:
        assert before != value
        return value

    return becomes


class Doing:
    """Carries verbs out and holds what became of them against what was to be."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.wanted: Counter[str] = Counter()

    async def __call__(
        self,
        name: str,
        target: str,
        tell: Tell,
        becomes: Becomes,
        *requests: str,
        **given: str,
    ) -> None:
        """One verb: it is done, and what is told of its effect has become something else."""
        deed = await self.desk.run(name, target, tell, **given)
        assert deed.running.outcome is Outcome.DONE, f"{name}: {deed.running.words}"
        assert deed.after == becomes(deed.before), f"{name}: {deed.before!r} → {deed.after!r}"
        self.wanted.update(requests)


@pytest.mark.timeout(170)
async def test_every_verb_has_one_effect_and_both_of_its_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where a new password and what scripts said are kept.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    async with standing(tmp_path) as desk:
        do = Doing(desk)
        ended = await asyncio.gather(*(lane(desk, do) for lane in LANES), return_exceptions=True)
        assert [one for one in ended if one is not None] == []
        entries = audit(desk.config, desk.world.clock).entries()
        assert desk.verbs == await desk.every_verb()
        assert desk.world.changes == do.wanted
        _stand_in(entries, len(LANES))
    # An end that nobody knows says where to look (P5).
    assert [name for name, one in desk.shown.items() if not one.plan.look_at] == []
    # What was done to the same target a moment before is a line each here, and not on a usual day.
    assert await untold({name: _alone(one) for name, one in desk.shown.items()}) == []


def _alone(shown: Proposal) -> Proposal:
    """Without what this test did before."""
    warnings = [one for one in shown.decision.warnings if not one.code.startswith("lately:")]
    return replace(shown, decision=replace(shown.decision, warnings=tuple(warnings)))


def _stand_in(entries: tuple[AuditEntry, ...], lanes: int) -> None:
    """Each request has its intent with the whole plan, and its outcome after it."""
    intents = {one.request: one for one in entries if one.kind is AuditKind.INTENT}
    outcomes = [one for one in entries if one.kind is AuditKind.OUTCOME]
    assert len(intents) == len(outcomes) > lanes
    for one in outcomes:
        intent = intents[one.request]
        assert (one.outcome, one.action) == ("done", intent.action)
        assert intent.seq < one.seq
        assert intent.plan is not None
        assert intent.reason == "it was asked for"


async def render_production(desk: Desk, do: Doing) -> None:
    render, at = desk.world.estate.render, f"/v1/services/{API_PRODUCTION}"
    service = render.services[API_PRODUCTION]

    async def deploys() -> object:
        return await desk.within(
            lambda: sum(one.trigger == "rollback" for one in render.of(API_PRODUCTION))
        )

    async def instances() -> object:
        return await desk.within(lambda: render.services[API_PRODUCTION].instance_count)

    async def autodeploy() -> object:
        return await desk.within(lambda: render.services[API_PRODUCTION].auto_deploy)

    async def restarts() -> object:
        return await desk.within(
            lambda: sum(
                (one.service_id, one.type) == (API_PRODUCTION, "server_restarted")
                for one in render.events
            )
        )

    assert service.auto_deploy
    await do("rollback-api", API, deploys, one_more,
             f"render POST {at}/rollback", f"render PATCH {at}")  # fmt: skip
    await do("autodeploy-on", API, autodeploy, now(True), f"render PATCH {at}")
    await do("autodeploy-off", API, autodeploy, now(False), f"render PATCH {at}")
    await do("scale-api", API, instances, now(3), f"render POST {at}/scale", instances="3")
    await do("restart-api", API, restarts, one_more, f"render POST {at}/restart")


async def render_staging(desk: Desk, do: Doing) -> None:
    render, at = desk.world.estate.render, f"/v1/services/{API_STAGING}"

    async def live() -> object:
        deploy = await desk.within(lambda: render.live(API_STAGING))
        return "" if deploy is None else deploy.commit.short

    await do("deploy-commit", API_STG, live, now("e8c1d47"),
             f"render POST {at}/deploys", commit="e8c1d47")  # fmt: skip
    timing = render.timing
    made = await desk.within(lambda: _slow_build(desk))
    await do("cancel-build", f"{API_STG}/{made.id}", _status(desk, made),
             now(DeployStatus.CANCELED), f"render POST {at}/deploys/{made.id}/cancel")  # fmt: skip
    render.timing = timing
    await _dispatched(desk, do, "deploy-api", API_STG, DEPLOY_API)


def _slow_build(desk: Desk) -> Deploy:
    """A push whose build takes so long that it can be cancelled on the busiest of machines."""
    render = desk.world.estate.render
    quick = render.timing
    render.timing = type(quick)(build_s=600)
    try:
        service = render.services[API_STAGING]
        return render.begin(service, render.of(API_STAGING)[0].commit, "new_commit")
    finally:
        render.timing = quick


def _status(desk: Desk, deploy: Deploy) -> Tell:
    async def tell() -> object:
        return await desk.within(lambda: desk.world.estate.render.deploys[deploy.id].status)

    return tell


async def _dispatched(
    desk: Desk, do: Doing, verb: str, target: str, workflow: Workflow, **given: str
) -> None:
    async def runs() -> object:
        github = desk.world.estate.github
        return await desk.within(
            lambda: sum(one.workflow_id == workflow.id for one in github.runs.values())
        )

    path = f"/repos/{workflow.repo}/actions/workflows/{workflow.file}/dispatches"
    await do(verb, target, runs, one_more, f"github POST {path}", **given)


async def workflows(desk: Desk, do: Doing) -> None:
    github = desk.world.estate.github

    def hanging() -> Run:
        """A run that ends only when somebody cancels it, however long the others take."""
        last = github.of(github.repos[DEPLOY_WEB.repo], DEPLOY_WEB)[0]
        run = replace(
            last, id=last.id + 1, number=last.number + 1, status=RunStatus.IN_PROGRESS,
            conclusion=None, inputs={"app": "merchant", "environment": "production"},
        )  # fmt: skip
        github.add((run,))
        return run

    run = await desk.within(hanging)

    async def ended() -> object:
        return await desk.within(lambda: github.runs[run.id].conclusion)

    await do("cancel-run", f"lma/production/web/{run.id}", ended, now(Conclusion.CANCELLED),
             f"github POST /repos/{DEPLOY_WEB.repo}/actions/runs/{run.id}/cancel")  # fmt: skip
    await _dispatched(desk, do, "deploy-web", "lma/production/web", DEPLOY_WEB, app="admin")


async def vercel(desk: Desk, do: Doing) -> None:
    estate = desk.world.estate
    web, admin = estate.web("lma-web"), estate.web("lma-admin")

    async def live() -> object:
        deployment = await desk.within(lambda: estate.vercel.live(web.id))
        return "" if deployment is None else deployment.commit.short

    async def paused() -> object:
        return await desk.within(lambda: estate.web("lma-admin").paused)

    back = next(
        one
        for one in estate.vercel.of(web.id)
        if one.served and one.id != web.live_id and one.target == "production"
    )
    await do("rollback-web", "lma/production/web", live, now(back.commit.short),
             f"vercel POST /v1/projects/{web.id}/rollback/{back.id}")  # fmt: skip
    for word, value in (("pause", True), ("unpause", False)):
        await do(f"custom.{word}-admin", "lma/production", paused, now(value),
                 f"vercel POST /v1/projects/{admin.name}/{word}")  # fmt: skip


async def scripts(desk: Desk, do: Doing) -> None:
    folder = desk.world.config_path.parent / "backups-localloop"
    orders = "SELECT count(*) FROM public.orders"

    async def backups() -> object:
        return len(list(folder.glob("*.sql.gz")))

    async def restored() -> object:
        database = desk.world.databases["localloop"]

        async def count() -> object:
            admin = await database._admin(STAGING_DATABASE)
            try:
                return await admin.fetchval(orders)
            finally:
                await admin.close()

        return await desk.world.run(count())

    async def emptied() -> None:
        admin = await desk.world.databases["localloop"]._admin(STAGING_DATABASE)
        try:
            await admin.execute("TRUNCATE public.orders CASCADE")
        finally:
            await admin.close()

    place = "localloop/ops"
    await do("backup", place, backups, one_more)
    await do("verify-backup", place, backups, lambda before: before)
    in_production = await desk.value(orders, product="localloop")
    await desk.world.run(emptied())
    await do("restore-staging", place, restored, now(in_production))
    await do("dump", place, _nothing, lambda before: before)
    await do("custom.warm-cache", "lma/staging/api", _nothing, lambda before: before)


async def people(desk: Desk, do: Doing) -> None:
    async def banned() -> object:
        return await desk.value(
            "SELECT banned_until > now() FROM auth.users WHERE email = $1", VICTIM
        )

    async def sessions() -> object:
        return await desk.value(
            "SELECT count(*) FROM auth.sessions AS s JOIN auth.users AS u ON u.id = s.user_id "
            "WHERE u.email = $1",
            VICTIM,
        )

    async def role() -> object:
        return await desk.value(
            "SELECT r.role FROM public.user_roles AS r JOIN auth.users AS u ON u.id = r.user_id "
            "WHERE u.email = $1",
            VICTIM,
        )

    project = project_of(desk.world.estate.supabase, "lma")

    async def mailed() -> object:
        return await desk.within(lambda: len(project.people.recoveries))

    async def known() -> bool:
        """The auth server has heard of it, too."""
        user = project.people.by_email(VICTIM)
        return user is not None and user.banned_until is None

    async def passwords() -> object:
        """How many still have the one that all had."""
        return await desk.value(
            "SELECT count(*) FROM auth.users AS u JOIN auth.users AS o USING (encrypted_password) "
            "WHERE o.email = 'user1@example.com'"
        )

    def one_less(before: object) -> object:
        assert isinstance(before, int)
        return before - 1

    await do("reset-password", WHO, passwords, one_less)
    await do("grant-admin", WHO, role, now("admin"), **{"for": "1h"})
    await do("revoke-admin", WHO, role, now("user"))
    await do("revoke-sessions", WHO, sessions, now(0))
    await do("suspend-user", WHO, banned, now(True), **{"for": "1d"})
    await do("enable-user", WHO, banned, now(None))
    await until(known)
    await do("recovery-link", WHO, mailed, one_more, "supabase-lma POST /auth/v1/recover")
    await do("revoke-access", WHO, banned, now(True))


async def databases(desk: Desk, do: Doing) -> None:
    await desk.world.run(desk.world.databases["lma"].set_load("incident"))
    await desk.world.run(_stopped_weather(desk))
    holder, report = ("billing-worker", "idle in transaction"), ("report-cron", "active")

    async def pid_of(name: str, state: str) -> object:
        return await desk.value(
            "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND state = $2",
            name, state,
        )  # fmt: skip

    async def under_way() -> bool:
        return bool(await pid_of(*holder) and await pid_of(*report))

    await until(under_way)
    for verb, which in (("cancel-query", report), ("end-session", holder)):
        pid = await pid_of(*which)
        await do(verb, f"lma/production/main/{pid}", partial(pid_of, *which), now(None))
    await do("custom.note-order", "lma/production/main", _notes(desk), one_more,
             order="7", note="called the payer")  # fmt: skip


async def _stopped_weather(desk: Desk) -> None:
    """The load stays as it was set, however well the API is."""
    desk.world._chores[0].cancel()


def _notes(desk: Desk) -> Tell:
    async def tell() -> object:
        return await desk.value(
            "SELECT count(*) FROM public.audit_logs WHERE action = 'order.note'"
        )

    return tell


async def supabase(desk: Desk, do: Doing) -> None:
    project = project_of(desk.world.estate.supabase, "localloop")
    at, target = f"/v1/projects/{project.ref}", "localloop/production/main"

    async def generation() -> object:
        return await desk.within(lambda: project.generation)

    def restarted(before: object) -> object:
        assert isinstance(before, int)
        return before + 2

    def resumed(before: object) -> object:
        assert isinstance(before, int)
        return before + 3

    await do("restart-database", target, generation, restarted, f"supabase POST {at}/restart")
    project.status = Status.INACTIVE
    await do("resume-database", target, generation, resumed, f"supabase POST {at}/restore")


async def on_call(desk: Desk, do: Doing) -> None:
    pager = desk.world.estate.alerting.pagerduty_localloop
    [service] = pager.services

    async def incidents() -> object:
        return await desk.within(lambda: len(pager.incidents))

    await do("page", f"localloop/main/{service.id}", incidents, one_more,
             "pagerduty POST /incidents", title="sign-up is down")  # fmt: skip
    made = pager.incidents[-1]
    at, target = f"/incidents/{made.id}", f"localloop/main/{made.id}"

    async def status() -> object:
        return await desk.within(lambda: pager.incident(made.id).status)

    async def notes() -> object:
        return await desk.within(lambda: len(pager.notes.get(made.id, ())))

    await do("acknowledge-incident", target, status, now("acknowledged"), f"pagerduty PUT {at}")
    await do("note-incident", target, notes, one_more, f"pagerduty POST {at}/notes",
             text="pool is full")  # fmt: skip
    await do("resolve-incident", target, status, now("resolved"), f"pagerduty PUT {at}")


async def errors(desk: Desk, do: Doing) -> None:
    sentry = desk.world.estate.alerting.sentry
    issue = next(one for one in sentry.issues.values() if one.status == "unresolved")
    at = f"sentry PUT /api/0/organizations/lma-commerce/issues/{issue.id}/"

    async def status() -> object:
        return await desk.within(lambda: sentry.issues[issue.id].status)

    await do("resolve-issue", f"lma/main/{issue.id}", status, now("resolved"), at)
    await do("unresolve-issue", f"lma/main/{issue.id}", status, now("unresolved"), at)


async def chat(desk: Desk, do: Doing) -> None:
    slack = desk.world.estate.alerting.slack

    async def said() -> object:
        return await desk.within(lambda: sum(one.text == "rolled back" for one in slack.messages))

    channel = f"lma/incidents/{INCIDENTS}"
    await do("post-message", channel, said, one_more, "slack POST /api/chat.postMessage",
             text="rolled back")  # fmt: skip
    ts = next(one.ts for one in slack.messages if one.text == "rolled back")
    await do("delete-message", f"{channel}/{ts}", said, now(0), "slack POST /api/chat.delete")


async def calendar(desk: Desk, do: Doing) -> None:
    google = desk.world.estate.trade.google
    event = next(one for one in google.calendars[EVENTS].events.values() if not one.series)
    target = f"localloop/main/{EVENTS}/{event.id}"
    at = f"/calendar/v3/calendars/{EVENTS}/events/{event.id}"

    async def status() -> object:
        return await desk.within(lambda: google.calendars[EVENTS].events[event.id].status)

    await do("cancel-event", target, status, now("cancelled"), f"google PATCH {at}")
    await do("restore-event", target, status, now("confirmed"), f"google PATCH {at}")


async def payments(desk: Desk, do: Doing) -> None:
    stripe = desk.world.estate.trade.stripe["localloop"]
    await desk.within(stripe.look)
    paid = max(
        (one for one in stripe.payments.values() if not one.failure and not one.refunded),
        key=lambda one: one.at,
    )

    async def refunded() -> object:
        return await desk.within(lambda: sum(one.amount for one in stripe.refunds.values()
                                             if one.payment == paid.id))  # fmt: skip

    await do("refund-payment", f"localloop/main/ch_{paid.id}", refunded, now(paid.amount),
             "stripe POST /v1/refunds")  # fmt: skip


async def localloop(desk: Desk, do: Doing) -> None:
    await scripts(desk, do)
    # From here on its database is away for a while.
    await supabase(desk, do)


LANES = (
    render_production, render_staging, workflows, vercel, localloop, people, databases, on_call,
    errors, chat, calendar, payments,
)  # fmt: skip
"""Each after the other inside, all of them at the same time."""
