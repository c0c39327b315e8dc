"""Restore a backup, into an environment that is not production, and nowhere else.

That the target is not production is held four times: when the configuration is checked, when it
is planned, when it is pinned, and just before the script is started. The last three ask the
databases themselves which they are (`providers.postgres.identity`): a target that is one of
production's databases under another name, through a pooler or by an alias, is refused. When a
production database can not be asked, nothing is restored.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from actions.guard_values import Precondition
from actions.plan import Change, Danger, Effect, Plan, Target
from actions.preconditions import Checked
from actions.scripts.files import Chosen
from actions.scripts.looked import Looked
from actions.scripts.places import Onto, ScriptPlace, Use
from actions.scripts.records import Records
from actions.scripts.verb import RunScript
from actions.verbs import Pinned, Unplannable
from providers.clock import Clock
from providers.errors import ProviderError, Refused
from providers.postgres.identity import Identity
from providers.script_values import SYSTEM
from providers.text import Foreign

_NEVER: Final = "it is production's database, under whatever name: nothing is ever restored there"


class Aim(Struct, frozen=True, kw_only=True):
    """What is overwritten, by its own word."""

    identity: Identity
    unknown: tuple[str, ...] = ()
    """Databases of production that could not be asked."""


class RestoreStaging(RunScript):
    """Runs the script that restores; its last words are the file and the environment.

    Args:
        places: Where; each with what it overwrites.
        records: Where runs are written down.
        clock: Tells when something was looked at.
    """

    def __init__(self, places: Sequence[ScriptPlace], records: Records, clock: Clock) -> None:
        super().__init__(Use.RESTORE, places, records, clock)

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`."""
        looked = await self._look(target, parameters)
        aim = await aimed(looked.place)
        return self._aimed_at(self._planned(target, parameters, looked), looked, aim)

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        looked = await self._look(plan.target, dict(plan.parameters))
        aim = await aimed(looked.place)
        pinned = await super().pin(plan)
        made = self._aimed_at(pinned.plan, looked, aim)
        standing = (*pinned.preconditions, *_not_production(looked, aim))
        return replace(pinned, plan=made, preconditions=standing)

    async def _args(self, place: ScriptPlace, plan: Plan) -> tuple[str, ...]:
        """As the others', but not before it is asked once more where it leads."""
        try:
            aim = await aimed(place)
        except Unplannable as error:
            raise Refused(SYSTEM, f"run {place.spec.name}", str(error)) from None
        if aim.unknown or _pin(aim.identity) != plan.pinned["database"]:
            reason = "it can not be told any more that it is not production"
            raise Refused(SYSTEM, f"run {place.spec.name}", reason)
        return await super()._args(place, plan)

    def _words(self, place: ScriptPlace, file: Chosen | None) -> tuple[str, ...]:
        return (*super()._words(place, file), onto_of(place).environment)

    def _left_half(self) -> str:
        return "; what it had overwritten by then stays so"

    def _aimed_at(self, plan: Plan, looked: Looked, aim: Aim) -> Plan:
        """The plan with what is overwritten in it."""
        onto, found = onto_of(looked.place), aim.identity
        # No size and no age in here: they go on changing, and what was shown has to stay as it is.
        before = f"{found.name.line(60)} at {found.place}"
        after = looked.file.words if looked.file is not None else "the newest backup"
        field = f"{onto.database} {onto.environment}"
        return replace(
            plan,
            title=f"Restore to {onto.environment}",
            changes=(Change(field=field, before=Foreign(before), after=Foreign(after)),),
            pins=(*plan.pins, ("database", _pin(found))),
            effects=(
                Effect(
                    words="are overwritten",
                    number=float(found.size_bytes),
                    unit="bytes",
                    measured_at=looked.at.at,
                ),
                *_age(looked),
                Effect(
                    words="sessions on it now",
                    number=float(found.sessions),
                    measured_at=looked.at.at,
                ),
                *plan.effects,
            ),
            side_effects=(
                f"everything in {found.name.line(60)} is replaced; whoever works on it loses that",
                "the backup holds people's data of production: who may see staging sees it then",
            ),
            danger=Danger.FINAL,
            sources=tuple(dict.fromkeys((*plan.sources, *filter(None, (onto.source,))))),
        )


def onto_of(place: ScriptPlace) -> Onto:
    """What a place restores onto.

    Raises:
        Unplannable: It says nothing, or it says production.
    """
    onto = place.onto
    if onto is None:
        raise Unplannable("the configuration does not say which database is overwritten")
    if onto.production or place.production:
        raise Unplannable(f"{onto.environment} is production: nothing is ever restored there")
    return onto


async def aimed(place: ScriptPlace) -> Aim:
    """Ask the target which database it is, and every database of production as well.

    Raises:
        Unplannable: It is one of production's.
        ProviderError: The target could not be asked.
    """
    onto = onto_of(place)
    found = await onto.ask()
    unknown: list[str] = []
    for one in onto.productions:
        try:
            other = await one.ask()
        except ProviderError as error:
            if one.essential:
                unknown.append(f"{one.title}: {error.reason}")
            continue
        if found.is_same(other):
            raise Unplannable(f"{found.name.line(60)} at {found.place}: {_NEVER}")
    return Aim(identity=found, unknown=tuple(unknown))


def _pin(found: Identity) -> str:
    return f"{found.name.line(63)} at {found.place}, number {found.number}"


def _age(looked: Looked) -> Iterator[Effect]:
    if looked.file is not None:
        age_s = max(0.0, (looked.at.at - looked.file.file.at).total_seconds())
        yield Effect(
            words="of work on it are lost: so old is the backup",
            number=age_s,
            unit="s",
            measured_at=looked.at.at,
        )


def _not_production(looked: Looked, aim: Aim) -> Iterator[Precondition]:
    checks = Checked(at=looked.at)
    if aim.unknown:
        words = f"production could not be asked which database it is: {'; '.join(aim.unknown)}"
        yield checks.unknown("not production", words)
    else:
        words = "the target is none of production's databases, by their own word"
        yield checks.met("not production", words)
