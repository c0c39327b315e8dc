"""Scripts and workflows as actions: what the configuration may say, and never restore to."""

import pytest

from tests.config_texts import problems, small
from tui.config.load import parse
from tui.config.model import Config

SYSTEM = """\
    systems:
      scripts:
        ops:
          folder: /srv/shop
          scripts:
            backup: {title: Backup, argv: [/srv/shop/backup.sh]}
            restore: {title: Restore, argv: [/srv/shop/restore.sh]}
          backups:
            nightly: {title: Nightly, folder: /srv/backups}
"""
CLEAR = "{host: staging.example.com, user: me, password: db, tls: disable}"
STAGING = "{host: staging.example.com, user: me, password: db}"


def text(actions: str) -> str:
    lines = "".join(f"      {line}\n" for line in actions.splitlines())
    return small("    kpis:\n", f"{SYSTEM}    actions:\n{lines}    kpis:\n")


def restore(environment: str = "staging", onto: str = STAGING, more: str = "") -> str:
    head = f"scripts:\n  restore_staging:\n    script: restore\n    environment: {environment}\n"
    return f"{head}    onto: {onto}\n{more}"


def test_a_sound_one_has_no_problem() -> None:
    actions = f"{restore()}  backup: {{script: backup}}\n"
    assert problems(text(actions)) == []
    config: Config = parse(text(actions).encode(), "x").config
    told = config.workspaces["shop"].actions.scripts.restore_staging
    assert told is not None
    assert told.file


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        (restore("production"), "nothing is ever restored to production"),
        (
            restore(onto="{host: db.example.com, user: me, password: db}"),
            "this is the database of shop/production/main",
        ),
        (
            restore(onto="{host: DB.example.com., port: 6543, user: other, password: db}"),
            "this is the database of shop/production/main",
        ),
        (restore(onto="{dsn: gone}"), "no secret of this name"),
        (
            restore(onto="{host: staging.example.com, user: me, password: db, tls: disable}"),
            "clear",
        ),
        (restore(more="    database: main\n"), "is given as well"),
        (
            restore().replace(f"onto: {STAGING}", "database: main"),
            "not described in staging",
        ),
        ("scripts:\n  backup: {script: gone}\n", "no such script"),
        ("scripts:\n  backup: {script: backup, system: gone}\n", "no such scripts system"),
        ("scripts:\n  backup: {script: backup, backups: gone}\n", "no such folder of backups"),
        ("workflows:\n  gone: {}\n", "no such service"),
        ("workflows:\n  api: {}\n", "this service names no workflow"),
    ],
)
def test_what_is_wrong_is_said(actions: str, problem: str) -> None:
    found = problems(text(actions))

    assert any(problem in one for one in found), found
