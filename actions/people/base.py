"""What all actions on a user in the database share: read by id, planned, carried out, read back."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from actions.database.audit_row import audit_deed, audit_look
from actions.database.deeds import Deed, steps
from actions.database.transactions import Transactions
from actions.guard_values import Precondition
from actions.people.person import Person, read, user_id
from actions.people.rights import Need, audit_kind, needs_of, preconditions
from actions.people.settings import Communities, Community
from actions.plan import Change, Danger, Effect, Plan, Remaining, Request, Target, Undo
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned
from providers.clock import Clock, Moment
from providers.errors import Refused
from providers.postgres.target import SYSTEM


class Shape(Struct, frozen=True, kw_only=True):
    """What one action does to one user, besides its statements."""

    title: str
    parameters: tuple[tuple[str, str], ...] = ()
    """As they are meant, defaults filled in."""

    pins: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...] = ()
    side_effects: tuple[str, ...] = ()
    undo: Undo | None = None
    no_undo: str = ""
    remains: tuple[Remaining, ...] = ()
    counts_down_s: float = 0.0
    danger: Danger = Danger.CHANGE


class Task(Struct, frozen=True, kw_only=True):
    """All that the statements depend on: the same when planned and when sent."""

    community: Community
    id: str
    pins: Mapping[str, str]
    given: Mapping[str, str]
    request: Request | None = None


class PersonVerb(UndoneAsPlanned, ABC):
    """One action on one user; the statements are one transaction.

    Args:
        communities: Where users are.
        transactions: Carries statements out.
        clock: The time.
        operator: Who sits here, as the audit names them.
    """

    name = ""
    action = ""
    """In the product's audit."""

    rights: Sequence[Need] = ()
    """What it takes of every table and user."""

    settle_s = 20.0
    reads_role = False

    def __init__(
        self,
        communities: Communities,
        transactions: Transactions,
        clock: Clock,
        operator: str = "",
    ) -> None:
        self._communities = communities
        self._transactions = transactions
        self._clock = clock
        self._operator = operator

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`; reads, and changes nothing."""
        community = self._communities.of_target(target)
        person = await self._read(community, target)
        return self._planned(community, person, target, parameters)

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        community = self._communities.of_target(plan.target)
        person = await self._read(community, plan.target)
        at = self._clock.now()
        needs = self.needs(community, person)
        return Pinned(
            plan=self._planned(community, person, plan.target, dict(plan.parameters)),
            preconditions=(
                *preconditions(community, person, needs, self._operator, at),
                *self.own_preconditions(community, person, at),
            ),
        )

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`: one transaction, with the row in the product's audit."""
        community = self._communities.of_target(plan.target)
        shown = steps(self._deeds(self._task(community, plan, None)), community.ground.database)
        if shown != plan.steps:
            reason = "what would be sent is not what was shown: nothing was changed"
            raise Refused(SYSTEM, self.name, reason)
        deeds = self._deeds(self._task(community, plan, plan.request))
        return await self._transactions.send(community.ground.options, plan, key, deeds)

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`: what the database says of the transaction, then of the user."""
        community = self._communities.of_target(plan.target)
        row = None
        if community.audit is not None and plan.pinned.get("audit") != "none":
            row = audit_look(community.audit, self.action, plan)
        found = await self._transactions.settled(community.ground.options, plan, sent, row)
        if found.state not in {State.DONE, State.UNKNOWN}:
            return found
        person = await read(community, user_id(plan.target.identity), role=self.reads_role)
        if found.state is State.DONE:
            return replace(found, words=self.words(plan, person))
        return self.judged(plan, person)

    def needs(self, community: Community, person: Person) -> Sequence[Need]:
        """The rights it takes: `rights`, unless they depend on the table or the user."""
        del community, person
        return self.rights

    @abstractmethod
    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """What it does.

        Raises:
            Unplannable: It makes no sense for this user or with these parameters.
        """

    @abstractmethod
    def deeds(self, task: Task) -> Iterator[Deed]:
        """Its statements, without the audit row."""

    def facts(self, task: Task) -> Mapping[str, str]:
        """What the product's audit row says beside who, why and for whom."""
        del task
        return {}

    def own_preconditions(
        self, community: Community, person: Person, at: Moment
    ) -> Iterator[Precondition]:
        """What has to hold for this action alone."""
        del community, person, at
        yield from ()

    @abstractmethod
    def words(self, plan: Plan, person: Person) -> str:
        """How the user stands once it was committed."""

    @abstractmethod
    def judged(self, plan: Plan, person: Person) -> Settled:
        """What the user's state alone tells: the transaction is over, nobody knows how."""

    async def _read(self, community: Community, target: Target) -> Person:
        id_ = user_id(target.identity)
        return await read(community, id_, role=self.reads_role, rights=True)

    def _planned(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Plan:
        target = replace(target, name=person.name)
        shape = self.shape(community, person, target, given)
        pins = (*shape.pins, ("audit", audit_kind(community, person)))
        task = Task(
            community=community,
            id=person.id,
            pins=dict(pins),
            given=dict(shape.parameters),
        )
        ground = community.ground
        lasting = f"access tokens of {target.name.line(60)}" if shape.counts_down_s else ""
        return Plan(
            verb=self.name,
            title=shape.title,
            target=target,
            parameters=shape.parameters,
            steps=steps(self._deeds(task), ground.database),
            changes=shape.changes,
            pins=pins,
            effects=shape.effects,
            side_effects=shape.side_effects,
            undo=shape.undo,
            no_undo=shape.no_undo,
            remains=shape.remains,
            counts_down_s=shape.counts_down_s,
            counts_down=lasting,
            needs=needs_of(community, self.needs(community, person)),
            danger=shape.danger,
            sources=(ground.source,),
            takes_s=1.0,
            look_at=f"{community.relation('users').dotted} of {ground.place}, id {person.id}",
        )

    def _task(self, community: Community, plan: Plan, request: Request | None) -> Task:
        return Task(
            community=community,
            id=user_id(plan.target.identity),
            pins=plan.pinned,
            given=dict(plan.parameters),
            request=request,
        )

    def _deeds(self, task: Task) -> list[Deed]:
        found = list(self.deeds(task))
        kind = task.pins["audit"]
        if task.community.audit is not None and kind != "none":
            facts = {"target": task.id, **self.facts(task)}
            as_json = kind.endswith(" json")
            found.append(
                audit_deed(task.community.audit, self.action, facts, task.request, as_json=as_json)
            )
        return found
