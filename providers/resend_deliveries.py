"""What became of the e-mails as a reading. Pure."""

from typing import Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.http import RateBudget
from providers.numbers import Number
from providers.parts import blindness, worst
from providers.resend_pages import Shown
from providers.resend_values import EMAILS, SYSTEM, Counts, Email
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign

FEW: Final = 5
"""So many that all failed are no coincidence."""

_COUNTS: Final = ("sent", "settled", "delivered", "bounced", "complained", "failed")


class Deliveries(Struct, frozen=True, kw_only=True):
    """What was read, each part or why it was not."""

    hour: Counts | ProviderError
    day: Counts | ProviderError
    emails: Shown[Email] | ProviderError
    budget: RateBudget | None


METRICS: Final = (
    *(
        f"{name}_{window}"
        for window in ("1h", "24h")
        for name in (
            *(f"emails_{count}" for count in _COUNTS),
            "email_delivery_percent",
            "email_bounce_percent",
            "email_complaint_percent",
        )
    ),
    "api_budget_used_percent",
)


def delivery_numbers(found: Deliveries) -> list[Number]:
    """The numbers of `METRICS`."""
    budget = found.budget
    return [
        *_of_window(found.hour, "1h"),
        *_of_window(found.day, "24h"),
        Number(
            metric="api_budget_used_percent",
            value=budget.used_percent if budget else None,
            unit="%",
            reason="Resend did not say what is left of its requests",
        ),
    ]


def _of_window(counts: Counts | ProviderError, window: str) -> list[Number]:
    shares = ("email_delivery_percent", "email_bounce_percent", "email_complaint_percent")
    if isinstance(counts, ProviderError):
        names = (*(f"emails_{name}" for name in _COUNTS), *shares)
        reason = counts.reason
        return [
            Number(
                metric=f"{name}_{window}",
                value=None,
                unit="%" if name in shares else "count",
                reason=reason,
            )
            for name in names
        ]
    values = (
        counts.delivery_percent,
        counts.share_percent(counts.bounced),
        counts.share_percent(counts.complained),
    )
    return [
        *(
            Number(
                metric=f"emails_{name}_{window}",
                value=getattr(counts, name),
                reason="Resend does not count these",
            )
            for name in _COUNTS
        ),
        *(
            Number(
                metric=f"{name}_{window}",
                value=value,
                unit="%",
                reason="no e-mail in that time",
            )
            for name, value in zip(shares, values, strict=True)
        ),
    ]


def deliveries_reading(found: Deliveries) -> SystemReading:
    """The main reading.

    Broken when none of at least `FEW` e-mails of the hour arrived, notable when some bounced,
    failed or drew a complaint; how many are too many, a KPI's limits say.
    """
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found),
        summary=Foreign(_words(found)),
        sections=(_spans(found), _emails(found)),
        notices=_notices(found),
    )


def _condition(found: Deliveries) -> Condition:
    spans = (_of_counts(found.hour), _of_day(found.day))
    blind = isinstance(found.emails, ProviderError)
    return worst([*spans, Condition.UNKNOWN if blind else Condition.FINE])


def _of_counts(counts: Counts | ProviderError) -> Condition:
    if isinstance(counts, ProviderError) or counts.settled is None:
        return Condition.UNKNOWN
    if not counts.delivered and (counts.settled or 0) >= FEW:
        return Condition.BROKEN
    trouble = (counts.bounced, counts.complained, counts.failed)
    return Condition.NOTABLE if any(trouble) else Condition.FINE


def _of_day(counts: Counts | ProviderError) -> Condition:
    """A day that was bad is notable; only the last hour tells how it stands."""
    condition = _of_counts(counts)
    return Condition.NOTABLE if condition is Condition.BROKEN else condition


def _words(found: Deliveries) -> str:
    if isinstance(found.hour, ProviderError):
        return f"deliveries not readable: {found.hour.reason}"
    return f"last hour: {_counts_words(found.hour)}{_day_words(found.day)}"


def _counts_words(counts: Counts) -> str:
    if counts.settled is None:
        return "Resend does not count deliveries"
    if not counts.sent and not counts.settled:
        return "no e-mail"
    share = counts.delivery_percent
    arrived = "none settled" if share is None else f"{share:.1f} % delivered"
    return f"{_count(counts.sent)} sent, {arrived}, {_count(counts.bounced)} bounced"


def _day_words(counts: Counts | ProviderError) -> str:
    if isinstance(counts, ProviderError) or counts.delivery_percent is None:
        return ""
    return f"; 24 h {counts.delivery_percent:.1f} %"


def _count(number: float | None) -> str:
    return "?" if number is None else f"{number:,.0f}"


def _notices(found: Deliveries) -> tuple[str, ...]:
    notice = "" if isinstance(found.emails, ProviderError) else found.emails.notice
    return (notice,) if notice else ()


def _spans(found: Deliveries) -> Section:
    spans = (("1h", "last hour", found.hour), ("24h", "last 24 hours", found.day))
    blind = [blindness(counts) for _, _, counts in spans if isinstance(counts, ProviderError)]
    records = tuple(
        _span(key, title, counts)
        for key, title, counts in spans
        if not isinstance(counts, ProviderError)
    )
    return Section(
        key="deliveries",
        title="Deliveries",
        records=records,
        blind=blind[0] if blind and not records else "",
    )


def _span(key: str, title: str, counts: Counts) -> Record:
    share = counts.delivery_percent
    return Record(
        id=key,
        title=Foreign(title),
        condition=_of_counts(counts),
        state=Foreign(_counts_words(counts) if share is None else f"{share:.1f} % delivered"),
        details=(
            ("sent", Foreign(_count(counts.sent))),
            ("delivered", Foreign(_count(counts.delivered))),
            ("bounced", Foreign(_count(counts.bounced))),
            ("complaints", Foreign(_count(counts.complained))),
            ("failed", Foreign(_count(counts.failed))),
            ("suppressed", Foreign(_count(counts.suppressed))),
            ("delayed", Foreign(_count(counts.delayed))),
        ),
    )


def _emails(found: Deliveries) -> Section:
    key, title = "emails", "Recent e-mails"
    if isinstance(found.emails, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.emails))
    return Section(
        key=key,
        title=title,
        records=tuple(_email(each) for each in found.emails.items),
        empty="none was ever sent",
    )


def _email(email: Email) -> Record:
    return Record(
        id=email.id,
        title=email.subject or Foreign("(no subject)"),
        condition=EMAILS.get(email.state, Condition.UNKNOWN),
        state=Foreign(email.state),
        at=email.at,
        details=(("to", email.to), ("from", email.sender)),
        url=f"https://resend.com/emails/{email.id}" if email.id.replace("-", "").isalnum() else "",
    )
