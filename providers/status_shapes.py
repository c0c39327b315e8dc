"""Status pages in the vendors' own shapes; pure.

Google: `incidents.json` of status.cloud.google.com and of the Workspace dashboard, a list of
incidents old and new; one without `end` is open. Slack: `/api/v2.0.0/current`. Stripe: the page it
had before Statuspage, `/current/full`. A word we do not know is UNKNOWN, never operational.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.statuspage_mapping import MOST_EVENTS, Summary, worst
from providers.text import EMPTY, Foreign
from providers.vendor import entries, https_url, sort_out
from providers.vendor_readings import VendorIncident, VendorReading, VendorState

GOOGLE_IMPACTS: Final[Mapping[str, VendorState]] = {
    "SERVICE_OUTAGE": VendorState.MAJOR_OUTAGE,
    "SERVICE_DISRUPTION": VendorState.PARTIAL_OUTAGE,
    "SERVICE_INFORMATION": VendorState.DEGRADED,
    "AVAILABLE": VendorState.OPERATIONAL,
}
"""By `status_impact`, or the `status` of the newest update."""

GOOGLE_SEVERITIES: Final[Mapping[str, VendorState]] = {
    "high": VendorState.MAJOR_OUTAGE,
    "medium": VendorState.PARTIAL_OUTAGE,
    "low": VendorState.DEGRADED,
}
"""By `severity`, where no impact is told."""

SLACK_STATES: Final[Mapping[str, VendorState]] = {
    "ok": VendorState.OPERATIONAL,
    "active": VendorState.DEGRADED,
}
SLACK_TYPES: Final[Mapping[str, VendorState]] = {
    "outage": VendorState.MAJOR_OUTAGE,
    "incident": VendorState.PARTIAL_OUTAGE,
    "notice": VendorState.DEGRADED,
    "maintenance": VendorState.MAINTENANCE,
}
STRIPE_STATES: Final[Mapping[str, VendorState]] = {
    "up": VendorState.OPERATIONAL,
    "degraded": VendorState.DEGRADED,
    "down": VendorState.MAJOR_OUTAGE,
}


class Touched(Struct, frozen=True, kw_only=True):
    """One incident with the state it means and the parts it touches."""

    incident: VendorIncident
    state: VendorState
    parts: tuple[Foreign, ...]

    def concerns(self, wanted: frozenset[str]) -> bool:
        """Whether it touches one of the wanted parts; one that names no part touches all."""
        named = {part.text.casefold() for part in self.parts}
        return not wanted or not named or bool(named & wanted)


def google_reading(page: Summary, vendor: str, wanted: Sequence[str]) -> VendorReading:
    """What is open on Google's list of incidents.

    Args:
        page: As it came: a list.
        vendor: In the operator's words.
        wanted: Names of products; empty: all of Google's.

    Raises:
        BadAnswer: It is no such list.
    """
    listed = sort_out(
        entries(page.value, "", page.system, page.operation),
        lambda item: _google_incident(item, page.page),
        "incident",
    )
    listed.readable()
    return _reading(vendor, listed.kept, wanted, listed.notice)


def _google_incident(item: Fields, page: str) -> Touched | None:
    if item.optional_moment_iso("end") is not None:
        return None
    newest = item.optional_fields("most_recent_update")
    impact = item.optional_text("status_impact") or EMPTY
    latest = (newest.optional_text("status") if newest else None) or EMPTY
    severity = item.optional_text("severity") or EMPTY
    state = GOOGLE_IMPACTS.get(latest.text) or GOOGLE_IMPACTS.get(impact.text)
    products = [each.text("title") for each in item.optional_items("affected_products") or ()]
    service = item.optional_text("service_name")
    uri = (item.optional_text("uri") or EMPTY).text
    return Touched(
        incident=VendorIncident(
            id=item.word("id"),
            title=Foreign((item.optional_text("external_desc") or item.text("id")).line(300)),
            state=latest or impact or Foreign("open"),
            impact=severity or impact,
            began_at=item.optional_moment_iso("begin"),
            url=https_url(uri if uri.startswith("https://") else f"{page}/{uri}" if uri else ""),
        ),
        state=state or GOOGLE_SEVERITIES.get(severity.text, VendorState.UNKNOWN),
        parts=tuple(products) or (() if service is None else (service,)),
    )


def slack_reading(page: Summary, vendor: str, wanted: Sequence[str]) -> VendorReading:
    """What Slack says of itself now.

    Raises:
        BadAnswer: It is not what its status API gives.
    """
    answer = page.fields()
    state = SLACK_STATES.get(answer.text("status").text, VendorState.UNKNOWN)
    listed = sort_out(page.entries("active_incidents"), _slack_incident, "incident")
    reading = _reading(vendor, listed.readable(), wanted, listed.notice)
    updated = answer.optional_moment_iso("date_updated")
    # "active" without an incident of ours: something is wrong, elsewhere.
    if state is VendorState.OPERATIONAL and listed.kept:
        state = VendorState.UNKNOWN
    overall = reading.state if reading.incidents or wanted else state
    if state is VendorState.UNKNOWN:
        overall = worst((overall, state)) if reading.incidents else state
    return VendorReading(
        vendor=vendor,
        state=overall,
        description=reading.description,
        components=reading.components,
        incidents=reading.incidents,
        updated_at=updated,
    )


def _slack_incident(item: Fields) -> Touched | None:
    status = item.optional_text("status") or EMPTY
    if status.text in {"resolved", "completed", "cancelled"}:
        return None
    kind = item.optional_text("type") or EMPTY
    return Touched(
        incident=VendorIncident(
            id=str(item.integer("id")),
            title=item.text("title"),
            state=status,
            impact=kind,
            began_at=item.optional_moment_iso("date_created"),
            url=https_url((item.optional_text("url") or EMPTY).text),
        ),
        state=SLACK_TYPES.get(kind.text, VendorState.UNKNOWN),
        parts=tuple(Foreign(each) for each in item.words("services")),
    )


def stripe_reading(page: Summary, vendor: str, wanted: Sequence[str]) -> VendorReading:
    """Stripe's page as it was before it moved to Statuspage.

    Raises:
        BadAnswer: It is not that page.
    """
    answer = page.fields()
    overall = STRIPE_STATES.get(answer.text("UptimeStatus").text, VendorState.UNKNOWN)
    listed = sort_out(page.entries("uptimeData"), _stripe_part, "part")
    folded = {name.casefold() for name in wanted}
    parts = [
        (title, state)
        for key, title, state in listed.readable()
        if not wanted or {key.casefold(), title.text.casefold()} & folded
    ]
    shown = parts if wanted else [each for each in parts if each[1] is not VendorState.OPERATIONAL]
    said = "; ".join(filter(None, (listed.notice, answer.text("message", EMPTY).text)))
    return VendorReading(
        vendor=vendor,
        state=worst([state for _, state in parts]) if wanted else overall,
        description=Foreign(said),
        components=tuple(shown),
    )


def _stripe_part(item: Fields) -> tuple[str, Foreign, VendorState]:
    ailing = item.optional_flag("warning")
    states = {True: VendorState.DEGRADED, False: VendorState.OPERATIONAL}
    state = VendorState.UNKNOWN if ailing is None else states[ailing]
    return item.word("key"), item.text("title"), state


def _reading(
    vendor: str, open_ones: Sequence[Touched], wanted: Sequence[str], notice: str
) -> VendorReading:
    """A page that lists only incidents: what they touch ails, all else is said to be well."""
    folded = frozenset(name.casefold() for name in wanted)
    ours = [each for each in open_ones if each.concerns(folded)]
    state = worst([each.state for each in ours]) if ours else VendorState.OPERATIONAL
    told = f"{len(ours)} open" if ours else "no open incident"
    more = f"{len(ours) - MOST_EVENTS} more incidents" if len(ours) > MOST_EVENTS else ""
    ailing = {part: each.state for each in reversed(ours) for part in each.parts}
    return VendorReading(
        vendor=vendor,
        state=state,
        description=Foreign("; ".join(filter(None, (notice, more, told)))),
        components=tuple(ailing.items())[:MOST_EVENTS],
        incidents=tuple(each.incident for each in ours)[:MOST_EVENTS],
    )


Shape = Callable[[Summary, str, Sequence[str]], VendorReading]

SHAPES: Final[Mapping[str, tuple[str, Shape]]] = {
    "google": ("/incidents.json", google_reading),
    "slack": ("/api/v2.0.0/current", slack_reading),
    "stripe": ("/current/full", stripe_reading),
}
"""By the word after `format:`: what is asked for, and how it is read."""
