"""One request to PagerDuty after it has been let in."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from starlette.requests import Request

from demo.vendors.pagerduty_state import PagerDuty, refuse

if TYPE_CHECKING:
    from demo.vendors.pagerduty_models import PagerUser

Json = dict[str, object]
_MOST: Final = 100


class Key(Struct, frozen=True, kw_only=True):
    """What one key opens."""

    account: PagerDuty
    read_only: bool = False
    user: "PagerUser | None" = None
    """Whose key it is; None: the account's."""


class Asked(Struct, frozen=True, kw_only=True):
    """One admitted request."""

    request: Request
    account: PagerDuty
    key: Key
    body: Json

    def values(self, name: str) -> list[str]:
        """A query parameter that may be repeated."""
        return self.request.query_params.getlist(name)

    def actor(self) -> "PagerUser":
        """Who acts.

        Raises:
            Refusal: `From` names nobody of the account.
        """
        if self.key.user is not None:
            return self.key.user
        found = self.account.user(self.request.headers.get("from", ""))
        if found is None:
            raise refuse(400, 2001, "Invalid Input Provided", "Requester User Not Found")
        return found

    def part(self, name: str) -> Json:
        """An object of the body.

        Raises:
            Refusal: It is not there.
        """
        found = self.body.get(name)
        if not isinstance(found, dict):
            raise refuse(400, 2001, "Invalid Input Provided", f"{name} is required")
        return found

    def page(self, name: str, items: Sequence[Json]) -> Json:
        """A page of a list, as the query wants it."""
        limit, offset = self._number("limit", 25), self._number("offset", 0)
        limit = min(limit, _MOST)
        total = self.request.query_params.get("total") == "true"
        return {
            name: list(items[offset : offset + limit]),
            "limit": limit,
            "offset": offset,
            "more": offset + limit < len(items),
            "total": len(items) if total else None,
        }

    def _number(self, name: str, usual: int) -> int:
        raw = self.request.query_params.get(name, str(usual))
        if not raw.isdecimal():
            raise refuse(400, 2001, "Invalid Input Provided", f"{name} is not a number")
        return int(raw)


Handler = Callable[[Asked], tuple[int, Json]]
Table = Sequence[tuple[str, str, Handler]]
