"""The source of the users of a Supabase project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec

if TYPE_CHECKING:
    from tui.config.model_supabase import SupabaseAuthSystem
    from tui.wire_place import Place

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "users",
        "banned_users",
        "users_with_factor",
        "anonymous_users",
        "registrations_24h",
        "key_days",
    ),
}

_TIMEOUT_S: Final = 60.0
"""Up to ten pages, one after the other."""

_UNSEEN_S: Final = 3600.0


def sources(place: Place[SupabaseAuthSystem]) -> Iterator[Source]:
    """The users, newest first, and who of them is suspended."""
    every_s = place.setting.every_s
    spec = place.spec(
        "Supabase Auth",
        Area.SECURITY,
        interval_s=every_s,
        timeout_s=_TIMEOUT_S,
        unseen_interval_s=max(every_s, _UNSEEN_S),
    )
    yield place.late(spec, "providers.supabase_auth", _source)


def _source(place: Place[SupabaseAuthSystem], spec: SourceSpec) -> Source:
    from providers.supabase_auth import SupabaseAuth

    account = place.setting.account
    key = place.secret(place.config.accounts[account].secret)
    return SupabaseAuth(spec, place.api(account), key)
