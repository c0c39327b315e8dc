"""From the configuration to Supabase's sources: parts, paces, keys, and what is refused."""

import pytest

from providers.base import Area, SourceKind, SourceSpec
from providers.supabase_metrics import SupabaseMetrics
from tests.config_texts import config, problems, small
from tests.fakes import ManualClock
from tui.late_source import LateSource
from tui.wire_clients import clients
from tui.wire_sources import sources

REF = "abcdefghijklmnopqrst"
AUTH_URL = f"https://{REF}.supabase.co/auth/v1"


def text(project: str = "", *, account: str = "kind: supabase, secret: token") -> str:
    accounts = (
        "  hub: {kind: github, secret: token}\n"
        f"  base: {{{account}}}\n"
        f"  users: {{kind: supabase-auth, base_url: '{AUTH_URL}', secret: token}}\n"
    )
    systems = (
        "    systems:\n"
        f"      supabase: {{main: {{account: base, project: {REF}{project}}}}}\n"
        "      supabase_auth: {main: {account: users, environment: production}}\n"
    )
    changed = small("  hub: {kind: github, secret: token}\n", accounts)
    return changed.replace("    kpis:\n", f"{systems}    kpis:\n")


def specs(project: str = "") -> dict[str, SourceSpec]:
    made = config(text(project))
    clock = ManualClock()
    found = [source.spec for source in sources(made, clients(made, clock), clock)]
    return {str(spec.id): spec for spec in found if spec.system.startswith("Supabase")}


def test_every_part_has_its_own_pace() -> None:
    found = specs()

    paces = {
        name.removeprefix("shop/-/supabase/main"): (spec.interval_s, spec.unseen_interval_s)
        for name, spec in found.items()
        if spec.system == "Supabase"
    }
    assert paces == {
        "": (60.0, 0.0),
        ".setup": (900.0, 3600.0),
        ".backups": (3600.0, 3600.0),
        ".advisors": (3600.0, 3600.0),
        ".counts": (300.0, 3600.0),
        ".sign-ins": (60.0, 0.0),
        ".logs-auth": (60.0, 900.0),
        ".logs-postgres": (60.0, 900.0),
        ".logs-api": (60.0, 900.0),
    }
    users = found["shop/production/supabase_auth/main"]
    assert (users.interval_s, users.unseen_interval_s) == (900.0, 3600.0)


def test_logs_are_logs_and_sign_ins_belong_to_security() -> None:
    found = specs()

    kinds = {name: spec.kind for name, spec in found.items()}
    logs = {name for name, kind in kinds.items() if kind is SourceKind.LOGS}
    assert logs == {f"shop/-/supabase/main.logs-{each}" for each in ("auth", "postgres", "api")}
    security = {name for name, spec in found.items() if spec.area is Area.SECURITY}
    assert "shop/-/supabase/main.sign-ins" in security
    assert "shop/production/supabase_auth/main" in security


def test_what_is_left_out_is_not_asked() -> None:
    found = specs(", logs: [postgres], sign_ins: false, every: 10s")

    assert found["shop/-/supabase/main"].interval_s == 10.0
    assert "shop/-/supabase/main.sign-ins" not in found
    assert "shop/-/supabase/main.logs-auth" not in found
    assert "shop/-/supabase/main.logs-postgres" in found


async def test_metrics_only_with_a_key_and_a_client_of_their_own() -> None:
    made = config(text(", metrics_secret: token"))
    clock = ManualClock()
    shared = clients(made, clock)
    late = [each for each in sources(made, shared, clock) if isinstance(each, LateSource)]
    found = [each for each in map(LateSource.made, late) if isinstance(each, SupabaseMetrics)]

    assert [str(each.spec.id) for each in found] == ["shop/-/supabase/main.metrics"]
    assert not any("metrics" in name for name in specs())
    await found[0].aclose()
    await found[0].aclose()
    await shared.aclose()


def test_numbers_of_parts_can_feed_kpis() -> None:
    changed = text().replace(
        "from: [{check: api/health, metric: errors}]",
        "from: [{system: supabase/main.backups, metric: backup_age_s}]",
    )

    assert problems(changed) == []
    (said,) = problems(changed.replace("backup_age_s", "backup_age"))
    assert "backup_age_s" in said


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (text(", reach: [nowhere]"), "reach"),
        (text(", services: [kitchen]"), "services"),
        (text(", metrics_secret: other"), "no secret of this name"),
        (text().replace(f"project: {REF}", "project: lma"), "project"),
        (text().replace("account: base", "account: users"), "needed is one of supabase"),
        (text().replace("account: users", "account: base"), "needed is one of supabase-auth"),
        (text().replace(f"base_url: '{AUTH_URL}', ", ""), "needs base_url"),
    ],
    ids=lambda text: text if len(text) < 40 else "",
)
def test_what_can_not_work_is_refused_by_its_line(broken: str, words: str) -> None:
    assert words in "; ".join(problems(broken))
