"""The verbs of Vercel and Render: what of them fits a row, and what somebody names in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from msgspec.structs import replace

from actions.families import Card, Choice, Offer, Parameter, ParameterKind, Row
from actions.hosting import cards
from actions.hosting.builds import CancelBuild
from actions.hosting.candidates import before, candidates, choice_words, label, same
from actions.hosting.places import (
    RENDER,
    VERCEL,
    Place,
    Places,
    build_target,
    service_target,
    short,
)
from actions.hosting.render_autodeploy import AutodeployOff, AutodeployOn
from actions.hosting.render_deploy import DeployCommit
from actions.hosting.render_reads import RenderReads
from actions.hosting.render_restart import RestartApi
from actions.hosting.render_rollback import RollbackApi
from actions.hosting.render_scale import ScaleApi
from actions.hosting.vercel_reads import VercelReads
from actions.hosting.vercel_rollback import RollbackWeb
from actions.plan import Target
from actions.verbs import Unplannable, Verb
from monitor.snapshot import (
    AlertView,
    DeployView,
    EndpointRow,
    SourceView,
    WorkspaceView,
)
from monitor.system_view import SystemView
from providers.deploy_readings import DeployReading, DeployState
from providers.render_mapping import AUTODEPLOY_OFF
from providers.vercel_mapping import PRODUCTION

_MOST_CHOICES = 20
_MOST_BUILDS = 5


class Hosting:
    """What can be done where services are hosted.

    Args:
        places: Of the configuration.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        vendors = {one.vendor for one in places.all}
        at_render: tuple[Verb, ...] = (
            RollbackApi(places),
            RestartApi(places),
            ScaleApi(places),
            DeployCommit(places),
            AutodeployOff(places),
            AutodeployOn(places),
        )
        self.verbs: Sequence[Verb] = (
            *((RollbackWeb(places),) if VERCEL in vendors else ()),
            *(at_render if RENDER in vendors else ()),
            *((CancelBuild(places),) if vendors else ()),
        )
        names = {one.name for one in self.verbs}
        self.cards: Sequence[Card] = tuple(one for one in cards.ALL if one.name in names)

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """What can be done to a row; pure and quick.

        A row may stand for the same commit in several services: then it is each of them.
        """
        if isinstance(row.thing, DeployView):
            if self._places.of_source(row.thing.source) is None:
                return
            found = ((self._places.of_source(one.source), one) for one in _alike(pane, row))
            named = [(at, one) for at, one in found if at is not None]
            known = list(self._places.all)
            # Which one ended first is chance, and would give each letter of a menu to another.
            for at, chosen in sorted(named, key=lambda each: known.index(each[0])):
                yield from _offers(pane, at, chosen)
            return
        place = self._place_of(pane, row)
        if place is not None:
            yield from _offers(pane, place, None)

    async def target(self, verb: str, words: str) -> Target:
        """The service, or its build, that somebody names on the command line.

        Raises:
            Unplannable: There is none of that name.
            ProviderError: The build under way had to be looked up and could not be.
        """
        if verb == CancelBuild.name:
            return await self._build(words)
        vendor = VERCEL if verb == RollbackWeb.name else RENDER
        return service_target(self._places.named(words, (vendor,)))

    def _place_of(self, pane: WorkspaceView, row: Row) -> Place | None:
        thing, places = row.thing, self._places
        if isinstance(thing, SystemView | SourceView):
            return places.of_source(thing.spec.id)
        name = pane.spec.name
        if isinstance(thing, EndpointRow):
            focus = row.environment or _production(pane)
            return places.of_service(name, focus, thing.spec.service)
        if isinstance(thing, AlertView):
            focus = thing.environment or row.environment or _production(pane)
            found = places.of_service(name, focus, thing.service) if thing.service else None
            return found or (places.of_source(thing.source) if thing.source else None)
        return None

    async def _build(self, words: str) -> Target:
        """One that is named, or the only one under way."""
        service, _, build = words, "", ""
        if words.count("/") > 2:
            service, _, build = words.rpartition("/")
        place = self._places.named(service, (RENDER, VERCEL))
        found = await _under_way(place)
        if build:
            named = next((one for one in found if one.id == build), None)
            return build_target(place, build, named.commit if named else label(None))
        if len(found) != 1:
            ids = ", ".join(one.id for one in found) or "none"
            raise Unplannable(f"builds of {place.words} under way: {ids}; name one after a /")
        return build_target(place, found[0].id, found[0].commit)


def _offers(pane: WorkspaceView, place: Place, chosen: DeployView | None) -> Iterator[Offer]:
    """The verbs of one service, and of its builds under way."""
    known = [one for one in pane.deploys if place.source and one.source == place.source]
    yield from _of_service(place, known, chosen)
    building = [one for one in known if one.deploy.state.running]
    if chosen is not None:
        building = [chosen] if chosen.deploy.state.running or _waits(chosen) else []
    for one in building[:_MOST_BUILDS]:
        yield _cancel(place, one.deploy)


def _alike(pane: WorkspaceView, row: Row) -> Sequence[DeployView]:
    """What the list shows as the one row: neighbours of one commit, environment and state."""
    shown = [one for one in pane.deploys if row.environment in {"", one.deploy.environment}]
    groups = ([*group] for _, group in groupby(shown, key=_told_apart))
    own = [row.thing] if isinstance(row.thing, DeployView) else []
    return next((one for one in groups if row.thing in one), own)


def _told_apart(view: DeployView) -> tuple[object, ...]:
    deploy = view.deploy
    alone = "" if deploy.commit and not view.onset else view.key
    return (deploy.vendor, deploy.environment, deploy.commit, deploy.state, alone)


async def _under_way(place: Place) -> tuple[DeployReading, ...]:
    """The builds of a place that have not ended."""
    if place.vendor == RENDER:
        return (await RenderReads(place).look()).running
    look = await VercelReads(place).look("")
    return tuple(one for one in look.readings() if one.state.running)


def _production(pane: WorkspaceView) -> str:
    """The environment that is meant while none is in focus."""
    return next((one.name for one in pane.spec.environments if one.production), "")


def _waits(view: DeployView) -> bool:
    return view.deploy.state is DeployState.BLOCKED


def _cancel(place: Place, deploy: DeployReading) -> Offer:
    card = replace(cards.CANCEL_BUILD, title=f"Cancel the build {label(deploy).line(40)}")
    return Offer(card=card, target=build_target(place, deploy.id, deploy.commit))


def _of_service(
    place: Place, known: Sequence[DeployView], chosen: DeployView | None
) -> Iterator[Offer]:
    """The verbs of the service itself; of a chosen deploy what it says goes along."""
    deploys = [one.deploy for one in known]
    live = next((one.deploy for one in known if one.live), None)
    yield _rollback(place, deploys, live, chosen)
    if place.vendor != RENDER:
        return
    target = service_target(place)
    yield Offer(card=_titled(cards.RESTART, f"Restart {place.title}"), target=target)
    yield Offer(card=_titled(cards.SCALE, f"Scale {place.title}"), target=target)
    yield _deploy(place, deploys, chosen)
    off = any(AUTODEPLOY_OFF in one.notices for one in known)
    way = cards.AUTODEPLOY_ON if off else cards.AUTODEPLOY_OFF
    yield Offer(card=_titled(way, f"{way.title} for {place.title}"), target=target)


def _rollback(
    place: Place,
    deploys: Sequence[DeployReading],
    live: DeployReading | None,
    chosen: DeployView | None,
) -> Offer:
    card = cards.ROLLBACK_API if place.vendor == RENDER else cards.ROLLBACK_WEB
    past = list(_builds(candidates(deploys, live)))[:_MOST_CHOICES]
    own = _own(place, past, chosen)
    to = own or before(deploys, live)
    if to is not None and to not in past:
        past.insert(0, to)
    running = next((one for one in deploys if one.state.running), None)
    refused = "" if to is not None or not deploys else "nothing was live before what is"
    if running is not None and place.vendor == RENDER:
        refused = f"a deploy is under way: {label(running).line(40)}"
    if place.vendor == VERCEL and place.target != PRODUCTION:
        refused = "only what serves a project's production can be moved"
    way = "Promote" if to is not None and to.state is DeployState.READY else "Roll back"
    return Offer(
        card=_with_choices(_titled(card, f"{way} {place.title}"), "to", past, to),
        target=service_target(place),
        given=(("to", own.id),) if own is not None else (),
        refused=refused,
    )


def _builds(past: Iterable[DeployReading]) -> Iterator[DeployReading]:
    """Each build once: one that was gone back to was deployed again."""
    known: set[str] = set()
    for one in past:
        if (build := one.commit.text or one.id) not in known:
            known.add(build)
            yield one


def _own(
    place: Place, past: Sequence[DeployReading], chosen: DeployView | None
) -> DeployReading | None:
    """The deploy of the row itself, where it can be gone to."""
    if chosen is None:
        return None
    one = chosen.deploy
    ready = place.vendor == VERCEL and one.state is DeployState.READY
    if ready or one in past:
        return one
    return next((each for each in past if same(each, one)), None)


def _deploy(place: Place, deploys: Sequence[DeployReading], chosen: DeployView | None) -> Offer:
    by_commit: dict[str, DeployReading] = {}
    for one in deploys:
        if short(one.commit):
            by_commit.setdefault(one.commit.text, one)
    given: Mapping[str, str] = {}
    if chosen is not None and short(chosen.deploy.commit):
        given = {"commit": chosen.deploy.commit.text}
    parameters = tuple(
        replace(
            one,
            kind=ParameterKind.CHOICE,
            choices=tuple(
                Choice(value=sha, words=choice_words(deploy))
                for sha, deploy in list(by_commit.items())[:_MOST_CHOICES]
            ),
        )
        if one.name == "commit" and by_commit
        else one
        for one in cards.DEPLOY_COMMIT.parameters
    )
    which = short(chosen.deploy.commit) if chosen is not None and given else "a commit"
    card = replace(
        cards.DEPLOY_COMMIT, title=f"Deploy {which} to {place.title}", parameters=parameters
    )
    return Offer(card=card, target=service_target(place), given=tuple(given.items()))


def _titled(card: Card, title: str) -> Card:
    return replace(card, title=title)


def _with_choices(
    card: Card, name: str, deploys: Sequence[DeployReading], chosen: DeployReading | None
) -> Card:
    """The card with the deploys to choose from, and the one that is meant unless another is."""
    choices = tuple(Choice(value=one.id, words=choice_words(one)) for one in deploys)
    if not choices or chosen is None:
        return card
    parameters: list[Parameter] = [
        replace(one, kind=ParameterKind.CHOICE, choices=choices, default=chosen.id)
        if one.name == name
        else one
        for one in card.parameters
    ]
    return replace(card, parameters=tuple(parameters))
