"""Where the users of a product are, and who we are in it."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from actions.database.audit_row import ProductAudit
from actions.database.ground import Ground
from actions.plan import Target
from actions.verbs import Unplannable
from providers.http import Api
from providers.postgres.auth_options import Relation


class ProductRoles(Struct, frozen=True, kw_only=True):
    """The product's table of roles."""

    relation: Relation = Relation(schema="public", name="user_roles")
    account: str = "user_id"
    role: str = "role"
    at: str = "updated_at"
    """Empty: no such column."""

    by: str = "updated_by"
    """Empty: no such column."""

    admin: str = "admin"
    ordinary: str = "user"
    marker: str = "emergency_access_protocol"


class Community(Struct, frozen=True, kw_only=True):
    """The users of one product in one environment."""

    ground: Ground
    schema: str = "auth"
    audit: ProductAudit | None = None
    roles: ProductRoles | None = None
    access_token_s: float = 3_600.0
    suspend_for_s: tuple[float, ...] = (604_800.0, 86_400.0, 2_592_000.0)
    admin_for_s: tuple[float, ...] = (3_600.0, 14_400.0, 28_800.0, 86_400.0)
    direct_password: bool = False
    auth: Api | None = None
    """The auth server's own API, for recovery links; None: not configured."""

    auth_url: str = ""
    boards: tuple[str, ...] = ()
    """Ids of the sources whose rows are users of it."""

    @property
    def place(self) -> str:
        """`lma/production`."""
        return f"{self.ground.workspace}/{self.ground.environment}"

    def relation(self, name: str) -> Relation:
        """One of the auth server's tables."""
        return Relation(schema=self.schema, name=name)


class Communities:
    """All that the configuration knows.

    Args:
        communities: One a workspace and environment.
    """

    def __init__(self, communities: Iterable[Community]) -> None:
        self.all: Mapping[str, Community] = {one.place: one for one in communities}

    def of(self, place: str) -> Community:
        """The users of a place.

        Raises:
            Unplannable: The configuration names none.
        """
        found = self.all.get(place)
        if found is None:
            known = ", ".join(self.all) or "none"
            raise Unplannable(f"no users are configured for {place}; known: {known}")
        return found

    def of_target(self, target: Target) -> Community:
        """The users that a target is one of."""
        return self.of(target.place)

    def of_board(self, source: str) -> Community | None:
        """Whose users a source lists."""
        return next((one for one in self.all.values() if source in one.boards), None)
