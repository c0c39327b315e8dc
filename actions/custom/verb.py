"""Carries out what the configuration describes, by the same rules as every other verb."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from actions.custom.definition import Definition, On, Where
from actions.custom.templates import with_target
from actions.custom.values import Value, checked
from actions.guard_values import Precondition
from actions.plan import Change, HttpStep, Plan, SqlStep, Step, Target, Undo, typable
from actions.preconditions import Checked
from actions.verbs import Pinned, Sent, Settled, State, Unplannable
from providers.clock import Clock
from providers.errors import ProviderError, Refused
from providers.text import EMPTY, Foreign

_BEFORE = "read-back"
ACCEPTED = "accepted, and nothing is read back: the configuration names no verify"


class CustomVerb:
    """One action of the configuration.

    Args:
        definition: What it is.
        clock: Tells when something was looked at.
    """

    def __init__(self, definition: Definition, clock: Clock) -> None:
        self.name = definition.name
        self.definition = definition
        self.settle_s = max(one.means.settle_s for one in definition.where.values())
        self._clock = clock

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`."""
        definition, where = self.definition, self._where(target)
        values = self._values(target, parameters)
        before = await _before(where, values)
        steps, pins = await where.means.steps(values, None), await where.means.pins(values)
        return Plan(
            verb=self.name,
            title=definition.title,
            target=target,
            parameters=tuple((name, value) for name, value in parameters.items() if value),
            steps=steps,
            changes=tuple(self._changes(values)),
            pins=pins,
            baseline=((_BEFORE, before),),
            effects=tuple(where.means.effects()),
            side_effects=definition.side_effects,
            undo=self._undo(target, parameters),
            no_undo="" if definition.undo else definition.no_undo or "none is configured",
            needs=where.means.needs,
            danger=definition.danger,
            cool_down_s=definition.cool_down_s,
            sources=(where.source,) if where.source else (),
            look_at=_look_at(steps, dict(pins)),
        )

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        made = await self.plan(plan.target, dict(plan.parameters))
        where, found = self._where(plan.target), dict(made.baseline)[_BEFORE]
        standing: tuple[Precondition, ...] = ()
        if where.verify is not None:
            trouble = f"it could not be read how it is now: {found}" if found else ""
            if found == "holds":
                trouble = "it is so already, by what is read back"
            checks = Checked(at=self._clock.now())
            standing = (checks.warns_if("wanted", trouble, "what is wanted is not so yet"),)
        return Pinned(plan=made, preconditions=standing)

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`."""
        where, values = self._where(plan.target), self._values(plan.target, dict(plan.parameters))
        if await where.means.steps(values, plan) != plan.steps:
            raise Refused("Configuration", plan.verb, "it is not what was planned")
        return await where.means.send(plan, values, key)

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`."""
        where = self._where(plan.target)
        found = await where.means.settled(plan, sent)
        if found.state in {State.FAILED, State.PENDING, State.UNDER_WAY}:
            return found
        if where.verify is None:
            if found.state is State.DONE and not where.means.is_verdict:
                return Settled(state=State.DONE, words=f"{found.words}; {ACCEPTED}")
            return found
        holds, words = await where.verify.holds(self._values(plan.target, dict(plan.parameters)))
        if not holds:
            return Settled(state=State.PENDING, words=f"{found.words}; not so far: {words}")
        if found.state is not State.DONE and dict(plan.baseline).get(_BEFORE):
            # It was so before, or nobody knows: that it is so now proves nothing.
            said = f"{found.words}; {words}, as it may have been before"
            return Settled(state=State.UNKNOWN, words=said)
        return Settled(state=State.DONE, words=f"{found.words}; read back: {words}")

    def undo(self, plan: Plan, sent: Sent | None) -> Undo | None:
        """As `Verb.undo`."""
        del sent
        return self._undo(plan.target, dict(plan.parameters))

    def _undo(self, target: Target, parameters: Mapping[str, str]) -> Undo | None:
        definition = self.definition
        if not definition.undo:
            return None
        kept = {name: value for name, value in parameters.items() if name in definition.undo_takes}
        other = renamed(target, definition.undo)
        if target.name.text == definition.title:
            # Without a row it is called by what is done to it.
            other = replace(other, name=Foreign(definition.undo_title))
        given = tuple(kept.items())
        return Undo(
            verb=definition.undo, target=other, parameters=given, words=definition.undo_title
        )

    def _where(self, target: Target) -> Where:
        definition = self.definition
        found = definition.where.get(target.environment)
        if found is None or target.workspace != definition.workspace:
            raise Unplannable(f"{definition.name} is not done in {target.place}")
        row = row_of(target)
        if definition.on in {On.SERVICE, On.DATABASE} and row not in found.rows:
            raise Unplannable(f"{target.place} has no {definition.on.value} {row}")
        if target.identity != identity(definition, target.environment, row):
            raise Unplannable("the target belongs to another action")
        return found

    def _values(self, target: Target, parameters: Mapping[str, str]) -> dict[str, Value]:
        values = checked(self.definition.parameters, parameters)
        row = row_of(target)
        more = {"environment": target.environment, "workspace": target.workspace}
        if self.definition.on is not On.NONE:
            more[self.definition.on.value] = row
        return with_target(values, **more)

    def _changes(self, values: Mapping[str, Value]) -> Sequence[Change]:
        wanted = {one.name: one.title for one in self.definition.parameters}
        return [
            Change(field=title, before=EMPTY, after=Foreign(values[name].text))
            for name, title in wanted.items()
            if values[name].text
        ]


async def _before(where: Where, values: Mapping[str, Value]) -> str:
    """`holds` when what is wanted is so already; why, when nobody can say; else empty."""
    if where.verify is None:
        return ""
    try:
        holds, _ = await where.verify.holds(values)
    except ProviderError as error:
        return error.reason
    return "holds" if holds else ""


def _look_at(steps: Sequence[Step], pins: Mapping[str, str]) -> str:
    """Where somebody finds out what became of it, as far as the configuration tells."""
    if "record" in pins:
        return f"{pins['record']}/output"
    first = steps[0] if steps else None
    if isinstance(first, HttpStep):
        return first.url.partition("?")[0]
    return f"the database {first.database}" if isinstance(first, SqlStep) else ""


def identity(definition: Definition, environment: str, row: str) -> str:
    """Names the target."""
    return f"{definition.name}@{definition.workspace}/{environment}/{row}"


def row_of(target: Target) -> str:
    """The service, database or user that a target is; empty: none."""
    return target.identity.partition("@")[2].split("/", 2)[-1]


def renamed(target: Target, name: str) -> Target:
    """The same row as the target of another action."""
    tail = target.identity.partition("@")[2]
    return replace(target, identity=f"{name}@{tail}")


def target_of(definition: Definition, where: Where, row: str) -> Target:
    """A row, or nothing at all, as the target of an action."""
    title = where.rows.get(row, row) or definition.confirm or definition.title
    return Target(
        kind="custom" if definition.on is On.NONE else f"custom {definition.on.value}",
        identity=identity(definition, where.environment, row),
        name=Foreign(title),
        workspace=definition.workspace,
        environment=where.environment,
        production=where.production,
        short_name=definition.confirm
        or typable(row or definition.name.rpartition(".")[2], definition.name),
    )
