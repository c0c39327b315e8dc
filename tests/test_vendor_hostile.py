"""Whatever JSON a server makes up: an error of the tree or a reading, and no harmful text in it."""

import itertools
import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from providers.deploy_readings import DeploysReading
from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.log_readings import LogsReading
from providers.secrets import Secret
from providers.system_readings import SystemReading
from providers.text import Foreign
from providers.vendor_readings import VendorReading
from tests import vendor_data as data
from tests.examples import examples
from tests.hostile_texts import TEXTS, forbidden, forms_of, traces_of
from tests.vendor_rig import Rig, place_of
from tests.vendor_rigs import RIGS, connected
from tests.vendor_server import Asked, Reply

_NAMES = st.sampled_from(
    (
        "deployments",
        "uid",
        "id",
        "projectId",
        "target",
        "targets",
        "production",
        "readyState",
        "readySubstate",
        "created",
        "createdAt",
        "ready",
        "readyAt",
        "meta",
        "creator",
        "pagination",
        "next",
        "deploy",
        "cursor",
        "status",
        "trigger",
        "commit",
        "message",
        "suspended",
        "suspenders",
        "autoDeploy",
        "serviceDetails",
        "autoscaling",
        "enabled",
        "min",
        "max",
        "dashboardUrl",
        "finishedAt",
        "workflow_runs",
        "head_sha",
        "event",
        "conclusion",
        "html_url",
        "created_at",
        "updated_at",
        "run_started_at",
        "actor",
        "login",
        "page",
        "indicator",
        "description",
        "components",
        "incidents",
        "scheduled_maintenances",
        "name",
        "group",
        "group_id",
        "shortlink",
        "scheduled_for",
        "lastAliasRequest",
        "jobStatus",
        "toDeploymentId",
        "requestedAt",
        "type",
    )
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(list(TEXTS.values()))
    | st.sampled_from(
        ("READY", "live", "completed", "2026-11-18T11:06:40Z", "0001-01-01T00:00:00+23:59")
    )
    | st.text(max_size=8)
)
ANY_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=8),
    max_leaves=25,
)

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


PLAIN = [rig for rig in RIGS if not rig.bodies]
SYSTEMS = [rig for rig in RIGS if rig.bodies]
"""These ask for several things each time, and there are many of them."""


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


def assert_harmless(harvest: Harvest) -> None:
    for text in texts(harvest.payload):
        assert not forbidden(text), repr(text[:80])
        # Most texts can be printed as they are; else it matters by which character.
        for character in "" if text.isprintable() else text:
            assert character in "\n\t" or unicodedata.category(character)[0] != "C", repr(text[:80])


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


async def any_json(rig: Rig, answers: Sequence[object]) -> None:
    outcome = await read(rig, answers)

    if isinstance(outcome, Harvest):
        assert_harmless(outcome)
    else:
        assert outcome.reason


async def one_place_gone_wrong(rig: Rig, choice: st.DataObject) -> None:
    answers = list(healthy(rig))
    chosen = choice.draw(st.integers(0, len(answers) - 1))
    place = choice.draw(st.sampled_from(list(places(answers[chosen]))))
    answers[chosen] = replaced(answers[chosen], place, choice.draw(ANY_JSON))

    outcome = await read(rig, answers)

    if isinstance(outcome, Harvest):
        assert_harmless(outcome)
    else:
        assert "$" in outcome.reason or "JSON" in outcome.reason, outcome.reason


@pytest.mark.parametrize("rig", PLAIN, ids=str)
@settings(max_examples=examples(60))
@given(listing=ANY_JSON, other=ANY_JSON)
async def test_any_json(rig: Rig, listing: object, other: object) -> None:
    await any_json(rig, (listing, other))


@pytest.mark.parametrize("rig", SYSTEMS, ids=str)
@settings(max_examples=examples(20))
@given(listing=ANY_JSON, other=ANY_JSON)
async def test_any_json_of_a_system(rig: Rig, listing: object, other: object) -> None:
    await any_json(rig, (listing, other))


@pytest.mark.parametrize("rig", PLAIN, ids=str)
@settings(max_examples=examples(100))
@given(choice=st.data())
async def test_one_place_of_a_good_answer_gone_wrong(rig: Rig, choice: st.DataObject) -> None:
    await one_place_gone_wrong(rig, choice)


@pytest.mark.parametrize("rig", SYSTEMS, ids=str)
@settings(max_examples=examples(40))
@given(choice=st.data())
async def test_one_place_of_a_system_s_good_answer_gone_wrong(
    rig: Rig, choice: st.DataObject
) -> None:
    await one_place_gone_wrong(rig, choice)


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


@pytest.mark.parametrize("rig", RIGS, ids=str)
async def test_all_69_texts_are_drawn_and_do_nothing(rig: Rig) -> None:
    """Each comes up in one answer at least; a source with many words needs few answers."""
    left = list(TEXTS.values())
    answers = healthy(rig)

    def following() -> Iterator[str]:
        while left:
            yield left.pop()
        yield from itertools.cycle(TEXTS.values())

    texts = following()

    def answer(asked: Asked) -> Reply:
        value = answers[which(rig, asked) % len(answers)]
        body = json.dumps(poisoned(value, texts))
        return Reply(body=body.encode("utf-8", "surrogatepass"))

    async with connected(rig, answer) as (source, _server):
        before = len(left) + 1
        # A source that says no words at all brings none of them.
        while before > len(left) > 0:
            before = len(left)
            outcome = await source.read()
            assert_harmless(outcome)
            shown(outcome.payload)
    assert not left or rig.vendor in WORDLESS


KNOWN = Secret('kn0wn/to+us="all" åf')
"""Looks different in each of the forms in which it could come back."""


@pytest.mark.parametrize("rig", RIGS, ids=str)
async def test_no_source_says_a_secret_that_we_know(rig: Rig) -> None:
    forms = forms_of(KNOWN.reveal())
    said = itertools.cycle(f"{form} is it" for form in forms)

    outcome = await read(rig, [poisoned(each, said) for each in healthy(rig)])

    assert isinstance(outcome, Harvest)
    everything = "\n".join(texts((outcome.payload, outcome.numbers)))
    # In what is to be one word the marks of the mask stand for themselves.
    assert "•••" in everything or "???" in everything or rig.vendor in WORDLESS
    assert [one for one in (*traces_of(KNOWN.reveal()), "kn0wn") if one in everything] == []


def shown(payload: object) -> None:
    """What came is there, and what of it names or leads somewhere is bounded and plain."""
    assert isinstance(payload, DeploysReading | VendorReading | SystemReading | LogsReading)
    if isinstance(payload, LogsReading):
        assert payload.lines or any("too long" in notice for notice in payload.notices)
        assert all(len(line.id) <= 200 for line in payload.lines)
    elif isinstance(payload, SystemReading):
        records = [record for section in payload.sections for record in section.records]
        assert records
        assert all(not record.url or record.url.isascii() for record in records)
        assert all(record.id.isprintable() and len(record.id) <= 420 for record in records)
    elif isinstance(payload, DeploysReading):
        assert payload.deploys
        assert all(not deploy.url or deploy.url.isascii() for deploy in payload.deploys)
        assert all(deploy.id.isprintable() and len(deploy.id) <= 200 for deploy in payload.deploys)
    else:
        assert payload.incidents
