"""CrUX and PageSpeed Insights by Google's own words: our questions, any answer, the demo's own."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.vendors.google_web import GoogleWebApi
from providers import google_key_account
from providers.errors import BadAnswer, ProviderError
from providers.harvest import Harvest
from providers.parts import tried
from providers.system_readings import Condition, SystemReading
from providers.web_vitals import Page
from tests import vendor_data_outside as data
from tests.contract.asgi import answering
from tests.contract.examples import Examples
from tests.contract.held import held
from tests.contract.specification import specification
from tests.vendor_rigs import TOKEN, numbers_of, shifted_clock
from tests.vendor_rigs_outside import HOME, lab, vitals
from tests.vendor_server import json_reply

pytestmark = pytest.mark.contract

EVENTS = Page(title="Events", url="https://localloop.com/events")
STRANGE = Page(title="Strange", url="https://nobody.example/")
SEEDS = st.integers(min_value=0, max_value=2**32)
THOROUGH = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def demo() -> Any:
    return answering(GoogleWebApi({TOKEN}, shifted_clock()).app())


async def test_our_questions_and_our_own_answers() -> None:
    async with held("crux", lambda _asked: json_reply(data.crux())) as (api, keeper):
        await vitals(api).read()
    async with held("pagespeed", lambda _asked: json_reply(data.lighthouse())) as (api, _keeper):
        await lab(api).read()

    assert keeper.asked[0].query == (), "a key in an address would be logged"


async def test_field_data_of_the_demo() -> None:
    async with held("crux", demo()) as (api, keeper):
        harvest = await vitals(api, HOME, EVENTS, STRANGE).read()

    assert [asked.method for asked in keeper.asked] == ["POST"] * 5
    assert isinstance(harvest.payload, SystemReading)
    rows = harvest.payload.sections[0].records
    assert [dict(row.details)["of"].text for row in rows] == ["page", "whole site", ""]
    assert [row.condition for row in rows] == [Condition.FINE] * 3
    assert numbers_of(harvest)["lcp_ms"] == 2140


async def test_lighthouse_of_the_demo() -> None:
    async with held("pagespeed", demo()) as (api, _keeper):
        harvest = await lab(api, HOME, EVENTS).read()

    score = numbers_of(harvest)["lighthouse_score"]
    assert score is not None
    assert 70 <= score <= 90


async def test_who_am_i_of_the_demo() -> None:
    async with held("crux", demo()) as (api, _keeper):
        view = await google_key_account.describe(api)

    assert view.system == "Chrome UX Report"


def made(vendor: str, path: str, method: str, seed: int) -> Any:
    spec = specification(vendor)
    answer = spec.document["paths"][path][method]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    return Examples(spec, random.Random(seed)).value(schema)


def judge(outcome: Harvest | ProviderError) -> None:
    """A reading, or what was missing: nothing in these answers is required, not even the record."""
    if isinstance(outcome, ProviderError):
        assert isinstance(outcome, BadAnswer)
        assert "$" in outcome.reason
    else:
        assert isinstance(outcome.payload, SystemReading)


@THOROUGH
@given(seed=SEEDS)
async def test_any_record_that_the_specification_allows(seed: int) -> None:
    value = made("crux", "/v1/records:queryRecord", "post", seed)
    async with held("crux", lambda _asked: json_reply(value)) as (api, _keeper):
        outcome = await tried(vitals(api).read())
    judge(outcome)


@THOROUGH
@given(seed=SEEDS)
async def test_any_run_that_the_specification_allows(seed: int) -> None:
    value = made("pagespeed", "/pagespeedonline/v5/runPagespeed", "get", seed)
    async with held("pagespeed", lambda _asked: json_reply(value)) as (api, _keeper):
        outcome = await tried(lab(api).read())
    judge(outcome)
