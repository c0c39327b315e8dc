"""Google Calendar: where events are entered."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, WithJsonSchema

from tui.config.durations import Duration, lasting
from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name


def _id(text: str) -> str:
    if not text.isprintable() or text != text.strip() or text in {"", ".", ".."}:
        raise ValueError('not the id of a calendar: "primary", or what its settings show')
    return text


CalendarId = Annotated[
    str,
    AfterValidator(_id),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 250}),
    Field(max_length=250),
]
"""An id as Google shows it, mostly in the form of an e-mail address."""


class GoogleCalendarSystem(SystemSetting):
    """The calendars that the product writes to."""

    ACCOUNTS: ClassVar[tuple[str, ...]] = ("google",)

    account: Name = Field(description="The Google account.")
    calendars: tuple[CalendarId, ...] = Field(
        default=("primary",),
        min_length=1,
        max_length=20,
        description="Ids of the calendars whose events are shown; primary is the account's own, "
        "which a service account does not use.",
    )
    ahead_s: Annotated[Duration, lasting("1h", "90d")] = Field(
        default=7 * 86_400.0, alias="ahead", description="How far ahead events are shown."
    )
    every_s: Every = Field(
        default=60.0, alias="every", description="How often the list of calendars is asked for."
    )
    events_every_s: Every = Field(
        default=300.0, alias="events_every", description="How often events are asked for."
    )
