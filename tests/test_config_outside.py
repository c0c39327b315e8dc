"""Rules for systems that name databases, secrets, paths and accounts of their own."""

from pathlib import Path

import pytest

from tests.config_texts import config, problems, small
from tests.fakes import ManualClock
from tui.commands_config import example_text
from tui.config.content import Content
from tui.config.kept import keep, kept
from tui.config.model import Config
from tui.wire_api_budget import accounts_of
from tui.wire_clients import clients
from tui.wire_sources import sources
from tui.wire_systems import metrics_of

SYSTEMS = """    systems:
      business:
        main:
          environment: production
          database: main
          endpoint: {url: "https://lma.com/numbers.json"}
          numbers:
            sales: {title: Sales, sql: "SELECT count(*) FROM public.sales"}
            users: {title: Users, path: users}
      scripts:
        ops:
          folder: /srv/ops
          scripts:
            verify: {title: Verify, argv: [/srv/ops/verify.sh], check: true}
            backup: {title: Backup, argv: [~/backup.sh]}
          backups:
            nightly: {title: Nightly, folder: /srv/backups}
      domains:
        main: {hosts: [{host: lma.com}], resolvers: ["1.1.1.1:53"]}
      api_budget:
        main: {}
"""
TEXT = small("    kpis:", f"{SYSTEMS}    kpis:")


def one(old: str, new: str) -> str:
    (found,) = problems(TEXT.replace(old, new))
    return found


def test_the_text_is_sound() -> None:
    assert problems(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "database: main\n          endpoint",
            "database: mian\n          endpoint",
            "did you mean main",
        ),
        (
            "          environment: production\n          database",
            "          database",
            "environment",
        ),
        ("path: users}", 'path: users, sql: "SELECT 1 AS one"}', "sql or path, one of them"),
        (", path: users}", "}", "sql or path, one of them"),
        ('          endpoint: {url: "https://lma.com/numbers.json"}\n', "", "has no endpoint"),
        ('numbers.json"}', 'numbers.json", secret: nobody}', "no secret of this name"),
        ("argv: [~/backup.sh]", "argv: [backup.sh]", "whole path of the program"),
        ("folder: /srv/backups", "folder: backups", "whole path"),
        ("folder: /srv/ops", "folder: ops", "whole path"),
        ("folder: /srv/backups}", "folder: /srv/backups, warning: 3d}", "longer time"),
        ("{hosts: [{host: lma.com}], resolvers", "{resolvers", "nothing to look at"),
        (
            "api_budget:\n        main: {}",
            "api_budget:\n        main: {accounts: [bxo]}",
            "did you mean box",
        ),
        ('"1.1.1.1:53"', '"1.1.1.1"', "host:port"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(old: str, new: str, words: str) -> None:
    assert words in one(old, new)


def test_numbers_and_checks_are_what_kpis_may_name() -> None:
    workspace = config(TEXT).workspaces["shop"]
    systems = workspace.systems

    assert metrics_of("business", systems.business["main"], workspace)[""] == (
        "sales",
        "sales_last_week",
        "sales_change_percent",
        "users",
        "users_last_week",
        "users_change_percent",
    )
    assert set(metrics_of("scripts", systems.scripts["ops"], workspace)) == {"", "verify"}


@pytest.mark.parametrize("text", [TEXT, example_text()], ids=["small", "example"])
def test_a_kept_configuration_wires_the_same_sources(tmp_path: Path, text: str) -> None:
    content = Content(raw=text.encode(), writable_by_all=False)
    fresh = config(text)
    keep(tmp_path, content, fresh)
    again = kept(tmp_path, content)
    assert again is not None
    clock = ManualClock()

    def wired(given: Config) -> list[tuple[str, str]]:
        made = sources(given, clients(given, clock), clock)
        return [(str(each.spec.id), each.spec.title) for each in made]

    assert wired(again) == wired(fresh)
    assert any(name.endswith("api_budget/main") for name, _ in wired(again))


def test_a_budget_counts_every_account_that_the_workspace_uses() -> None:
    workspace = config(TEXT).workspaces["shop"]
    budget = workspace.systems.api_budget["main"]

    assert accounts_of(budget, workspace) == ("box", "hub")
    assert "box_used_percent" in metrics_of("api_budget", budget, workspace)[""]
