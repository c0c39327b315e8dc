"""The verbs at vendors as menus, help and documents show them. Values only."""

from typing import Final

from actions.families import Card, Choice, Parameter, ParameterKind
from actions.plan import Danger
from actions.vendors.cancel_event import CANCEL, RESTORE
from actions.vendors.incidents import ACKNOWLEDGE, LONGEST_NOTE, NOTE
from actions.vendors.incidents import RESOLVE as RESOLVE_INCIDENT
from actions.vendors.issues import RESOLVE, UNRESOLVE
from actions.vendors.page import PAGE
from actions.vendors.page_wanted import LONGEST_DETAILS, LONGEST_TITLE, URGENCIES
from actions.vendors.post import DELETE, LONGEST, PINGS, POST
from actions.vendors.refund import REASONS, REFUND
from providers.text import Foreign

_PAYMENTS: Final = "Payments"
_CALENDAR: Final = "Calendar"
_ON_CALL: Final = "On-call"
_ERRORS: Final = "Errors"
_CHAT: Final = "Chat"


def _choice(value: str, words: str) -> Choice:
    return Choice(value=value, words=Foreign(words))


_TOLD: Final = Parameter(
    name="send-updates",
    title="Google writes to",
    kind=ParameterKind.CHOICE,
    choices=(_choice("all", "all guests"), _choice("none", "nobody")),
    default="all",
)
_PART: Final = Parameter(
    name="part",
    title="Which",
    kind=ParameterKind.CHOICE,
    choices=(
        _choice("instance", "this one date alone"),
        _choice("series", "the whole series it belongs to"),
    ),
    default="instance",
)
_EVENT: Final = "WORKSPACE/SYSTEM/CALENDAR/EVENT"
_INCIDENT: Final = "WORKSPACE/SYSTEM/INCIDENT"
_ISSUE: Final = "WORKSPACE/SYSTEM/ISSUE"

CARDS: Final = (
    Card(
        name=REFUND,
        title="Refund the payment",
        group=_PAYMENTS,
        danger=Danger.FINAL,
        parameters=(
            Parameter(
                name="amount",
                title="Amount",
                hint="as it is shown, with all decimals: 12.50; empty: all that is left",
                longest=20,
            ),
            Parameter(
                name="reason",
                title="Reason for Stripe",
                kind=ParameterKind.CHOICE,
                choices=(
                    _choice(REASONS[0], "the payer asked for it"),
                    _choice(REASONS[1], "paid twice"),
                    _choice(REASONS[2], "fraud: card and e-mail are blocked from then on"),
                ),
                default=REASONS[0],
            ),
        ),
        target_words="WORKSPACE/SYSTEM/PAYMENT",
    ),
    Card(
        name=CANCEL,
        title="Cancel the event",
        group=_CALENDAR,
        parameters=(_TOLD, _PART),
        target_words=_EVENT,
    ),
    Card(
        name=RESTORE,
        title="Put the event back",
        group=_CALENDAR,
        parameters=(_TOLD, _PART),
        target_words=_EVENT,
    ),
    Card(
        name=ACKNOWLEDGE,
        title="Acknowledge the incident",
        key="A",
        group=_ON_CALL,
        danger=Danger.LIGHT,
        target_words=_INCIDENT,
    ),
    Card(
        name=RESOLVE_INCIDENT,
        title="Resolve the incident",
        group=_ON_CALL,
        parameters=(
            Parameter(
                name="resolution", title="How it ended", hint="written on it", longest=LONGEST_NOTE
            ),
        ),
        target_words=_INCIDENT,
    ),
    Card(
        name=NOTE,
        title="Write on the incident",
        group=_ON_CALL,
        danger=Danger.LIGHT,
        parameters=(Parameter(name="text", title="Note", required=True, longest=LONGEST_NOTE),),
        target_words=_INCIDENT,
    ),
    Card(
        name=PAGE,
        title="Page who is on call",
        key="P",
        group=_ON_CALL,
        parameters=(
            Parameter(name="title", title="What it is about", required=True, longest=LONGEST_TITLE),
            Parameter(name="details", title="What is known", longest=LONGEST_DETAILS),
            Parameter(
                name="urgency",
                title="Urgency",
                kind=ParameterKind.CHOICE,
                choices=(
                    _choice(URGENCIES[0], "wakes people"),
                    _choice(URGENCIES[1], "may wait for business hours"),
                ),
                default=URGENCIES[0],
            ),
            Parameter(
                name="escalation-policy",
                title="Escalation policy",
                hint="its id; empty: that of the service",
                longest=40,
            ),
            Parameter(
                name="assignee",
                title="Person",
                hint="id of one person instead of a policy; empty: who is on call",
                longest=40,
            ),
        ),
        target_words="WORKSPACE/SYSTEM/SERVICE",
    ),
    Card(
        name=RESOLVE,
        title="Resolve the issue",
        group=_ERRORS,
        danger=Danger.LIGHT,
        parameters=(
            Parameter(
                name="in-next-release",
                title="In the next release",
                kind=ParameterKind.FLAG,
                default="false",
                hint="events of the running release leave it resolved",
            ),
        ),
        target_words=_ISSUE,
    ),
    Card(
        name=UNRESOLVE,
        title="Open the issue again",
        group=_ERRORS,
        danger=Danger.LIGHT,
        target_words=_ISSUE,
        offered=False,
    ),
    Card(
        name=POST,
        title="Post to the channel",
        group=_CHAT,
        danger=Danger.LIGHT,
        parameters=(
            Parameter(name="text", title="Message", required=True, longest=LONGEST),
            Parameter(
                name="ping",
                title="Ring",
                kind=ParameterKind.CHOICE,
                choices=(
                    _choice(PINGS[0], "no one is rung"),
                    _choice("here", "whoever is active in the channel"),
                    _choice("channel", "every member, at night as well"),
                ),
                default=PINGS[0],
            ),
        ),
        target_words="WORKSPACE/SYSTEM/CHANNEL",
    ),
    Card(
        name=DELETE,
        title="Delete the message",
        group=_CHAT,
        target_words="WORKSPACE/SYSTEM/CHANNEL/TS",
        offered=False,
    ),
)

BY_NAME: Final = {card.name: card for card in CARDS}
