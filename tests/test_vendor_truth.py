"""No source says a secret that we know, and none makes a number of what is none (P15, P23)."""

import itertools
from typing import Any

import pytest

from providers.harvest import Harvest
from providers.secrets import Secret
from tests.hostile_texts import forms_of, traces_of
from tests.vendor_answers import (
    WORDLESS,
    healthy,
    not_well_when_misread,
    poisoned,
    read,
    replaced,
    texts,
)
from tests.vendor_rig import Rig
from tests.vendor_rigs import RIGS

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


def spoiled(value: Any, by: object) -> Any:
    """A good answer in which each number is something else."""
    if isinstance(value, dict):
        return {key: spoiled(child, by) for key, child in value.items()}
    if isinstance(value, list):
        return [spoiled(child, by) for child in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return by if is_number else value


@pytest.mark.parametrize("by", [None, float("nan"), "12"], ids=repr)
@pytest.mark.parametrize("rig", RIGS, ids=str)
async def test_a_number_that_is_none_is_no_zero_and_nothing_is_well(rig: Rig, by: object) -> None:
    good = await read(rig, healthy(rig))
    assert isinstance(good, Harvest)

    outcome = await read(rig, [spoiled(each, by) for each in healthy(rig)])

    if isinstance(outcome, Harvest):
        zero = {one.metric for one in good.numbers if one.value == 0}
        assert {one.metric for one in outcome.numbers if one.value == 0} <= zero
        assert not_well_when_misread(outcome)


MISREAD = [
    ("Stripe", 0, ("data", 0, "status"), {"payment_failures_percent_1h", "payments_failed_1h"}),
    ("Stripe revenue", 0, ("data", 0, "outcome", "type"), {"payment_failures_percent_24h"}),
    ("Stripe webhooks", 0, ("data", 0, "status"), {"webhooks_disabled"}),
    ("PagerDuty", 1, ("incidents", 0, "status"), {"open_incidents", "triggered_unacknowledged"}),
    ("GitHub repository", 4, ("workflow_runs", 0, "status"), {"running", "failing_workflows"}),
    ("Vercel project", 6, ("targets", "production", "createdAt"), {"serving"}),
    ("Vercel project", 6, ("lastAliasRequest", "jobStatus"), {"alias_request_failed"}),
]
"""One thing of a list, or one word of it, that may have been what is wrong."""


@pytest.mark.parametrize(("vendor", "body", "place", "unknown"), MISREAD)
async def test_what_may_have_been_the_trouble_is_not_counted_as_none(
    vendor: str, body: int, place: tuple[Any, ...], unknown: set[str]
) -> None:
    (rig,) = (one for one in RIGS if one.vendor == vendor)
    answers = healthy(rig)
    answers[body] = replaced(answers[body], place, float("nan"))

    outcome = await read(rig, answers)

    assert isinstance(outcome, Harvest)
    told = {one.metric: one for one in outcome.numbers}
    assert {name for name in unknown if told[name].value is not None} == set()
    assert all(told[name].reason for name in unknown)
    assert not_well_when_misread(outcome)
