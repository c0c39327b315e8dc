"""Where the systems of a configuration stand, and how a target names one of them.

The identity of a target begins with its system's name in the configuration: `main/ch_3N…`. So one
verb serves every workspace, and two accounts of one vendor are never mixed up.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from actions.http_steps import http_steps, send_step
from actions.plan import Plan, Target
from actions.preconditions import Checked
from actions.targets import not_known, target_at
from actions.verbs import Unplannable
from monitor.system_view import SystemView
from providers.clock import Clock
from providers.http import Answer, Api
from providers.readings import SourceId
from providers.text import Foreign


class Spot(Struct, frozen=True, kw_only=True):
    """One system of one workspace."""

    workspace: str
    environment: str
    """Empty: it belongs to no single one."""

    production: bool
    """Of its environment; of the strictest of the workspace where it belongs to none."""

    name: str
    """Its key in the configuration."""

    source: SourceId
    """Whose rows it is acted upon from."""

    api: Api
    """With the secret that actions use."""

    url: str
    """The account's base address, as it is shown in plans."""

    clock: Clock

    @property
    def place(self) -> str:
        """`workspace/name`, as on the command line."""
        return f"{self.workspace}/{self.name}"

    def target(self, kind: str, rest: str, name: Foreign, short: str) -> Target:
        """What is acted upon there.

        Args:
            kind: `payment`, `incident`, …
            rest: Its id at the vendor.
            name: As it is shown.
            short: What is typed to confirm, where anybody can type it.
        """
        identity = f"{self.name}/{rest}"
        return target_at(self, kind, identity=identity, name=name, typed=short)

    async def send(
        self, plan: Plan, operation: str, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send the one request of a plan; see `send_step`."""
        (step,) = http_steps(plan)
        return await send_step(self.api, self.url, step, operation=operation, headers=headers)

    @property
    def checks(self) -> Checked:
        """Makes preconditions that were looked at just now."""
        return Checked(at=self.clock.now())


Kind = TypeVar("Kind", bound=Spot)


class Spots(Generic[Kind]):
    """All systems of one vendor.

    Args:
        spots: Of every workspace.
        system: The vendor in the operator's words.
    """

    def __init__(self, spots: Iterable[Kind], system: str) -> None:
        self._spots = tuple(spots)
        self._system = system

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._spots)

    def of(self, target: Target) -> tuple[Kind, str]:
        """The system of a target, and the rest of its identity.

        Raises:
            Unplannable: The configuration has no such system, or has it elsewhere.
        """
        name, _, rest = target.identity.partition("/")
        for spot in self._spots:
            if (spot.workspace, spot.name) == (target.workspace, name) and rest:
                if spot.environment != target.environment:
                    raise Unplannable(f"{spot.place} belongs to another environment now")
                return spot, rest
        raise Unplannable(f"{self._system} {target.workspace}/{name} is not configured (any more)")

    def behind(self, view: object) -> Kind | None:
        """The system that a row of a board belongs to; None when it is another vendor's."""
        if not isinstance(view, SystemView):
            return None
        # Parts of one system are sources of their own: `main`, `main.returns`.
        of = view.spec.id.partition(".")[0]
        return next((spot for spot in self._spots if spot.source == of), None)

    def named(self, words: str) -> tuple[Kind, str]:
        """The system that `WORKSPACE/SYSTEM/…` on the command line means, and the rest.

        Raises:
            Unplannable: There is none; says which there are.
        """
        parts = words.split("/", 2)
        if len(parts) == 3 and parts[2]:
            for spot in self._spots:
                if (spot.workspace, spot.name) == (parts[0], parts[1]):
                    return spot, parts[2]
        raise not_known(f"{self._system} system", words, (spot.place for spot in self._spots))

    def in_reach(self, workspace: str, environment: str) -> Iterator[Kind]:
        """Those of a workspace that concern an environment; an empty one concerns all."""
        for spot in self._spots:
            anywhere = "" in {spot.environment, environment}
            if spot.workspace == workspace and (anywhere or spot.environment == environment):
                yield spot


def mark_of(*parts: str) -> str:
    """A mark that the same action always has, by which it is found again after a lost answer."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:24]
