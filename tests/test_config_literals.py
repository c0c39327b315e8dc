"""A secret in the file is refused by its line, wherever it stands, and never repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.config_texts import SMALL, problems, small
from tui.config.literals import found_in_value, masked

TOKENS = {
    "Stripe": "sk_" + "live_51HqLyjWDarjtT1zdp7dc",
    "Stripe restricted": "rk_" + "test_51HqLyjWDarjtT1zdp7dc",
    "webhook": "whsec_" + "9f8e7d6c5b4a39281706",
    "GitHub": "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "GitHub app": "ghs_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "GitHub fine-grained": "github_pat_" + "11ABCDEFG0abcdefghijkl_mnopqrstu",
    "Slack": "xoxb-" + "2345678901-2345678901-abcdefghijkl",
    "Slack webhook": "https://hooks.slack.com/services/" + "T00000000/B00000000/XXXXXXXXXXXX",
    "Supabase": "sbp_" + "0123456789abcdef0123456789abcdef01234567",
    "Supabase secret": "sb_secret_" + "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz",
    "Resend": "re_" + "AbCdEf12_3456789abcdefghijkl",
    "Render": "rnd_" + "AbCdEf123456789abcdefghijkl",
    "AWS": "AKIA" + "IOSFODNN7EXAMPLE",
    "Google": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "JWT": "eyJ" + "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2ln",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "PostgreSQL": "postgresql://me:hunter2" + "@db.example.com/app",
    "user and password": "https://user:hunter2" + "@example.com/",
    "query": "https://example.com/?a=1&access_token=" + "hunter2",
    "header": "Authorization: Bearer " + "hunter2",
}


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("title: Shop\n", "title: '{}'\n", 11),
        ("title: Shop\n", "title: Shop # {}\n", 11),
        ("title: Shop\n", "title: Shop\n    # was: {}\n", 12),
        ("title: Shop\n", "title: Shop\n    '{}': x\n", 12),
        ("  token: {env: TOKEN}\n", "  token: '{}'\n", 3),
        ("{kind: vercel, secret: token}", "{{kind: vercel, secret: '{}'}}", 6),
    ],
    ids=["value", "comment", "comment line", "key", "secret", "reference"],
)
def test_a_token_of_any_kind_is_refused_by_line(before: str, after: str, line: int) -> None:
    for kind, token in TOKENS.items():
        found = problems(small(before, after.format(token)))
        told = [each for each in found if "secrets are never written here" in each]
        assert [each.startswith(f"{line}:") for each in told] == [True], kind
        assert not [each for each in found if token in each or "hunter2" in each], kind


@pytest.mark.parametrize(
    "value",
    [
        '"sk_li\\x76e_51HqLyjWDarjtT1zdp7dc"',
        ">-\n      sk_\\\n      live_x\n    zzz: a2K4b6C8d0E2f4G6h8J0k2L4",
        "aB3dE5fG7hI9jK1lM3nO5pQ7",
        "0123456789abcdef0123456789abcdef01234567",
    ],
    ids=["escaped", "folded", "random word", "hex"],
)
def test_disguises_and_random_words_are_seen_too(value: str) -> None:
    found = problems(small("title: Shop\n", f"title: {value}\n"))
    assert any("secrets are never written here" in each for each in found)
    assert not any("aB3dE5fG7hI9jK1lM3nO5pQ7" in each for each in found)


def test_the_setting_that_holds_it_is_named() -> None:
    (found,) = problems(small("title: Shop\n", f"title: {TOKENS['GitHub']}\n"))
    assert found == (
        "11:12: workspaces.shop.title: looks like a GitHub token; secrets are never written here:"
        " declare where it is under secrets, and name it"
    )


@pytest.mark.parametrize("source", ["hunter2", "[hunter2]", "{value: hunter2}", "{token: hunter2}"])
def test_a_secret_without_a_telling_form_is_refused_by_its_place(source: str) -> None:
    found = problems(small("  token: {env: TOKEN}\n", f"  token: {source}\n"))
    assert any(each.startswith("3:") and "never written here" in each for each in found)
    assert not any("hunter2" in each for each in found)


@pytest.mark.parametrize("command", ["[echo, hunter2]", "[/bin/echo, hunter2]", "[printf, a]"])
def test_a_command_that_prints_what_stands_here_is_refused(command: str) -> None:
    found = problems(small("{env: TOKEN}", f"{{command: {command}}}"))
    assert found == [
        "3:20: secrets.token.command: a command that prints what is written here hides no secret"
    ]


@pytest.mark.parametrize("place", ["password: db}", "{kind: vercel, secret: token}"])
def test_what_should_name_a_secret_is_never_repeated(place: str) -> None:
    key = place.rpartition(": ")[0]
    found = problems(small(place, f"{key}: correct-horse-battery}}"))
    assert len(found) == 1
    assert "horse" not in found[0]


@pytest.mark.parametrize(
    "innocent",
    [
        "prj_of_lma",
        "team_of_localloop",
        "srv-of-lma-api-production",
        "docs/LocalLoop-Application-Architecture.md",
        "https://example.com/a?page=2&sort=name",
        "checks[?key=='db'].status | [0]",
        "re_requests",
        'http_requests_total{code="500"}',
        "secret_header: Authorization",
        "db.project-of-lma.supabase.co",
        "2026-11-21T16:00:00Z",
        "https://status.supabase.com",
        "postgresql://db.example.com/app",
    ],
)
def test_ordinary_values_are_let_through(innocent: str) -> None:
    assert found_in_value(innocent) == ""
    assert masked(innocent) == innocent


def test_the_small_configuration_holds_none() -> None:
    assert not any("looks like" in each for each in problems(SMALL))


@given(st.sampled_from(sorted(TOKENS.values())), st.text(max_size=20), st.text(max_size=20))
def test_a_masked_message_shows_no_token(token: str, before: str, after: str) -> None:
    told = masked(f"{before} {token} {after}")
    assert token not in told
    assert "hunter2@" not in told
