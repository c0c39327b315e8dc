"""What sending stands on as a reading: domains, suppressions, broadcasts, API calls. Pure."""

from typing import Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.numbers import Number, number_of
from providers.parts import blindness, worst
from providers.resend_pages import Shown
from providers.resend_values import (
    BROADCASTS,
    DOMAINS,
    RECORDS,
    SUPPRESSIONS,
    SYSTEM,
    Broadcast,
    BroadcastCounts,
    Call,
    Domain,
    Suppression,
)
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign

MOST_RECORDS: Final = 30
MOST_SUPPRESSED: Final = 10


class Sending(Struct, frozen=True, kw_only=True):
    """What was read, each part or why it was not."""

    domains: Shown[Domain] | ProviderError
    suppressions: Shown[Suppression] | ProviderError
    broadcasts: Shown[Broadcast] | ProviderError
    counts: BroadcastCounts | ProviderError
    calls: Shown[Call] | ProviderError


METRICS: Final = ("domains_not_verified", "suppressions", "api_calls_failed")


def sending_numbers(found: Sending) -> list[Number]:
    """The numbers of `METRICS`; of the newest hundred calls, those that Resend refused."""
    return [
        number_of(
            "domains_not_verified",
            found.domains,
            lambda domains: sum(each.status != "verified" for each in domains.items),
        ),
        number_of(
            "suppressions",
            found.suppressions,
            lambda list_: None if list_.more else len(list_.items),
            reason="more than a hundred",
        ),
        number_of("api_calls_failed", found.calls, lambda calls: len(_refused(calls))),
    ]


def sending_reading(found: Sending) -> SystemReading:
    """The reading; as bad as the worst domain, its DNS records included."""
    lists = (found.domains, found.suppressions, found.broadcasts, found.calls)
    told = (each.notice for each in lists if not isinstance(each, ProviderError))
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found),
        summary=Foreign(f"{_domain_words(found)}, {_suppression_words(found)}"),
        sections=(
            _domains(found),
            _records(found),
            _broadcasts(found),
            _calls(found),
            _suppressions(found),
        ),
        notices=tuple(notice for notice in told if notice),
    )


def _condition(found: Sending) -> Condition:
    conditions = [
        Condition.UNKNOWN
        for each in (found.domains, found.suppressions, found.calls)
        if isinstance(each, ProviderError)
    ]
    if not isinstance(found.domains, ProviderError):
        conditions += [_of_domain(each) for each in found.domains.items]
    if not isinstance(found.calls, ProviderError) and _refused(found.calls):
        conditions.append(Condition.NOTABLE)
    return worst(conditions)


def _of_domain(domain: Domain) -> Condition:
    records = [RECORDS.get(each.status, Condition.UNKNOWN) for each in domain.records]
    # One record of several that fails does not stop a domain from sending.
    of_records = worst(records)
    if of_records is Condition.BROKEN:
        of_records = Condition.DEGRADED
    return worst([DOMAINS.get(domain.status, Condition.UNKNOWN), of_records])


def _refused(calls: Shown[Call]) -> list[Call]:
    return [each for each in calls.items if each.status >= 400]


def _domain_words(found: Sending) -> str:
    if isinstance(found.domains, ProviderError):
        return "domains not readable"
    items = found.domains.items
    off = [each for each in items if each.status != "verified"]
    said = f"{len(items)} domain{'' if len(items) == 1 else 's'}"
    return f"{said}, {len(off)} NOT VERIFIED" if off else f"{said} verified"


def _suppression_words(found: Sending) -> str:
    if isinstance(found.suppressions, ProviderError):
        return "suppressions not readable"
    more = " or more" if found.suppressions.more else ""
    return f"{len(found.suppressions.items)}{more} suppressed addresses"


def _domains(found: Sending) -> Section:
    key, title = "domains", "Domains"
    if isinstance(found.domains, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.domains))
    return Section(
        key=key,
        title=title,
        records=tuple(
            Record(
                id=each.id,
                title=each.name,
                condition=DOMAINS.get(each.status, Condition.UNKNOWN),
                state=Foreign(each.status),
                details=(("region", Foreign(each.region)),),
            )
            for each in found.domains.items
        ),
        empty="no domain: nothing can be sent",
    )


def _records(found: Sending) -> Section:
    key, title = "dns", "DNS records as Resend sees them"
    if isinstance(found.domains, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.domains))
    records = tuple(
        Record(
            id=f"{domain.id}/{place}",
            title=Foreign(f"{record.purpose} {record.type} {record.name.line(120)}".strip()),
            condition=RECORDS.get(record.status, Condition.UNKNOWN),
            state=Foreign(record.status),
            details=(("domain", domain.name),),
        )
        for domain in found.domains.items
        for place, record in enumerate(domain.records)
    )
    shown = records[: MOST_RECORDS * 2]
    empty = "Resend lists none"
    return Section(key=key, title=title, records=shown, empty=empty, more=len(records) - len(shown))


def _broadcasts(found: Sending) -> Section:
    key, title = "broadcasts", "Broadcasts"
    if isinstance(found.broadcasts, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.broadcasts))
    counts = {} if isinstance(found.counts, ProviderError) else found.counts
    records = tuple(_broadcast(each, counts) for each in found.broadcasts.items)
    return Section(key=key, title=title, records=records, empty="no broadcast")


def _broadcast(broadcast: Broadcast, counts: BroadcastCounts) -> Record:
    counted = counts.get(broadcast.id)
    share = counted.delivery_percent if counted else None
    return Record(
        id=broadcast.id,
        title=broadcast.name or Foreign(broadcast.id),
        condition=BROADCASTS.get(broadcast.status, Condition.UNKNOWN),
        state=Foreign(broadcast.status),
        at=broadcast.at,
        details=(
            ("sent", Foreign("" if not counted else f"{counted.sent or 0:,.0f}")),
            ("delivered", Foreign("" if share is None else f"{share:.1f} %")),
            ("bounced", Foreign("" if not counted else f"{counted.bounced or 0:,.0f}")),
        ),
        change=broadcast.status == "sent",
    )


def _calls(found: Sending) -> Section:
    key, title = "calls", "Refused API calls, newest 100"
    if isinstance(found.calls, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.calls))
    refused = _refused(found.calls)
    records = tuple(
        Record(
            id=each.id,
            title=Foreign(f"{each.method} {each.endpoint}"),
            condition=Condition.DEGRADED if each.status >= 500 else Condition.NOTABLE,
            state=Foreign(f"HTTP {each.status}"),
            at=each.at,
        )
        for each in refused[:MOST_RECORDS]
    )
    more = len(refused) - len(records)
    return Section(key=key, title=title, records=records, empty="none was refused", more=more)


def _suppressions(found: Sending) -> Section:
    key, title = "suppressions", "Suppressed addresses"
    if isinstance(found.suppressions, ProviderError):
        return Section(key=key, title=title, blind=blindness(found.suppressions))
    items = found.suppressions.items
    records = tuple(
        Record(
            id=each.id,
            title=each.to,
            condition=SUPPRESSIONS.get(each.origin, Condition.UNKNOWN),
            state=Foreign(each.origin),
            at=each.at,
        )
        for each in items[:MOST_SUPPRESSED]
    )
    more = len(items) - len(records)
    return Section(key=key, title=title, records=records, empty="no address", more=more)
