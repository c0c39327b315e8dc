"""The demo's status pages say what was written on them."""

from typing import Any

import httpx
import pytest

from tests.demo_rig import Stage, ok


async def read(client: httpx.AsyncClient, name: str = "summary") -> Any:
    return ok(await client.get(f"/api/v2/{name}.json"))


async def test_a_calm_page() -> None:
    async with Stage().client("status-supabase") as client:
        page = await read(client)

    assert page["status"] == {"indicator": "none", "description": "All Systems Operational"}
    assert {part["status"] for part in page["components"]} == {"operational"}
    assert page["incidents"] == []


async def test_an_incident_from_its_first_word_to_its_last() -> None:
    stage = Stage()
    page = stage.estate.pages["supabase"]
    async with stage.client("status-supabase") as client:
        page.report("Pooler", "major", ("Connection Pooler",), "partial_outage", "Looking.")
        opened = await read(client)
        stage.clock.advance(60)
        page.update("Pooler", "monitoring", "A fix is in.")
        watched = await read(client, "incidents/unresolved")
        stage.clock.advance(60)
        page.update("Pooler", "resolved", "Over.")
        closed = await read(client)
        past = await read(client, "incidents")

    parts = {part["name"]: part["status"] for part in opened["components"]}
    assert parts["Connection Pooler"] == "partial_outage"
    assert opened["status"]["indicator"] == "major"
    assert watched["incidents"][0]["status"] == "monitoring"
    assert closed["incidents"] == []
    assert {part["status"] for part in closed["components"]} == {"operational"}
    bodies = [update["body"] for update in past["incidents"][0]["incident_updates"]]
    assert bodies == ["Over.", "A fix is in.", "Looking."]
    assert past["incidents"][0]["resolved_at"] == closed["page"]["updated_at"]


async def test_a_maintenance_comes_and_goes() -> None:
    stage = Stage()
    counts = []
    async with stage.client("status-render") as client:
        for hours in (0, 49, 3):
            stage.clock.advance(hours * 3600)
            upcoming = await read(client, "scheduled-maintenances/upcoming")
            active = await read(client, "scheduled-maintenances/active")
            counts.append(
                (
                    len(upcoming["scheduled_maintenances"]),
                    len(active["scheduled_maintenances"]),
                    (await read(client, "status"))["status"]["indicator"],
                )
            )

    assert counts == [(1, 0, "none"), (0, 1, "maintenance"), (0, 0, "none")]


async def test_an_unchanged_page_is_not_sent_again() -> None:
    stage = Stage()
    async with stage.client("status-vercel") as client:
        first = await client.get("/api/v2/summary.json")
        tag = {"if-none-match": first.headers["etag"]}
        same = await client.get("/api/v2/summary.json", headers=tag)
        stage.estate.pages["vercel"].report("x", "minor", ("Builds",), "major_outage", "y")
        changed = await client.get("/api/v2/summary.json", headers=tag)

    assert (same.status_code, changed.status_code) == (304, 200)


async def test_what_is_not_there_is_a_page_for_people() -> None:
    async with Stage().client("status-vercel") as client:
        absent = await client.get("/api/v3/summary.json")

    assert absent.status_code == 404
    assert absent.headers["content-type"].startswith("text/html")


def test_an_update_of_nothing_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Stage().estate.pages["vercel"].update("nothing", "resolved", "")
