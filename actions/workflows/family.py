"""Which deploys can be started and which runs stopped, from a row or from the command line."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from actions.families import Card, Choice, Offer, Parameter, ParameterKind, Row
from actions.plan import Danger, Target
from actions.targets import not_known, target_at
from actions.verbs import Unplannable, Verb
from actions.workflows.cancel import FORCE, NAME, CancelRun, run_identity
from actions.workflows.deploy import INPUTS, REF, DeployByWorkflow
from actions.workflows.inputs import Input
from actions.workflows.places import WorkflowPlace
from monitor.snapshot import AlertView, DeployView, EndpointRow, WorkspaceView
from providers.clock import Clock
from providers.deploy_readings import DeployState
from providers.github_mapping import CONCLUSIONS
from providers.system_readings import Record
from providers.text import Foreign

_GROUP: Final = "Deploys"
_RESERVED: Final = frozenset({"commit"})
"""Services whose verb would have the name of another one."""


class WorkflowFamily:
    """Deploys by workflow and the cancelling of runs.

    Args:
        places: Every service in every environment that names a workflow.
        clock: The time.
    """

    def __init__(self, places: Sequence[WorkflowPlace], clock: Clock) -> None:
        self._places = {place.key: place for place in places}
        self._cards: dict[str, Card] = {}
        self._verbs: list[Verb] = []
        startable = [place for place in places if place.workflow]
        for service in dict.fromkeys(place.service for place in startable):
            mine = [place for place in startable if place.service == service]
            verb = DeployByWorkflow(verb_of(service), mine, clock)
            self._verbs.append(verb)
            self._cards[verb.name] = _deploy_card(verb.name, mine)
        if self._places:
            repos = {(one.workspace, one.repo.name): one.repo for one in places}
            sources = {(one.workspace, one.repo.name): one.source for one in places}
            self._verbs.append(CancelRun(repos, clock, sources))
            self._cards[NAME] = _CANCEL_CARD

    @property
    def verbs(self) -> Sequence[Verb]:
        """As `Family.verbs`."""
        return tuple(self._verbs)

    @property
    def cards(self) -> Sequence[Card]:
        """As `Family.cards`."""
        return tuple(self._cards.values())

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """As `Family.offers`."""
        thing = row.thing
        if isinstance(thing, DeployView):
            yield from self._of_deploy(pane.spec.name, thing)
        elif isinstance(thing, EndpointRow):
            yield from self._of_service(pane.spec.name, thing.spec.service, row.environment)
        elif isinstance(thing, AlertView) and thing.service:
            environment = thing.environment or row.environment
            yield from self._of_service(pane.spec.name, thing.service, environment)
        elif row.section == "runs" and row.record is not None:
            yield from self._of_record(pane.spec.name, str(row.source), row.record)

    def _of_record(self, workspace: str, board: str, record: Record) -> Iterator[Offer]:
        """A run of the board, of whatever workflow: held to the strictest environment."""
        mine = [
            place
            for place in self._places.values()
            if place.workspace == workspace and board in place.boards
        ]
        place = next(iter(sorted(mine, key=lambda one: not one.production)), None)
        if place is not None and record.id.isdigit():
            word = record.state.line(30)
            refused = f"the run is over: {word}" if word in CONCLUSIONS else ""
            yield Offer(card=_CANCEL_CARD, target=run_target(place, record.id), refused=refused)

    def _of_deploy(self, workspace: str, view: DeployView) -> Iterator[Offer]:
        deploy = view.deploy
        yield from self._of_service(workspace, deploy.target, deploy.environment)
        run = view.run if view.run is not None else deploy
        place = self._places.get((workspace, deploy.environment, deploy.target))
        if place is not None and run.vendor == "GitHub":
            ended = not run.state.running and run.state is not DeployState.BLOCKED
            refused = f"the run is over: {run.vendor_state.line(30)}" if ended else ""
            yield Offer(card=_CANCEL_CARD, target=run_target(place, run.id), refused=refused)

    def _of_service(self, workspace: str, service: str, environment: str) -> Iterator[Offer]:
        """In the environment in focus; production when all are."""
        for place in self._places.values():
            if (place.workspace, place.service) != (workspace, service) or not place.workflow:
                continue
            if place.environment == environment or (not environment and place.production):
                card = _of_place(self._cards[verb_of(service)], place)
                yield Offer(card=card, target=deploy_target(place))

    async def target(self, verb: str, words: str) -> Target:
        """As `Family.target`."""
        if verb == NAME:
            where, _, run = words.rpartition("/")
            place = self._named(where, lambda _one: True)
            if not run.isdigit():
                raise Unplannable("a run is named by its number in the address of its page")
            return run_target(place, run)
        return deploy_target(
            self._named(words, lambda one: bool(one.workflow) and verb_of(one.service) == verb)
        )

    def _named(self, words: str, fits: Callable[[WorkflowPlace], bool]) -> WorkflowPlace:
        known = {"/".join(key): place for key, place in self._places.items() if fits(place)}
        if words in known:
            return known[words]
        # The service is in the name of the verb already.
        short = {key.rpartition("/")[0]: place for key, place in known.items()}
        if words in short and len(short) == len(known):
            return short[words]
        raise not_known("service with a workflow", words, known)


def verb_of(service: str) -> str:
    """`deploy-api`."""
    return f"deploy-service-{service}" if service in _RESERVED else f"deploy-{service}"


def deploy_target(place: WorkflowPlace) -> Target:
    """What is deployed to, by its identity."""
    name = Foreign(place.title)
    return target_at(place, "workflow", identity=place.identity, name=name, typed=place.service)


def run_target(place: WorkflowPlace, run: str) -> Target:
    """A run, by its identity."""
    name = Foreign(f"run {run} of {place.title}")
    identity = run_identity(place.repo.name, run)
    return target_at(place, "run", identity=identity, name=name, typed=run)


def _deploy_card(name: str, places: Sequence[WorkflowPlace]) -> Card:
    branches = ", ".join(dict.fromkeys(one.branch for one in places if one.branch))
    inputs = {one.name: one for place in places for one in place.inputs}
    fixed = {name for place in places for name in place.fixed}
    return Card(
        name=name,
        title=f"Deploy {places[0].title}",
        key="D",
        group=_GROUP,
        danger=Danger.CHANGE,
        parameters=(
            Parameter(name=REF, title="Branch or tag", hint=_left_out(branches)),
            *(_parameter(one) for one in inputs.values() if one.name not in fixed),
            Parameter(name=INPUTS, title="More inputs", hint="name=value, …", longest=400),
        ),
        target_words="WORKSPACE/ENVIRONMENT/SERVICE",
    )


def _left_out(branch: str) -> str:
    return f"left out: {branch}" if branch else ""


def _of_place(card: Card, place: WorkflowPlace) -> Card:
    """The card with the branch of the one environment, by what it differs from a host's verb."""
    parameters = tuple(
        replace(one, hint=_left_out(place.branch), required=not place.branch)
        if one.name == REF
        else one
        for one in card.parameters
    )
    return replace(card, title=f"{card.title} by its workflow", parameters=parameters)


def _parameter(one: Input) -> Parameter:
    kind = ParameterKind.CHOICE if one.options else ParameterKind.TEXT
    return Parameter(
        name=one.name,
        title=one.name,
        kind=ParameterKind.FLAG if one.flag else kind,
        choices=tuple(Choice(value=option) for option in one.options),
        default=one.default,
        required=one.required and not one.default,
        hint=one.hint,
    )


_CANCEL_CARD: Final = Card(
    name=NAME,
    title="Cancel the workflow run",
    key="K",
    group=_GROUP,
    danger=Danger.CHANGE,
    parameters=(
        Parameter(
            name=FORCE,
            title="Force",
            kind=ParameterKind.FLAG,
            default="false",
            hint="jobs that always run are stopped, too",
        ),
    ),
    target_words="WORKSPACE/ENVIRONMENT/SERVICE/RUN",
)
