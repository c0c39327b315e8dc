"""What the shared suites need of a source: how to build it, and a healthy vendor to talk to."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from providers.base import Source, SourceKind, SourceSpec
from providers.http import Api
from providers.readings import SourceId
from tests.vendor_server import Answering, Asked, Reply, json_reply

TOKEN = "tok-5ecret-0f-the-suite"


def spec_of(vendor: str, kind: SourceKind = SourceKind.DEPLOYS) -> SourceSpec:
    return SourceSpec(
        id=SourceId(f"lma/production/deploys/{vendor.lower()}"),
        workspace="lma",
        environment="production",
        kind=kind,
        title=vendor,
        system=vendor,
        interval_s=30.0,
        timeout_s=10.0,
    )


class Rig(Struct, frozen=True, kw_only=True):
    """One source: a healthy vendor to talk to, and whether that takes a credential."""

    vendor: str
    """Unique among the rigs: `Stripe returns`."""

    build: Callable[[Api], Source]
    healthy: Answering
    base_path: str = ""
    credential: bool = True
    bodies: tuple[tuple[str, Any], ...] = ()
    """For the hostile suite: the end of a path and the healthy JSON there, longest ends first."""

    def __str__(self) -> str:
        return self.vendor


def by_path(bodies: tuple[tuple[str, Any], ...]) -> Answering:
    """Answers each path with the JSON of the first end that fits."""

    def answer(asked: Asked) -> Reply:
        return json_reply(bodies[place_of(asked, bodies)][1])

    return answer


def place_of(asked: Asked, bodies: tuple[tuple[str, Any], ...]) -> int:
    for place, (end, _) in enumerate(bodies):
        if asked.path.endswith(end):
            return place
    raise AssertionError(f"{asked.path} was not expected")


def rig_of(
    vendor: str, build: Callable[[Api], Source], *bodies: tuple[str, Any], base_path: str = ""
) -> Rig:
    """A rig for a source that asks several things, each at a path of its own."""
    return Rig(
        vendor=vendor,
        build=build,
        healthy=by_path(bodies),
        base_path=base_path,
        bodies=bodies,
    )
