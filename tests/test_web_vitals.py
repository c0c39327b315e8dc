"""Core web vitals: what counts as fast, what is no data, and Google's ways to refuse."""

import pytest

from providers import google_key_account
from providers.errors import BadAnswer, NotFound, RateLimited, Unauthorized
from providers.system_readings import Condition, Record, SystemReading
from providers.vitals_mapping import NO_DATA, field_data, judged
from providers.web_vitals import Page
from tests import vendor_data_outside as data
from tests.vendor_rigs import client, numbers_of
from tests.vendor_rigs_outside import HOME, lab, vitals
from tests.vendor_server import Answering, Asked, Reply, json_reply, vendor_server

EVENTS = Page(title="Events", url="https://localloop.com/events")
LCP = "largest_contentful_paint"


async def read_vitals(
    answer: Answering, *pages: Page
) -> tuple[SystemReading, dict[str, float | None]]:
    async with vendor_server(answer) as server, client(server.url) as api:
        harvest = await vitals(api, *pages).read()
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload, numbers_of(harvest)


def rows(payload: SystemReading) -> tuple[Record, ...]:
    return payload.sections[0].records


async def test_three_numbers_and_whose_they_are() -> None:
    payload, numbers = await read_vitals(lambda _asked: json_reply(data.crux()))

    assert numbers == {"lcp_ms": 1980, "inp_ms": 151, "cls": 0.04}
    details = {name: word.text for name, word in rows(payload)[0].details}
    assert details == {
        "LCP": "1,980 ms",
        "INP": "151 ms",
        "CLS": "0.04",
        "of": "page",
        "until": "2026-11-16",
    }
    assert payload.condition is Condition.FINE


async def test_a_page_with_too_few_visits_takes_the_whole_site_s() -> None:
    asked_of: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        asked_of.append(asked)
        return json_reply(data.NO_RECORD, 404) if len(asked_of) == 1 else json_reply(data.crux())

    payload, numbers = await read_vitals(answer)

    assert len(asked_of) == 2
    assert dict(rows(payload)[0].details)["of"].text == "whole site"
    assert numbers["lcp_ms"] == 1980


async def test_a_site_with_too_few_visits_has_no_data_and_no_trouble() -> None:
    payload, numbers = await read_vitals(lambda _asked: json_reply(data.NO_RECORD, 404))

    assert numbers == {"lcp_ms": None, "inp_ms": None, "cls": None}
    assert rows(payload)[0].state.text == NO_DATA
    assert payload.condition is Condition.FINE


async def test_a_wrong_address_is_not_taken_for_too_few_visits() -> None:
    with pytest.raises(NotFound):
        await read_vitals(lambda _asked: json_reply({"error": {"message": "Not Found"}}, 404))


async def test_the_worst_page_is_the_number() -> None:
    replies = [data.crux(), data.crux(4100, 520, "0.30")]

    payload, numbers = await read_vitals(lambda _asked: json_reply(replies.pop()), HOME, EVENTS)

    assert numbers == {"lcp_ms": 4100, "inp_ms": 520, "cls": 0.30}
    assert payload.condition is Condition.DEGRADED
    assert "1 of 2 pages need work" in payload.summary.text


async def test_one_page_that_fails_does_not_blind_the_other() -> None:
    replies = [json_reply({}, 500), json_reply(data.crux())]

    payload, numbers = await read_vitals(lambda _asked: replies.pop(0), HOME, EVENTS)

    assert numbers["lcp_ms"] == 1980
    assert sorted(each.condition.value for each in rows(payload)) == ["fine", "unknown"]
    assert payload.condition is Condition.UNKNOWN


@pytest.mark.parametrize(
    ("p75", "condition"),
    [
        (0, Condition.FINE),
        (2500, Condition.FINE),
        (2501, Condition.NOTABLE),
        (4000, Condition.NOTABLE),
        (4001, Condition.DEGRADED),
        (None, Condition.UNKNOWN),
    ],
)
def test_limits_are_google_s_own(p75: float | None, condition: Condition) -> None:
    assert judged(LCP, p75) is condition


@pytest.mark.parametrize("value", ["-0.1", "fast", "", "NaN", "1e999", -4, [], {}])
def test_what_is_no_number_is_not_nought(value: object) -> None:
    read = field_data(data.crux(cls=value), "CrUX", "ask", whole_site=False)

    assert set(read.p75) == {LCP, "interaction_to_next_paint"}


def test_no_number_at_all_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="no p75"):
        field_data(data.crux("x", "y", "z"), "CrUX", "ask", whole_site=False)


async def read_lab(answer: Answering) -> tuple[SystemReading, float | None]:
    async with vendor_server(answer) as server, client(server.url) as api:
        harvest = await lab(api).read()
        assert dict(server.asked[0].query) == {
            "url": HOME.url,
            "strategy": "MOBILE",
            "category": "PERFORMANCE",
        }
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload, numbers_of(harvest)["lighthouse_score"]


@pytest.mark.parametrize(
    ("score", "shown", "condition"),
    [
        (0.93, 93, Condition.FINE),
        (0.9, 90, Condition.FINE),
        (0.5, 50, Condition.NOTABLE),
        (0.49, 49, Condition.DEGRADED),
        (0, 0, Condition.DEGRADED),
        (None, None, Condition.UNKNOWN),
        (93, None, Condition.UNKNOWN),
    ],
)
async def test_lighthouse(score: float | None, shown: float | None, condition: Condition) -> None:
    payload, number = await read_lab(lambda _asked: json_reply(data.lighthouse(score)))

    assert number == shown
    assert payload.condition is condition


async def test_lighthouse_that_could_not_load_the_page_says_why() -> None:
    trouble = data.lighthouse(None, runtimeError={"code": "FAILED_DOCUMENT_REQUEST"})
    payload, number = await read_lab(lambda _asked: json_reply(trouble))

    assert number is None
    assert payload.sections[0].records[0].state.text == "FAILED_DOCUMENT_REQUEST"


@pytest.mark.parametrize(
    ("status", "word", "message", "kind"),
    [
        (403, "PERMISSION_DENIED", "Quota exceeded for quota metric 'Queries'", RateLimited),
        (429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Queries'", RateLimited),
        (403, "PERMISSION_DENIED", "Requests to this API are blocked.", Unauthorized),
        (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", Unauthorized),
        (400, "INVALID_ARGUMENT", "Invalid value at 'form_factor'", BadAnswer),
    ],
)
async def test_google_s_refusals(
    status: int, word: str, message: str, kind: type[Exception]
) -> None:
    refused = json_reply(data.google_error(status, word, message), status)

    with pytest.raises(kind):
        await read_vitals(lambda _asked: refused)
    with pytest.raises(kind):
        await read_lab(lambda _asked: refused)


async def test_who_am_i() -> None:
    async with (
        vendor_server(lambda _asked: json_reply(data.crux())) as server,
        client(server.url) as api,
    ):
        view = await google_key_account.describe(api)

    assert view.system == "Chrome UX Report"
    assert "restrict it to" in view.warnings[0]


async def test_who_am_i_with_a_key_that_is_none() -> None:
    message = "API key not valid. Please pass a valid API key."
    refused = json_reply(data.google_error(400, "INVALID_ARGUMENT", message), 400)
    async with vendor_server(lambda _asked: refused) as server, client(server.url) as api:
        with pytest.raises(Unauthorized, match="not valid"):
            await google_key_account.describe(api)
