"""Actions on users of a real database, by the narrow login, through the door."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.database.audit_row import ProductAudit
from actions.guard_values import Verdict
from actions.plan import SqlStep, plan_json, plan_of
from actions.verbs import Outcome, State, Unplannable
from providers.errors import ProviderError
from providers.postgres.auth_options import Relation
from tests.database_rig import as_role, ground_of, reasons, role, warnings
from tests.people_rig import (
    ANA,
    EVE,
    KIM,
    NAME,
    ROOT,
    SSO,
    Rig,
    community_of,
    demo_sql,
    standing,
)
from tests.postgres_fixtures import People


@pytest.fixture
async def rig(people: People, tmp_path: Path) -> AsyncIterator[Rig]:
    async with standing(people, tmp_path) as made:
        yield made


async def test_sessions_are_revoked_with_an_audit_row(rig: Rig) -> None:
    proposal = await rig.door.proposed("revoke-sessions", await rig.target())
    plan = proposal.plan
    assert proposal.decision.verdict is Verdict.CHALLENGE
    assert plan.counts_down_s == 3_600
    assert plan.counts_down == f"access tokens of {plan.target.name.text}"
    assert [(one.words, one.number) for one in plan.effects][:2] == [
        ("sessions", 3), ("addresses they come from", 3),
    ]  # fmt: skip
    done = await rig.door.confirmed(proposal, reason="stolen laptop")
    assert (done.outcome, done.words) == (Outcome.DONE, "3 sessions revoked")
    # Refresh tokens go with their sessions, and the one without a session as well.
    assert await rig.state() == (False, 0, 0, 1)
    assert await rig.state(ROOT) == (False, 1, 1, 1)
    alone = (await rig.door.proposed("suspend-user", await rig.target(ROOT))).plan
    assert [one.words for one in alone.effects][:2] == ["session", "address it comes from"]
    assert alone.side_effects[0] == "1 session stays and can not be renewed"
    row = await rig.admin.fetchrow("SELECT * FROM public.audit_logs")
    details = json.loads(row["details"])
    assert (str(row["user_id"]), row["action"]) == (ANA, "sessions_revoked")
    assert details["target"] == EVE
    assert (details["by"], details["reason"]) == ("ana", "stolen laptop")
    kinds = [entry.kind for entry in await rig.door.entries()]
    assert kinds[-2:] == [AuditKind.INTENT, AuditKind.OUTCOME]
    assert details["request"] == (await rig.door.entries())[-1].request


async def test_a_user_is_suspended_and_let_in_again(rig: Rig) -> None:
    done = await rig.door.done("suspend-user", await rig.target(), {"for": "7d"})
    assert done.outcome is Outcome.DONE
    assert done.words.startswith("suspended until 20")
    assert (await rig.state())[:2] == (True, 3)
    left = await rig.admin.fetchval(
        "SELECT extract(epoch FROM banned_until - now()) FROM auth.users WHERE id = $1", UUID(EVE)
    )
    assert 604_700 < left <= 604_800
    undo = done.undo
    assert undo is not None
    assert undo.verb == "enable-user"
    back = await rig.door.done(undo.verb, undo.target, dict(undo.parameters))
    assert (back.outcome, back.words) == (Outcome.DONE, "not suspended")
    assert (await rig.state())[0] is False


async def test_enabling_is_undone_to_the_very_time(rig: Rig) -> None:
    before = await rig.admin.fetchval("SELECT banned_until FROM auth.users WHERE id=$1", UUID(KIM))
    done = await rig.door.done("enable-user", await rig.target(KIM))
    assert done.outcome is Outcome.DONE
    undo = done.undo
    assert undo is not None
    again = await rig.door.done(undo.verb, undo.target, dict(undo.parameters))
    assert again.outcome is Outcome.DONE
    after = await rig.admin.fetchval("SELECT banned_until FROM auth.users WHERE id=$1", UUID(KIM))
    assert after == before


async def test_a_suspended_user_is_suspended_anew_with_a_warning(rig: Rig) -> None:
    proposal = await rig.door.proposed("suspend-user", await rig.target(KIM), {"for": "1d"})
    assert warnings(proposal) == {"warns:suspended"}
    done = await rig.door.confirmed(proposal)
    assert done.outcome is Outcome.DONE
    assert done.undo is not None
    assert done.undo.verb == "suspend-user"
    with pytest.raises(Unplannable, match="not suspended"):
        await rig.door.proposed("enable-user", await rig.target(EVE))


async def test_all_access_of_a_compromised_account_is_revoked(rig: Rig) -> None:
    proposal = await rig.door.proposed("revoke-access", await rig.target())
    assert dict(proposal.plan.parameters) == {"for": "30d"}
    done = await rig.door.confirmed(proposal)
    assert done.outcome is Outcome.DONE
    assert "3 sessions revoked" in done.words
    assert await rig.state() == (True, 0, 0, 1)
    assert await rig.state(ROOT) == (False, 1, 1, 1)
    assert done.undo is not None
    assert done.undo.verb == "enable-user"


async def test_an_administrator_is_made_for_a_while_and_unmade(rig: Rig) -> None:
    proposal = await rig.door.proposed("grant-admin", await rig.target(), {"for": "4h"})
    (left,) = proposal.plan.remains
    assert left.undo.verb == "revoke-admin"
    assert left.until is not None
    # Nothing ends it by itself, so nothing says when it ends.
    assert left.words.endswith("is an administrator until revoked")
    done = await rig.door.confirmed(proposal)
    assert (done.outcome, done.words) == (Outcome.DONE, "the role is admin; revoke it after 4h")
    row = await rig.admin.fetchrow("SELECT * FROM public.user_roles WHERE user_id=$1", UUID(EVE))
    assert (row["role"], row["updated_by"]) == ("admin", "emergency_access_protocol")
    details = json.loads(await rig.admin.fetchval("SELECT details FROM public.audit_logs"))
    assert details["until"] > "2026"
    assert done.undo is not None
    back = await rig.door.done(done.undo.verb, done.undo.target, dict(done.undo.parameters))
    assert (back.outcome, back.words) == (Outcome.DONE, "the role is user")
    assert await rig.role() == "user"


async def test_who_had_no_role_gets_one(rig: Rig) -> None:
    done = await rig.door.done("grant-admin", await rig.target(KIM))
    assert done.outcome is Outcome.DONE
    assert await rig.role(KIM) == "admin"
    with pytest.raises(Unplannable, match="administrator already"):
        await rig.door.proposed("grant-admin", await rig.target(KIM))
    with pytest.raises(Unplannable, match="no administrator"):
        await rig.door.proposed("revoke-admin", await rig.target(EVE))


CHANGES = {
    "revoke-sessions": "DELETE FROM auth.sessions WHERE id = md5('eve1')::uuid",
    "revoke-access": "INSERT INTO auth.sessions (id, user_id) VALUES (md5('new')::uuid, '{EVE}')",
    "suspend-user": "UPDATE auth.users SET banned_until = '2098-01-01' WHERE id = '{EVE}'",
    "grant-admin": "UPDATE public.user_roles SET role = 'editor' WHERE user_id = '{EVE}'",
}


@pytest.mark.parametrize("verb", CHANGES)
async def test_what_changed_since_it_was_shown_is_refused(rig: Rig, verb: str) -> None:
    proposal = await rig.door.proposed(verb, await rig.target())
    await rig.admin.execute(CHANGES[verb].format(EVE=EVE))
    before = (await rig.state(), await rig.role())
    done = await rig.door.confirmed(proposal)
    assert done.outcome is Outcome.REFUSED
    assert (await rig.state(), await rig.role()) == before
    # Even where nobody looked again: the counts inside the transaction take it back.
    with pytest.raises(ProviderError, match="nothing was changed") as caught:
        await rig.door.verbs[verb].send(proposal.plan, "k")
    assert not caught.value.after_sending
    assert (await rig.state(), await rig.role()) == before


async def test_two_users_with_one_address_are_told_apart(rig: Rig) -> None:
    with pytest.raises(Unplannable) as caught:
        await rig.target("KIM@example.com")
    assert KIM in str(caught.value)
    assert f"{SSO} (single sign-on)" in str(caught.value)
    assert "kim@" not in str(caught.value)
    found = await rig.target(" Eve@Example.com ")
    assert found.identity == EVE
    assert found.name.text == "e…@example.com (11111111)"
    assert found.short_name == "11111111"
    with pytest.raises(Unplannable, match=r"no user has the address n…@example\.com"):
        await rig.target("nobody@example.com")
    with pytest.raises(Unplannable, match="there is no user"):
        await rig.target("99999999-9999-4999-8999-999999999999")
    with pytest.raises(Unplannable, match="by their id"):
        await rig.target("'; DROP TABLE auth.users; --")


async def test_single_sign_on_is_warned_of(rig: Rig) -> None:
    proposal = await rig.door.proposed("suspend-user", await rig.target(SSO))
    assert warnings(proposal) == {"warns:sso"}


async def test_no_address_stands_in_what_is_shown_or_kept(rig: Rig, tmp_path: Path) -> None:
    for verb in ("suspend-user", "revoke-access"):
        done = await rig.door.done(verb, await rig.target("eve@example.com"))
        assert done.outcome is Outcome.DONE
        assert "eve@" not in json.dumps(plan_json(done.plan), default=str)
        await rig.admin.execute("UPDATE auth.users SET banned_until = NULL")
    assert "eve@" not in (tmp_path / "audit.jsonl").read_text()
    rows = await rig.admin.fetch("SELECT details::text AS said FROM public.audit_logs")
    assert all("eve@" not in row["said"] for row in rows)


async def test_nobody_is_nobody_where_others_are_seen(rig: Rig) -> None:
    await rig.admin.execute("ANALYZE auth.users")
    for who in ("nobody@example.com", "99999999-9999-4999-8999-999999999999"):
        with pytest.raises(Unplannable) as told:
            await rig.target(who)
        # It sees users, and not this one: no row security is to blame.
        assert "but" not in str(told.value)


async def test_row_security_is_told_from_nobody(people: People, tmp_path: Path) -> None:
    options = as_role(people.cluster, NAME, "narrow")
    ground = ground_of(people.cluster, NAME, options=options)
    async with standing(people, tmp_path, schema="auth", ground=ground) as rig:
        await role(
            rig.admin, people.cluster, "narrow", "GRANT USAGE ON SCHEMA auth TO narrow",
            "GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA auth TO narrow",
        )  # fmt: skip
        with pytest.raises(ProviderError, match="row security hides every row"):
            await rig.target()
        await rig.admin.execute("CREATE POLICY own ON auth.users FOR SELECT TO narrow "
                                "USING (email = 'root@example.com')")  # fmt: skip
        await rig.admin.execute("CREATE POLICY all_of ON auth.sessions TO narrow USING (true)")
        await rig.admin.execute("CREATE POLICY t ON auth.refresh_tokens TO narrow USING (true)")
        with pytest.raises(Unplannable, match=r"no user .*; but "):
            await rig.target()
        # Seen, and not to be changed: no policy lets it, so the count in the transaction is off.
        target = await rig.target(ROOT)
        plan = await rig.door.runner.plan("suspend-user", target, {})
        with pytest.raises(ProviderError, match="nothing was changed"):
            await rig.door.verbs["suspend-user"].send(replace(plan, steps=plan.steps), "k")
        await rig.admin.execute("DROP POLICY own ON auth.users")
        await rig.admin.execute("DROP POLICY all_of ON auth.sessions")
        await rig.admin.execute("DROP POLICY t ON auth.refresh_tokens")
        assert (await rig.state(ROOT))[0] is False


async def test_what_the_login_lacks_is_named(people: People, tmp_path: Path) -> None:
    async with standing(people, tmp_path) as rig:
        await rig.admin.execute("REVOKE DELETE ON quarterdeck_actions.sessions "
                                "FROM quarterdeck_action")  # fmt: skip
        try:
            proposal = await rig.door.proposed("revoke-access", await rig.target())
            assert reasons(proposal) == {"blocked:rights"}
            assert "DELETE on quarterdeck_actions.sessions" in proposal.decision.words
            assert not reasons(await rig.door.proposed("suspend-user", await rig.target()))
        finally:
            await rig.admin.execute("GRANT DELETE ON quarterdeck_actions.sessions "
                                    "TO quarterdeck_action")  # fmt: skip


async def test_a_database_in_read_only_mode_is_warned_of_and_written_to(rig: Rig) -> None:
    name = "default_transaction_read_only"
    await rig.admin.execute(f"ALTER ROLE quarterdeck_action RESET {name}")
    await rig.admin.execute(f"ALTER DATABASE {NAME} SET {name} = on")
    try:
        proposal = await rig.door.proposed("suspend-user", await rig.target())
        assert warnings(proposal) == {"warns:read-only"}
        assert (await rig.door.confirmed(proposal)).outcome is Outcome.DONE
    finally:
        await rig.admin.execute(f"ALTER DATABASE {NAME} RESET {name}")
        await rig.admin.execute(f"ALTER ROLE quarterdeck_action SET {name} = on")


AUDITS: list[tuple[ProductAudit | None, str, str]] = [
    (None, "", "warns:audit"),
    (ProductAudit(relation=Relation(schema="public", name="nothing")), "blocked:audit", ""),
    (ProductAudit(details="remarks"), "blocked:audit", ""),
    (ProductAudit(details=""), "", "warns:audit-blind"),
]


@pytest.mark.parametrize(("audit", "blocks", "warns"), AUDITS)
async def test_the_audit_table_is_looked_at_first(
    people: People, tmp_path: Path, audit: ProductAudit | None, blocks: str, warns: str
) -> None:
    async with standing(people, tmp_path, audit=audit) as rig:
        proposal = await rig.door.proposed("suspend-user", await rig.target())
        assert reasons(proposal) == {blocks} - {""}
        assert warnings(proposal) == {warns} - {""}
        if not blocks:
            done = await rig.door.confirmed(proposal)
            assert done.outcome is Outcome.DONE
            assert (await rig.state())[3] == (0 if audit is None else 1)


async def test_an_audit_table_that_wants_more_or_a_person(people: People, tmp_path: Path) -> None:
    async with standing(people, tmp_path, audit=ProductAudit(operators={})) as rig:
        done = await rig.door.done("suspend-user", await rig.target())
        assert done.outcome is Outcome.DONE
        assert await rig.admin.fetchval("SELECT user_id FROM public.audit_logs") is None
        for make, words in (
            ("ALTER COLUMN user_id SET NOT NULL", "operators"),
            ("ADD COLUMN tenant text NOT NULL", "tenant"),
        ):
            await rig.admin.execute(
                f"TRUNCATE public.audit_logs; ALTER TABLE public.audit_logs {make}"
            )
            proposal = await rig.door.proposed("revoke-access", await rig.target())
            assert reasons(proposal) >= {"blocked:audit"}
            assert words in proposal.decision.words
            await rig.admin.execute("ALTER TABLE public.audit_logs ALTER COLUMN user_id "
                                    "DROP NOT NULL, DROP COLUMN IF EXISTS tenant")  # fmt: skip


async def test_an_audit_table_of_text_takes_text(people: People, tmp_path: Path) -> None:
    audit = ProductAudit(relation=Relation(schema="public", name="trail"), operators={"ana": ANA})
    async with standing(people, tmp_path, audit=audit) as rig:
        await rig.admin.execute("DROP TABLE IF EXISTS public.trail; CREATE TABLE public.trail "
            "(created_at timestamp, action varchar(80), user_id text, details text); "
            "GRANT SELECT, INSERT ON public.trail TO quarterdeck_action")  # fmt: skip
        done = await rig.door.done("revoke-sessions", await rig.target(), reason='it\'s "odd" $1')
        assert done.outcome is Outcome.DONE
        said = await rig.admin.fetchval("SELECT details FROM public.trail")
        assert said.startswith(f"request: {done.id}")
        assert 'reason: it\'s "odd" $1' in said
        plan = await _requested(rig, done)
        found = await rig.door.verbs["revoke-sessions"].settled(plan, None)
        assert found.state is State.DONE
        await rig.admin.execute("DROP TABLE public.trail")


async def _requested(rig: Rig, done: Any) -> Any:
    """The plan as the audit keeps it, request and all."""
    intent = next(one for one in await rig.door.entries() if one.kind is AuditKind.INTENT)
    assert intent.plan is not None
    assert intent.request == done.id
    return plan_of({k: v for k, v in intent.plan.items() if k != "fingerprint"})


async def test_after_a_crash_the_audit_row_tells(people: People, tmp_path: Path) -> None:
    async with standing(people, tmp_path) as rig:
        done = await rig.door.done("revoke-sessions", await rig.target())
        plan = await _requested(rig, done)
    async with standing(people, tmp_path / "other") as anew:
        # Another program, which remembers nothing; the users are as before the action.
        found = await anew.door.verbs["revoke-sessions"].settled(plan, None)
        assert (found.state, found.words) == (
            State.FAILED, "the transaction was rolled back: nothing was changed",
        )  # fmt: skip
        again = await anew.door.done("revoke-sessions", await anew.target())
        plan = await _requested(anew, again)
    fresh = Rig(anew.admin, community_of(people.cluster), tmp_path / "third")
    found = await fresh.door.verbs["revoke-sessions"].settled(plan, None)
    assert (found.state, found.words) == (State.DONE, "3 sessions revoked")
    await fresh.door.aclose()


async def test_without_an_audit_table_the_users_state_tells(people: People, tmp_path: Path) -> None:
    async with standing(people, tmp_path, audit=None) as rig:
        verb = rig.door.verbs["revoke-access"]
        plan = (await rig.door.proposed("revoke-access", await rig.target())).plan
        assert (await verb.settled(plan, None)).state is State.FAILED
        await rig.door.done("revoke-access", await rig.target())
        fresh = Rig(rig.admin, rig.community, tmp_path / "other")
        found = await fresh.door.verbs["revoke-access"].settled(plan, None)
        assert found.state is State.DONE
        await fresh.door.aclose()


async def test_a_plan_that_was_tampered_with_is_not_sent(rig: Rig) -> None:
    plan = (await rig.door.proposed("revoke-sessions", await rig.target())).plan
    step = plan.steps[0]
    assert isinstance(step, SqlStep)
    other = replace(plan, steps=(replace(step, parameters=(ROOT,)), *plan.steps[1:]))
    with pytest.raises(ProviderError, match="not what was shown"):
        await rig.door.verbs["revoke-sessions"].send(other, "k")
    assert (await rig.state())[1] == 3


@pytest.mark.parametrize("name", ["acting", "acting_password"])
def test_the_rights_of_the_login_are_those_that_security_md_says(name: str) -> None:
    """The demo's and the tests' login is made by this very text."""
    _, _, statements = demo_sql(name).partition("\n")
    written = Path(__file__).parent.parent.joinpath("SECURITY.md").read_text("utf-8")
    assert f"```sql\n{statements.format(actor='…').strip()}\n```" in written
