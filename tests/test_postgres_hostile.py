"""Texts that mean harm, on their way through a real server."""

import unicodedata

import pytest

from providers.secrets import Secret
from tests.postgres_fixtures import Look, People, by_application

FORBIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

HOSTILE = [
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J\x1b[31m",
    "\x9b31m",
    "[/red] [@click=app.quit]x[/]",
    "\u202etxt.exe",
    "a\u200bb",
    "'; DROP TABLE orders; --",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_query_and_names_are_harmless_text(people: People, look: Look, text: str) -> None:
    role = text.replace("\x07", "") + "role"
    quoted = '"' + role.replace('"', '""') + '"'
    admin = await people.connect("setup")
    await admin.execute(f"CREATE ROLE {quoted} LOGIN PASSWORD 'hostile-password'")
    try:
        guest = await people.connect(text, user=role, password="hostile-password")
        await guest.execute(f"BEGIN; SELECT $q${text}$q$")

        (session,) = (await look(idle_in_transaction_s=0)).sessions

        shown = f"{session.query}{session.user}{session.application}"
        assert not [c for c in shown if unicodedata.category(c) in FORBIDDEN and c not in "\n\t"]
        assert "SELECT" in str(session.query)
        if "[" in text and "\x1b" not in text:
            assert text in str(session.query)
    finally:
        await people.leave()
        admin = await people.connect("setup")
        await admin.execute(f"DROP ROLE {quoted}")


async def test_a_hundred_kilobytes_of_query_are_cut_on_the_server(
    people: People, look: Look
) -> None:
    guest = await people.connect("web")
    await guest.execute(f"BEGIN; SELECT '{'x' * 100_000}'")

    session = by_application(await look(idle_in_transaction_s=0))["web"]

    assert 500 < len(session.query.text) <= 4096


async def test_a_query_in_another_encoding_does_not_take_the_look_down(
    people: People, look: Look
) -> None:
    admin = await people.connect("setup")
    await admin.execute("DROP DATABASE IF EXISTS latin")
    await admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        guest = await people.connect("web", database="latin")
        await guest.execute("BEGIN; SELECT 'caf\u00e9 \u00fcber'")

        session = by_application(await look(idle_in_transaction_s=0))["web"]

        assert str(session.query).startswith("BEGIN; SELECT 'caf\ufffd")
    finally:
        await people.leave()
        admin = await people.connect("setup")
        await admin.execute("DROP DATABASE latin")


async def test_a_known_secret_in_a_query_is_taken_out(people: People, look: Look) -> None:
    Secret("sk_live_51-known-secret")
    guest = await people.connect("web sk_live_51-known-secret")
    await guest.execute("BEGIN; SELECT 'sk_live_51-known-secret'")

    (session,) = (await look(idle_in_transaction_s=0)).sessions

    assert "sk_live_51" not in f"{session.query}{session.application}"
