"""Carries statements out in one transaction, and says later what became of it."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from actions.database.deeds import Deed, refusal_of
from actions.plan import Plan
from actions.verbs import Sent, Settled, State
from providers.errors import ProviderError, Refused
from providers.postgres.fate import Fate, fate_of
from providers.postgres.options import DatabaseOptions
from providers.postgres.target import SYSTEM
from providers.postgres.writing import Trail, carry_out

_MOST_KEPT: Final = 64
NOTHING_CHANGED: Final = "the transaction was rolled back: nothing was changed"


class Transactions:
    """Used in the engine's loop; one for all databases.

    It remembers the number of each transaction it began, so that its fate can be asked for. After
    a crash that is lost, and the product's audit row tells, or the verb's own look.
    """

    def __init__(self) -> None:
        self._trails: OrderedDict[str, Trail] = OrderedDict()

    async def send(
        self, options: DatabaseOptions, plan: Plan, key: str, deeds: Sequence[Deed]
    ) -> Sent:
        """All of it, or nothing.

        Raises:
            RolledBack: Nothing was changed, and the server said so.
            Refused: A statement would end, begin or leave the transaction.
            ProviderError: As `writing.carry_out` says.
        """
        for each in deeds:
            if trouble := refusal_of(each.sql):
                raise Refused(SYSTEM, each.title, f"{trouble}: nothing was changed")
        trail = self._trails[request_of(plan, key)] = Trail()
        while len(self._trails) > _MOST_KEPT:
            self._trails.popitem(last=False)
        changes = [each.change for each in deeds]
        done = await carry_out(options, request_of(plan, key), changes, trail)
        rows = ", ".join(
            f"{each.title}: {count}" for each, count in zip(deeds, done.counts, strict=True)
        )
        return Sent(
            answer=f"transaction {done.xid}",
            words=f"committed; rows: {rows}",
            marks=(("xid", done.xid),),
        )

    async def settled(
        self, options: DatabaseOptions, plan: Plan, sent: Sent | None, row: Deed | None
    ) -> Settled:
        """What the database says of the transaction.

        Args:
            options: As for `send`.
            plan: What was sent.
            sent: What was answered; None when the answer was lost.
            row: Finds the row that it would have left in the product's audit, if there is one.

        Returns:
            Done when it was committed; unknown when only a look at the effect can tell.

        Raises:
            ProviderError: The server could not be asked.
        """
        if sent is not None:
            return Settled(state=State.DONE, words="committed")
        request = request_of(plan, "")
        trail = self._trails.get(request)
        try:
            found = await fate_of(options, request, trail, None if row is None else row.change)
        except ProviderError as error:
            if trail is None or trail.commit_sent:
                raise
            words = f"COMMIT was never sent, so nothing was changed; to ask failed: {error.reason}"
            return Settled(state=State.FAILED, words=words)
        return _FATES[found]


_FATES: Final = {
    Fate.COMMITTED: Settled(state=State.DONE, words="committed"),
    Fate.ROLLED_BACK: Settled(state=State.FAILED, words=NOTHING_CHANGED),
    Fate.UNDER_WAY: Settled(
        state=State.UNDER_WAY, words="the server has not ended the transaction so far"
    ),
    Fate.UNKNOWN: Settled(
        state=State.UNKNOWN, words="its transaction is over; nothing says how it ended"
    ),
}


def request_of(plan: Plan, key: str) -> str:
    """The id by which the transaction is found again."""
    return plan.request.id if plan.request is not None else key
