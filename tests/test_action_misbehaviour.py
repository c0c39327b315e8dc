"""Whatever a vendor answers to a change: one request, to nobody else, and the truth of it (P3, P5).

The real verbs before the demo's vendors, which count; the clock goes on when somebody waits.
"""

from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.verbs import Outcome
from tests.hosting_rig import Fault, refusing, stage_in
from tests.vendor_server import Reply, html_reply, json_reply, vendor_server

CHANGES = {
    "restart-api": ("api", "/restart", {}),
    "scale-api": ("api", "/scale", {"instances": "3"}),
    "rollback-web": ("web", "", {}),
}
"""By verb: the service, the end of the path, what is asked for besides."""

LOST = {
    "hang": Reply(silent=True),
    "reset": Reply(reset=True),
    "500": refusing(500, "oops"),
    "500 in HTML": html_reply(500),
    "503, come again": json_reply({}, 503, Retry_After="1"),
    "503, come again later": json_reply({}, 503, Retry_After="86400"),
    "a sign-in page": html_reply(200),
    "half an answer": Reply(body=b'{"id":', claimed_length=400),
    "a drip": Reply(body=b"{}", drip=True),
    "no JSON": Reply(body=b"\x00\xff<<<"),
    "408": refusing(408, "too slow"),
    "an informal no": json_reply({"ok": False, "error": "maybe"}, 499),
}
"""After these nobody knows."""

REFUSED = {
    "400": refusing(400, "no"),
    "401": refusing(401, "who"),
    "403": refusing(403, "no scope"),
    "404": refusing(404, "what"),
    "409": refusing(409, "busy"),
    "422": refusing(422, "no"),
    "429, come again": json_reply({"message": "slowly"}, 429, Retry_After="1"),
}
"""These prove that nothing was done."""


async def carried(
    folder: Path, verb: str, reply: Reply, *, acts: bool
) -> tuple[Outcome | None, str, int, int]:
    """Outcome, words, changes that arrived, and how many of them were that one."""
    service, end, parameters = CHANGES[verb]
    async with stage_in(folder) as stage:
        vendor = stage.vercel if service == "web" else stage.render
        vendor.faults.append(Fault(end=end, acts=acts, reply=reply))
        if reply.silent or reply.drip:
            stage.runner.limits = replace(stage.runner.limits, told_s=0.3)
        done = await stage.carried(verb, stage.target(service), **parameters)
        every = [*stage.render.changes, *stage.vercel.changes]
        hit = [one for one in every if one.path.endswith(end)]
        return done.outcome, done.words, len(every), len(hit)


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("acts", [True, False])
async def test_one_request_and_no_guess(tmp_path: Path, how: str, acts: bool) -> None:
    outcome, words, changes, hits = await carried(tmp_path, "restart-api", LOST[how], acts=acts)
    assert (changes, hits) == (1, 1)
    if acts and how != "503, come again later":
        assert outcome is Outcome.DONE, words
    elif not acts:
        assert outcome is Outcome.UNKNOWN, words
        assert "dashboard.render.com" in words
        assert "not sent again" in words
    assert outcome in {Outcome.DONE, Outcome.UNKNOWN}


@pytest.mark.parametrize("how", REFUSED)
async def test_a_refusal_is_one_and_is_not_tried_again(tmp_path: Path, how: str) -> None:
    outcome, words, changes, _ = await carried(tmp_path, "restart-api", REFUSED[how], acts=False)
    assert (outcome, changes) == (Outcome.FAILED, 1), words


@pytest.mark.parametrize("verb", ["scale-api", "rollback-web"])
@pytest.mark.parametrize("how", ["reset", "500", "a sign-in page"])
async def test_other_verbs_keep_to_it_too(tmp_path: Path, verb: str, how: str) -> None:
    outcome, words, changes, _ = await carried(tmp_path, verb, LOST[how], acts=True)
    assert (outcome, changes) == (Outcome.DONE, 1), words


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("acts", [True, False])
async def test_a_redirected_change_goes_nowhere_else(
    tmp_path: Path, status: int, acts: bool
) -> None:
    async with vendor_server(lambda _asked: json_reply({"id": "x"})) as other:
        reply = Reply(status=status, headers=(("Location", f"{other.url}/restart"),))
        outcome, words, changes, _ = await carried(tmp_path, "restart-api", reply, acts=acts)
        assert other.asked == []
    assert changes == 1
    assert outcome is (Outcome.DONE if acts else Outcome.UNKNOWN), words
