"""Refusals are told apart by the other side's own word for them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import ProviderError, RateLimited, Unauthorized
from providers.http import Api
from providers.http_status import code_of, refusal
from providers.limiter import USUAL_WAIT_S
from tests.fakes import ManualClock
from tests.vendor_server import json_reply, vendor_server


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"error": "invalid_grant", "error_description": "revoked"}, "invalid_grant"),
        ({"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}, "quotaExceeded"),
        ({"error": {"type": "card_error", "code": "card_declined"}}, "card_declined"),
        ({"error": {"type": "api_error", "message": "x"}}, "api_error"),
        ({"statusCode": 401, "name": "restricted_api_key", "message": "x"}, "restricted_api_key"),
        ({"error": "something went wrong"}, ""),
        ({"error": {"errors": []}}, ""),
        ({"error": {"errors": [None]}}, ""),
        ({"name": "x" * 65}, ""),
        ({"name": "[red]"}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_word_of_a_refusal(body: Any, code: str) -> None:
    assert code_of(json.dumps(body).encode()) == code


@given(st.binary(max_size=60))
def test_whatever_comes(body: bytes) -> None:
    code = code_of(body)

    assert code == "" or code.isascii()


def refused(status: int, body: Any, wait_s: float | None = None) -> ProviderError:
    return refusal("Google", "list calendars", status, json.dumps(body).encode(), {}, wait_s)


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"])
def test_forbidden_that_means_slow_down(reason: str) -> None:
    error = refused(403, {"error": {"code": 403, "errors": [{"reason": reason}]}})

    assert isinstance(error, RateLimited)
    assert error.retry_after_s == USUAL_WAIT_S
    assert error.code == reason
    assert reason in error.sentence


def test_forbidden_that_means_forbidden() -> None:
    error = refused(403, {"error": {"code": 403, "errors": [{"reason": "forbidden"}]}})

    assert type(error) is Unauthorized
    assert error.code == "forbidden"


async def test_what_the_body_says_is_heeded_by_the_next_request() -> None:
    clock = ManualClock()
    body = {"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}
    async with vendor_server(lambda _asked: json_reply(body, 403)) as server:
        api = Api(system="Google", base_url=server.url, clock=clock)
        for _ in range(3):
            with pytest.raises(RateLimited):
                await api.get("list calendars", "/x")
        asked_at_once = len(server.asked)
        clock.advance(USUAL_WAIT_S + 1)
        with pytest.raises(RateLimited):
            await api.get("list calendars", "/x")

    assert (asked_at_once, len(server.asked)) == (1, 2)
