"""Statements of the configuration in one transaction, and a look by SELECT at what came of it.

Values are bound as `$1`, `$2` …, never written into a statement; each statement says how many rows
it changes, exactly, or everything is rolled back.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from actions.custom.values import Values
from actions.database.deeds import Deed, Said, Value, steps
from actions.database.ground import Ground
from actions.database.transactions import Transactions
from actions.plan import Effect, Plan, Request, Step
from actions.verbs import Sent, Settled
from monitor.words import noun
from providers.postgres.fate import looking

SAID: Final[Mapping[str, str]] = {
    "operator": "(you)",
    "reason": "(your reason)",
    "request": "(the request's id)",
    "incident": "(the incident)",
}
"""Values that are known once it is confirmed, and what is shown of them before."""


class StatementTemplate(Struct, frozen=True, kw_only=True):
    """One statement and what is bound in it."""

    title: str
    sql: str
    values: tuple[str, ...] = ()
    """Names of parameters, of the row, or of `SAID`, for `$1`, `$2` …"""

    rows: int | None = None


class BySql:
    """Carries statements out.

    Args:
        ground: The database, as the actions' login reaches it.
        statements: In this order.
        transactions: Remembers what was begun.
    """

    settle_s = 60.0
    is_verdict = True

    def __init__(
        self,
        ground: Ground,
        statements: Sequence[StatementTemplate],
        transactions: Transactions,
    ) -> None:
        self._ground = ground
        self._statements = tuple(statements)
        self._transactions = transactions

    @property
    def needs(self) -> tuple[str, ...]:
        """As `Means.needs`."""
        login = "the actions' login" if self._ground.own_login else "the role that watches"
        return (f"{login} needs the rights of these statements",)

    async def steps(self, values: Values, plan: Plan | None) -> tuple[Step, ...]:
        """As `Means.steps`; shows words where a value is only known once it is confirmed."""
        del plan
        return steps(self._deeds(values, None), self._ground.title)

    async def pins(self, values: Values) -> tuple[tuple[str, str], ...]:
        """As `Means.pins`: where it is carried out."""
        del values
        return (("database", self._ground.place),)

    def effects(self) -> Sequence[Effect]:
        """As `Means.effects`: exactly so many rows, or none."""
        counts = [one.rows for one in self._statements]
        if any(count is None for count in counts):
            reason = "a statement names no exact number"
            return (Effect(words="rows are changed", number=None, reason=reason),)
        total = float(sum(count or 0 for count in counts))
        words = noun(total, "row is changed, or none", "rows are changed, or none")
        return (Effect(words=words, number=total),)

    async def send(self, plan: Plan, values: Values, key: str) -> Sent:
        """As `Means.send`."""
        deeds = self._deeds(values, plan.request)
        return await self._transactions.send(self._ground.options, plan, key, deeds)

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Means.settled`: what the server says of the transaction."""
        return await self._transactions.settled(self._ground.options, plan, sent, None)

    def _deeds(self, values: Values, request: Request | None) -> tuple[Deed, ...]:
        return tuple(
            Deed(
                title=one.title,
                sql=one.sql,
                values=tuple(_value(name, values, request) for name in one.values),
                rows=one.rows,
            )
            for one in self._statements
        )


def _value(name: str, values: Values, request: Request | None) -> Value:
    if name in values:
        text = values[name].text
        return text or None
    known = {} if request is None else {
        "operator": request.operator, "reason": request.reason, "request": request.id,
        "incident": request.incident,
    }  # fmt: skip
    return Said(value=known.get(name), words=SAID[name])


class ReadBySql:
    """Asks one value by SELECT; it holds when that is true.

    Args:
        ground: The database, as the actions' login reaches it.
        template: The statement.
    """

    def __init__(self, ground: Ground, template: StatementTemplate) -> None:
        self._ground = ground
        self._template = template

    async def holds(self, values: Values) -> tuple[bool, str]:
        """As `ReadBack.holds`."""
        texts = [values[name].text or None for name in self._template.values]
        async with looking(self._ground.options, "read back") as look:
            rows = await look.rows(self._template.sql, *texts)
        if not rows:
            return False, "no row"
        (found, *_) = rows[0].values()
        return found is True, f"{self._template.title} gives {str(found).lower()}"
