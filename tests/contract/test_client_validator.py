"""The judge itself: an exchange that breaks a specification is told, or all proves nothing."""

from collections.abc import Mapping
from typing import Any

import pytest
from openapi_core import OpenAPI

from tests import vendor_data as data
from tests.contract.held import held
from tests.contract.presence import APART, VENDORS
from tests.contract.specification import specification
from tests.openapi_judge import found_once
from tests.vendor_rigs import vercel
from tests.vendor_server import Asked, Reply, html_reply, json_reply

pytestmark = pytest.mark.contract

BEARER = {"authorization": "Bearer x"}
GOOD = data.vercel_list(data.vercel_deployment())


def problems(
    reply: Reply,
    *query: tuple[str, str],
    path: str = "/v7/deployments",
    headers: Mapping[str, str] = BEARER,
    method: str = "GET",
) -> list[str]:
    asked = Asked(method=method, path=path, raw_path=path, query=query, headers=headers)
    return list(specification("vercel").problems(asked, reply))


@pytest.mark.parametrize("vendor", [*VENDORS, *APART])
def test_the_files_are_valid_as_they_are_used(vendor: str) -> None:
    assert isinstance(OpenAPI(found_once(specification(vendor).document)), OpenAPI)


def test_a_good_exchange_has_none() -> None:
    assert problems(json_reply(GOOD), ("limit", "20"), ("teamId", "team_1")) == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ((("limit", "many"),), "limit"),
        ((("team", "team_1"),), "does not take the query parameter team"),
        ((("limit", "1"), ("limit", "2")), "takes limit once"),
    ],
)
def test_wrong_parameters(query: tuple[tuple[str, str], ...], told: str) -> None:
    found = problems(json_reply(GOOD), *query)

    assert found
    assert told in found[0]


def test_missing_credential() -> None:
    assert "Security" in problems(json_reply(GOOD), headers={})[0]


@pytest.mark.parametrize(
    ("path", "method"), [("/v8/deployments", "GET"), ("/v7/deployments", "DELETE")]
)
def test_operation_that_the_vendor_does_not_have(path: str, method: str) -> None:
    assert (
        "is no operation of the vendor" in problems(json_reply(GOOD), path=path, method=method)[0]
    )


@pytest.mark.parametrize(
    "change",
    [{"readyState": "FINE"}, {"createdAt": "today"}, {"uid": None}, {"target": "moon"}],
)
def test_wrong_answer(change: dict[str, Any]) -> None:
    listing = data.vercel_list(data.vercel_deployment(**change))

    found = problems(json_reply(listing))

    assert next(iter(change)) in found[0]


def test_missing_field_html_and_a_status_that_is_not_foreseen() -> None:
    without = data.vercel_deployment()
    del without["uid"]

    assert "'uid' is a required property" in problems(json_reply(data.vercel_list(without)))[0]
    assert problems(html_reply())
    assert problems(json_reply({}, 418))


async def test_a_broken_exchange_fails_the_test_that_made_it() -> None:
    odd = data.vercel_list(data.vercel_deployment(target="moon"))

    def answer(asked: Asked) -> Reply:
        return json_reply(odd if asked.path == "/v7/deployments" else data.vercel_project())

    with pytest.raises(AssertionError, match="moon"):
        async with held("vercel", answer) as (api, _keeper):
            await vercel(api).read()
