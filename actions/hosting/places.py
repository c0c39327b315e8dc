"""Where services run: a Vercel project or a Render service in one environment."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from actions.hosting.stands_on import StandsOn
from actions.http_steps import send_step
from actions.plan import HttpStep, Target, typable
from actions.targets import not_known, target_at
from actions.verbs import Unplannable
from providers.http import Answer, Api
from providers.text import Foreign

RENDER = "Render"
VERCEL = "Vercel"


class Place(Struct, frozen=True, kw_only=True):
    """One service in one environment, with the client that changes it."""

    vendor: str
    """`Render` or `Vercel`."""

    workspace: str
    environment: str
    production: bool
    service: str
    """Its name in the configuration; what is typed to confirm."""

    title: str
    id: str
    """`srv-…` at Render; id or name of the project at Vercel."""

    team: str = ""
    """Vercel: id of the team; empty: the personal account."""

    target: str = ""
    """Vercel: `production`, `preview` or the slug of a custom environment."""

    base_url: str
    """Where the vendor's API begins."""

    api: Api
    source: str = ""
    """Id of the source that reads its deploys; without fresh data from it nothing is sent."""

    boards: tuple[str, ...] = ()
    """Ids of the systems that show it."""

    watches: tuple[str, ...] = ()
    """Ids of its checks, and keys of the KPIs that speak of it."""

    stands_on: StandsOn | None = None
    """The database whose sessions it holds."""

    @property
    def identity(self) -> str:
        """Names it at the vendor, with the team."""
        return f"{self.team}/{self.id}" if self.team else self.id

    @property
    def words(self) -> str:
        """`lma/production/api`, as the command line takes it."""
        return f"{self.workspace}/{self.environment}/{self.service}"

    @property
    def sources(self) -> tuple[str, ...]:
        """Whose data has to be fresh, as a plan names them."""
        return (self.source,) if self.source else ()

    async def send(self, step: HttpStep, reason: str = "") -> Answer:
        """Send one step of a plan; see `send_step`."""
        return await send_step(self.api, self.base_url, step, reason=reason)


def service_target(place: Place) -> Target:
    """The service itself as what is acted upon."""
    kind = "service" if place.vendor == RENDER else "project"
    name = Foreign(place.title)
    return target_at(place, kind, identity=place.identity, name=name, typed=place.service)


def build_target(place: Place, build: str, commit: Foreign) -> Target:
    """One build of it as what is acted upon."""
    named = short(commit) or build
    return target_at(
        place,
        "build",
        identity=f"{place.identity}/{build}",
        name=Foreign(f"{place.title} {named}"),
        typed=typable(named, build),
    )


def short(commit: Foreign) -> str:
    """The first seven characters of a commit; empty where it is none."""
    text = commit.text
    plain = len(text) >= 7 and all(one in "0123456789abcdefABCDEF" for one in text)
    return text[:7].lower() if plain else ""


class Places:
    """All that the configuration knows.

    Args:
        places: One a service and environment.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self.all = tuple(places)
        self._by_source: Mapping[str, Place] = {
            name: one for one in self.all for name in (one.source, *one.boards) if name
        }

    def of_source(self, source: str) -> Place | None:
        """The place that a source reads."""
        return self._by_source.get(source)

    def of_service(self, workspace: str, environment: str, service: str) -> Place | None:
        """The place of a service by its names."""
        return next(
            (
                one
                for one in self.all
                if (one.workspace, one.environment, one.service)
                == (workspace, environment, service)
            ),
            None,
        )

    def of_target(self, target: Target, vendor: str = "") -> Place:
        """The place that a target means, builds too.

        Raises:
            Unplannable: The configuration does not know it, or not any more.
        """
        where = (target.workspace, target.environment)
        identity = target.identity
        if target.kind == "build":
            identity = identity.rpartition("/")[0]
        for one in self.all:
            own = (one.workspace, one.environment)
            if own == where and one.identity == identity and vendor in {"", one.vendor}:
                return one
        raise Unplannable(f"the configuration knows no {vendor or 'host'} for {target.name.line()}")

    def named(self, words: str, vendors: Iterable[str]) -> Place:
        """The place that somebody names as WORKSPACE/ENVIRONMENT/SERVICE.

        Raises:
            Unplannable: There is none of that name; says which there are.
        """
        fitting = [one for one in self.all if one.vendor in set(vendors)]
        for one in fitting:
            if words == one.words:
                return one
        raise not_known("service", words, (one.words for one in fitting))
