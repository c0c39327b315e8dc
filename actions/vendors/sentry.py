"""An organisation of Sentry and its issues as they are now."""

from datetime import datetime

from msgspec import Struct

from actions.vendors.spots import Spot
from actions.verbs import Unplannable
from providers.errors import NotFound
from providers.fields import Fields, list_items
from providers.sentry_counts import SYSTEM
from providers.text import EMPTY, Foreign
from providers.vendor import https_url, segment


class SentrySpot(Spot, frozen=True, kw_only=True):
    """One system of Sentry."""

    organization: str
    projects: tuple[str, ...]
    """Slugs or ids of those that are watched; empty: all."""

    async def read(self, operation: str, path: str) -> Fields:
        """Ask for something of the organisation.

        Raises:
            ProviderError: It could not be read.
        """
        answer = await self.api.get(operation, f"{self.root}{path}")
        return Fields(answer.value, SYSTEM, operation)

    @property
    def root(self) -> str:
        """Where everything of the organisation is."""
        return f"/api/0/organizations/{segment(self.organization)}"


class Issue(Struct, frozen=True, kw_only=True):
    """One issue as it is now."""

    id: str
    short_id: Foreign
    title: Foreign
    status: str
    substatus: str
    in_next_release: bool
    project: str
    project_id: str
    events: float | None
    users: int | None
    last_seen: datetime | None
    url: str


async def issue_of(spot: SentrySpot, id_: str) -> Issue:
    """Read one issue.

    Raises:
        Unplannable: There is none, or that is no id.
        ProviderError: It could not be read.
    """
    if not (id_.isascii() and id_.isdigit() and len(id_) <= 30):
        raise Unplannable("that is no id of an issue: a number, as at the end of its address")
    try:
        fields = await spot.read("read issue", f"/issues/{id_}/")
    except NotFound as error:
        raise Unplannable(f"there is no such issue: {error.sentence}") from None
    if fields.word("id") != id_:
        raise Unplannable("Sentry answered with another issue: it was merged into that one")
    project, details = fields.fields("project"), fields.optional_fields("statusDetails")
    return Issue(
        id=id_,
        short_id=fields.text("shortId"),
        title=fields.text("title", EMPTY),
        status=fields.word("status"),
        substatus=fields.optional_word("substatus") or "",
        in_next_release=bool(details and details.flag("inNextRelease", default=False)),
        project=project.word("slug"),
        project_id=project.word("id"),
        events=_count(fields.optional_word("count")),
        users=fields.optional_integer("userCount"),
        last_seen=fields.optional_moment_iso("lastSeen"),
        url=https_url(fields.text("permalink", EMPTY).text),
    )


def _count(said: str | None) -> float | None:
    """Sentry writes it as text."""
    return float(said) if said and said.isdecimal() and len(said) < 16 else None


async def scopes_of(spot: SentrySpot) -> tuple[str, ...] | None:
    """What the token may do in the organisation; None where Sentry does not list it.

    Raises:
        ProviderError: It could not be read.
    """
    operation = "list organisations"
    answer = await spot.api.get(operation, "/api/0/organizations/")
    for one in list_items(answer.value, SYSTEM, operation):
        if one.text("slug").text == spot.organization:
            return one.words("access") or None
    return None
