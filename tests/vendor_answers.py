"""Good answers of every vendor, and what the shared suites make of them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, structs

from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.system_readings import Condition, SystemReading
from providers.text import Foreign
from tests import vendor_data as data
from tests.vendor_rig import Rig, place_of
from tests.vendor_rigs import connected
from tests.vendor_server import Asked, Reply

HEALTHY: dict[str, list[Any]] = {
    "Vercel": [
        data.vercel_list(data.vercel_deployment()),
        data.vercel_project(data.vercel_live(), lastAliasRequest=data.alias_request("failed")),
    ],
    "Render": [
        data.render_list(data.render_deploy(), data.render_deploy("2")),
        data.render_service(),
    ],
    "GitHub": [data.github_list(data.github_run(), data.github_run(2))],
    "Example": [
        data.page_summary(
            data.page_component(),
            incidents=[data.page_incident()],
            scheduled_maintenances=[data.page_maintenance()],
        )
    ],
}


def healthy(rig: Rig) -> list[Any]:
    return [body for _, body in rig.bodies] or HEALTHY[rig.vendor]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, the deepest too."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], by)
    return copy


def texts(value: object) -> Iterator[str]:
    """Every text in a reading, whatever holds it."""
    if isinstance(value, Foreign):
        yield value.text
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif isinstance(value, Struct):
        for field in structs.fields(value):
            yield from texts(getattr(value, field.name))


def which(rig: Rig, asked: Asked) -> int:
    """Which of the rig's answers this is; the first is mostly a list."""
    if rig.bodies:
        return place_of(asked, rig.bodies)
    return -1 if "/projects/" in asked.path or asked.path.endswith("srv-1") else 0


async def read(rig: Rig, answers: Sequence[object]) -> Harvest | ProviderError:
    def answer(asked: Asked) -> Reply:
        value = answers[which(rig, asked) % len(answers)]
        return Reply(body=json.dumps(value).encode("utf-8", "surrogatepass"))

    async with connected(rig, answer) as (source, _server):
        try:
            return await source.read()
        except ProviderError as error:
            return error


KEPT = (
    "2026-",
    "READY",
    "live",
    "completed",
    "in_progress",
    "identified",
    "production",
    "prj_",
    # Long ones in all of these would be too much for any answer.
    "https://api.github.com",
    "https://avatars",
)
"""Beginnings of states and times, without which there is nothing to show."""


WORDLESS = {"Supabase counts", "Web vitals", "Stripe revenue"}
"""Of these numbers alone are told."""


def poisoned(value: Any, texts: Iterator[str]) -> Any:
    """A good answer with the next of the texts wherever there are words."""
    if isinstance(value, dict):
        return {key: poisoned(child, texts) for key, child in value.items()}
    if isinstance(value, list):
        return [poisoned(child, texts) for child in value]
    return next(texts) if isinstance(value, str) and not value.startswith(KEPT) else value


def not_well_when_misread(harvest: Harvest) -> bool:
    """Whether a system of which a part was not understood is called neither fine nor notable."""
    reading = harvest.payload
    if not isinstance(reading, SystemReading):
        return True
    parts = (*reading.notices, *(section.blind for section in reading.sections))
    misread = any("could not be read" in part or part.startswith("$") for part in parts)
    return not misread or reading.condition not in {Condition.FINE, Condition.NOTABLE}
