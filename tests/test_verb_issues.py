"""Resolving an issue of Sentry and opening it again, on the demo's Sentry."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.families import Family
from actions.plan import Danger, plan_json, plan_of
from actions.vendors.families_alerting import Errors
from actions.vendors.issues import RESOLVE, UNRESOLVE
from actions.vendors.sentry import SentrySpot
from actions.vendors.spots import Spot, Spots
from actions.verbs import Outcome, Sent, State, Unplannable
from demo.alerting_services import alerting_apps
from demo.estate import API_PRODUCTION
from demo.pulse import Pulse
from demo.vendors.sentry_issues import SentryIssue
from demo.vendors.sentry_state import ORGANIZATION, PROJECTS, Sentry
from providers.base import SourceKind
from providers.sentry import SentryOptions, SentrySource
from tests.contract.asgi import answering
from tests.vendor_bench import (
    Bench,
    Town,
    bench,
    board,
    body,
    codes,
    offers,
    records,
    spec_named,
    step,
)
from tests.vendor_rig import TOKEN, spec_of


def build(where: dict[str, Any], projects: tuple[str, ...] = PROJECTS) -> tuple[Spot, Family]:
    spot = SentrySpot(**where, organization=ORGANIZATION, projects=projects)
    return spot, Errors(Spots((spot,), "Sentry"))


@asynccontextmanager
async def sentry(
    tmp_path: Path, projects: tuple[str, ...] = PROJECTS, **more: Any
) -> AsyncIterator[Bench]:
    async with bench("sentry", tmp_path, lambda w: build(w, projects), **more) as made:
        yield made


def state(b: Bench) -> Sentry:
    return b.town.alerting.sentry


def an_issue(b: Bench) -> SentryIssue:
    return next(iter(state(b).issues.values()))


async def test_an_issue_is_resolved_and_opened_again(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        issue = an_issue(b)
        others = [one for one in state(b).issues.values() if one.id != issue.id]
        shown = await b.proposed(RESOLVE, await b.target(RESOLVE, issue.id))
        over = await b.confirmed(shown)

        (sent,) = b.vendor.changes
        assert (over.outcome, an_issue(b).status) == (Outcome.DONE, "resolved")
        assert sent.path == f"/api/0/organizations/{ORGANIZATION}/issues/{issue.id}/"
        assert (sent.method, sent.query, body(sent)) == ("PUT", (), {"status": "resolved"})
        assert json.loads(step(shown.plan).body) == body(sent)
        assert all(state(b).issues[one.id] == one for one in others)
        intent, outcome = b.entries(AuditKind.INTENT, AuditKind.OUTCOME)
        assert (intent.action, outcome.outcome) == (RESOLVE, "done")

        back = await b.undone(over.undo)
        assert (back.outcome, an_issue(b).status) == (Outcome.DONE, "unresolved")
        b.well_formed()


async def test_an_issue_that_comes_back_at_once_was_resolved(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        issue = an_issue(b)
        verb = b.runner.verbs[RESOLVE]
        plan = await b.runner.plan(RESOLVE, await b.target(RESOLVE, issue.id), {})
        state(b).issues[issue.id] = replace(issue, substatus="regressed")
        found = await verb.settled(plan, None)
        assert found.state is State.DONE
        assert "opened it again" in found.words

        again = await b.runner.plan(RESOLVE, await b.target(RESOLVE, issue.id), {})
        assert (await verb.settled(again, None)).state is State.PENDING
        told = Sent(words="taken", marks=(("answered", "resolved"),))
        assert (await verb.settled(again, told)).state is State.DONE


async def test_the_plan_tells_what_a_person_has_to_know(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        issue = an_issue(b)
        plan = await b.runner.plan(RESOLVE, await b.target(RESOLVE, issue.id), {})
        assert (plan.title, plan.danger) == (f"Resolve {issue.short_id}", Danger.LIGHT)
        assert plan.target.short_name == issue.short_id
        assert (plan.effects[1].words, plan.effects[1].number) == ("users hit", issue.users)
        assert plan.changes[0].before.text == "unresolved (ongoing)"
        assert "opens it again" in plan.side_effects[0]
        assert plan.undo is not None
        assert plan.undo.verb == UNRESOLVE
        assert plan.needs == ("event:write", "org:read")


async def test_with_the_next_release(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        issue = an_issue(b)
        over = await b.done(
            RESOLVE, await b.target(RESOLVE, issue.id), **{"in-next-release": "true"}
        )
        assert body(b.vendor.changes[0]) == {
            "status": "resolved",
            "statusDetails": {"inNextRelease": True},
        }
        assert over.words == "Sentry says that it is resolved in the next release"
        assert an_issue(b).in_next_release
        for wrong in ("yes", "TRUE", "1"):
            with pytest.raises(Unplannable):
                await b.runner.plan(
                    RESOLVE, await b.target(RESOLVE, issue.id), {"in-next-release": wrong}
                )
        b.well_formed()


async def test_the_boards_rows_lead_to_it_and_show_it(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        spec = spec_named(spec_of("Sentry", SourceKind.SYSTEM), b.spot.source)
        options = SentryOptions(organization=ORGANIZATION, projects=PROJECTS)
        source = SentrySource(spec, options, b.spot.api)
        shown = await board(source)
        (row, *_) = records(shown, "issues")
        (offer,) = offers(b.family, shown, "issues", row)
        assert offer.target == await b.target(RESOLVE, row.id)
        assert offers(b.family, shown, "releases", records(shown, "releases")[0]) == []
        assert (await b.done(RESOLVE, offer.target)).outcome is Outcome.DONE
        assert row.id not in {one.id for one in records(await board(source), "issues")}


async def test_what_stands_in_the_way(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        issue = an_issue(b)
        target = await b.target(RESOLVE, issue.id)
        assert codes(await b.proposed(UNRESOLVE, target)) == ["blocked:status"]
        state(b).set_status(issue.id, "resolved")
        assert codes(await b.proposed(RESOLVE, target)) == ["blocked:status"]
        del state(b).issues[issue.id]
        with pytest.raises(Unplannable, match="no such issue"):
            await b.proposed(RESOLVE, target)


async def test_another_project_is_none_of_ours(tmp_path: Path) -> None:
    async with sentry(tmp_path, projects=("lma-web",)) as b:
        api = next(one for one in state(b).issues.values() if one.project == "lma-api")
        assert codes(await b.proposed(RESOLVE, await b.target(RESOLVE, api.id))) == [
            "blocked:project"
        ]


async def test_a_token_that_only_reads_is_refused(tmp_path: Path) -> None:
    town = Town()
    words = replace(town.words, sentry=TOKEN, sentry_actions="writes")
    pulse = Pulse(town.estate, API_PRODUCTION, 23.0)
    app = alerting_apps(town.alerting, words, pulse)["sentry"]
    async with sentry(tmp_path, town=town, answer=answering(app)) as b:
        shown = await b.proposed(RESOLVE, await b.target(RESOLVE, an_issue(b).id))
        assert codes(shown) == ["blocked:scope"]
        assert "event:write" in shown.decision.words


async def test_somebody_resolves_it_while_it_is_shown(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        shown = await b.proposed(RESOLVE, await b.target(RESOLVE, an_issue(b).id))
        state(b).set_status(an_issue(b).id, "resolved")
        over = await b.confirmed(shown)
        assert (over.outcome, b.vendor.changes) == (Outcome.REFUSED, [])


FAULTS = [
    ("lost", Outcome.DONE, "resolved"),
    ("500", Outcome.DONE, "resolved"),
    ("swallowed", Outcome.UNKNOWN, "unresolved"),
    ("refused", Outcome.FAILED, "unresolved"),
]


@pytest.mark.parametrize(("deed", "outcome", "status"), FAULTS)
async def test_faults(tmp_path: Path, deed: str, outcome: Outcome, status: str) -> None:
    async with sentry(tmp_path) as b:
        b.vendor.deed = deed
        over = await b.done(RESOLVE, await b.target(RESOLVE, an_issue(b).id))
        assert (over.outcome, an_issue(b).status) == (outcome, status)
        assert len(b.vendor.changes) == 1


async def test_it_is_found_after_a_crash(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        shown = await b.proposed(RESOLVE, await b.target(RESOLVE, an_issue(b).id))
        plan = plan_of({k: v for k, v in plan_json(shown.plan).items() if k != "fingerprint"})
        verb = b.family.verbs[0]
        before = await verb.settled(plan, None)
        await verb.send(shown.plan, "k1")
        after = await verb.settled(plan, None)
        assert (before.state, after.state) == (State.PENDING, State.DONE)


async def test_hostile_words_stay_words(tmp_path: Path) -> None:
    async with sentry(tmp_path) as b:
        issue = an_issue(b)
        state(b).issues[issue.id] = replace(
            issue, title="\x1b[2J[@click=app.quit]\u202e", short_id="LMA-\u0410PI"
        )
        shown = await b.proposed(RESOLVE, await b.target(RESOLVE, issue.id))
        assert shown.plan.target.short_name == f"main/{issue.id}"
        assert "\x1b" not in str(plan_json(shown.plan))
        assert step(shown.plan).body == '{"status": "resolved"}'


@pytest.mark.parametrize("words", ["", "LMA-API-3K", "1/../2", "٣", "-1", "1?x=1", "9" * 40])
async def test_only_one_id_names_an_issue(tmp_path: Path, words: str) -> None:
    async with sentry(tmp_path) as b:
        with pytest.raises(Unplannable):
            await b.target(RESOLVE, words)
        assert b.vendor.asked == []
