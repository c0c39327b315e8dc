"""As whom incidents of PagerDuty are changed."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from tui.config.model_base import Setting

_PATTERN = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}$"


def _email(text: str) -> str:
    name, at, host = text.partition("@")
    plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= 254
    if not (plain and name and at and "." in host and "@" not in host):
        raise ValueError("not an e-mail address: write somebody@example.com")
    return text


Email = Annotated[
    str,
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "maxLength": 254}),
]
"""Goes into the header From."""


class PagerDutyActions(Setting):
    """Who acts: PagerDuty asks for it with every change and writes it into its log."""

    sender: Email | None = Field(
        default=None,
        alias="from",
        description="E-mail address of a user of the account, for operators that people does not "
        "name. Left out: settings.operator, where that is an address.",
    )
    people: Mapping[Annotated[str, Field(min_length=1, max_length=64)], Email] = Field(
        default={},
        max_length=200,
        description="E-mail address at PagerDuty by operator (settings.operator, else the login "
        "name), where several share this file.",
    )
