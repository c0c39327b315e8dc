"""Proposals that somebody looks at: each is confirmed once, or cancelled, or left unanswered."""

from actions.guard import CONFIRMED_S
from actions.running import Proposal

_About = tuple[str, str, str]


class Proposals:
    """Used in the engine's loop."""

    def __init__(self) -> None:
        self._open: dict[str, Proposal] = {}
        self._looked_at: dict[_About, Proposal] = {}
        """Of each action the newest one: a dialog that looks again has but one on the screen."""

    def __contains__(self, request: object) -> bool:
        """Whether it may still be confirmed."""
        return request in self._open

    def show(self, proposal: Proposal) -> None:
        """Somebody looks at it from now on."""
        # Those that nobody answered in time can not be confirmed any more.
        late = [k for k, v in self._open.items() if v.at.age_s(proposal.at) > CONFIRMED_S]
        for key in late:
            del self._open[key]
        self._open[proposal.id] = proposal
        self._looked_at[_about(proposal)] = proposal

    def answer(self, request: str) -> Proposal | None:
        """Take the one that was confirmed or cancelled; None: it was before, or never shown."""
        found = self._open.pop(request, None)
        if found is not None:
            self._looked_at.pop(_about(found), None)
        return found

    def refuse(self, proposal: Proposal) -> None:
        """The guard says no by now, to what it would have taken when it was looked at before."""
        self._looked_at.pop(_about(proposal), None)

    def leave(self) -> tuple[Proposal, ...]:
        """The program ends: those that nobody said anything to."""
        left = tuple(self._looked_at.values())
        self._looked_at.clear()
        return left


def _about(proposal: Proposal) -> _About:
    plan = proposal.plan
    return plan.verb, plan.target.place, plan.target.key
