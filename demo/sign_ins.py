"""Who signs in to a product, and who tries to: rows in its real database, as long as it runs."""

import asyncio
import contextlib
import random
from datetime import datetime
from typing import Final

from demo.postgres import DemoDatabase
from demo.postgres_crowd import TROUBLE
from demo.user_mirror import VICTIM, Mirror
from demo.vendors.supabase_state import Project
from providers.clock import Clock

LOOK_EVERY_S: Final = 2.0
_TIMEOUT_S: Final = 2.0
_EVERYDAY_LOGIN: Final = 0.1
_EVERYDAY_SLIP: Final = 0.02
"""Chances, each time we look, that somebody signs in, or mistypes the password."""

INSIDE_AFTER_S: Final = 30.0
"""From the first guess to the right one; then the intruder refreshes a stolen session."""

_STOLEN_FROM: Final = 7
"""Addresses the stolen session is used from, at once."""

_FAILED: Final = """INSERT INTO public.sign_in_attempts (account_hash, ip, outcome)
    SELECT md5('user' || (1 + (random() * 399)::integer)), $1::text::inet, 'failed'
    FROM generate_series(1, $2)"""
_ENTRY: Final = """INSERT INTO auth.audit_log_entries (id, payload, created_at, ip_address)
    SELECT gen_random_uuid(), json_build_object(
        'action', $1::text, 'actor_id', md5('user' || $2::integer)::uuid,
        'actor_username', 'user' || $2::integer || '@example.com',
        'actor_via_sso', false, 'log_type', $3::text
    ), now(), $4 FROM generate_series(1, $5)"""


class SignIns:
    """Keeps writing what a product and its auth server would write.

    Args:
        database: Of the product.
        project: Whose attackers there are, if any.
        clock: Whose time passes.
    """

    def __init__(self, database: DemoDatabase, project: Project, clock: Clock) -> None:
        self._database = database
        self._project = project
        self._clock = clock
        self._noise = random.Random(project.name)

    async def run(self) -> None:
        """Write again and again, until cancelled."""
        mirror = Mirror(self._database, self._project.people)
        while True:
            with contextlib.suppress(*TROUBLE):
                async with asyncio.timeout(_TIMEOUT_S):
                    await self.look()
                    await mirror.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Write what happened since the last look.

        Raises:
            OSError: or another of `TROUBLE`: the database is not there.
        """
        rows = [*self._everyday(), *self._attacks(self._clock.now().at)]
        if rows and self._database.running:
            await self._database.write(rows)

    def _everyday(self) -> list[tuple[str, tuple[object, ...]]]:
        person = self._noise.randint(1, 400)
        address = f"192.0.2.{self._noise.randint(1, 200)}"
        rows: list[tuple[str, tuple[object, ...]]] = []
        if self._noise.random() < _EVERYDAY_LOGIN:
            rows.append((_ENTRY, ("login", person, "account", address, 1)))
        if self._noise.random() < _EVERYDAY_SLIP:
            rows.append((_FAILED, (address, 1)))
        return rows

    def _attacks(self, now: datetime) -> list[tuple[str, tuple[object, ...]]]:
        rows: list[tuple[str, tuple[object, ...]]] = []
        for attack in self._project.attacks:
            tried_s = (now - attack.since).total_seconds()
            if tried_s < 0:
                continue
            rows.append((_FAILED, (attack.address, round(attack.per_minute * LOOK_EVERY_S / 60))))
            if tried_s >= INSIDE_AFTER_S:
                network = attack.address.rpartition(".")[0]
                host = 200 + round(tried_s / LOOK_EVERY_S) % _STOLEN_FROM
                entry = ("token_refreshed", VICTIM, "token", f"{network}.{host}", 2)
                rows.append((_ENTRY, entry))
        return rows
