"""Notices from the outside: the configuration's rules, the dialog, the commands and doctor."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from actions.notices.told import noted
from monitor.care_entries import EntryKind
from monitor.channel_view import ChannelView
from monitor.snapshot import WorkspaceView
from monitor.verdicts import Level
from tests import snapshot_values as values
from tests.config_texts import SMALL
from tests.fakes import ManualClock
from tests.screen_rig import NARROW, screen
from tests.values_common import NOW
from tests.vendor_server import json_reply, vendor_server
from tui.cli import quarterdeck
from tui.config.load import check, parse
from tui.doctor.findings import Mark
from tui.doctor.notices import notice_findings
from tui.screen_settings import configured
from tui.terminal_voice import Wish
from tui.wire_care import journals
from tui.wire_clients import clients

SLACK = "chat: {kind: slack, secret: token}"
CHANNELS = {
    "incidents": "slack: {account: chat, channel: C0INCIDENTS}",
    "pager": "pagerduty: {routing_key: token}",
    "hook": 'webhook: {url: "https://hooks.example.com/a?b=c", secret: token}',
}


def text(**channels: str) -> str:
    """The small configuration with channels."""
    lines = "".join(f"        {name}: {{{words}}}\n" for name, words in channels.items())
    notices = f"    notices:\n      channels:\n{lines}"
    with_account = SMALL.replace("accounts:\n", f"accounts:\n  {SLACK}\n")
    return with_account.replace("    services:\n", f"{notices}    services:\n")


def reasons(**channels: str) -> list[str]:
    return [problem.reason for problem in check(text(**channels), "x.yaml")]


def test_the_three_kinds_are_sound() -> None:
    assert reasons(**CHANNELS) == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("from: critical", "one of slack, pagerduty, webhook is needed"),
        (f"{CHANNELS['incidents']}, {CHANNELS['pager']}", "slack is given as well"),
        ("slack: {account: hub, channel: C0INCIDENTS}", "this is an account of kind github"),
        ("slack: {account: nowhere, channel: C0INCIDENTS}", "no such account"),
        ('slack: {account: chat, channel: "#incidents"}', ""),
        (f"{CHANNELS['incidents']}, environments: [moon]", "no such environment"),
        (f"{CHANNELS['incidents']}, except: [errors, eros]", "no such KPI"),
        (f"{CHANNELS['incidents']}, remind_every: 1m", "5m"),
        (f"{CHANNELS['pager']}, remind_every: 10m", "escalation policy"),
        ("pagerduty: {routing_key: nope}", "no secret of this name"),
        ("pagerduty: {routing_key: token, base_url: http://events.example.com}", "in clear"),
        ("webhook: {url: http://hooks.example.com/}", "in clear"),
        ("webhook: {url: https://h.example.com, headers: {Authorization: x}}", "never written"),
        ("webhook: {url: https://h.example.com, headers: {Host: x}}", "set by the program"),
        ('webhook: {url: https://h.example.com, headers: {X-A: "ü"}}', "one line of ASCII"),
        ("webhook: {url: https://me:pw@h.example.com}", "no user or password"),
    ],
)
def test_what_is_wrong_is_said(words: str, reason: str) -> None:
    found = reasons(one=words)
    assert found
    assert any(reason in each for each in found), found


def test_nothing_leaves_and_nothing_rings_unless_it_is_configured() -> None:
    config = parse(SMALL.encode(), "x.yaml").config
    assert config.workspaces["shop"].notices.channels == {}
    assert Wish.of(configured(config).notices["shop"]) == Wish()
    loud = SMALL.replace(
        "    services:\n",
        "    notices: {terminal: {bell: warning, title: false, osc: auto}}\n    services:\n",
    )
    wish = Wish.of(configured(parse(loud.encode(), "x.yaml").config).notices["shop"])
    assert wish == Wish(bell=Level.WARNING, title=False, osc="auto")


def channel_view(**changes: Any) -> ChannelView:
    made = ChannelView(
        name="incidents",
        kind="slack",
        target="C0INCIDENTS",
        least=Level.CRITICAL,
        last_at=NOW.at - timedelta(minutes=3),
        last_words="API production 503",
        last_operator="ana",
    )
    return replace(made, **changes)


def view(*channels: ChannelView) -> WorkspaceView:
    return replace(values.incident(), channels=channels)


async def test_the_channels_are_listed_and_a_test_asks_first() -> None:
    async with screen(view(channel_view(waiting=2)), size=NARROW) as rig:
        await rig.press("f4")
        assert "incidents  Slack C0INCIDENTS" in rig.text()
        await rig.press("enter")
        assert "Send a test message?" in rig.text()
        await rig.press("enter")
        assert rig.engine.notices.tested == [], "the first answer is not to send"
        await rig.press("f4", "enter", "down", "enter")
        assert rig.engine.notices.tested == [("lma", "incidents", "dana@bastion-1")]
        assert rig.app.notices[0].text == "test sent to incidents"


async def test_what_fails_stands_in_the_list() -> None:
    async with screen(view(channel_view(problem="Slack: refused")), size=NARROW) as rig:
        await rig.press("f4")
        assert "fails: Slack: refused" in rig.text()


async def test_without_a_channel_it_is_said() -> None:
    async with screen(size=NARROW) as rig:
        await rig.press("f4")
        assert "nobody is told" in rig.app.notices[0].text


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the program over a configuration whose webhook nobody answers."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TOKEN", "0123456789abcdef0123456789abcdef")
    path = tmp_path / "config.yaml"
    path.write_text(
        text(
            pager="pagerduty: {routing_key: token, base_url: http://127.0.0.1:9}",
            hook='webhook: {url: "http://127.0.0.1:9/in", secret: token}',
        )
    )

    def call(*words: str, answer: str = "") -> Any:
        return CliRunner().invoke(
            quarterdeck, ["--config", str(path), "notices", *words], input=answer
        )

    return call


def test_the_command_lists_channels(run: Any) -> None:
    found = run("--json")
    document = json.loads(found.stdout)
    assert found.exit_code == 0
    assert [(one["name"], one["kind"], one["target"]) for one in document["channels"]] == [
        ("pager", "pagerduty", "127.0.0.1:9"),
        ("hook", "webhook", "127.0.0.1:9"),
    ]
    assert "nothing sent within a week" in run().stdout


def test_a_test_asks_first_and_says_what_became_of_it(run: Any) -> None:
    refused = run("test", "hook", answer="n\n")
    assert (refused.exit_code, "not sent" in refused.output) == (1, True)
    failed = run("test", "shop/hook", "--yes")
    assert failed.exit_code == 1
    assert "Webhook: post a notice" in failed.output
    unknown = run("test", "nope", "--yes")
    assert "there are: shop/pager, shop/hook" in unknown.output


async def test_doctor_looks_at_each_channel_and_says_what_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "0123456789abcdef0123456789abcdef")
    clock = ManualClock()

    async with vendor_server(lambda _: json_reply({}, 404)) as server:
        here = server.url
        changed = text(
            hook=f'webhook: {{url: "{here}/in", secret: token}}',
            pager=f"pagerduty: {{routing_key: token, base_url: {here}}}",
            gone='webhook: {url: "http://127.0.0.1:9/in"}',
        ).replace("version: 1\n", f"version: 1\nsettings: {{shared_folder: {tmp_path}}}\n")
        config = parse(changed.encode(), "x.yaml").config
        journal = journals(config, clock, tmp_path)["shop"]
        blank = journal.entry(EntryKind.CLAIM, "hook")
        journal.append((noted(blank, "hook", "Webhook: refused", arrived=False),))
        shared = clients(config, clock)
        found = [one async for one in notice_findings(config, shared, clock)]
        await shared.aclose()

    said = [(one.subject, one.mark, one.words) for one in found]
    assert said[0] == ("shop/hook", Mark.OK, "its host answers, messages are signed")
    assert said[1] == ("shop/hook", Mark.WARNING, "fails since 2026-11-21 16:00Z: Webhook: refused")
    assert said[2][:2] == ("shop/pager", Mark.OK)
    assert said[3][:2] == ("shop/gone", Mark.FAILED)
    assert {one.method for one in server.asked} == {"GET"}, "nothing was sent"
