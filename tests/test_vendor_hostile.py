"""Whatever JSON a server makes up: an error of the tree or a reading, and no harmful text in it."""

import itertools
import json
import unicodedata
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.deploy_readings import DeploysReading
from providers.harvest import Harvest
from providers.log_readings import LogsReading
from providers.system_readings import SystemReading
from providers.vendor_readings import VendorReading
from tests.examples import examples
from tests.hostile_texts import TEXTS, forbidden
from tests.vendor_answers import (
    WORDLESS,
    healthy,
    not_well_when_misread,
    places,
    poisoned,
    read,
    replaced,
    texts,
    which,
)
from tests.vendor_rig import Rig
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

PLAIN = [rig for rig in RIGS if not rig.bodies]
SYSTEMS = [rig for rig in RIGS if rig.bodies]
"""These ask for several things each time, and there are many of them."""


def assert_harmless(harvest: Harvest) -> None:
    for text in texts(harvest.payload):
        assert not forbidden(text), repr(text[:80])
        # Most texts can be printed as they are; else it matters by which character.
        for character in "" if text.isprintable() else text:
            assert character in "\n\t" or unicodedata.category(character)[0] != "C", repr(text[:80])


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
        assert not_well_when_misread(outcome)
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
