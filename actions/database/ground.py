"""One database in one environment, as the actions' login reaches it."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from actions.plan import Target
from actions.targets import not_known
from providers.postgres.options import DatabaseOptions


class Ground(Struct, frozen=True, kw_only=True):
    """Where statements are carried out."""

    workspace: str
    environment: str
    production: bool
    database: str
    """Its name in the configuration."""

    title: str
    options: DatabaseOptions
    """With the login of actions, where the configuration gives one of its own."""

    source: str
    """Id of the source that looks at it: while that is old, nothing is sent."""

    own_login: bool = False
    """Whether actions have a login of their own."""

    watchers: tuple[str, ...] = ()
    """Roles as which this program looks; their sessions are left alone."""

    protected: tuple[str, ...] = ()
    """More roles whose sessions are left alone, beside the platform's."""

    watches: tuple[str, ...] = ()
    """Ids of checks of what depends on it."""

    @property
    def place(self) -> str:
        """`lma/production/main`."""
        return f"{self.workspace}/{self.environment}/{self.database}"


class Grounds:
    """All databases that the configuration knows.

    Args:
        grounds: One a database and environment.
    """

    def __init__(self, grounds: Iterable[Ground]) -> None:
        self.all: Mapping[str, Ground] = {one.place: one for one in grounds}

    def of_source(self, source: str) -> Ground | None:
        """The database that a source looks at."""
        return next((one for one in self.all.values() if one.source == source), None)

    def of(self, place: str) -> Ground:
        """The database by its place.

        Raises:
            Unplannable: The configuration does not know it, or not any more.
        """
        found = self.all.get(place)
        if found is None:
            raise not_known("database", place, self.all)
        return found

    def of_target(self, target: Target, database: str) -> Ground:
        """The database that a target is in."""
        return self.of(f"{target.place}/{database}")
