"""How much of each vendor's rate limit is used, our own calls included (A:267). Asks nobody."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock, Moment
from providers.harvest import Harvest
from providers.limiter import RateBudget
from providers.readings import Reading
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign

if TYPE_CHECKING:
    from providers.http import Api

SYSTEM: Final = "API budget"
STALE_S: Final = 900.0
"""What a vendor said longer ago says nothing of now: most windows are shorter."""

HIGH_PERCENT: Final = 80.0
"""A:267: below this share of a limit all is well."""

NOT_TOLD: Final = "the vendor does not tell its limit"
NOT_LATELY: Final = "not asked for 15 minutes"

PER_MINUTE: Final[Mapping[str, int]] = {"google-key": 150, "stripe": 6_000, "slack": 50}
"""Limits that no header tells, by kind of account, in requests a minute as documented: CrUX 150;
Stripe 100 a second in live mode; Slack's tier 3, the lowest that is used here."""


class AccountBudget(Struct, frozen=True, kw_only=True):
    """One account as it is now."""

    name: str
    """In the configuration."""

    system: str
    budget: RateBudget | None
    documented_per_minute: int | None
    sent_last_minute: int
    sent_last_hour: int


def metric_of(account: str) -> str:
    """The name of an account's own number: `lma_vercel_used_percent`."""
    return re.sub(r"[^a-z0-9]", "_", f"{account}_used_percent")


def used(account: AccountBudget, now: Moment) -> tuple[float | None, str]:
    """The share that is used in percent, or None and why nobody knows."""
    budget = account.budget
    if budget is not None and budget.used_percent is not None:
        fresh = budget.at.age_s(now) <= STALE_S
        return (budget.used_percent, "") if fresh else (None, NOT_LATELY)
    if account.documented_per_minute is None:
        return None, NOT_TOLD
    return 100.0 * account.sent_last_minute / account.documented_per_minute, ""


class ApiBudgetSource:
    """The budgets of the accounts of one workspace, as the vendors last told them.

    Args:
        spec: Name and cadence.
        title: For the pane.
        apis: The clients by the accounts' names.
        kinds: The kind of each account.
        clock: Tells how old a budget is.
    """

    def __init__(
        self,
        spec: SourceSpec,
        title: str,
        apis: "Mapping[str, Api]",
        kinds: Mapping[str, str],
        clock: Clock,
    ) -> None:
        self._spec = spec
        self._title = title
        self._apis = dict(apis)
        self._kinds = dict(kinds)
        self._clock = clock

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the clients belong to the wiring."""

    async def read(self) -> Harvest:
        """Look at what the clients remember; nothing is sent.

        Emits `api_budget_used_percent` (the worst), `calls_per_minute` (ours, all accounts), and
        one `ACCOUNT_used_percent` each.
        """
        now = self._clock.now()
        accounts = tuple(self._account(name) for name in self._apis)
        records = tuple(budget_record(each, now) for each in accounts)
        shares = {each.name: used(each, now) for each in accounts}
        payload = SystemReading(
            system=self._title,
            condition=_overall(records),
            summary=Foreign(_summary(shares, accounts)),
            sections=(
                Section(
                    key="accounts", title="Accounts", records=records, empty="no account is used"
                ),
            ),
        )
        return Harvest(payload=payload, numbers=tuple(self._numbers(accounts, shares, now)), at=now)

    def _account(self, name: str) -> AccountBudget:
        api = self._apis[name]
        return AccountBudget(
            name=name,
            system=api.system,
            budget=api.budget,
            documented_per_minute=PER_MINUTE.get(self._kinds[name]),
            sent_last_minute=api.sent_within(60.0),
            sent_last_hour=api.sent_within(3_600.0),
        )

    def _numbers(
        self,
        accounts: Sequence[AccountBudget],
        shares: Mapping[str, tuple[float | None, str]],
        now: Moment,
    ) -> Iterator[Reading]:
        known = [share for share, _ in shares.values() if share is not None]
        calls = sum(each.sent_last_minute for each in accounts)
        worst = max(known, default=None)
        yield self._reading("api_budget_used_percent", worst, "%", now, "no limit is known yet")
        yield self._reading("calls_per_minute", float(calls), "count", now, "")
        for name, (share, reason) in shares.items():
            yield self._reading(metric_of(name), share, "%", now, reason)

    def _reading(
        self, metric: str, value: float | None, unit: str, now: Moment, reason: str
    ) -> Reading:
        return Reading(
            source=self._spec.id,
            metric=metric,
            value=value,
            unit=unit,
            at=now,
            reason="" if value is not None else reason,
        )


def budget_record(account: AccountBudget, now: Moment) -> Record:
    """One account as a row."""
    share, reason = used(account, now)
    condition = Condition.UNKNOWN
    if share is not None:
        condition = Condition.FINE if share < HIGH_PERCENT else Condition.DEGRADED
        condition = condition if share < 100.0 else Condition.BROKEN
    budget = account.budget
    return Record(
        id=account.name,
        title=Foreign(account.name),
        condition=condition,
        state=Foreign(_short(reason) if share is None else f"{share:.0f} % used"),
        at=budget.at.at if budget is not None else None,
        details=(
            ("vendor", Foreign(account.system)),
            ("left", Foreign(_left(account))),
            ("full again", Foreign(_again(budget, now.at))),
            ("our calls, 1 min", Foreign(str(account.sent_last_minute))),
            ("our calls, 1 h", Foreign(str(account.sent_last_hour))),
        ),
    )


def _short(reason: str) -> str:
    return "limit not told" if reason == NOT_TOLD else reason


def _left(account: AccountBudget) -> str:
    budget = account.budget
    if budget is not None and budget.limit and budget.remaining is not None:
        return f"{budget.remaining:,} of {budget.limit:,}"
    if account.documented_per_minute is not None:
        return f"documented: {account.documented_per_minute:,} a minute; others' calls unseen"
    return ""


def _again(budget: RateBudget | None, now: datetime) -> str:
    if budget is None or budget.reset_at is None:
        return ""
    left_s = (budget.reset_at - now).total_seconds()
    return f"in {left_s:.0f} s" if left_s > 0 else "now"


def _overall(records: Sequence[Record]) -> Condition:
    """An account that was not asked lately does not hide that another is nearly used up."""
    conditions = {record.condition for record in records}
    for each in (Condition.BROKEN, Condition.DEGRADED, Condition.FINE):
        if each in conditions:
            return each
    return Condition.UNKNOWN


def _summary(
    shares: Mapping[str, tuple[float | None, str]], accounts: Sequence[AccountBudget]
) -> str:
    known = {name: share for name, (share, _) in shares.items() if share is not None}
    calls = sum(each.sent_last_minute for each in accounts)
    ours = f"{calls} calls of ours in the last minute"
    if not known:
        return f"no limit is known yet; {ours}"
    worst = max(known, key=lambda name: known[name])
    return f"most used: {worst} {known[worst]:.0f} %; {ours}"
