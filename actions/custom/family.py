"""The actions that the configuration describes, from a row or from the command line."""

from collections.abc import Iterator, Sequence
from typing import Final

from actions.custom.definition import Definition, On
from actions.custom.values import Wanted
from actions.custom.verb import CustomVerb, target_of
from actions.families import Card, Choice, Offer, Parameter, ParameterKind, Row
from actions.plan import Target
from actions.targets import not_known
from actions.user_rows import user_of
from actions.verbs import Unplannable, Verb
from monitor.snapshot import AlertView, DeployView, EndpointRow, WorkspaceView
from providers.clock import Clock
from providers.text import Foreign

_GROUP: Final = "Your own"


class CustomFamily:
    """All of them.

    Args:
        definitions: Of all workspaces; names are unique.
        clock: The time.
    """

    def __init__(self, definitions: Sequence[Definition], clock: Clock) -> None:
        self._definitions = {one.name: one for one in definitions}
        self._verbs = tuple(CustomVerb(one, clock) for one in definitions)
        self._cards = {one.name: _card(one) for one in definitions}

    @property
    def verbs(self) -> Sequence[Verb]:
        """As `Family.verbs`."""
        return self._verbs

    @property
    def cards(self) -> Sequence[Card]:
        """As `Family.cards`."""
        return tuple(self._cards.values())

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """As `Family.offers`; what belongs to no row is offered on every one."""
        for definition in self._definitions.values():
            if definition.workspace != pane.spec.name:
                continue
            for environment, name in _FITTING[definition.on](definition, pane, row):
                where = definition.where.get(environment)
                if where is not None and (not where.rows or name in where.rows):
                    target = target_of(definition, where, name)
                    yield Offer(card=self._cards[definition.name], target=target)

    async def target(self, verb: str, words: str) -> Target:
        """As `Family.target`."""
        definition = self._definitions.get(verb)
        if definition is None:
            raise Unplannable(f"there is no action {Foreign(verb).line(80)}")
        for where in definition.where.values():
            place = f"{definition.workspace}/{where.environment}"
            if definition.on is On.NONE and words == place:
                return target_of(definition, where, "")
            if definition.on is On.NONE or not words.startswith(f"{place}/"):
                continue
            row = words.removeprefix(f"{place}/")
            if definition.on is On.USER or row in where.rows:
                return target_of(definition, where, _plain(row))
        what = "environment" if definition.on is On.NONE else definition.on.value
        raise not_known(what, words, _places(definition))


def _plain(row: str) -> str:
    """An id that somebody typed, fit to be shown and sent.

    Raises:
        Unplannable: It holds what no id holds.
    """
    if not row or len(row) > 200 or Foreign(row).line(400) != row:
        raise Unplannable("that is no id of a user")
    return row


def _places(definition: Definition) -> Iterator[str]:
    for where in definition.where.values():
        place = f"{definition.workspace}/{where.environment}"
        if definition.on is On.NONE:
            yield place
        elif definition.on is On.USER:
            yield f"{place}/USER"
        else:
            yield from (f"{place}/{row}" for row in where.rows)


Fitting = Iterator[tuple[str, str]]
"""Environment and name of what a row is, for an action."""


def _focus(definition: Definition, row: Row) -> str:
    """The environment in focus; production when all are, or the only one."""
    if row.environment:
        return row.environment
    places = definition.where.values()
    production = (one.environment for one in places if one.production)
    return next(production, next(iter(definition.where)))


def _service(definition: Definition, _pane: WorkspaceView, row: Row) -> Fitting:
    thing = row.thing
    if isinstance(thing, DeployView):
        yield thing.deploy.environment, thing.deploy.target
    elif isinstance(thing, AlertView) and thing.service:
        yield thing.environment or _focus(definition, row), thing.service
    elif isinstance(thing, EndpointRow):
        yield _focus(definition, row), thing.spec.service


def _database(_definition: Definition, pane: WorkspaceView, row: Row) -> Fitting:
    for view in pane.databases:
        if row.thing is view or any(one is row.thing for one in view.rows):
            yield view.spec.environment, view.spec.name


def _user(definition: Definition, _pane: WorkspaceView, row: Row) -> Fitting:
    user = user_of(row)
    if user:
        yield _focus(definition, row), user


def _anywhere(definition: Definition, _pane: WorkspaceView, row: Row) -> Fitting:
    """Of a row that is of one environment, only what is done there."""
    thing = row.thing
    own = thing.deploy.environment if isinstance(thing, DeployView) else ""
    own = thing.environment if isinstance(thing, AlertView) else own
    yield own or _focus(definition, row), ""


_FITTING: Final = {
    On.SERVICE: _service,
    On.DATABASE: _database,
    On.USER: _user,
    On.NONE: _anywhere,
}


def _card(definition: Definition) -> Card:
    return Card(
        name=definition.name,
        title=definition.title,
        group=_GROUP,
        danger=definition.danger,
        parameters=tuple(_parameter(one) for one in definition.parameters),
        target_words=_TARGETS[definition.on],
    )


_TARGETS: Final = {
    On.SERVICE: "WORKSPACE/ENVIRONMENT/SERVICE",
    On.DATABASE: "WORKSPACE/ENVIRONMENT/DATABASE",
    On.USER: "WORKSPACE/ENVIRONMENT/USER",
    On.NONE: "WORKSPACE/ENVIRONMENT",
}


def _parameter(one: Wanted) -> Parameter:
    return Parameter(
        name=one.name,
        title=one.title,
        kind=one.kind,
        choices=tuple(Choice(value=choice) for choice in one.choices),
        default=one.default or ("false" if one.kind is ParameterKind.FLAG else ""),
        required=one.required and not one.default and one.kind is not ParameterKind.FLAG,
        hint=_hint(one),
        longest=one.longest,
        least=one.minimum,
        most=one.maximum,
        pattern=one.pattern,
    )


def _hint(one: Wanted) -> str:
    if one.kind is ParameterKind.NUMBER:
        low = "" if one.minimum is None else f"from {one.minimum:g}"
        high = "" if one.maximum is None else f"to {one.maximum:g}"
        return f"{low} {high}".strip() or "a number"
    return f"looks like {one.pattern}" if one.pattern else ""
