"""Puts one snapshot together."""

from msgspec import Struct
from msgspec.structs import replace

from monitor.events import Event
from monitor.own_network import OwnNetwork
from monitor.poller import Poller
from monitor.snapshot import Snapshot
from monitor.timeline import Timeline
from monitor.world import World
from providers.clock import Moment


class Edition(Struct, frozen=True, kw_only=True):
    """What goes into a snapshot besides the world."""

    sequence: int
    config_problem: str
    history_problem: str
    history_notice: str
    care_problem: str = ""


def snapshot_of(
    world: World,
    timeline: Timeline,
    poller: Poller | None,
    network: OwnNetwork,
    edition: Edition,
    now: Moment,
) -> Snapshot:
    """The world at this instant."""
    offline = network.offline_since is not None
    return Snapshot(
        at=now,
        sequence=edition.sequence,
        workspaces={
            name: track.view(now, timeline.of(name), offline=offline, one_pass=world.one_pass)
            for name, track in world.workspaces.items()
        },
        sources={
            key: track.view(
                now,
                reading=poller is not None and poller.is_reading(key),
                due_s=None if poller is None else poller.due_s(key),
            )
            for key, track in world.sources.items()
        },
        offline_since=network.offline_since,
        offline_reason=network.reason,
        config_problem=edition.config_problem,
        history_problem=edition.history_problem,
        notices=tuple(
            line
            for line in (
                network.problem,
                edition.history_notice,
                edition.care_problem,
                network.note,
            )
            if line
        ),
    )


def with_news(
    snapshot: Snapshot, timeline: Timeline, now: Moment
) -> tuple[Snapshot, tuple[Event, ...]]:
    """The snapshot with what is new in it on the timeline, and that by itself."""
    for view in snapshot.workspaces.values():
        timeline.observe(view, now)
    if snapshot.offline_since is None:
        timeline.observe_sources(snapshot.sources, now)
    fresh = timeline.take_fresh()
    if not fresh:
        return snapshot, ()
    told = {
        name: replace(view, timeline=timeline.of(name))
        for name, view in snapshot.workspaces.items()
    }
    return replace(snapshot, workspaces=told), fresh
