"""Whether an address takes a connection: one is enough, a refusal is none, words for the rest."""

from providers.reach import unreachable
from tests.vendor_server import dead_port, json_reply, vendor_server


async def test_one_that_answers_is_enough() -> None:
    closed = ("127.0.0.1", dead_port())
    async with vendor_server(lambda _asked: json_reply({})) as server:
        open_ = ("127.0.0.1", int(server.url.rpartition(":")[2]))

        assert await unreachable((open_,), 5.0) == ""
        assert await unreachable((closed, open_), 5.0) == ""


async def test_refusal_is_said_of_the_first() -> None:
    first, second = ("127.0.0.1", dead_port()), ("127.0.0.1", dead_port())

    said = await unreachable((first, second), 5.0)

    assert said == f"127.0.0.1:{first[1]}: connection refused"


async def test_name_that_is_none() -> None:
    said = await unreachable(((f"{'a' * 70}.test", 5432),), 5.0)

    assert said.startswith(f"{'a' * 70}.test:5432: ")
    assert said.rpartition(": ")[2]
