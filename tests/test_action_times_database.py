"""Unknown is told within 30 s and settled within 60 s where a database is changed (P5).

The real verb, door and driver before a real PostgreSQL, by a clock that jumps. The server is in a
process of its own, so every connection goes through a line in this loop that says for how long the
server is at work; meanwhile the clock stands still.
"""

import asyncio
import contextlib
import copy
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from actions.limits import Limits
from actions.people.family import PeopleFamily
from actions.people.settings import Communities
from actions.running import Phase, Running
from actions.verbs import Outcome
from demo.intake import StreamIntake
from demo.postgres_cluster import Cluster
from tests.action_database import BIG, Line, line_to
from tests.database_rig import Door, as_role, ground_of
from tests.people_rig import ACTING, EVE, NAME, Rig, standing
from tests.postgres_fixtures import People
from tests.warped import AwaitedErrands, LoopClock, warped_with_sockets

TOLD_S, SETTLED_S = 30.0, 60.0
_WAITS_FOR_US = frozenset({10, 11})
"""What the server asks for while somebody logs in: the name of a method, and an answer to it."""


class Server:
    """A line to a server, on which the clock stands still while the server is at work.

    Args:
        cluster: The server.
        clock: Everybody's.
    """

    def __init__(self, cluster: Cluster, clock: LoopClock) -> None:
        self._port = cluster.port
        self._clock = clock
        self.cluster = copy.copy(cluster)
        """As it is reached through us."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        intake = StreamIntake(self._serve)
        self.cluster.port = intake.open("127.0.0.1")
        try:
            yield
        finally:
            await intake.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._clock.elsewhere():
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._port)
        work = contextlib.ExitStack()
        down = asyncio.ensure_future(_answers(up_reader, writer, work))
        try:
            while data := await reader.read(BIG):
                work.close()
                work.enter_context(self._clock.elsewhere())
                up_writer.write(data)
            up_writer.write_eof()
            await down
        except OSError:
            pass
        finally:
            down.cancel()
            await asyncio.gather(down, return_exceptions=True)
            work.close()
            for each in (writer, up_writer):
                each.close()


async def _answers(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, work: contextlib.ExitStack
) -> None:
    """Pass on what the server says; at what it ends with, its work is done."""
    with work, contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while True:
            head = await reader.readexactly(5)
            (length,) = struct.unpack("!i", head[1:])
            body = await reader.readexactly(length - 4)
            writer.write(head + body)
            asks = head[:1] == b"R" and struct.unpack("!i", body[:4])[0] in _WAITS_FOR_US
            if asks or head[:1] == b"Z":
                work.close()
    writer.close()


class Lost(Struct, frozen=True, kw_only=True):
    """What becomes of COMMIT and its answer, and of the line."""

    arrives: bool
    """It gets to the server; its answer never comes back."""

    silent: bool
    """The connection stays open, and nothing is heard on it any more."""

    gone: bool = False
    """From then on the server can not be reached."""


class Heard(Struct):
    """What the person heard, when after it was sent, and what the database has."""

    outcome: Outcome | None
    words: str
    first_s: dict[Phase, float]
    state: tuple[bool, int, int, int]


def flown(lost: Lost, cluster: Cluster, folder: Path) -> Heard:
    """One action with the program's own limits, through all of its engine."""
    return warped_with_sockets(lambda clock: _before(lost, Server(cluster, clock), clock, folder))


async def _before(lost: Lost, server: Server, clock: LoopClock, folder: Path) -> Heard:
    async with (
        server.opened(),
        line_to(
            server.cluster.port,
            trigger=b'INSERT INTO "public"."audit_logs"',
            lost_kind=b"Q",
            swallowed=not lost.arrives,
            silent=lost.silent,
        ) as line,
    ):
        people = People(server.cluster)
        options = replace(as_role(server.cluster, NAME, ACTING), port=line.port)
        ground = ground_of(server.cluster, NAME, options=options)
        try:
            async with standing(people, folder, ground=ground) as rig:
                going = asyncio.create_task(_goes(line)) if lost.gone else None
                heard = await _heard(rig, clock, folder)
                assert going is None or going.done()
                return heard
        finally:
            await people.leave()


async def _goes(line: Line) -> None:
    await line.cut.wait()
    line.refused = True


async def _heard(rig: Rig, clock: LoopClock, folder: Path) -> Heard:
    family = PeopleFamily(Communities([rig.community]), clock, "ana")
    door = Door(family.verbs, folder / "door", clock=clock)
    door.runner.limits = Limits()
    door.record._errands = AwaitedErrands("audit", clock)
    first_s: dict[Phase, float] = {}

    def told(running: Running) -> None:
        first_s.setdefault(running.phase, clock.now().tick_s)

    door.runner.on_change = told
    try:
        done = await door.done("revoke-sessions", await rig.target())
        first_s = {phase: at_s - first_s[Phase.SENDING] for phase, at_s in first_s.items()}
        return Heard(done.outcome, done.words, first_s, await rig.state())
    finally:
        await door.aclose()


LOST = {
    "silence, and it was committed": (Lost(arrives=True, silent=True), Outcome.DONE),
    "silence, and it never arrived": (Lost(arrives=False, silent=True), Outcome.FAILED),
    "the line breaks after COMMIT": (Lost(arrives=True, silent=False), Outcome.DONE),
    "silence, and the server is gone": (
        Lost(arrives=True, silent=True, gone=True),
        Outcome.UNKNOWN,
    ),
}


@pytest.mark.parametrize("how", LOST)
def test_a_commit_whose_answer_is_lost_is_told_and_settled_in_time(
    how: str, postgres: Cluster, tmp_path: Path
) -> None:
    lost, outcome = LOST[how]
    heard = flown(lost, postgres, tmp_path)
    assert heard.outcome is outcome, heard.words
    # Banned, sessions, their refresh tokens, rows in the product's audit.
    assert heard.state == ((False, 0, 0, 1) if lost.arrives else (False, 3, 4, 0))
    assert heard.first_s[Phase.RECONCILING] <= TOLD_S
    assert heard.first_s[Phase.OVER] <= SETTLED_S
    if outcome is Outcome.UNKNOWN:
        assert heard.first_s[Phase.OVER] >= SETTLED_S - 5.0
        assert EVE in heard.words
        assert "not sent again" in heard.words
