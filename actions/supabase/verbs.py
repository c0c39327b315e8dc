"""`resume-database` and `restart-database`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from actions.guard_values import Precondition
from actions.http_steps import http_step, http_steps, send_step
from actions.plan import Change, Danger, Effect, Plan, Target
from actions.preconditions import Checked
from actions.supabase.projects import Site, Sites, Stand, stand_of
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned
from monitor.words import noun
from providers.clock import Clock
from providers.text import Foreign

ACTIVE: Final = "ACTIVE_HEALTHY"
PAUSED: Final = "INACTIVE"
_RUNNING: Final = frozenset({ACTIVE, "ACTIVE_UNHEALTHY"})
_BROKEN: Final = frozenset({"RESTORE_FAILED", "INIT_FAILED", "REMOVED", "PAUSE_FAILED"})
_MOST_KEPT: Final = 64
_SLOW: Final = timedelta(seconds=2)
_OURS: Final = timedelta(minutes=10)
"""From the confirmation: what moves later was asked for by somebody else."""


class _ProjectVerb(UndoneAsPlanned, ABC):
    """What both share.

    It remembers when it first saw a project on the way: a restart begins and ends alike.

    Args:
        sites: All projects.
        clock: The time.
    """

    name = ""
    title = ""
    call = ""
    settle_s = 900.0
    danger = Danger.CHANGE
    reads_database = False

    def __init__(self, sites: Sites, clock: Clock) -> None:
        self._sites = sites
        self._clock = clock
        self._moved: dict[str, datetime] = {}

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`; reads, and changes nothing."""
        del parameters
        site = self._sites.of_target(target)
        return self._planned(site, await stand_of(site, database=self.reads_database))

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        site = self._sites.of_target(plan.target)
        stand = await stand_of(site, database=self.reads_database)
        return Pinned(plan=self._planned(site, stand), preconditions=(self._state(stand),))

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`."""
        del key
        site = self._sites.of_target(plan.target)
        (step,) = http_steps(plan)
        answer = await send_step(site.api, site.url, step, operation=self.title.lower())
        return Sent(words=f"{answer.status} accepted")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`."""
        site = self._sites.of_target(plan.target)
        stand = await stand_of(site, database=self.reads_database)
        request = plan.request.id if plan.request is not None else plan.fingerprint
        if stand.status not in self._at_rest():
            self._moved.setdefault(request, self._clock.now().at)
            while len(self._moved) > _MOST_KEPT:
                del self._moved[next(iter(self._moved))]
        told, since = sent is not None, self._moved.get(request)
        moved = since is not None and (told or _is_ours(since, plan))
        return self._judged(plan, stand, moved=moved, told=told)

    def _planned(self, site: Site, stand: Stand) -> Plan:
        status = Foreign(stand.status).line(40)
        return Plan(
            verb=self.name,
            title=f"{self.title.split()[0]} {site.title}",
            target=site.target,
            steps=(http_step(site.url, self.call, "POST", f"/v1/projects/{site.ref}/{self.call}"),),
            changes=(
                Change(field="project", before=Foreign(status), after=Foreign(self._after())),
            ),
            pins=(("status", status), ("project", stand.name.line(80))),
            effects=self._effects(stand),
            side_effects=self._side_effects(),
            no_undo=self._no_undo(),
            watches=site.ground.watches if site.ground is not None else (),
            needs=("project_admin_write (projects:write)",),
            danger=self.danger,
            sources=(site.source,),
            takes_s=120.0,
            cool_down_s=300.0,
            look_at=f"https://supabase.com/dashboard/project/{site.ref}",
        )

    @abstractmethod
    def _at_rest(self) -> frozenset[str]: ...

    @abstractmethod
    def _state(self, stand: Stand) -> Precondition: ...

    @abstractmethod
    def _after(self) -> str: ...

    @abstractmethod
    def _effects(self, stand: Stand) -> tuple[Effect, ...]: ...

    @abstractmethod
    def _side_effects(self) -> tuple[str, ...]: ...

    @abstractmethod
    def _no_undo(self) -> str: ...

    @abstractmethod
    def _judged(self, plan: Plan, stand: Stand, *, moved: bool, told: bool) -> Settled: ...

    def _checks(self) -> Checked:
        return Checked(at=self._clock.now())


class ResumeDatabase(_ProjectVerb):
    """Wakes a project that was paused."""

    name = "resume-database"
    title = "Resume the database project"
    call = "restore"

    def _at_rest(self) -> frozenset[str]:
        return frozenset({PAUSED, ACTIVE})

    def _state(self, stand: Stand) -> Precondition:
        words = f"the project is {Foreign(stand.status).line(40)}"
        return self._checks().either(
            "status",
            holds=stand.status == PAUSED,
            met="the project is paused",
            otherwise=f"{words}: only a paused one is resumed",
        )

    def _after(self) -> str:
        return f"RESTORING, COMING_UP, {ACTIVE}"

    def _effects(self, stand: Stand) -> tuple[Effect, ...]:
        del stand
        reason = "nothing can be asked while it is paused"
        at = self._clock.now().at
        return (Effect(words="connections", number=None, reason=reason, measured_at=at),)

    def _side_effects(self) -> tuple[str, ...]:
        return (
            "takes minutes, and may fall back to paused by itself",
            "a free project is paused again after a week without use",
        )

    def _no_undo(self) -> str:
        return "it can be paused again in the vendor's console, not here"

    def _judged(self, plan: Plan, stand: Stand, *, moved: bool, told: bool) -> Settled:
        del plan, told
        status = Foreign(stand.status).line(40)
        if stand.status == ACTIVE:
            return Settled(state=State.DONE, words=f"the project is {ACTIVE}")
        if stand.status in _BROKEN:
            return Settled(state=State.FAILED, words=f"the project is {status}")
        if stand.status == PAUSED and moved:
            return Settled(state=State.FAILED, words="it fell back to paused")
        state = State.PENDING if stand.status in self._at_rest() else State.UNDER_WAY
        return Settled(state=state, words=f"the project is {status}")


class RestartDatabase(_ProjectVerb):
    """Reboots the database and the pooler of a project: an outage."""

    name = "restart-database"
    title = "Restart the database project"
    call = "restart"
    settle_s = 600.0
    danger = Danger.OUTAGE
    reads_database = True

    def _at_rest(self) -> frozenset[str]:
        return _RUNNING

    def _state(self, stand: Stand) -> Precondition:
        words = f"the project is {Foreign(stand.status).line(40)}"
        return self._checks().either(
            "status",
            holds=stand.status in _RUNNING,
            met=words,
            otherwise=f"{words}: it does not run",
        )

    def _after(self) -> str:
        return f"RESTARTING, {ACTIVE}"

    def _effects(self, stand: Stand) -> tuple[Effect, ...]:
        number = None if stand.clients is None else float(stand.clients)
        return (
            Effect(
                words=noun(number, "connection breaks", "connections break"),
                number=number,
                reason=stand.why,
                measured_at=self._clock.now().at,
            ),
        )

    def _side_effects(self) -> tuple[str, ...]:
        return (
            "database and pooler are away for a minute or more; all that needs them fails",
            "what was not committed is lost; temporary tables and session locks are gone",
            "does not help against a leak of connections in the product",
        )

    def _no_undo(self) -> str:
        return "a restart can not be taken back"

    def _judged(self, plan: Plan, stand: Stand, *, moved: bool, told: bool) -> Settled:
        status = Foreign(stand.status).line(40)
        anew = _is_after(stand.started, plan, told=told)
        if stand.status in _BROKEN:
            return Settled(state=State.FAILED, words=f"the project is {status}")
        if stand.status == ACTIVE and anew:
            words = f"the server was started anew at {stand.started[:19].replace('T', ' ')}Z"
            return Settled(state=State.DONE, words=words)
        if stand.status == ACTIVE and moved:
            return Settled(state=State.DONE, words=f"it was away, and is {ACTIVE} again")
        if stand.status not in _RUNNING:
            return Settled(state=State.UNDER_WAY, words=f"the project is {status}")
        words = "taken; not seen to restart so far" if told else "no restart of ours is seen"
        return Settled(state=State.PENDING, words=words)


def _is_after(started: str, plan: Plan, *, told: bool) -> bool:
    """Whether the server was started since this was asked for; its clock may be slow by a bit."""
    if not started or plan.request is None:
        return False
    at = datetime.fromisoformat(started)
    return at >= plan.request.at - _SLOW and (told or _is_ours(at, plan))


def _is_ours(at: datetime, plan: Plan) -> bool:
    """Whether it can be what was asked for, where nobody said that it was taken."""
    return plan.request is None or at - plan.request.at <= _OURS
