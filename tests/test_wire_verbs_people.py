"""Actions on databases, people and projects, from the configuration."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from actions.families import Catalogue, Family, Offer, Row
from demo.vendors.supabase_state import ref_of
from providers.readings import SourceId
from providers.system_readings import Condition, Record
from providers.text import Foreign
from tests.config_texts import SMALL, problems
from tests.fakes import ManualClock
from tests.snapshot_values import incident
from tui import wire_verbs_database, wire_verbs_people, wire_verbs_supabase
from tui.config.load import parse
from tui.config.model import Config
from tui.wire_clients import action_apis, clients

EVE = "11111111-1111-4111-8111-111111111111"
DATABASE = "          production: {host: db.example.com, user: me, password: db}\n"
WITH_LOGIN = (
    "          production: {host: db.example.com, user: me, password: db, "
    "actions: {user: quarterdeck_action, password: token}}\n"
)
ACTIONS = """\
    actions:
      database: {protected_roles: [replicator]}
      people: {database: main, schema: quarterdeck_actions, operators: {ana: EVE}}
    systems:
      auth_security: {main: {database: main, environment: production}}
      supabase_auth: {main: {account: auth, environment: production}}
      supabase: {main: {account: base, environment: production, project: REF}}
"""
ACCOUNTS = """\
  base: {kind: supabase, secret: token}
  auth: {kind: supabase-auth, secret: token, base_url: "https://x.supabase.co/auth/v1"}
workspaces:
"""


def written(actions: str = ACTIONS, database: str = WITH_LOGIN) -> str:
    actions = actions.replace("REF", ref_of("lma")).replace("EVE", EVE)
    text = SMALL.replace(DATABASE, database).replace("workspaces:\n", ACCOUNTS, 1)
    return text.replace("    databases:\n", f"{actions}    databases:\n", 1)


def config_of(text: str) -> Config:
    return parse(text.encode(), "config.yaml").config


def families(config: Config) -> list[Family]:
    clock = ManualClock()
    shared = clients(config, clock)
    apis = action_apis(config, shared, clock)
    modules = (wire_verbs_database, wire_verbs_supabase, wire_verbs_people)
    return [one for each in modules for one in each.families(config, apis, shared, clock)]


def offers(section: str, source: str, title: str = "e…@example.com") -> Iterator[Offer]:
    pane = incident()
    found = Catalogue(families(config_of(written().replace("  shop:", f"  {pane.spec.name}:"))))
    record = Record(id=EVE, title=Foreign(title), condition=Condition.NOTABLE)
    source_id = SourceId(f"{pane.spec.name}/production/{source}")
    row = Row(thing=None, record=record, section=section, source=source_id)
    yield from found.offers(pane, row)


def test_every_verb_is_there_once() -> None:
    made = Catalogue(families(config_of(written())))
    assert set(made.verbs) == {
        "cancel-query", "end-session", "resume-database", "restart-database", "revoke-sessions",
        "suspend-user", "enable-user", "revoke-access", "grant-admin", "revoke-admin",
        "recovery-link",
    }  # fmt: skip
    keys = {name: card.key for name, card in made.cards.items() if card.key}
    assert keys == {
        "cancel-query": "C", "end-session": "K", "restart-database": "R", "revoke-sessions": "V",
    }  # fmt: skip


def test_where_nothing_is_configured_nothing_is_offered() -> None:
    made = Catalogue(families(config_of(SMALL)))
    assert set(made.verbs) == {"cancel-query", "end-session"}
    allowed = ACTIONS.replace("database: main, schema", "database: main, "
                              "allow_direct_password_reset: true, roles: null, schema")  # fmt: skip
    made = Catalogue(families(config_of(written(allowed))))
    assert "reset-password" in made.verbs
    assert "grant-admin" not in made.verbs


def test_actions_have_a_login_of_their_own() -> None:
    config = config_of(written())
    (ground,) = wire_verbs_database.grounds(config, clients(config, ManualClock())).all.values()
    assert (ground.options.user, ground.options.host) == ("quarterdeck_action", "db.example.com")
    assert ground.own_login
    assert ground.watchers == ("me",)
    assert ground.protected == ("replicator",)
    assert ground.watches == ("shop/production/api/health",)
    config = config_of(written(database=DATABASE))
    (ground,) = wire_verbs_database.grounds(config, clients(config, ManualClock())).all.values()
    assert ground.options.user == "me"
    assert not ground.own_login


@pytest.mark.parametrize(
    ("section", "source", "names"),
    [
        ("patterns", "auth_security/main", {"revoke-sessions", "suspend-user", "revoke-access",
                                            "grant-admin", "recovery-link"}),
        ("new_admins", "auth_security/main", {"revoke-sessions", "suspend-user", "revoke-access",
                                              "revoke-admin", "recovery-link"}),
        ("banned", "supabase_auth/main", {"revoke-sessions", "suspend-user", "enable-user",
                                          "revoke-access", "grant-admin", "recovery-link"}),
        ("sessions", "auth_security/main", set()),
        ("banned", "supabase_auth/other", set()),
    ],
)  # fmt: skip
def test_a_row_of_a_board_offers_what_fits(section: str, source: str, names: set[str]) -> None:
    found = list(offers(section, source))
    assert {one.card.name for one in found} == names
    assert all(one.target.identity == EVE for one in found)
    assert all(one.target.short_name == EVE[:8] for one in found)
    suspend = [one.refused for one in found if one.card.name == "suspend-user"]
    assert suspend == ([] if not names else ["suspended already" if section == "banned" else ""])


@pytest.mark.parametrize("section", ["auth_admin", "elevated"])
def test_a_row_of_a_log_means_the_user_and_never_the_entry(section: str) -> None:
    pane = incident()
    found = Catalogue(families(config_of(written().replace("  shop:", f"  {pane.spec.name}:"))))
    entry = "99999999-9999-4999-8999-999999999999"
    by = section == "elevated"
    record = Record(
        id=entry,
        title=Foreign("data_export" if by else EVE),
        condition=Condition.NOTABLE,
        details=(("by", Foreign(EVE if by else entry)),),
    )
    source = SourceId(f"{pane.spec.name}/production/auth_security/main")
    row = Row(thing=None, record=record, section=section, source=source)
    offered = found.offers(pane, row)

    assert {one.target.identity for one in offered} == {EVE}
    assert {one.target.name.text for one in offered} == {f"user {EVE[:8]}"}
    nameless = Row(
        thing=None, record=replace(record, title=Foreign("x"), details=()),
        section=section, source=source,
    )  # fmt: skip
    assert found.offers(pane, nameless) == ()


def test_a_hostile_title_is_no_target() -> None:
    for offer in offers("patterns", "auth_security/main", "'; DROP TABLE users; --\u202e"):
        assert offer.target.identity == EVE
        assert offer.target.short_name == EVE[:8]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("people: {database: main", "people: {database: mian", "no such database"),
        ("actions: {user: quarterdeck_action, password: token}", "actions: {password: token}",
         "user or dsn is missing"),
        ("actions: {user: quarterdeck_action, password: token}",
         "actions: {user: quarterdeck_action, dsn: token}", "says it already"),
        ("actions: {user: quarterdeck_action, password: token}",
         "actions: {user: quarterdeck_action, password: none}", "secret"),
        ("operators:", "access_token: 1s, operators:", "access_token"),
        ("operators:", "audit: {table: nodots}, operators:", "schema"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(old: str, new: str, words: str) -> None:
    text = written()
    assert old in text
    assert words in "\n".join(problems(text.replace(old, new, 1)))
