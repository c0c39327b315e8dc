"""Resetting a password by SQL (A:140): off unless the configuration allows it.

A recovery link is better, for nobody but the user learns the password. Where there is none: the
password is random, hashed on this machine, and kept in a file of one's own (0600) for whoever hands
it over. The database gets the hash alone, bound as a value: what A:140 does, hashing on the server
by `crypt(…, gen_salt('bf'))`, has the password itself in the statement, and so in the server's log
and in pg_stat_statements, and needs pgcrypto.
"""

import asyncio
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from actions.database.deeds import Deed, Said, table
from actions.database.transactions import Transactions
from actions.people.base import PersonVerb, Shape, Task
from actions.people.person import Person
from actions.people.rights import Need
from actions.people.settings import Communities, Community
from actions.people.taking import effects
from actions.plan import Change, Danger, Plan, Target
from actions.verbs import Sent, Settled, State, Unplannable
from providers.clock import Clock
from providers.errors import ProviderError, Refused
from providers.postgres.target import SYSTEM
from providers.secrets import Secret
from providers.text import Foreign

_BYTES: Final = 18
_COST: Final = 10
"""As Supabase's auth server hashes itself (bcrypt's default in Go)."""

_PREFIX: Final = b"2a"
"""As it writes them; the `2b` that bcrypt writes unasked means the same."""

_SHOWN: Final = "(bcrypt hash of a random password)"


class ResetPassword(PersonVerb):
    """Gives a user a random password that is handed over by a person.

    Args:
        communities: Where users are.
        transactions: Carries statements out.
        clock: The time.
        operator: Who sits here.
        folder: Where the password is kept until it is handed over; made here, 0700.
    """

    name = "reset-password"
    action = "password_reset"
    rights = (Need(table="users", right="UPDATE", columns=("encrypted_password", "updated_at")),)

    def __init__(
        self,
        communities: Communities,
        transactions: Transactions,
        clock: Clock,
        operator: str,
        folder: Path,
    ) -> None:
        super().__init__(communities, transactions, clock, operator)
        self._folder = folder
        self._hashes: dict[str, Secret] = {}

    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """As `PersonVerb.shape`."""
        del given
        if not community.direct_password:
            raise Unplannable(
                "resetting a password by SQL is not allowed "
                "(actions.people.allow_direct_password_reset): send a recovery link"
            )
        return Shape(
            title=f"Reset the password of {target.name.line(60)}",
            pins=(("user", person.id),),
            changes=(
                Change(field="password", before=Foreign("theirs"), after=Foreign("a random one")),
            ),
            effects=effects(person, self._clock.now()),
            side_effects=(
                f"it is put into a file in {self._folder}, for you alone: hand it over, delete it",
                "the database gets its hash alone",
                "sessions stay: Revoke all sessions ends them",
            ),
            no_undo="the password before is not known to anybody here",
            danger=Danger.FINAL,
        )

    def deeds(self, task: Task) -> Iterator[Deed]:
        """As `PersonVerb.deeds`."""
        users = table(task.community.relation("users"))
        made = None if task.request is None else self._hashes.get(task.request.id)
        value = None if made is None else made.reveal()
        yield Deed(
            title="password",
            sql=(
                f"UPDATE {users} SET encrypted_password = $2::text, "  # noqa: S608 - a quoted name, bound values
                "updated_at = pg_catalog.now() WHERE id = $1::text::uuid"
            ),
            values=(task.id, Said(value=value, words=_SHOWN)),
            rows=1,
            otherwise="deleted meanwhile",
        )

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`: the password is in its file before anything is sent."""
        if plan.request is None:
            raise Refused(SYSTEM, self.name, "nobody asked for it: nothing was changed")
        path = self._path(plan)
        try:
            self._hashes[plan.request.id] = await asyncio.to_thread(_made, path)
            return await super().send(plan, key)
        except OSError as error:
            why = error.strerror or "not written"
            raise Refused(SYSTEM, self.name, f"{path}: {why}: nothing was changed") from None
        except ProviderError as error:
            if not error.after_sending:
                await asyncio.to_thread(path.unlink, missing_ok=True)
            raise
        finally:
            self._hashes.pop(plan.request.id, None)

    def words(self, plan: Plan, person: Person) -> str:
        """As `PersonVerb.words`."""
        del person
        return f"the new password is in {self._path(plan)}: hand it over, then delete it"

    def judged(self, plan: Plan, person: Person) -> Settled:
        """As `PersonVerb.judged`: nothing readable tells."""
        del plan, person
        return Settled(state=State.UNKNOWN, words="nothing tells whether it was changed")

    def _path(self, plan: Plan) -> Path:
        request = "" if plan.request is None else plan.request.id
        return self._folder / f"password-{plan.target.identity[:8]}-{request}.txt"


def _made(path: Path) -> Secret:
    """Put a random password into a file of one's own; some 60 ms, for a thread.

    Returns:
        Its hash.
    """
    # Two milliseconds and a library of its own, for what hardly anybody allows.
    import bcrypt

    password = Secret(secrets.token_urlsafe(_BYTES))
    hashed = bcrypt.hashpw(password.reveal().encode(), bcrypt.gensalt(_COST, _PREFIX))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{password.reveal()}\n")
    return Secret(hashed.decode("ascii"))
