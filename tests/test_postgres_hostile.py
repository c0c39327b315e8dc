"""Texts that mean harm, on their way through a real server."""

import re

from providers.secrets import Secret
from tests.hostile_texts import TEXTS, forbidden
from tests.postgres_fixtures import Look, People, by_application

NOT_STORED = re.compile("[\x00\ud800-\udfff]")
"""What no server takes for a text at all."""

ROLE = "\x1b]52;c;ZXZpbA==\x1b\\ [@click=app.quit]x[/] \u202etxt \u200b'; DROP TABLE orders; --"


async def test_69_texts_in_queries_and_names_are_harmless(people: People, look: Look) -> None:
    quoted = '"' + ROLE.replace('"', '""') + '"'
    admin = await people.connect("setup")
    await admin.execute(f"CREATE ROLE {quoted} LOGIN PASSWORD 'hostile-password'")
    texts = [NOT_STORED.sub("", text) for text in TEXTS.values()]
    try:
        guests = [
            await people.connect("", user=ROLE, password="hostile-password") for _ in range(23)
        ]
        for batch in range(0, len(texts), len(guests)):
            said = texts[batch : batch + len(guests)]
            for guest, text in zip(guests, said, strict=True):
                await guest.execute(f"ROLLBACK; SET application_name TO $q${text}$q$")
                await guest.execute(f"BEGIN; SELECT $q${text[:500]}$q$")

            sessions = (await look(idle_in_transaction_s=0)).sessions

            assert len(sessions) == len(guests)
            for one in sessions:
                assert not forbidden(f"{one.query}{one.user}{one.application}{one.client}")
                assert "SELECT" in str(one.query)
            shown = "".join(str(one.query) for one in sessions)
            assert all(
                text[:500] in shown for text in said if text.isascii() and text.isprintable()
            )
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
