"""Amounts of money as payment vendors write them: in the smallest unit of a currency.

Amounts of different currencies are never added: nobody here knows a rate.
"""

from collections.abc import Iterable
from typing import Final

_NONE: Final = frozenset(
    {
        *("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga"),
        *("pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"),
    }
)
"""Without decimals (Stripe, "Zero-decimal currencies"; ISK and UGX are written with two there)."""

_THREE: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})


def decimals(currency: str) -> int:
    """How many digits of an amount stand behind the point."""
    low = currency.lower()
    return 0 if low in _NONE else 3 if low in _THREE else 2


def major(amount: int, currency: str) -> float:
    """An amount in whole units: 1250 of EUR are 12.5, of JPY 1250."""
    return float(amount / 10.0 ** decimals(currency))


def money_words(amount: int, currency: str) -> str:
    """Such as `1,250.00 EUR`; exact, also beyond what a float holds."""
    digits = decimals(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    sign = "-" if amount < 0 else ""
    behind = f".{rest:0{digits}}" if digits else ""
    return f"{sign}{whole:,}{behind} {currency.upper()}"


def sums(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """What there is of each currency, in its smallest unit; the largest count of items first."""
    totals: dict[str, int] = {}
    counts: dict[str, int] = {}
    for currency, amount in amounts:
        totals[currency] = totals.get(currency, 0) + amount
        counts[currency] = counts.get(currency, 0) + 1
    return {name: totals[name] for name in sorted(totals, key=lambda each: (-counts[each], each))}


def sums_words(totals: dict[str, int]) -> str:
    """Such as `1,250.00 EUR, 900 JPY`; empty when there is nothing."""
    return ", ".join(money_words(amount, currency) for currency, amount in totals.items())
