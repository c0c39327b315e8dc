"""Who signs in to the demo's products: everyday slips, and one who guesses."""

from datetime import timedelta
from typing import Any

import pytest

from demo.agenda import Agenda
from demo.estate import Estate
from demo.incident import INCIDENT, GiveUp, TryPasswords, perform
from demo.postgres import DemoDatabase
from demo.sign_ins import INSIDE_AFTER_S, LOOK_EVERY_S, SignIns
from demo.supabase_world import project_of
from demo.vendors.supabase_state import Project
from tests.fakes import ManualClock


class Written(DemoDatabase):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, tuple[object, ...]]] = []

    @property
    def running(self) -> bool:
        return True

    async def write(self, rows: Any) -> None:
        self.rows.extend(rows)

    def of(self, table: str) -> list[tuple[object, ...]]:
        return [values for statement, values in self.rows if table in statement]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def estate(clock: ManualClock) -> Estate:
    return Estate(Agenda(clock))


@pytest.fixture
def project(estate: Estate) -> Project:
    return project_of(estate.supabase, "localloop")


async def test_on_a_calm_day_few_mistype_and_some_sign_in(
    clock: ManualClock, project: Project
) -> None:
    database = Written()
    people = SignIns(database, project, clock)
    for _ in range(round(3600 / LOOK_EVERY_S)):
        await people.look()

    addresses = [str(values[0]) for values in database.of("sign_in_attempts")]
    assert 10 < len(addresses) < 80
    assert max(addresses.count(one) for one in addresses) < 10
    assert 100 < len(database.of("audit_log_entries")) < 300


async def test_who_guesses_does_so_from_one_address_and_then_gets_in(
    clock: ManualClock, estate: Estate, project: Project
) -> None:
    perform(TryPasswords(product="localloop", address="203.0.113.66", per_minute=90), estate)
    database = Written()
    people = SignIns(database, project, clock)
    for _ in range(round(60 / LOOK_EVERY_S)):
        clock.advance(LOOK_EVERY_S)
        await people.look()

    guesses = [values for values in database.of("sign_in_attempts") if values[0] == "203.0.113.66"]
    assert sum(int(str(values[1])) for values in guesses) == 90
    stolen = [values for values in database.of("audit_log_entries") if "token" in str(values[0])]
    assert len(stolen) == (60 - INSIDE_AFTER_S) / LOOK_EVERY_S + 1
    assert len({values[3] for values in stolen}) == 7
    perform(GiveUp(product="localloop"), estate)
    assert project.attacks == []


async def test_an_attack_that_has_not_begun_writes_nothing(
    clock: ManualClock, estate: Estate, project: Project
) -> None:
    perform(TryPasswords(product="localloop", address="203.0.113.66", per_minute=90), estate)
    before = ManualClock(clock.now().at - timedelta(minutes=1))
    database = Written()

    await SignIns(database, project, before).look()

    assert all("203.0.113.66" not in values for values in database.of("sign_in_attempts"))


def test_in_the_script_somebody_guesses_and_gives_up() -> None:
    begins = next(one.at_s for one in INCIDENT.steps if isinstance(one.act, TryPasswords))
    ends = next(one.at_s for one in INCIDENT.steps if isinstance(one.act, GiveUp))

    assert begins + 60 < ends
